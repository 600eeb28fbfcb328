import KairaGeometry
import KairaMotion
import KairaScene
import Testing

@Suite struct HumanoidTests {
    private func randomPose(_ seed: UInt64, restHipsHeight: Float = 1) -> HumanoidPose {
        var numbers = SeededNumbers(seed)
        var pose = HumanoidPose(restHipsHeight: restHipsHeight)
        for bone in HumanBone.allCases { pose[bone] = numbers.rotation() }
        pose.hipsTranslation = numbers.vector()
        return pose
    }

    private func posed(_ scene: Scene, _ pose: HumanoidPose) throws -> (Humanoid, SceneState) {
        let humanoid = try Humanoid(scene)
        var state = SceneState(scene)
        state.worldFromRoot = Transform(rotation: humanoid.modelFromFile).matrix
        humanoid.apply(pose, to: &state)
        state.updateWorld()
        return (humanoid, state)
    }

    /// Oracle: VRM 1.0 text: an avatar faces +Z, its left is at +X, whatever the file's version.
    @Test("the skeleton faces +Z", arguments: [AvatarDescription.Version.vrm0, .vrm1], [false, true])
    func facing(version: AvatarDescription.Version, turned: Bool) throws {
        let skeleton = try Humanoid(body(version: version, turned: turned)).skeleton
        for (bone, position) in bodyPositions {
            let rest = try #require(skeleton[bone])
            #expect(distance(rest, position) < 1e-5, "\(bone)")
        }
        #expect(!skeleton.has(.upperChest))
        #expect(abs(skeleton.hipsHeight - 0.95) < 1e-5)
    }

    /// Oracle: forward kinematics over normalised rotations (KairaMotion), which knows nothing of nodes.
    @Test(
        "posed nodes are where the pose puts the skeleton's joints",
        arguments: [AvatarDescription.Version.vrm0, .vrm1], [false, true])
    func forward(version: AvatarDescription.Version, turned: Bool) throws {
        for absent: Set<HumanBone> in [[], [.chest], [.chest, .neck, .leftEye]] {
            let pose = randomPose(12, restHipsHeight: 0.8)
            let (humanoid, state) = try posed(body(version: version, without: absent, turned: turned), pose)
            let expected = humanoid.skeleton.jointPositions(in: pose)
            let rotations = humanoid.skeleton.worldRotations(in: pose)
            for bone in HumanBone.allCases {
                guard let node = humanoid.nodes[bone.index] else { continue }
                let joint = try #require(expected[bone.index])
                #expect(distance(state.worlds[node.value].translation, joint) < 1e-5, "\(bone)")
                let turn = Transform(state.worlds[node.value]).rotation * humanoid.modelRest[bone.index].conjugate
                #expect(turn.angle(to: rotations[bone.index]) < 1e-5, "\(bone)")
            }
        }
    }

    /// Oracle: a formula and its inverse. The row of formats.md: round trip <= 1e-5.
    @Test("normalised to local and back", arguments: [AvatarDescription.Version.vrm0, .vrm1], [false, true])
    func roundTrip(version: AvatarDescription.Version, turned: Bool) throws {
        let scene = body(version: version, turned: turned)
        let (humanoid, state) = try posed(scene, randomPose(3, restHipsHeight: 0.95))
        let back = humanoid.pose(of: state)
        let pose = randomPose(3, restHipsHeight: 0.95)
        for bone in HumanBone.allCases where scene.avatar?.bones[bone] != nil {
            // upperChest is absent: neck and shoulders' children carry its rotation.
            guard bone != .neck, bone != .leftUpperArm, bone != .rightUpperArm else { continue }
            #expect(back[bone].angle(to: pose[bone]) < 1e-5, "\(bone)")
        }
        #expect(back[.neck].angle(to: pose[.upperChest] * pose[.neck]) < 1e-5)
        #expect(back[.leftUpperArm].angle(to: pose[.upperChest] * pose[.leftShoulder] * pose[.leftUpperArm]) < 1e-5)
        #expect(distance(back.hipsTranslation, pose.hipsTranslation) < 1e-5)
    }

    /// Oracle: the T-pose is the rest pose.
    @Test("the T-pose leaves every bone at rest", arguments: [AvatarDescription.Version.vrm0, .vrm1])
    func tPose(version: AvatarDescription.Version) throws {
        let scene = body(version: version, turned: true)
        var pose = HumanoidPose(restHipsHeight: 0.95)
        pose.hipsTranslation = [0, 0.95, 0.01]
        let (humanoid, state) = try posed(scene, pose)
        var rest = SceneState(scene)
        rest.worldFromRoot = state.worldFromRoot
        rest.updateWorld()
        for node in humanoid.nodes.compactMap({ $0 }) {
            #expect(distance(state.worlds[node.value].translation, rest.worlds[node.value].translation) < 1e-5)
            #expect(
                Transform(state.worlds[node.value]).rotation.angle(to: Transform(rest.worlds[node.value]).rotation)
                    < 1e-5)
        }
    }

    /// Oracle: proportion.
    @Test("the hips' path is scaled by the ratio of the hips' heights")
    func hipsRatio() throws {
        var pose = HumanoidPose(restHipsHeight: 1.9)
        pose.hipsTranslation = [1, 1.9, -2]
        let (humanoid, state) = try posed(body(), pose)
        let hips = try #require(humanoid.nodes[HumanBone.hips.index])
        #expect(distance(state.worlds[hips.value].translation, [0.5, 0.95, -1]) < 1e-5)
    }

    @Test("a pose that is not finite leaves bones at rest")
    func notFinite() throws {
        var pose = HumanoidPose(restHipsHeight: 0.95)
        pose.hipsTranslation = [.nan, 0, 0]
        pose[.head] = Quaternion(x: .nan, y: 0, z: 0, w: 1)
        let scene = body()
        let (_, state) = try posed(scene, pose)
        #expect(
            zip(state.worlds, SceneState(scene).worlds).allSatisfy { distance($0.translation, $1.translation) < 1e-5 })
    }

    @Test("what makes no humanoid is refused by name")
    func refused() {
        #expect(throws: SceneError.notAnAvatar) { try Humanoid(chain([.identity])) }
        let scene = body(without: [.leftHand, .spine, .chest])
        #expect(throws: SceneError.missingBones([.spine, .leftHand])) { try Humanoid(scene) }
        #expect("\(SceneError.missingBones([.spine, .leftHand]))".contains("spine, leftHand"))
        var twice = body()
        let head = twice.avatar?.bones[.head]
        twice.avatar?.bones[.jaw] = head
        #expect(throws: SceneError.self) { try Humanoid(twice) }
        var outside = body()
        outside.avatar?.bones[.jaw] = NodeID(1000)
        #expect(throws: SceneError.self) { try Humanoid(outside) }
    }
}
