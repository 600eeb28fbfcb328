import KairaGeometry
import Testing

@Suite("Projection")
struct ProjectionTests {
    /// Oracle: glTF 2.0 specification, section 3.10.3.1, in double.
    @Test(
        "a finite perspective is glTF's matrix",
        arguments: [(0.7, 1.5, 0.1, 100), (1.4, 0.75, 0.01, 20)] as [(Double, Double, Double, Double)])
    func finite(yfov: Double, a: Double, n: Double, f: Double) {
        let m = Projection.perspective(
            verticalFieldOfView: Float(yfov), aspect: Float(a), near: Float(n), far: Float(f))
        // tan of 0.35 and of 0.7 rad: numpy.
        let tangent = yfov == 0.7 ? 0.365028497 : 0.842288380
        let expected: [Float] = [
            Float(1 / (a * tangent)), 0, 0, 0, 0, Float(1 / tangent), 0, 0, 0, 0, Float((f + n) / (n - f)), -1, 0, 0,
            Float(2 * f * n / (n - f)), 0,
        ]
        #expect(gap(m.entries, expected) < 2e-6)
    }

    /// Oracle: the documented depth range, -1 at near and 1 at far; the picture's edges are at +-1.
    @Test("near, far and the edges come out at the clip volume's faces")
    func clip() {
        let (n, f): (Float, Float) = (0.1, 50)
        let m = Projection.perspective(verticalFieldOfView: .pi / 2, aspect: 2, near: n, far: f)
        #expect(abs(m.project([0, 0, -n]).z + 1) < 1e-5)
        #expect(abs(m.project([0, 0, -f]).z - 1) < 1e-5)
        // At 90 degrees the half height at distance d is d, the half width 2 d.
        #expect(gap(m.project([6, 3, -3]) * [1, 1, 0], [1, 1, 0]) < 1e-6)
        #expect(gap(m.project([-6, -3, -3]) * [1, 1, 0], [-1, -1, 0]) < 1e-6)
        #expect((m * [0, 0, 1, 1]).w < 0, "behind the camera")
    }

    /// Oracle: glTF 2.0, section 3.10.3.2; z goes to 1 - 2 n / d.
    @Test("an infinite perspective")
    func infinite() {
        let m = Projection.perspective(verticalFieldOfView: 1, aspect: 1, near: 0.5, far: .infinity)
        #expect(m.isFinite)
        #expect(m.z.z == -1 && m.w.z == -1 && m.z.w == -1 && m.w.w == 0)
        #expect(abs(m.project([0, 0, -0.5]).z + 1) < 1e-6)
        #expect(abs(m.project([0, 0, -10]).z - 0.9) < 1e-6)
        #expect(m.project([0, 0, -1e6]).z <= 1)
        let far = Projection.perspective(verticalFieldOfView: 1, aspect: 1, near: 0.5, far: 1e9)
        #expect(gap(far.entries, m.entries) < 1e-6)
    }

    /// Oracle: glTF 2.0, section 3.10.3.3.
    @Test("an orthographic projection")
    func orthographic() {
        let m = Projection.orthographic(halfWidth: 4, halfHeight: 2, near: 1, far: 9)
        #expect(gap(m.entries, [0.25, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, -0.25, 0, 0, 0, -1.25, 1]) < 1e-7)
        #expect(gap(m.project([4, 2, -1]), [1, 1, -1]) < 1e-6)
        #expect(gap(m.project([-4, -2, -9]), [-1, -1, 1]) < 1e-6)
    }

    /// Oracle: the definition: the eye goes to the origin, the target down -Z, up stays up.
    @Test("a view matrix looks along -Z")
    func lookAt() {
        let (eye, target): (SIMD3<Float>, SIMD3<Float>) = ([1, 2, 3], [4, 2, -1])
        let m = Projection.lookAt(eye: eye, target: target, up: [0, 1, 0])
        #expect(gap(m.transform(point: eye), .zero) < 1e-6)
        #expect(gap(m.transform(point: target), [0, 0, -5]) < 2e-6)
        #expect(gap(m.transform(vector: [0, 1, 0]), [0, 1, 0]) < 1e-6)
        #expect(abs(m.linear.determinant - 1) < 1e-6)
        // Straight down with the same up, and from nowhere: still a rigid matrix.
        for (e, t) in [([0, 5, 0], [0, 0, 0]), ([1, 1, 1], [1, 1, 1])] as [(SIMD3<Float>, SIMD3<Float>)] {
            let odd = Projection.lookAt(eye: e, target: t, up: [0, 1, 0])
            #expect(odd.isFinite)
            #expect(abs(odd.linear.determinant - 1) < 1e-6)
        }
    }

    /// Oracle: the definition, M^-1 M = 1; entries differ by four powers of ten.
    @Test("projections invert")
    func inverse() throws {
        let m = Projection.perspective(verticalFieldOfView: 0.5, aspect: 1.7, near: 0.01, far: 1000)
        let p: SIMD3<Float> = [0.3, -0.2, -2]
        #expect(gap(try #require(m.inverse).project(m.project(p)), p) < 2e-3, "depth near the far end is coarse")
        let o = Projection.orthographic(halfWidth: 1, halfHeight: 2, near: 0.1, far: 30)
        #expect(gap(try #require(o.inverse).project(o.project(p)), p) < 4e-6)
    }
}
