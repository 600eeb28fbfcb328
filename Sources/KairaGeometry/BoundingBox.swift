/// An axis-aligned box, metres; the empty one has `min > max`.
@frozen public struct BoundingBox: Sendable, Hashable {
    /// The least and the greatest corner.
    public var min, max: SIMD3<Float>

    /// A box from its corners.
    @inlinable public init(min: SIMD3<Float>, max: SIMD3<Float>) { (self.min, self.max) = (min, max) }

    /// The box of no points.
    public static let empty = BoundingBox(min: SIMD3(repeating: .infinity), max: SIMD3(repeating: -.infinity))

    /// The smallest box round some points; points that are not finite are passed over.
    public init(_ points: some Sequence<SIMD3<Float>>) {
        self = .empty
        for p in points where p.isFinite { formUnion(p) }
    }

    /// Whether it holds no point.
    @inlinable public var isEmpty: Bool { min.x > max.x || min.y > max.y || min.z > max.z }
    /// The middle; not meaningful for an empty box.
    @inlinable public var center: SIMD3<Float> { (min + max) / 2 }
    /// The lengths of the edges.
    @inlinable public var size: SIMD3<Float> { max - min }

    /// Grows to hold a point.
    @inlinable public mutating func formUnion(_ p: SIMD3<Float>) {
        min = pointwiseMin(min, p)
        max = pointwiseMax(max, p)
    }

    /// Grows to hold another box.
    @inlinable public mutating func formUnion(_ other: BoundingBox) {
        min = pointwiseMin(min, other.min)
        max = pointwiseMax(max, other.max)
    }

    /// The box round this one's corners after an affine transform (Arvo, Graphics Gems 1990).
    public func transformed(by m: Matrix4) -> BoundingBox {
        guard !isEmpty else { return self }
        let (c, h) = (center, size / 2)
        let middle = m.transform(point: c)
        let l = m.linear
        let half = SIMD3<Float>(
            abs(l.x.x) * h.x + abs(l.y.x) * h.y + abs(l.z.x) * h.z,
            abs(l.x.y) * h.x + abs(l.y.y) * h.y + abs(l.z.y) * h.z,
            abs(l.x.z) * h.x + abs(l.y.z) * h.y + abs(l.z.z) * h.z)
        return BoundingBox(min: middle - half, max: middle + half)
    }
}
