/// An axis-aligned box in Double, metres; the empty one has `min > max`.
@frozen public struct DoubleBox: Sendable, Hashable {
    /// The least and the greatest corner.
    public var min, max: SIMD3<Double>

    /// A box from its corners.
    @inlinable public init(min: SIMD3<Double>, max: SIMD3<Double>) { (self.min, self.max) = (min, max) }

    /// The box of no points.
    public static let empty = DoubleBox(min: SIMD3(repeating: .infinity), max: SIMD3(repeating: -.infinity))

    /// The smallest box round some points; points that are not finite are passed over.
    public init(_ points: some Sequence<SIMD3<Double>>) {
        self = .empty
        for p in points where p.isFinite { formUnion(p) }
    }

    /// Whether it holds no point.
    @inlinable public var isEmpty: Bool { min.x > max.x || min.y > max.y || min.z > max.z }
    /// The middle; not meaningful for an empty box.
    @inlinable public var center: SIMD3<Double> { min + (max - min) / 2 }
    /// The lengths of the edges.
    @inlinable public var size: SIMD3<Double> { max - min }
    /// The length from corner to corner; 0 for an empty box.
    @inlinable public var diagonal: Double { isEmpty ? 0 : length(size) }

    /// Grows to hold a point.
    @inlinable public mutating func formUnion(_ p: SIMD3<Double>) {
        min = pointwiseMin(min, p)
        max = pointwiseMax(max, p)
    }

    /// Grows to hold another box.
    @inlinable public mutating func formUnion(_ other: DoubleBox) {
        min = pointwiseMin(min, other.min)
        max = pointwiseMax(max, other.max)
    }

    /// Whether the two boxes have a point in common, faces included.
    @inlinable public func intersects(_ other: DoubleBox) -> Bool {
        !any((min .> other.max) .| (other.min .> max))
    }
}
