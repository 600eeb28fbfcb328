import Foundation
import KairaGeometry
import KairaMotion
import KairaRetarget
import Testing

/// How a pose moves between frames: no flips, no jumps, the same at any frame rate.
@Suite("Solved motion is steady")
struct StabilityTests {
    static let fps = 30.0

    /// The fastest turn of each bone between frames, world and local, radians a second.
    static func fastest(_ poses: [HumanoidPose]) -> (local: Float, bone: HumanBone, time: Double) {
        var result: (local: Float, bone: HumanBone, time: Double) = (0, .hips, 0)
        for (a, b) in zip(poses, poses.dropFirst()) where b.time > a.time {
            for bone in HumanBone.allCases {
                let speed = a[bone].angle(to: b[bone]) / Float(b.time - a.time)
                if speed > result.local { result = (speed, bone, b.time) }
            }
        }
        return result
    }

    static func run(
        _ solver: HumanoidSolver, fps: Double = fps, seconds: Double, _ frame: (Double, Int) -> KeypointPose
    ) -> [HumanoidPose] {
        var state = HumanoidSolver.State()
        return (0...Int(seconds * fps)).map { k in
            let time = Double(k) / fps
            var pose = frame(time, k)
            pose.time = time
            return solver.solve(pose, state: &state)
        }
    }

    /// A person with every elbow and knee at one bend.
    static func bent(_ degrees: Double, noise: Double = 0, _ g: inout Seeded) -> Person {
        var p = Person()
        func jitter() -> Double { noise == 0 ? 0 : Double.random(in: -noise...noise, using: &g) }
        let arm = Turn([0, 0, 1], -50) * Turn([0, -1, 0], 20) * Turn([1, 0, 0], 30)
        p.arms = [
            Person.Limb(upper: arm, lower: Turn([0, 0, 1], jitter()) * Turn([0, -1, 0], degrees + jitter())),
            Person.Limb(upper: arm.mirrored, lower: Turn([0, 0, 1], jitter()) * Turn([0, 1, 0], degrees + jitter())),
        ]
        let leg = Turn([-1, 0, 0], 15)
        p.legs = (0...1).map { _ in
            Person.Limb(upper: leg, lower: Turn([0, 0, 1], jitter()) * Turn([1, 0, 0], degrees + jitter()))
        }
        return p
    }

    /// Bound: the limb itself turns at 10 degrees a second; four times that is no flip, which would be hundreds.
    @Test("a slow sweep through straight, 40 degrees of bend to 8 of over-extension and back")
    func throughStraight() throws {
        var solver = try HumanoidSolver(skeleton: Rig.full, layout: .mediapipe33)
        solver.footLock = nil
        var g = Seeded(state: 1)
        let poses = Self.run(solver, seconds: 9.6) { time, _ in
            Self.bent(abs(time - 4.8) * 10 - 8, &g).keypoints()
        }
        let worst = Self.fastest(poses)
        print("through straight: \(worst.local * 180 / .pi) deg/s, \(worst.bone) at \(worst.time) s")
        #expect(worst.local < 40 * .pi / 180)
        // The hinge stays where it was: the twist of the upper arm is kept within 3 degrees.
        let first = poses[0][.leftUpperArm]
        let turned = poses.map { first.angle(to: $0[.leftUpperArm]) }.max() ?? 9
        #expect(turned < 3 * .pi / 180)
    }

