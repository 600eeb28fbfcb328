import RealModule

// Vectors are plain `SIMD2/3/4<Float>`: these functions give them the names of the field.
// Multiply and add are written out: without FMA flags `addProduct` calls libm once a lane.

/// Dot product.
@inlinable public func dot(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float { (a * b).sum() }
/// Dot product.
@inlinable public func dot(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float { a.x * b.x + a.y * b.y + a.z * b.z }
/// Dot product.
@inlinable public func dot(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> Float { (a * b).sum() }

/// Cross product, right-handed: `cross(x, y) == z`.
@inlinable public func cross(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// Euclidean length.
@inlinable public func length(_ v: SIMD2<Float>) -> Float { dot(v, v).squareRoot() }
/// Euclidean length.
@inlinable public func length(_ v: SIMD3<Float>) -> Float { dot(v, v).squareRoot() }
/// Euclidean length.
@inlinable public func length(_ v: SIMD4<Float>) -> Float { dot(v, v).squareRoot() }

/// Euclidean distance.
@inlinable public func distance(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float { length(a - b) }
/// Euclidean distance.
@inlinable public func distance(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float { length(a - b) }

/// The unit vector along `v`, or `fallback` where `v` is too short (below 1e-18) or not finite to have a direction.
@inlinable public func direction(_ v: SIMD3<Float>, else fallback: SIMD3<Float>) -> SIMD3<Float> {
    let squared = dot(v, v)
    guard squared > 1e-36, squared < .infinity else { return fallback }
    return v / squared.squareRoot()
}

/// `v` over its length; not finite for a zero vector: use `direction(_:else:)` where that can happen.
@inlinable public func normalize(_ v: SIMD3<Float>) -> SIMD3<Float> { v / length(v) }

/// The part of `v` along the unit vector `axis`.
@inlinable public func project(_ v: SIMD3<Float>, onto axis: SIMD3<Float>) -> SIMD3<Float> { axis * dot(v, axis) }

/// The part of `v` at right angles to the unit vector `axis`.
@inlinable public func reject(_ v: SIMD3<Float>, from axis: SIMD3<Float>) -> SIMD3<Float> { v - axis * dot(v, axis) }

/// A unit vector at right angles to `v`, which must not be zero.
///
/// Source: Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 2017.
@inlinable public func perpendicular(to v: SIMD3<Float>) -> SIMD3<Float> {
    let n = direction(v, else: [0, 0, 1])
    let sign: Float = n.z < 0 ? -1 : 1
    let a = -1 / (sign + n.z)
    return SIMD3(1 + sign * n.x * n.x * a, sign * n.x * n.y * a, -sign * n.x)
}

/// The angle between two vectors, radians, 0...pi.
///
/// By `atan2` of cross and dot, which keeps its precision near 0 and pi where `acos` loses it.
@inlinable public func angle(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float {
    .atan2(y: length(cross(a, b)), x: dot(a, b))
}

/// Linear interpolation, `a` at 0 and `b` at 1.
@inlinable public func lerp(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
/// Linear interpolation, `a` at 0 and `b` at 1.
@inlinable public func lerp(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ t: Float) -> SIMD2<Float> { a + (b - a) * t }
/// Linear interpolation, `a` at 0 and `b` at 1.
@inlinable public func lerp(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ t: Float) -> SIMD3<Float> { a + (b - a) * t }
/// Linear interpolation, `a` at 0 and `b` at 1.
@inlinable public func lerp(_ a: SIMD4<Float>, _ b: SIMD4<Float>, _ t: Float) -> SIMD4<Float> { a + (b - a) * t }

/// Hermite step: 0 below `a`, 1 above `b`, smooth between.
@inlinable public func smoothstep(_ a: Float, _ b: Float, _ x: Float) -> Float {
    let t = min(max((x - a) / (b - a), 0), 1)
    return t * t * (3 - 2 * t)
}

// The standard library's generic functions of these names, which give the same, call a function a lane.

/// The lesser of each lane; where one is not a number, the other.
@inlinable package func pointwiseMin(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    a.replacing(with: b, where: (b .< a) .| (a .!= a))
}
/// The greater of each lane; where one is not a number, the other.
@inlinable package func pointwiseMax(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    a.replacing(with: b, where: (b .>= a) .| (a .!= a))
}
/// The lesser of each lane; where one is not a number, the other.
@inlinable package func pointwiseMin(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    a.replacing(with: b, where: (b .< a) .| (a .!= a))
}
/// The greater of each lane; where one is not a number, the other.
@inlinable package func pointwiseMax(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    a.replacing(with: b, where: (b .>= a) .| (a .!= a))
}

extension SIMD3 where Scalar == Float {
    /// Whether no component is NaN or infinite.
    @inlinable public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}

extension SIMD4 where Scalar == Float {
    /// The first three components.
    @inlinable public var xyz: SIMD3<Float> { SIMD3(x, y, z) }
    /// Whether no component is NaN or infinite.
    @inlinable public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite && w.isFinite }
}
