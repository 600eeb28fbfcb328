/// A translation, rotation and scale, applied to a point in the order scale, rotation, translation (glTF's T * R * S).
@frozen public struct Transform: Sendable, Hashable {
    /// Metres.
    public var translation: SIMD3<Float>
    /// Unit length.
    public var rotation: Quaternion
    /// Per axis, before the rotation.
    public var scale: SIMD3<Float>

    /// A transform from its parts.
    @inlinable public init(
        translation: SIMD3<Float> = .zero, rotation: Quaternion = .identity, scale: SIMD3<Float> = .one
    ) {
        (self.translation, self.rotation, self.scale) = (translation, rotation, scale)
    }

    /// No change.
    public static let identity = Transform()

    /// The matrix T * R * S.
    @inlinable public var matrix: Matrix4 {
        let r = Matrix3(rotation)
        return Matrix4(
            linear: Matrix3(r.x * scale.x, r.y * scale.y, r.z * scale.z), translation: translation)
    }

    /// Decomposes an affine matrix without shear; a mirror becomes a negative x scale.
    ///
    /// A matrix with shear has no exact T * R * S: the rotation is then that of the Gram-Schmidt basis. An axis scaled to
    /// nothing takes the direction that the others leave to it.
    public init(_ matrix: Matrix4) {
        let m = matrix.linear
        let mirrored: Float = m.determinant < 0 ? -1 : 1
        let size = SIMD3(length(m.x) * mirrored, length(m.y), length(m.z))
        let x: SIMD3<Float>
        if size.x != 0 {
            x = direction(m.x * mirrored, else: [1, 0, 0])
        } else if size.y != 0 {
            x = direction(cross(m.y, m.z), else: perpendicular(to: m.y))
        } else {
            x = size.z == 0 ? [1, 0, 0] : perpendicular(to: m.z)
        }
        let y = direction(reject(size.y == 0 ? cross(m.z, x) : m.y, from: x), else: perpendicular(to: x))
        self.init(
            translation: matrix.translation, rotation: Quaternion(x: x, y: y, z: cross(x, y)), scale: size)
    }

    /// Transforms a point.
    @inlinable public func transform(point p: SIMD3<Float>) -> SIMD3<Float> { rotation.act(p * scale) + translation }
}