    /// Bound: noise of 4 degrees at 30 Hz moves a segment by up to 8 degrees a frame, 240 degrees a second; a flip of
    /// the hinge is a turn of 180 degrees in one frame, 5400 degrees a second.
    @Test("noise on straight limbs does not turn them round", arguments: 1...8)
    func straightNoise(seed: Int) throws {
        var solver = try HumanoidSolver(skeleton: Rig.full, layout: .mediapipe33)
        solver.footLock = nil
        var g = Seeded(state: UInt64(seed))
        let poses = Self.run(solver, seconds: 4) { _, _ in Self.bent(3, noise: 4, &g).keypoints() }
        let worst = Self.fastest(poses)
        print("straight with noise: \(worst.local * 180 / .pi) deg/s, \(worst.bone)")
        #expect(worst.local < 800 * .pi / 180)
        let hinge = SIMD3<Float>(1, 0, 0)
        for pose in poses { #expect(angle(pose[.leftUpperLeg].act(hinge), hinge) < 60 * .pi / 180) }
    }

    /// Bound: `boneSpeed`, a little above what a smooth step of 0.25 s over half a turn comes to (1.5 pi / 0.25 = 19 rad/s).
    /// A switch between two poses would be some 100 rad/s. Seeded: joints are lost and found at random.
    @Test("dropouts fade", arguments: 1...6)
    func dropout(seed: Int) throws {
        var solver = try HumanoidSolver(skeleton: Rig.full, layout: .mediapipe33)
        solver.footLock = nil
        var g = Seeded(state: UInt64(seed))
        let person = Person.random(&g)
        var confidence = [Float](repeating: 1, count: 33)
        let poses = Self.run(solver, fps: 60, seconds: 20) { _, _ in
            var pose = person.keypoints()
            // One joint in a few frames changes to a value on either side of both thresholds.
            if Int.random(in: 0..<3, using: &g) == 0 {
                confidence[Int.random(in: 0..<33, using: &g)] = Float.random(in: 0...1, using: &g)
            }
            pose.confidence = confidence
            return pose
        }
        let worst = Self.fastest(poses)
        print("dropout \(seed): \(worst.local) rad/s, \(worst.bone)")
        #expect(worst.local <= 25 * 1.01)
    }

    /// Specification: the fade takes 200 to 300 ms, there and back, and is never a switch.
    @Test(
        "a lost limb is at its authored pose after 300 ms and not before 200", arguments: [24, 30, 60, 120] as [Double])
    func fade(fps: Double) throws {
        var solver = try HumanoidSolver(skeleton: Rig.full, layout: .mediapipe33)
        solver.footLock = nil
        let person = Person()
        let poses = Self.run(solver, fps: fps, seconds: 3) { time, _ in
            var pose = person.keypoints()
            if time >= 1, time < 2 { for i in [13, 15, 17, 19, 21] { pose.confidence[i] = 0.1 } }
            return pose
        }
        let (seen, authored) = (poses[0][.leftUpperArm], AuthoredPose.standing[.leftUpperArm])
        let whole = seen.angle(to: authored)
        #expect(whole > 1)
        for pose in poses {
            let t = pose.time
            let left = pose[.leftUpperArm].angle(to: authored)
            if t < 1 - 1e-6 || t > 2.3 { #expect(pose[.leftUpperArm].angle(to: seen) < 1e-3) }
            if t > 1.3 && t < 2 - 1e-6 { #expect(left < 1e-3) }
            if t > 1 + 1 / fps && t < 1.2 { #expect(left > 0.02 * whole && left < whole) }
            if t > 2 + 1 / fps && t < 2.2 { #expect(left > 0.001 && left < whole) }
            if t > 1.3 && t < 2 - 1e-6 { #expect(pose.confidence[HumanBone.leftUpperArm.index] == 0) }
            if t > 2.3 { #expect(pose.confidence[HumanBone.leftUpperArm.index] == 1) }
        }
    }

    /// Specification: on from 0.5, off below 0.35: between them nothing changes.
    @Test("confidence has hysteresis")
    func hysteresis() throws {
        let solver = try HumanoidSolver(skeleton: Rig.full, layout: .mediapipe33)
        func last(_ values: [Float]) -> Float {
            let poses = Self.run(solver, fps: 2, seconds: Double(values.count - 1) / 2) { _, k in
                var pose = Person().keypoints()
                for i in [13, 15] { pose.confidence[i] = values[k] }
                return pose
            }
            return poses.last?.confidence[HumanBone.leftUpperArm.index] ?? -1
        }
        #expect(last([0.45, 0.45, 0.45]) == 0)
        #expect(last([0.55, 0.45, 0.36]) == 1)
        #expect(last([0.55, 0.34, 0.45]) == 0)
        #expect(last([0.55, 0.34, 0.55]) == 1)
        #expect(last([0.55, .nan, .nan]) == 0)
    }

    /// Missing and broken joints: what is left is solved exactly, the rest stays finite. Oracle: forward kinematics.
    @Test("NaN and missing joints", arguments: [Float.nan, .infinity, -.infinity, 1e20])
    func broken(value: Float) throws {
        let solver = try HumanoidSolver(skeleton: Rig.full, layout: .mediapipe33)
        var g = Seeded(state: 17)
        for _ in 0..<200 {
            let person = Person.random(&g)
            var pose = person.keypoints(place: [0, 0, -3])
            let lost = Int.random(in: 0..<33, using: &g)
            pose.world?[lost][Int.random(in: 0..<3, using: &g)] = value
            pose.points[Int.random(in: 0..<33, using: &g)].x = value
            var state = HumanoidSolver.State()
            var loose = solver
            loose.footLock = nil
            let solved = loose.solve(pose, state: &state)
            #expect(solved.hipsTranslation.isFinite)
            let finite = solved.rotations.allSatisfy { $0.isFinite && abs(length($0.vector) - 1) < 1e-4 }
            #expect(finite)
            let errors = Puppet(Rig.full, solved).errors(person)
            let name = KeypointLayout.mediapipe33.joints[lost]
            guard ![11, 12, 23, 24].contains(lost) else { continue }
            for s in Puppet.segments where s.joints.0 != name && s.joints.1 != name {
                // Below a lost joint nothing is measured.
                let above = s.joints.0.replacing("elbow", with: "shoulder").replacing("knee", with: "hip")
                let middle = s.joints.1.replacing("wrist", with: "elbow").replacing("ankle", with: "knee")
                if name == above || name == middle { continue }
                #expect((errors[s.name] ?? 180) <= 1, "\(name) lost: \(s.name)")
            }
        }
    }

    /// A person who squats and waves on feet that stay where they are; and where the hips are then.
    static func dance(_ t: Double, ankle: SIMD3<Double> = [0.1, -1, -3]) -> (person: Person, place: SIMD3<Double>) {
        var p = Person()
        let knee = 50 - 45 * cos(2 * t)
        p.trunk =
            Turn([0, 1, 0], 15 * sin(1.3 * t)) * Turn([0, 0, 1], 8 * sin(1.7 * t)) * Turn([1, 0, 0], 0.2 * knee)
        p.head = Turn([0, 1, 0], 30 * sin(2.1 * t))
        let arm = Turn([0, 0, 1], 30 * sin(1.9 * t)) * Turn([0, -1, 0], 30 + 25 * cos(1.1 * t))
        p.arms = [
            Person.Limb(
                upper: arm, lower: Turn([0, -1, 0], 60 + 40 * sin(2.3 * t)), end: Turn([1, 0, 0], 40 * sin(t))),
            Person.Limb(upper: Turn([0, 0, 1], 60), lower: Turn([0, 1, 0], 50 + 30 * cos(1.5 * t))),
        ]
        p.legs = (0...1).map { _ in
            Person.Limb(
                upper: Turn([-1, 0, 0], 0.55 * knee), lower: Turn([1, 0, 0], knee), end: Turn([-1, 0, 0], 0.45 * knee))
        }
        return (p, ankle - (p.joints()["left_ankle"] ?? .zero))
    }

    /// Oracle: the same motion; filters and fades are in seconds. Tolerance: a first-order filter with a time constant of some
    /// 0.05 s lags by up to half a frame differently, at 10 degrees a second of change in a nearly straight limb's plane.
    @Test("30 and 60 frames a second give the same motion", arguments: [true, false])
    func rate(locked: Bool) throws {
        var solver = try HumanoidSolver(skeleton: Rig.full, layout: .mediapipe33)
        if !locked { solver.footLock = nil }
        solver.focalLength = 900
        func clip(_ fps: Double) -> [HumanoidPose] {
            Self.run(solver, fps: fps, seconds: 8) { t, _ in
                let (person, place) = Self.dance(t)
                return person.keypoints(place: place)
            }
        }
        let (slow, fast) = (clip(30), clip(60))
        var (worst, drift) = (Float(0), Float(0))
        var where_ = HumanBone.hips
        for (k, a) in slow.enumerated() {
            let b = fast[2 * k]
            for bone in HumanBone.allCases {
                let off = a[bone].angle(to: b[bone])
                if off > worst { (worst, where_) = (off, bone) }
            }
            drift = max(drift, distance(a.hipsTranslation, b.hipsTranslation))
        }
        print(
            "30 against 60 Hz, foot lock \(locked): \(worst * 180 / .pi) degrees (\(where_)), hips \(drift * 1000) mm")
        #expect(worst < 0.5 * .pi / 180)
        #expect(drift < 0.002)
    }
}
