/// A 4x4 matrix, column-major as glTF and OpenGL store it; `m * v` transforms a column vector.
@frozen public struct Matrix4: Sendable, Hashable {
    /// The columns.
    public var x, y, z, w: SIMD4<Float>

    /// A matrix from its columns.
    @inlinable public init(_ x: SIMD4<Float>, _ y: SIMD4<Float>, _ z: SIMD4<Float>, _ w: SIMD4<Float>) {
        (self.x, self.y, self.z, self.w) = (x, y, z, w)
    }

    /// An affine matrix from its linear part and its translation.
    @inlinable public init(linear: Matrix3, translation: SIMD3<Float>) {
        self.init(SIMD4(linear.x, 0), SIMD4(linear.y, 0), SIMD4(linear.z, 0), SIMD4(translation, 1))
    }

    /// The identity.
    public static let identity = Matrix4([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1])

    /// A translation.
    @inlinable public init(translation t: SIMD3<Float>) { self.init(linear: .identity, translation: t) }

    /// Transforms a homogeneous vector.
    @inlinable public static func * (m: Matrix4, v: SIMD4<Float>) -> SIMD4<Float> {
        m.x * v.x + m.y * v.y + m.z * v.z + m.w * v.w
    }

    /// The product; `b` acts first.
    @inlinable public static func * (a: Matrix4, b: Matrix4) -> Matrix4 { Matrix4(a * b.x, a * b.y, a * b.z, a * b.w) }

    /// The upper left 3x3 part.
    @inlinable public var linear: Matrix3 { Matrix3(x.xyz, y.xyz, z.xyz) }

    /// The last column.
    @inlinable public var translation: SIMD3<Float> {
        get { w.xyz }
        set { w = SIMD4(newValue, w.w) }
    }

    /// Transforms a point by an affine matrix.
    @inlinable public func transform(point p: SIMD3<Float>) -> SIMD3<Float> { (x * p.x + y * p.y + z * p.z + w).xyz }

    /// Transforms a direction by an affine matrix: no translation.
    @inlinable public func transform(vector v: SIMD3<Float>) -> SIMD3<Float> { (x * v.x + y * v.y + z * v.z).xyz }

    /// Transforms a point and divides by w.
    @inlinable public func project(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let q = self * SIMD4(p, 1)
        return q.xyz / q.w
    }

    /// The inverse of an affine matrix; not finite for a singular one.
    @inlinable public var affineInverse: Matrix4 {
        let inverse = linear.inverse
        return Matrix4(linear: inverse, translation: -(inverse * translation))
    }

    /// Rows and columns exchanged.
    @inlinable public var transpose: Matrix4 {
        Matrix4([x.x, y.x, z.x, w.x], [x.y, y.y, z.y, w.y], [x.z, y.z, z.z, w.z], [x.w, y.w, z.w, w.w])
    }

    /// The inverse, or nil for a singular matrix.
    ///
    /// By 2x2 minors (Laplace expansion), in double: projection matrices have entries of very different size.
    public var inverse: Matrix4? {
        let (a, b, c, d) = (SIMD4<Double>(x), SIMD4<Double>(y), SIMD4<Double>(z), SIMD4<Double>(w))
        let s0 = a.x * b.y - b.x * a.y, s1 = a.x * b.z - b.x * a.z, s2 = a.x * b.w - b.x * a.w
        let s3 = a.y * b.z - b.y * a.z, s4 = a.y * b.w - b.y * a.w, s5 = a.z * b.w - b.z * a.w
        let c5 = c.z * d.w - d.z * c.w, c4 = c.y * d.w - d.y * c.w, c3 = c.y * d.z - d.y * c.z
        let c2 = c.x * d.w - d.x * c.w, c1 = c.x * d.z - d.x * c.z, c0 = c.x * d.y - d.x * c.y
        let determinant = s0 * c5 - s1 * c4 + s2 * c3 + s3 * c2 - s4 * c1 + s5 * c0
        guard determinant != 0, determinant.isFinite else { return nil }
        let k = 1 / determinant
        let columns = (
            SIMD4<Double>(
                b.y * c5 - b.z * c4 + b.w * c3, -a.y * c5 + a.z * c4 - a.w * c3, d.y * s5 - d.z * s4 + d.w * s3,
                -c.y * s5 + c.z * s4 - c.w * s3),
            SIMD4<Double>(
                -b.x * c5 + b.z * c2 - b.w * c1, a.x * c5 - a.z * c2 + a.w * c1, -d.x * s5 + d.z * s2 - d.w * s1,
                c.x * s5 - c.z * s2 + c.w * s1),
            SIMD4<Double>(
                b.x * c4 - b.y * c2 + b.w * c0, -a.x * c4 + a.y * c2 - a.w * c0, d.x * s4 - d.y * s2 + d.w * s0,
                -c.x * s4 + c.y * s2 - c.w * s0),
            SIMD4<Double>(
                -b.x * c3 + b.y * c1 - b.z * c0, a.x * c3 - a.y * c1 + a.z * c0, -d.x * s3 + d.y * s1 - d.z * s0,
                c.x * s3 - c.y * s1 + c.z * s0)
        )
        return Matrix4(
            SIMD4<Float>(columns.0 * k), SIMD4<Float>(columns.1 * k), SIMD4<Float>(columns.2 * k),
            SIMD4<Float>(columns.3 * k))
    }

    /// Whether every entry is finite.
    @inlinable public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite && w.isFinite }
}
