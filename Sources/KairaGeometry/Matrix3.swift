import RealModule

/// A 3x3 matrix, column-major; `m * v` transforms a column vector.
@frozen public struct Matrix3: Sendable, Hashable {
    /// The columns.
    public var x, y, z: SIMD3<Float>

    /// A matrix from its columns.
    @inlinable public init(_ x: SIMD3<Float>, _ y: SIMD3<Float>, _ z: SIMD3<Float>) {
        (self.x, self.y, self.z) = (x, y, z)
    }

    /// The matrix of a unit quaternion.
    @inlinable public init(_ q: Quaternion) {
        let v = q.vector
        let (xx, yy, zz) = (v.x * v.x, v.y * v.y, v.z * v.z)
        let (xy, xz, yz) = (v.x * v.y, v.x * v.z, v.y * v.z)
        let (wx, wy, wz) = (v.w * v.x, v.w * v.y, v.w * v.z)
        self.init(
            SIMD3(1 - 2 * (yy + zz), 2 * (xy + wz), 2 * (xz - wy)),
            SIMD3(2 * (xy - wz), 1 - 2 * (xx + zz), 2 * (yz + wx)),
            SIMD3(2 * (xz + wy), 2 * (yz - wx), 1 - 2 * (xx + yy)))
    }

    /// The identity.
    public static let identity = Matrix3([1, 0, 0], [0, 1, 0], [0, 0, 1])

    /// Transforms a vector.
    @inlinable public static func * (m: Matrix3, v: SIMD3<Float>) -> SIMD3<Float> { m.x * v.x + m.y * v.y + m.z * v.z }

    /// The product; `b` acts first.
    @inlinable public static func * (a: Matrix3, b: Matrix3) -> Matrix3 { Matrix3(a * b.x, a * b.y, a * b.z) }

    /// Rows and columns exchanged.
    @inlinable public var transpose: Matrix3 { Matrix3([x.x, y.x, z.x], [x.y, y.y, z.y], [x.z, y.z, z.z]) }

    /// The determinant.
    @inlinable public var determinant: Float { dot(x, cross(y, z)) }

    /// The inverse; not finite for a singular matrix.
    @inlinable public var inverse: Matrix3 {
        let (a, b, c) = (cross(y, z), cross(z, x), cross(x, y))
        return Matrix3(a, b, c).transpose.scaled(1 / dot(x, a))
    }

    /// Every entry times `s`.
    @inlinable public func scaled(_ s: Float) -> Matrix3 { Matrix3(x * s, y * s, z * s) }

    /// The rotation of an orthonormal, right-handed matrix.
    ///
    /// Source: Shepperd, "Quaternion from Rotation Matrix", 1978: the largest of four candidates is never near zero.
    @inlinable public var rotation: Quaternion {
        let (m00, m11, m22) = (x.x, y.y, z.z)
        let trace = m00 + m11 + m22
        if trace > 0 {
            let s = 2 * (1 + trace).squareRoot()
            return Quaternion(x: (y.z - z.y) / s, y: (z.x - x.z) / s, z: (x.y - y.x) / s, w: s / 4).normalized
        }
        if m00 >= m11, m00 >= m22 {
            let s = 2 * (1 + m00 - m11 - m22).squareRoot()
            return Quaternion(x: s / 4, y: (x.y + y.x) / s, z: (x.z + z.x) / s, w: (y.z - z.y) / s).normalized
        }
        if m11 >= m22 {
            let s = 2 * (1 + m11 - m00 - m22).squareRoot()
            return Quaternion(x: (x.y + y.x) / s, y: s / 4, z: (y.z + z.y) / s, w: (z.x - x.z) / s).normalized
        }
        let s = 2 * (1 + m22 - m00 - m11).squareRoot()
        return Quaternion(x: (x.z + z.x) / s, y: (y.z + z.y) / s, z: s / 4, w: (x.y - y.x) / s).normalized
    }
}
