import KairaGeometry
import Testing

@Suite("Matrices")
struct MatrixTests {
    /// Oracle: numpy in double. The inverse's error grows with the condition number: relative to its largest entry.
    @Test("products and inverses agree with numpy", arguments: GeometryReference.matrices)
    func numpy(c: GeometryReference.MatrixCase) throws {
        let (a, b) = (Matrix4(c.a), Matrix4(c.b))
        #expect(gap((a * b).entries, c.product) < 4e-6)
        let largest = c.inverse.map { abs($0) }.max() ?? 1
        #expect(gap(try #require(a.inverse).entries, c.inverse) < 1e-6 * max(largest, 1))
        let largest3 = c.inverse3.map { abs($0) }.max() ?? 1
        #expect(gap(a.linear.inverse.entries, c.inverse3) < 2e-5 * max(largest3 * largest3, 1))
        #expect(a.transpose.transpose == a)
        #expect(a.transpose.x == [a.x.x, a.y.x, a.z.x, a.w.x])
        #expect(a.linear.transpose.x == [a.x.x, a.y.x, a.z.x])
    }

    /// Oracle: the definition.
    @Test("a singular matrix has no inverse")
    func singular() {
        #expect(Matrix4([1, 2, 3, 4], [2, 4, 6, 8], [0, 0, 1, 0], [0, 0, 0, 1]).inverse == nil)
        #expect(Matrix4([.nan, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]).inverse == nil)
        #expect(!Matrix4([.nan, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]).isFinite)
        #expect(Matrix4.identity.inverse == .identity)
    }

    /// Oracle: numpy, T * R * S with negative scales on one axis or on all three.
    @Test("transforms compose and invert as numpy says", arguments: GeometryReference.transforms)
    func transforms(c: GeometryReference.TransformCase) {
        let t = Transform(translation: c.translation, rotation: Quaternion(c.rotation), scale: c.scale)
        let m = t.matrix
        #expect(gap(m.entries, c.matrix) < 4e-6)
        #expect(gap(m.transform(point: c.p), c.moved) < 1e-5)
        #expect(gap(t.transform(point: c.p), c.moved) < 1e-5)
        #expect(gap((m * SIMD4(c.p, 1)).xyz, c.moved) < 1e-5)
        #expect(gap(m.project(c.p), c.moved) < 1e-5)
        #expect(gap(m.transform(vector: c.p), c.moved - c.translation) < 1e-5)
        #expect(abs(m.linear.determinant - c.determinant) < 1e-5 * max(abs(c.determinant), 1))
        let largest = c.inverse.map { abs($0) }.max() ?? 1
        #expect(gap(m.affineInverse.entries, c.inverse) < 2e-6 * max(largest, 1))
    }

    /// Oracle: the definition: T * R * S of the parts is the matrix again, R a rotation, signs of the determinant kept.
    @Test("transforms decompose, mirrored ones too", arguments: GeometryReference.transforms)
    func decompose(c: GeometryReference.TransformCase) {
        let t = Transform(Matrix4(c.matrix))
        #expect(gap(t.matrix.entries, c.matrix) < 4e-6)
        #expect(abs(length(t.rotation.vector) - 1) < 1e-6)
        let product = t.scale.x * t.scale.y * t.scale.z
        #expect(product.sign == c.determinant.sign)
        #expect(t.translation == c.translation)
        // A positive scale comes back as it was put in.
        if c.scale.min() > 0 {
            #expect(gap(t.scale, c.scale) < 4e-6)
            #expect(gap(t.rotation, c.rotation) < 2e-6)
        }
    }

    /// Oracle: the definition. A bone scaled to nothing still has a rotation and finite numbers.
    @Test("matrices with a scale of zero decompose to finite parts")
    func flat() {
        for scale in [[0, 1, 1], [1, 0, 1], [1, 1, 0], [0, 0, 0]] as [SIMD3<Float>] {
            let m = Transform(translation: [1, 2, 3], rotation: Quaternion(rotationVector: [1, 0, 2]), scale: scale)
                .matrix
            let t = Transform(m)
            #expect(t.rotation.isFinite)
            #expect(abs(length(t.rotation.vector) - 1) < 1e-5)
            #expect(gap(t.matrix.entries, m.entries) < 2e-6)
        }
    }
}
