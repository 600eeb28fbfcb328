import KairaGeometry
import KairaMotion
import KairaScene
import Testing

@Suite struct AvatarTests {
    /// Writes down what it was shown, and moves one node.
    struct Probe: SecondaryMotion {
        var node: NodeID
        var seen: [SIMD3<Float>] = []
        var deltas: [Double] = []
        mutating func update(_ state: inout SceneState, deltaTime: Double) {
            seen.append(state.worlds[node.value].translation)
            deltas.append(deltaTime)
            state.locals[node.value].rotation = Quaternion(angle: 1, axis: [1, 0, 0])
        }
        mutating func reset(to state: inout SceneState) { state.locals[node.value] == .identity ? () : (deltas = []) }
    }

    /// Oracle: the order of DESIGN: pose, look-at, expressions, node constraints, secondary motion, skinning data.
    @Test("constraints see the pose, secondary motion sees both, the skin sees all")
    func order() throws {
        var scene = body()
        let hand = try #require(scene.avatar?.bones[.leftHand])
        let arm = try #require(scene.avatar?.bones[.leftLowerArm])
        // A prop hangs on a node that copies the arm's rotation; hair hangs on the prop.
        let prop = NodeID(scene.nodes.count)
        scene.nodes.append(
            Node(name: "prop", transform: Transform(translation: [1, 0, 0]), children: [NodeID(prop.value + 1)]))
        scene.roots.append(prop)
        scene.nodes.append(Node(name: "hair", transform: Transform(translation: [0, 0, 1]), parent: prop))
        scene.avatar?.constraints = [NodeConstraint(node: prop, source: arm, kind: .rotation)]
        scene.meshes = [
            Mesh(primitives: [
                Primitive(
                    positions: [[0, 1, 0]], indices: [0],
                    influences: JointInfluences(perVertex: 1, joints: [0], weights: [1]))
            ])
        ]
        scene.skins = [Skin(joints: [NodeID(prop.value + 1)], inverseBindMatrices: [.identity])]
        (scene.nodes[0].mesh, scene.nodes[0].skin) = (MeshID(0), SkinID(0))

        var avatar = try Avatar(scene: scene)
        avatar.secondaryMotion = Probe(node: NodeID(prop.value + 1))
        var pose = HumanoidPose(time: 2.5, restHipsHeight: 0.95)
        pose.hipsTranslation = [0, 0.95, 0.01]
        pose[.leftLowerArm] = Quaternion(angle: .pi / 2, axis: [0, 1, 0])
        avatar.evaluate(pose, deltaTime: 0.04)

        let probe = try #require(avatar.secondaryMotion as? Probe)
        #expect(probe.deltas == [0.04])
        #expect(distance(probe.seen[0], [2, 0, 0]) < 1e-5, "the prop has turned its hair from +Z to +X")
        let palette = try #require(avatar.drawList.palette(of: avatar.drawList.items[0]))
        let hairTurn = Quaternion(angle: .pi / 2, axis: [0, 1, 0]) * Quaternion(angle: 1, axis: [1, 0, 0])
        #expect(
            distance(palette.matrices[0].transform(point: [0, 1, 0]), [2, 0, 0] + hairTurn.act([0, 1, 0])) < 1e-5)
        #expect(avatar.state.time == 2.5)
        #expect(distance(avatar.state.worlds[hand.value].translation, [0.42, 1.4, -0.25]) < 1e-5)
    }

    /// Oracle: HumanoidPose's frame; the same pose moves a VRM 0.x and a VRM 1.0 body alike.
    @Test("VRM 0.x and 1.0 bodies take up a pose alike, wherever they stand")
    func versions() throws {
        var numbers = SeededNumbers(31)
        var pose = HumanoidPose(restHipsHeight: 1.2)
        for bone in HumanBone.allCases { pose[bone] = .slerp(.identity, numbers.rotation(), 0.3) }
        var old = try Avatar(scene: body(version: .vrm0, turned: true))
        var new = try Avatar(scene: body(version: .vrm1))
        let place = Transform(translation: [3, 0, -1], rotation: Quaternion(angle: 2, axis: [0, 1, 0])).matrix
        for avatar in [place, .identity] {
            (old.worldFromModel, new.worldFromModel) = (avatar, avatar)
            old.evaluate(pose)
            new.evaluate(pose)
            let expected = new.skeleton.jointPositions(in: pose)
            for bone in HumanBone.allCases {
                guard let a = old.humanoid.nodes[bone.index], let b = new.humanoid.nodes[bone.index] else { continue }
                let joint = avatar.transform(point: try #require(expected[bone.index]))
                #expect(distance(old.state.worlds[a.value].translation, joint) < 1e-5)
                #expect(distance(new.state.worlds[b.value].translation, joint) < 1e-5)
            }
        }
    }

    @Test("a frame leaves nothing behind for the next one")
    func stateless() throws {
        var scene = body()
        scene.avatar?.lookAt = LookAt()
        var avatar = try Avatar(scene: scene)
        var pose = HumanoidPose(restHipsHeight: 0.95)
        avatar.evaluate(pose)
        let rest = avatar.state.locals
        pose.gaze = [0.5, 0.2]
        pose[.head] = Quaternion(angle: 1, axis: [0, 1, 0])
        avatar.evaluate(pose)
        #expect(avatar.state.locals != rest)
        avatar.evaluate(HumanoidPose(restHipsHeight: 0.95))
        #expect(avatar.state.locals == rest)
    }

    @Test("draw list: every primitive of the default scene, in order")
    func drawList() throws {
        var scene = forest([
            ("a", nil, Transform(translation: [1, 0, 0])), ("b", "a", .identity), ("hidden", nil, .identity),
        ])
        scene.roots = [NodeID(0)]
        var primitive = Primitive(positions: [.zero], indices: [0])
        primitive.material = MaterialID(0)
        scene.materials = [Material()]
        scene.meshes = [Mesh(primitives: [primitive, primitive])]
        scene.nodes[1].mesh = MeshID(0)
        scene.nodes[2].mesh = MeshID(0)
        let list = DrawList(scene, state: SceneState(scene))
        #expect(list.items.map(\.node) == [NodeID(1), NodeID(1)])
        #expect(list.items.map(\.primitive) == [0, 1])
        #expect(list.items[0].worldFromMesh.translation == [1, 0, 0])
        #expect(list.items[0].skin == nil && list.items[0].material == MaterialID(0))
    }
}
