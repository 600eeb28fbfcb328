import Foundation
import KairaGeometry
import KairaMotion
import KairaRetarget
import Testing

@Suite("Limits, inverse kinematics and filters")
struct PartsTests {
    static func rotation(_ g: inout Seeded, _ most: Float = .pi) -> Quaternion {
        let axis = direction([g.between(-1, 1), g.between(-1, 1), g.between(-1, 1)], else: [1, 0, 0])
        return Quaternion(angle: g.between(-most, most), axis: axis)
    }

    /// Oracle: closed form. Bones of 3 m and 4 m reach 1...7 m. Tolerance: a few ulp at 7 m.
    @Test(
        "the end stops at the nearest reachable distance",
        arguments: [(0.5, 1), (1, 1), (5, 5), (7, 7), (9, 7)] as [(Float, Float)])
    func reach(wanted: Float, expected: Float) throws {
        let ik = TwoBoneIK(root: .zero, target: [wanted, 0, 0], pole: [0, 1, 0], lengths: [3, 4])
        let (mid, end) = try ik.solve()
        #expect(abs(distance(end, .zero) - expected) < 4e-6)
        #expect(abs(distance(mid, .zero) - 3) < 4e-6, "bones keep their length")
        #expect(abs(distance(mid, end) - 4) < 4e-6)
        #expect(mid.y >= -1e-6, "towards the pole")
    }

