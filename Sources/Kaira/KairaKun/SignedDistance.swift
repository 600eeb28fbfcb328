import KairaGeometry

/// Signed distances to simple solids, metres, negative inside.
///
/// Only sums, products, divisions and square roots, which IEEE 754 fixes to the last bit: the mascot's triangles must
/// not depend on the machine's mathematical library.
enum SignedDistance {
    /// To an ellipsoid: exact on its surface, a first-order estimate elsewhere.
    static func ellipsoid(_ p: SIMD3<Float>, center: SIMD3<Float>, radii: SIMD3<Float>) -> Float {
        let q = (p - center) / radii
        let k = length(q)
        let slope = length(q / radii)
        guard slope > 1e-9 else { return -radii.min() }
        return k * (k - 1) / slope
    }

    /// To a capsule whose radius goes from `ra` at `a` to `rb` at `b` (a bound, not exact, where they differ).
    static func capsule(_ p: SIMD3<Float>, _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ ra: Float, _ rb: Float) -> Float {
        let axis = b - a
        let t = min(max(dot(p - a, axis) / dot(axis, axis), 0), 1)
        return distance(p, a + axis * t) - lerp(ra, rb, t)
    }

    /// To a ring round an axis of unit length.
    static func torus(
        _ p: SIMD3<Float>, center: SIMD3<Float>, axis: SIMD3<Float>, ring: Float, tube: Float
    ) -> Float {
        let q = p - center
        let along = dot(q, axis)
        let out = length(q - axis * along) - ring
        return (out * out + along * along).squareRoot() - tube
    }

    /// The union of two solids, its seam rounded over about `k` metres (polynomial smooth minimum).
    static func union(_ a: Float, _ b: Float, rounded k: Float) -> Float {
        let h = max(k - abs(a - b), 0) / k
        return min(a, b) - h * h * k / 4
    }

    /// The unit gradient of a field by central differences.
    static func gradient(
        at p: SIMD3<Float>, step h: Float = 0.002, of field: (SIMD3<Float>) -> Float
    ) -> SIMD3<Float> {
        direction(
            SIMD3(
                field(p + [h, 0, 0]) - field(p - [h, 0, 0]), field(p + [0, h, 0]) - field(p - [0, h, 0]),
                field(p + [0, 0, h]) - field(p - [0, 0, h])), else: [0, 1, 0])
    }
}
