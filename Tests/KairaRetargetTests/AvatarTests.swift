import KairaGeometry
import KairaMotion
import KairaRetarget
import Testing

/// Avatars that are no plain T-pose with every bone. Oracle: forward kinematics in double; bone directions within 1 degree.
@Suite("Odd avatars")
struct AvatarTests {
    static func without(_ bones: [HumanBone]) -> HumanoidSkeleton {
        var rig = Rig.full
        for bone in bones {
            rig.restPositions[bone.index] = nil
            rig.restPositions[bone.mirrored.index] = nil
        }
        return rig
    }

    static func scaled(_ k: Float) -> HumanoidSkeleton {
        HumanoidSkeleton(restPositions: Rig.full.restPositions.map { $0.map { $0 * k } })
    }

    /// The full rig with its limbs turned at rest: arms from the T-pose about Z and Y, elbows, legs aside and knees, degrees.
    static func resting(
        arms: Double = 0, forward: Double = 0, elbow: Double = 0, spread: Double = 0, knee: Double = 0
    ) -> HumanoidSkeleton {
        var pose = HumanoidPose(restHipsHeight: Rig.full.hipsHeight)
        pose.hipsTranslation = Rig.full[.hips] ?? .zero
        func q(_ axis: SIMD3<Float>, _ a: Double) -> Quaternion { Quaternion(angle: Float(a) * .pi / 180, axis: axis) }
        pose[.leftUpperArm] = q([0, 0, 1], arms) * q([0, -1, 0], forward)
        pose[.leftLowerArm] = q([0, -1, 0], elbow)
        pose[.leftUpperLeg] = q([0, 0, 1], spread) * q([-1, 0, 0], knee / 2)
        pose[.leftLowerLeg] = q([1, 0, 0], knee)
        pose[.leftFoot] = (pose[.leftUpperLeg] * pose[.leftLowerLeg]).conjugate
        var rig = Rig.full
        for (bone, place) in Puppet(Rig.full, pose).places where bone.rawValue.hasPrefix("left") {
            rig.restPositions[bone.index] = SIMD3<Float>(place)
            rig.restPositions[bone.mirrored.index] = SIMD3<Float>(place) * [-1, 1, 1]
        }
        return rig
    }

    static let fingers: [HumanBone] = [.leftIndexProximal, .leftMiddleProximal, .leftLittleProximal]

    static let avatars: [(name: String, rig: HumanoidSkeleton)] = [
        ("without chest", without([.chest, .upperChest])), ("without upper chest", without([.upperChest])),
        ("without neck", without([.neck])), ("without shoulders", without([.leftShoulder])),
        ("without toes", without([.leftToes])), ("without fingers", without(fingers)),
        ("with the middle finger only", without([.leftIndexProximal, .leftLittleProximal])),
        ("required bones only", without([.chest, .upperChest, .neck, .leftShoulder, .leftToes] + fingers)),
        ("a tenth in size", scaled(0.1)), ("seven times in size", scaled(7)), ("a hundred times in size", scaled(100)),
        ("A-pose", resting(arms: -45)), ("arms a little down", resting(arms: -8)),
        ("arms at the sides", resting(arms: -90)),
        ("arms up", resting(arms: 35)), ("arms forward", resting(forward: 40)),
        ("A-pose, elbows bent", resting(arms: -40, forward: 10, elbow: 25)),
        ("legs apart", resting(spread: 15)), ("knees bent", resting(knee: 12)),
        ("all of it", resting(arms: -50, forward: 15, elbow: 20, spread: 10, knee: 10)),
    ]

    static func named(_ name: String) throws -> HumanoidSkeleton {
        try #require(avatars.first { $0.name == name }).rig
    }