    /// Oracle: a right triangle of 3, 4 and 5.
    @Test("a right angle")
    func rightAngle() throws {
        let (mid, end) = try TwoBoneIK(root: [1, 1, 1], target: [1, 1, 6], pole: [9, 1, 2], lengths: [3, 4]).solve()
        #expect(distance(end, [1, 1, 6]) < 1e-6)
        #expect(distance(mid, [3.4, 1, 2.8]) < 1e-6)
        for lengths in [[0, 1], [1, -1], [.nan, 1], [1, .infinity]] as [SIMD2<Float>] {
            #expect(throws: RetargetError.self) {
                try TwoBoneIK(root: .zero, target: .one, pole: .one, lengths: lengths).solve()
            }
        }
        let odd = try TwoBoneIK(root: .zero, target: .zero, pole: .zero, lengths: [1, 1]).solve()
        #expect(odd.mid.isFinite && odd.end.isFinite)
    }

    static let limits: [(name: String, limit: SwingTwistLimit)] = {
        let l = JointLimits()
        return [
            ("trunk", l.trunk), ("head", l.head), ("arm", l.upperArm), ("right arm", l.upperArm.mirrored),
            ("hand", l.hand),
            ("leg", l.upperLeg), ("right leg", l.upperLeg.mirrored), ("foot", l.foot),
            ("turned", l.foot.turned(to: direction([1, -2, 0.5], else: .zero))),
        ]
    }()

    /// Oracle: the definition: inside nothing changes; outside the result is on the rim.
    @Test("swing cones and twist ranges hold", arguments: limits.map(\.name))
    func cone(name: String) throws {
        let limit = try #require(Self.limits.first { $0.name == name }).limit
        var g = Seeded(state: 31)
        for _ in 0..<2000 {
            let q = Self.rotation(&g)
            let r = limit.clamp(q)
            let (swing, twist) = r.swingTwist(about: limit.axis)
            let angle = dot(twist.rotationVector, limit.axis)
            #expect(limit.excess(ofSwing: swing.rotationVector) < 1.002)
            #expect(angle > limit.twist.lowerBound - 2e-3 && angle < limit.twist.upperBound + 2e-3)
            #expect(limit.clamp(r).angle(to: r) < 4e-3, "a second time changes nothing")
            let (s, t) = q.swingTwist(about: limit.axis)
            if limit.excess(ofSwing: s.rotationVector) < 0.999, limit.twist.contains(dot(t.rotationVector, limit.axis))
            {
                #expect(r == q)
            }
        }
    }

    /// Oracle: symmetry: the mirror of the clamped rotation is the clamped mirror.
    @Test("a mirrored limit is the limit of the mirror")
    func mirror() {
        let limit = JointLimits().upperArm
        var g = Seeded(state: 8)
        for _ in 0..<500 {
            let q = Self.rotation(&g)
            let flipped = Quaternion(q.vector * SIMD4(1, -1, -1, 1))
            let r = limit.clamp(q)
            #expect(limit.mirrored.clamp(flipped).angle(to: Quaternion(r.vector * SIMD4(1, -1, -1, 1))) < 2e-3)
        }
    }

    /// Oracle: closed form in the hinge's plane.
    @Test(
        "a hinge",
        arguments: [(-40, -10), (-10, -10), (0, 0), (90, 90), (155, 155), (170, 155), (-170, 155)] as [(Float, Float)])
    func hinge(bend: Float, expected: Float) {
        let limit = JointLimits().elbow
        func at(_ degrees: Float) -> SIMD3<Float> {
            Quaternion(angle: degrees * .pi / 180, axis: [0, -1, 0]).act([1, 0, 0])
        }
        #expect(distance(limit.clamp(at(bend), rest: [1, 0, 0], hinge: [0, -1, 0]), at(expected)) < 1e-5)
        let aside = limit.clamp(direction([1, 1, 0], else: .zero), rest: [1, 0, 0], hinge: [0, -1, 0])
        #expect(abs(asin(aside.y) - limit.play) < 1e-5)
    }

    /// Specification: whatever the points are, arms and legs stay inside their limits.
    @Test("no garbage bends a solved limb past its limits")
    func solvedInside() throws {
        let solver = try OracleTests.solver(Rig.full)
        let limits = JointLimits()
        var g = Seeded(state: 77)
        for _ in 0..<1000 {
            var pose = Person().keypoints()
            pose.world = (0..<33).map { _ in [g.between(-1, 1), g.between(-1, 1), g.between(-1, 1)] }
            var state = HumanoidSolver.State()
            let solved = solver.solve(pose, state: &state)
            for (bone, limit) in [
                (HumanBone.leftUpperArm, limits.upperArm), (.rightUpperArm, limits.upperArm.mirrored),
                (.leftUpperLeg, limits.upperLeg), (.rightUpperLeg, limits.upperLeg.mirrored),
            ] {
                let (swing, twist) = solved[bone].swingTwist(about: limit.axis)
                #expect(limit.excess(ofSwing: swing.rotationVector) < 1.01, "\(bone)")
                let angle = dot(twist.rotationVector, limit.axis)
                #expect(angle > limit.twist.lowerBound - 0.01 && angle < limit.twist.upperBound + 0.01, "\(bone)")
            }
            for (bone, rest) in [(HumanBone.leftLowerLeg, SIMD3<Float>(0, -1, 0)), (.rightLowerLeg, [0, -1, 0])] {
                let e = solved[bone].act(rest)
                #expect(abs(asin(min(max(e.x, -1), 1))) < limits.knee.play + 1e-3)
                // A positive bend brings the shin back.
                let bend = atan2(-e.z, -e.y)
                let over = limits.knee.bend.contains(bend) || abs(bend - limits.knee.bend.lowerBound) < 1e-3
                #expect(over || abs(bend - limits.knee.bend.upperBound) < 1e-3, "\(bend)")
            }
        }
    }

    /// Oracle: the rotation put in; and the definition for points on one line.
    @Test("rigid alignment finds the rotation")
    func alignment() {
        var g = Seeded(state: 2)
        for _ in 0..<200 {
            let q = Self.rotation(&g)
            var fit = RigidAlignment()
            for _ in 0..<5 {
                let p: SIMD3<Float> = [g.between(-1, 1), g.between(-1, 1), g.between(-1, 1)]
                fit.add(p, to: q.act(p) * g.between(0.5, 2), weight: g.between(0.1, 2))
            }
            // Scaled points still point the same way.
            #expect((fit.solve()?.angle(to: q) ?? 9) < 1e-4)
        }
        var line = RigidAlignment()
        for k in 1...4 { line.add([Float(k), 0, 0], to: [0, Float(k), 0], weight: 1) }
        #expect(line.solve() == nil)
        #expect(RigidAlignment().solve() == nil)
    }

    /// Oracle: closed form: with beta 0 it is the first-order low pass y_n = 1 - (1 - a)^n, a = 1 / (1 + 1 / (2 pi fc dt)).
    @Test("One-Euro at beta 0", arguments: [30, 60] as [Float])
    func oneEuro(fps: Float) {
        let filter = OneEuroFilter(minimumCutoff: 1.5, beta: 0)
        var state = OneEuroFilter.State()
        #expect(filter.filter(0, dt: 0, state: &state) == 0)
        let a = 1 / (1 + 1 / (2 * Float.pi * 1.5 / fps))
        var left: Float = 1
        for _ in 0..<40 {
            left *= 1 - a
            #expect(abs(filter.filter(1, dt: 1 / fps, state: &state) - (1 - left)) < 1e-5)
        }
        let last = filter.filter(.nan, dt: 1 / fps, state: &state)
        #expect(abs(last - (1 - left)) < 1e-5, "what is no number changes nothing")
        #expect(filter.filter(5, dt: 0, state: &state) == last)
    }

    /// Oracle: the recurrence of Casiez 2012 in double, the derivative of the raw signal.
    @Test("One-Euro with speed")
    func oneEuroSpeed() {
        let filter = OneEuroFilter(minimumCutoff: 1, beta: 0.5, derivativeCutoff: 1)
        var state = OneEuroFilter.State()
        func gain(_ f: Double, _ dt: Double) -> Double { 1 / (1 + 1 / (2 * .pi * f * dt)) }
        var (y, raw, speed) = (0.0, 0.0, 0.0)
        for k in 0..<200 {
            let dt = k % 3 == 0 ? 1.0 / 20 : 1.0 / 60
            let x = Double(sin(Double(k) * 0.2)) * 3
            let seen = filter.filter(Float(x), dt: k == 0 ? 0 : Float(dt), state: &state)
            if k == 0 {
                (y, raw) = (x, x)
            } else {
                speed += ((x - raw) / dt - speed) * gain(1, dt)
                raw = x
                y += (x - y) * gain(1 + 0.5 * abs(speed), dt)
            }
            #expect(abs(Double(seen) - y) < 1e-4)
        }
    }

    /// Oracle: statistics: a still pose with noise gets calmer, a constant turn is followed.
    @Test("the pose smoother calms a still pose and follows a turn")
    func smoother() {
        let smoother = PoseSmoother()
        var state = PoseSmoother.State()
        var g = Seeded(state: 6)
        var (inSum, outSum) = (Float(0), Float(0))
        for k in 0..<300 {
            var pose = HumanoidPose(time: Double(k) / 30)
            pose[.leftUpperArm] = Quaternion(rotationVector: [0, g.between(-0.02, 0.02), g.between(-0.02, 0.02)])
            let smooth = smoother.smooth(pose, state: &state)
            if k > 30 {
                inSum += pose[.leftUpperArm].angle
                outSum += smooth[.leftUpperArm].angle
            }
        }
        #expect(outSum < 0.7 * inSum)
        var turn = PoseSmoother.State()
        for k in 0..<90 {
            var pose = HumanoidPose(time: Double(k) / 30)
            pose[.head] = Quaternion(angle: Float(k) / 30, axis: [0, 1, 0])
            let smooth = smoother.smooth(pose, state: &turn)
            #expect(smooth[.head].angle(to: pose[.head]) < 0.15)
        }
    }

    /// Oracle: closed form: limbs in the picture's plane have no depth, and a forearm of half its length leans 60 degrees.
    @Test("flat keypoints get a depth")
    func lift() throws {
        let p = BodyProportions(stature: 1.7)
        var points = [SIMD2<Float>](repeating: .zero, count: 17)
        var seen = [Bool](repeating: false, count: 17)
        func set(_ i: Int, _ x: Float, _ y: Float) {
            points[i] = SIMD2(600 + 300 * x, 500 - 300 * y)
            seen[i] = true
        }
        for (k, s) in [Float(1), -1].enumerated() {
            set(5 + k, s * p.shoulders / 2, p.trunk)
            set(7 + k, s * (p.shoulders / 2 + p.upperArm), p.trunk)
            set(9 + k, s * (p.shoulders / 2 + p.upperArm + p.forearm * (k == 0 ? 0.47 : 1)), p.trunk)
            set(11 + k, s * p.hips / 2, 0)
            set(13 + k, s * p.hips / 2, -p.thigh)
            set(15 + k, s * p.hips / 2, -p.thigh - p.shin)
        }
        var state = PlanarLift.State()
        let world = try #require(
            PlanarLift(proportions: p).lift(points, seen: seen, mapping: .coco17, dt: 0, state: &state))
        for i in [5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16] { #expect(abs(world[i].z) < 1e-3, "\(i)") }
        // 0.47 of its length is half of the 0.94 that counts as flat.
        #expect(abs(world[9].z - p.forearm * Float(3).squareRoot() / 2) < 1e-3)
        #expect(abs(world[5].x - p.shoulders / 2) < 1e-3 && abs(world[5].y - p.trunk) < 1e-3)
    }
}
