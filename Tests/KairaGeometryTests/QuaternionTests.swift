import KairaGeometry
import KairaTestSupport
import Testing

@Suite("Quaternion")
struct QuaternionTests {
    /// Oracle: scipy.spatial.transform in double. Tolerance: a few ulp of the largest number in play.
    @Test("product, action, matrix, logarithm and exponential agree with scipy", arguments: GeometryReference.rotations)
    func scipy(c: GeometryReference.RotationCase) {
        let (a, b) = (Quaternion(c.a), Quaternion(c.b))
        #expect(gap(a * b, c.product) < 1e-6)
        var product = a
        product *= b
        #expect(product == a * b)
        #expect(gap(a.act(c.v), c.rotated) < 1e-6 * max(length(c.v), 1) * 2)
        #expect(gap(a.conjugate.act(a.act(c.v)), c.v) < 4e-6 * max(length(c.v), 1))
        #expect(gap(Matrix3(a).entries, c.matrix) < 1e-6)
        #expect(gap(Matrix3(c.matrix).rotation, c.a) < 1e-6)
        #expect(gap(a.rotationVector, c.rotationVector) < 2e-6)
        #expect(gap(Quaternion(rotationVector: c.rotationVector), c.a) < 1e-6)
        #expect(abs(a.angle(to: b) - c.angle) < 2e-6)
        #expect(gap(Quaternion.slerp(a, b, c.t), c.slerp) < 2e-5, "near half a turn the direction of the arc is soft")
    }

    /// Oracle: scipy, twist then swing put together. Near a swing of pi the twist's axis part and w are both small:
    /// the error grows as 1 / cos(swing / 2).
    @Test("swing and twist about any axis", arguments: GeometryReference.twists)
    func swingTwist(c: GeometryReference.TwistCase) {
        for q in [Quaternion(c.q), -Quaternion(c.q)] {
            let (swing, twist) = q.swingTwist(about: c.axis)
            let tolerance = 1e-6 / max(abs(c.swing.w), 1e-3)
            #expect(gap(swing, c.swing) < tolerance)
            #expect(gap(twist, c.twist) < tolerance)
            #expect(gap(swing * twist, c.q) < 1e-6)
            #expect(abs(dot(swing.imaginary, c.axis)) < tolerance, "the swing has no part about the axis")
        }
    }

    /// Oracle: the definition: half a turn about an axis at right angles has no twist.
    @Test("a swing of half a turn leaves no twist")
    func halfTurn() {
        let (swing, twist) = Quaternion(angle: .pi, axis: [1, 0, 0]).swingTwist(about: [0, 1, 0])
        #expect(abs(swing.angle - .pi) < 1e-6)
        #expect(twist.angle < 1e-6)
    }

    /// Oracle: closed form, the shortest arc has the angle between the vectors and an axis at right angles to both.
    @Test(
        "from-to takes the shortest arc, up to and at the antiparallel case",
        arguments: [0, 1e-7, 1e-4, 0.1, 1, 2, 3, 3.14, 3.1415, 3.141592, .pi] as [Float])
    func shortestArc(turn: Float) {
        let axes: [SIMD3<Float>] = [[0, 0, 1], [1, 0, 0], direction([1, 2, -3], else: .zero)]
        for axis in axes {
            let a = perpendicular(to: axis) * 2
            let b = Quaternion(angle: turn, axis: axis).act(a) * 0.1
            let q = Quaternion.from(a, to: b)
            #expect(q.isFinite)
            #expect(abs(length(q.vector) - 1) < 1e-6)
            // Within 1e-6 of pi the vectors count as opposite.
            #expect(angle(q.act(a), b) < 2e-6)
            #expect(abs(q.angle - turn) < 2e-6)
            #expect(abs(dot(q.imaginary, a)) < 2e-6)
        }
    }

    /// Oracle: the definition, garbage in, a unit quaternion out.
    @Test("from-to of vectors without direction", arguments: [0, .nan, .infinity] as [Float])
    func noDirection(x: Float) {
        for q in [Quaternion.from([x, 0, 0], to: [0, 1, 0]), .from([0, 1, 0], to: [x, x, x])] {
            #expect(q.isFinite)
            #expect(abs(length(q.vector) - 1) < 1e-6)
        }
    }