    @Test("bone directions", arguments: avatars.map(\.name))
    func directions(name: String) throws {
        let rig = try Self.named(name)
        for layout in [KeypointLayout.mediapipe33, .coco17] {
            let solver = try OracleTests.solver(rig, layout)
            var g = Seeded(state: 23)
            var worst: [String: Double] = [:]
            for k in 0..<300 {
                let person = k < Person.named.count ? Person.named[k].person : Person.random(&g, straightest: 0)
                var state = HumanoidSolver.State()
                let pose = solver.solve(person.keypoints(layout), state: &state)
                worst.merge(Puppet(rig, pose).errors(person)) { max($0, $1) }
            }
            // The trunk's middle line is no bone: one spine bone has no joint left to meet it with.
            let oneSpine = rig[.chest] == nil && rig[.upperChest] == nil
            for (bone, off) in worst where !(oneSpine && bone == "trunk") { #expect(off <= 1, "\(bone)") }
        }
    }

    /// Oracle: the authored pose of the T-posed avatar: an unseen limb hangs the same way whatever pose an avatar rests in.
    @Test("authored poses do not depend on the rest", arguments: avatars.map(\.name))
    func authored(name: String) throws {
        let rig = try Self.named(name)
        var states = [HumanoidSolver.State(), HumanoidSolver.State()]
        var pose = Person().keypoints()
        pose.confidence = Array(repeating: 0, count: 33)
        let mine = Puppet(rig, try OracleTests.solver(rig).solve(pose, state: &states[0]))
        let plain = Puppet(Rig.full, try OracleTests.solver(Rig.full).solve(pose, state: &states[1]))
        for s in Puppet.segments {
            let a = try #require(mine.segment(s.bones.0, s.bones.1)),
                b = try #require(plain.segment(s.bones.0, s.bones.1))
            #expect(degrees(a, b) < 0.1, "\(s.name)")
        }
    }

    /// Oracle: feet stand still by construction; lengths scale with the avatar.
    @Test("feet stay planted, on the ground", arguments: avatars.map(\.name))
    func planted(name: String) throws {
        let rig = try Self.named(name)
        var solver = try HumanoidSolver(skeleton: rig, layout: .mediapipe33)
        solver.focalLength = 900
        let poses = StabilityTests.run(solver, seconds: 5) { t, _ in
            let (person, place) = StabilityTests.dance(t)
            return person.keypoints(place: place, focal: 900)
        }
        let size = Double(rig.hipsHeight / Rig.full.hipsHeight)
        let ankles = poses.dropFirst(15).map { Puppet(rig, $0).places[.leftFoot] ?? .zero }
        let slide = max(
            (ankles.map(\.x).max() ?? 9) - (ankles.map(\.x).min() ?? 0),
            (ankles.map(\.z).max() ?? 9) - (ankles.map(\.z).min() ?? 0))
        #expect(slide < 0.005 * size)
        let ground = Double(rig[.leftFoot]?.y ?? 0)
        for at in ankles { #expect(abs(at.y - ground) < 0.01 * size) }
    }

    /// Specification: the fifteen required bones, each of a length.
    @Test("avatars that no solver can take are refused")
    func refused() {
        var rig = Rig.full
        rig.restPositions[HumanBone.leftHand.index] = nil
        #expect(throws: RetargetError.missingBones([.leftHand])) { try HumanoidSolver(skeleton: rig, layout: .coco17) }
        rig.restPositions[HumanBone.leftHand.index] = [.nan, 0, 0]
        #expect(throws: RetargetError.missingBones([.leftHand])) { try HumanoidSolver(skeleton: rig, layout: .coco17) }
        rig.restPositions[HumanBone.leftHand.index] = rig[.leftLowerArm]
        #expect(throws: RetargetError.self) { try HumanoidSolver(skeleton: rig, layout: .coco17) }
        let odd = KeypointLayout(name: "odd", joints: ["nose"], limbs: [])
        #expect(throws: RetargetError.unknownLayout("odd")) { try HumanoidSolver(skeleton: Rig.full, layout: odd) }
    }
}
