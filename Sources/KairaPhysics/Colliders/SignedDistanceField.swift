/// Distances to a closed surface, sampled on a regular grid: negative inside.
///
/// Between samples it is trilinear; outside the grid the distance to the grid's box is added, so a particle far away
/// still sees a safe lower bound.
public struct SignedDistanceField<Scalar: PhysicsScalar>: Sendable {
    /// Samples along x, y, z, each >= 2.
    public let counts: SIMD3<Int>
    /// Where the first sample is, metres.
    public let origin: SIMD3<Scalar>
    /// Distance between samples, metres.
    public let spacing: Scalar
    /// Distances, metres, x fastest: `[z, y, x]`.
    public let values: [Scalar]

    /// A field from its samples.
    public init(
        counts: SIMD3<Int>, origin: SIMD3<Scalar>, spacing: Scalar, values: [Scalar]
    ) throws(PhysicsError) {
        guard counts.x >= 2, counts.y >= 2, counts.z >= 2, counts.max() <= 1024 else {
            throw .badValue(what: "a distance field of \(counts.x) x \(counts.y) x \(counts.z), each must be 2...1024")
        }
        guard values.count == counts.x * counts.y * counts.z, values.allSatisfy(\.isFinite) else {
            throw .badValue(what: "a distance field's values")
        }
        guard spacing > 0, spacing.isFinite, isFinite(origin) else { throw .badValue(what: "a distance field's grid") }
        self.counts = counts
        self.origin = origin
        self.spacing = spacing
        self.values = values
    }

    /// Distance and the direction in which it grows, at a point of the field's own frame.
    func sample(_ point: SIMD3<Scalar>) -> (Scalar, SIMD3<Scalar>) {
        let p = (point - origin) / spacing
        let most = SIMD3(Scalar(counts.x - 1), Scalar(counts.y - 1), Scalar(counts.z - 1))
        let q = p.clamped(lowerBound: .zero, upperBound: most)
        let i = min(Int(q.x), counts.x - 2)
        let j = min(Int(q.y), counts.y - 2)
        let k = min(Int(q.z), counts.z - 2)
        let (fx, fy, fz) = (q.x - Scalar(i), q.y - Scalar(j), q.z - Scalar(k))
        let row = counts.x
        let slab = counts.x * counts.y
        let base = (k * counts.y + j) * counts.x + i
        let (v000, v100) = (values[base], values[base + 1])
        let (v010, v110) = (values[base + row], values[base + row + 1])
        let (v001, v101) = (values[base + slab], values[base + slab + 1])
        let (v011, v111) = (values[base + slab + row], values[base + slab + row + 1])
        let (gx, gy, gz) = (1 - fx, 1 - fy, 1 - fz)
        let x00 = v000 * gx + v100 * fx
        let x10 = v010 * gx + v110 * fx
        let x01 = v001 * gx + v101 * fx
        let x11 = v011 * gx + v111 * fx
        let y0 = x00 * gy + x10 * fy
        let y1 = x01 * gy + x11 * fy
        let dx0 = (v100 - v000) * gy + (v110 - v010) * fy
        let dx1 = (v101 - v001) * gy + (v111 - v011) * fy
        let slope = SIMD3(dx0 * gz + dx1 * fz, (x10 - x00) * gz + (x11 - x01) * fz, y1 - y0)
        let off = (p - q) * spacing
        let outside = length(off)
        let near = y0 * gz + y1 * fz
        if outside > 0 { return (max(outside, near), off / outside) }
        return (near, direction(slope, else: SIMD3(0, 1, 0)))
    }
}
