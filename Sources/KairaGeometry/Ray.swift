/// A half line, metres.
@frozen public struct Ray: Sendable, Hashable {
    /// Where it starts.
    public var origin: SIMD3<Float>
    /// Where it goes; distances along the ray are in units of this vector's length.
    public var direction: SIMD3<Float>

    /// A ray from its start and direction.
    @inlinable public init(origin: SIMD3<Float>, direction: SIMD3<Float>) {
        (self.origin, self.direction) = (origin, direction)
    }

    /// The point at a distance along the ray.
    @inlinable public func point(at t: Float) -> SIMD3<Float> { origin + direction * t }

    /// Where the ray enters and leaves a box, or nil where it misses; the entry is clamped to the ray's start.
    ///
    /// The slab method (Kay and Kajiya, 1986); an axis-parallel ray on a face counts as inside.
    public func intersection(_ box: BoundingBox) -> ClosedRange<Float>? {
        var (enter, leave): (Float, Float) = (0, .infinity)
        for axis in 0..<3 {
            if direction[axis] == 0 {
                guard origin[axis] >= box.min[axis], origin[axis] <= box.max[axis] else { return nil }
                continue
            }
            let a = (box.min[axis] - origin[axis]) / direction[axis]
            let b = (box.max[axis] - origin[axis]) / direction[axis]
            enter = max(enter, min(a, b))
            leave = min(leave, max(a, b))
        }
        return enter <= leave ? enter...leave : nil
    }

    /// Where the ray meets a triangle, or nil; both sides count.
    ///
    /// - Returns: the distance and the barycentric weights of `b` and `c`.
    ///
    /// Source: Möller and Trumbore, "Fast, Minimum Storage Ray/Triangle Intersection", 1997.
    public func intersection(
        _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>
    ) -> (distance: Float, u: Float, v: Float)? {
        let (ab, ac) = (b - a, c - a)
        let p = cross(direction, ac)
        let determinant = dot(ab, p)
        guard determinant != 0 else { return nil }
        let s = origin - a
        let u = dot(s, p) / determinant
        guard u >= 0, u <= 1 else { return nil }
        let q = cross(s, ab)
        let v = dot(direction, q) / determinant
        guard v >= 0, u + v <= 1 else { return nil }
        let t = dot(ac, q) / determinant
        return t >= 0 ? (t, u, v) : nil
    }
}
