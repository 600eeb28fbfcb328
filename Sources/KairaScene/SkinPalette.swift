import KairaGeometry

/// The matrices that deform one skin's vertices: `world(joint) * inverseBind(joint)`, from mesh space to world space.
public struct SkinPalette: Sendable {
    /// Rigid part and stretch of one joint, `matrix = rigid * stretch`.
    public struct DualQuaternionJoint: Sendable, Hashable {
        /// Rotation and translation.
        public var rigid: DualQuaternion
        /// Scale and shear, applied first; the identity for a rigid joint. Negative for a mirrored one.
        public var stretch: Matrix3
    }

    /// One a joint.
    public private(set) var matrices: [Matrix4]
    /// Whose joints are followed.
    private let skin: Skin

    /// The palette of a skin in a state.
    public init(_ skin: Skin, state: SceneState) {
        self.skin = skin
        matrices = Array(repeating: .identity, count: skin.joints.count)
        update(state)
    }

    /// A palette of given matrices, for tools and tests.
    public init(matrices: [Matrix4]) {
        skin = Skin(joints: [], inverseBindMatrices: [])
        self.matrices = matrices
    }

    /// Follows a state whose world matrices are up to date.
    ///
    /// - Complexity: O(joints), no allocation.
    public mutating func update(_ state: SceneState) {
        for (i, joint) in skin.joints.enumerated() {
            matrices[i] = state.worlds[joint.value] * skin.inverseBindMatrices[i]
        }
    }

    /// Writes three rows a joint, the upper 3x4 part of each matrix, as a shader's uniform or storage buffer takes them.
    ///
    /// Position: `(dot(row0, p), dot(row1, p), dot(row2, p))` with `p = (x, y, z, 1)`.
    public func writeRows(into rows: inout [SIMD4<Float>]) {
        if rows.count != matrices.count * 3 { rows = Array(repeating: .zero, count: matrices.count * 3) }
        for (i, m) in matrices.enumerated() {
            rows[3 * i] = SIMD4(m.x.x, m.y.x, m.z.x, m.w.x)
            rows[3 * i + 1] = SIMD4(m.x.y, m.y.y, m.z.y, m.w.y)
            rows[3 * i + 2] = SIMD4(m.x.z, m.y.z, m.z.z, m.w.z)
        }
    }

    /// Writes each joint as a dual quaternion and what is left: scale and shear.
    ///
    /// - Returns: whether any joint stretches.
    @discardableResult
    public func writeDualQuaternions(into joints: inout [DualQuaternionJoint]) -> Bool {
        if joints.count != matrices.count {
            let none = DualQuaternionJoint(
                rigid: DualQuaternion(rotation: .identity, translation: .zero), stretch: .identity)
            joints = Array(repeating: none, count: matrices.count)
        }
        var stretches = false
        for (i, m) in matrices.enumerated() {
            let linear = m.linear
            let rotation = linear.nearestRotation
            let r = Matrix3(rotation)
            var stretch = r.transpose * linear
            // Rounding must not send a rigid skin down the slower path.
            let rest = max(
                (stretch.x - [1, 0, 0]).largest, max((stretch.y - [0, 1, 0]).largest, (stretch.z - [0, 0, 1]).largest))
            if rest < 1e-5 { stretch = .identity } else { stretches = true }
            joints[i] = DualQuaternionJoint(
                rigid: DualQuaternion(rotation: rotation, translation: m.translation), stretch: stretch)
        }
        return stretches
    }
}

extension SIMD3 where Scalar == Float {
    fileprivate var largest: Float { Swift.max(abs(x), Swift.max(abs(y), abs(z))) }
}

extension Matrix3 {
    /// The rotation nearest to the matrix: the orthogonal factor of its polar decomposition, times -1 for a mirror.
    ///
    /// Source: Higham, "Computing the Polar Decomposition", 1986: Newton's iteration with scaling. A matrix of rank below
    /// three, where it would divide by zero, gets the rotation of its Gram-Schmidt basis.
    var nearestRotation: Quaternion {
        let determinant = self.determinant
        let size = max(dot(x, x), max(dot(y, y), dot(z, z))).squareRoot()
        guard abs(determinant) > 1e-6 * size * size * size, size.isFinite else {
            let a = direction(x, else: [1, 0, 0])
            let b = direction(reject(y, from: a), else: perpendicular(to: a))
            return Matrix3(a, b, cross(a, b)).rotation
        }
        var m = scaled(determinant < 0 ? -1 / size : 1 / size)
        for _ in 0..<20 {
            let inverse = m.inverse.transpose
            // Scaling by the norms' ratio makes the count of steps independent of how far from a rotation it starts.
            let ratio = (inverse.squaredNorm / m.squaredNorm).squareRoot().squareRoot()
            let next = Matrix3(
                (m.x * ratio + inverse.x / ratio) / 2, (m.y * ratio + inverse.y / ratio) / 2,
                (m.z * ratio + inverse.z / ratio) / 2)
            let change = Matrix3(next.x - m.x, next.y - m.y, next.z - m.z).squaredNorm
            m = next
            if change < 1e-12 { break }
        }
        return m.rotation
    }

    private var squaredNorm: Float { dot(x, x) + dot(y, y) + dot(z, z) }
}
