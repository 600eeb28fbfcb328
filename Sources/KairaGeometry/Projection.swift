import RealModule

/// Matrices from view space (right-handed, looking along -Z, metres) to OpenGL clip space (z in -1...1 after the division).
public enum Projection {
    /// A perspective projection.
    ///
    /// - Parameters:
    ///   - verticalFieldOfView: radians, the full angle.
    ///   - aspect: width over height.
    ///   - near: distance to the near plane, metres, > 0.
    ///   - far: distance to the far plane; `.infinity` is allowed (glTF's camera without `zfar`).
    /// - Returns: the matrix `clipFromView`.
    public static func perspective(verticalFieldOfView: Float, aspect: Float, near: Float, far: Float) -> Matrix4 {
        let f = 1 / Float.tan(verticalFieldOfView / 2)
        let depth = far.isFinite ? ((far + near) / (near - far), 2 * far * near / (near - far)) : (-1, -2 * near)
        return Matrix4([f / aspect, 0, 0, 0], [0, f, 0, 0], [0, 0, depth.0, -1], [0, 0, depth.1, 0])
    }

    /// An orthographic projection; the visible box is 2 x `halfWidth` by 2 x `halfHeight` metres.
    public static func orthographic(halfWidth: Float, halfHeight: Float, near: Float, far: Float) -> Matrix4 {
        Matrix4(
            [1 / halfWidth, 0, 0, 0], [0, 1 / halfHeight, 0, 0], [0, 0, 2 / (near - far), 0],
            [0, 0, (far + near) / (near - far), 1])
    }

    /// The view matrix of a camera at `eye` that looks at `target`, `up` up in the picture.
    public static func lookAt(eye: SIMD3<Float>, target: SIMD3<Float>, up: SIMD3<Float>) -> Matrix4 {
        let z = direction(eye - target, else: [0, 0, 1])
        let x = direction(cross(up, z), else: perpendicular(to: z))
        return Matrix4(linear: Matrix3(x, cross(z, x), z), translation: eye).affineInverse
    }
}
