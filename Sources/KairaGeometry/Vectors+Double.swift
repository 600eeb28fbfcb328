// What solids are measured with: the functions of `Vectors.swift` in Double. Disfavoured: literals alone mean Float, as before.

/// Dot product.
@_disfavoredOverload @inlinable public func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    a.x * b.x + a.y * b.y + a.z * b.z
}

/// Cross product, right-handed: `cross(x, y) == z`.
@_disfavoredOverload @inlinable public func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// Euclidean length.
@_disfavoredOverload @inlinable public func length(_ v: SIMD3<Double>) -> Double { dot(v, v).squareRoot() }

/// Euclidean distance.
@_disfavoredOverload @inlinable public func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { length(a - b) }

/// The unit vector along `v`, or `fallback` where `v` is too short (below 1e-150) or not finite to have a direction.
@_disfavoredOverload @inlinable public func direction(_ v: SIMD3<Double>, else fallback: SIMD3<Double>) -> SIMD3<Double>
{
    let squared = dot(v, v)
    guard squared > 1e-300, squared < .infinity else { return fallback }
    return v / squared.squareRoot()
}

extension SIMD3 where Scalar == Double {
    /// Whether no component is NaN or infinite.
    @inlinable public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}
