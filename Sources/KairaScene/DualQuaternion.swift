import KairaGeometry

/// A rotation and translation as a unit dual quaternion.
///
/// Source: Kavan et al., "Geometric Skinning with Approximate Dual Quaternion Blending", ACM TOG 2008.
@frozen public struct DualQuaternion: Sendable, Hashable {
    /// The rotation, x, y, z, w; unit length.
    public var real: SIMD4<Float>
    /// Half the translation times the rotation.
    public var dual: SIMD4<Float>

    /// A dual quaternion from its parts, stored as given.
    @inlinable public init(real: SIMD4<Float>, dual: SIMD4<Float>) { (self.real, self.dual) = (real, dual) }

    /// A rotation, then a translation.
    @inlinable public init(rotation: Quaternion, translation t: SIMD3<Float>) {
        real = rotation.vector
        dual = (Quaternion(x: t.x, y: t.y, z: t.z, w: 0) * rotation).vector * 0.5
    }

    /// The rotation.
    @inlinable public var rotation: Quaternion { Quaternion(real) }

    /// The translation.
    @inlinable public var translation: SIMD3<Float> {
        2 * (Quaternion(dual) * Quaternion(real).conjugate).imaginary
    }
}