    /// Oracle: closed form, constant angular speed about one axis.
    @Test(
        "slerp has constant speed, also in its linear branch",
        arguments: [1e-6, 1e-3, 0.06, 0.063, 0.07, 2, 3.1] as [Float])
    func speed(turn: Float) {
        let axis = direction([2, -1, 0.5], else: .zero)
        let a = Quaternion(rotationVector: [0.3, -0.7, 1.1])
        let b = Quaternion(angle: turn, axis: axis) * a
        for end in [b, -b] {
            for k in 0...10 {
                let t = Float(k) / 10
                let q = Quaternion.slerp(a, end, t)
                #expect(abs(a.angle(to: q) - t * turn) < 1e-6)
                #expect(abs(length(q.vector) - 1) < 1e-6)
            }
        }
    }

    /// Oracle: closed form. Float's pi / 2 turns X into Y.
    @Test("an angle about an axis is counter-clockwise")
    func axisAngle() {
        let half = Float.pi / 2
        #expect(gap(Quaternion(angle: half, axis: [0, 0, 1]).act([1, 0, 0]), [0, 1, 0]) < 1e-6)
        #expect(gap(Quaternion(angle: half, axis: [1, 0, 0]).act([0, 1, 0]), [0, 0, 1]) < 1e-6)
        #expect(gap(Quaternion(angle: half, axis: [0, 1, 0]).act([0, 0, 1]), [1, 0, 0]) < 1e-6)
        #expect(
            gap(
                (Quaternion(angle: half, axis: [0, 0, 1]) * Quaternion(angle: half, axis: [1, 0, 0]))
                    .act([0, 1, 0]), [0, 0, 1]) < 1e-6, "the right factor acts first")
    }

    /// Oracle: closed form, exp(log(q)) = q, and log is linear near zero.
    @Test("logarithm and exponential near zero and beyond half a turn")
    func logarithm() {
        for s in [0, 1e-12, 1e-9, 1e-8, 1e-6, 1e-3] as [Float] {
            let v = SIMD3<Float>(0.6, 0, -0.8) * s
            #expect(gap(Quaternion(rotationVector: v).rotationVector, v) <= 1e-6 * s)
        }
        // 4 rad about Z is 4 - 2 pi.
        #expect(gap(Quaternion(rotationVector: [0, 0, 4]).rotationVector, [0, 0, 4 - 2 * .pi]) < 1e-6)
        #expect(gap((-Quaternion(rotationVector: [0, 1, 0])).rotationVector, [0, 1, 0]) < 1e-6)
        let half = Quaternion(rotationVector: [.pi, 0, 0]).rotationVector
        #expect(abs(length(half) - .pi) < 1e-6)
    }

    /// Oracle: the definition.
    @Test("normalising repairs what can be repaired")
    func normalised() {
        #expect(gap(Quaternion(x: 0, y: 3, z: 0, w: 4).normalized, [0, 0.6, 0, 0.8]) < 1e-7)
        #expect(Quaternion(x: 0, y: 0, z: 0, w: 0).normalized == .identity)
        #expect(Quaternion(x: .nan, y: 0, z: 0, w: 1).normalized == .identity)
        #expect(Quaternion(x: .infinity, y: 0, z: 0, w: 1).normalized == .identity)
        #expect(!Quaternion(x: 0, y: .nan, z: 0, w: 1).isFinite)
        let q = Quaternion(rotationVector: [1, 2, 0])
        #expect((-q).near(q) == q)
        #expect(q.near(-q) == -q)
    }

    /// Oracle: closed form. Half turns make the trace -1: every branch of Shepperd's method is taken.
    @Test(
        "the rotation of a matrix, where the trace is least",
        arguments: [
            [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.8, 0], [0, 0.6, -0.8], [0.57735026, 0.57735026, 0.57735026],
        ]
            as [SIMD3<Float>])
    func shepperd(axis: SIMD3<Float>) {
        for a in [Float.pi, 3.1, 2.2, 1.6, -2.5] {
            let q = Quaternion(angle: a, axis: axis)
            #expect(gap(Matrix3(q).rotation, q.vector) < 1e-6)
            let m = Matrix3(q)
            #expect(gap(Quaternion(x: m.x, y: m.y, z: m.z), q.vector) < 1e-6)
        }
    }
}
