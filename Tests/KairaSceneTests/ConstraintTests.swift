import KairaGeometry
import KairaMotion
import KairaScene
import Testing

/// Oracle: VRM specification, VRMC_node_constraint-1.0: the formulas, and what each constraint is for.
@Suite struct ConstraintTests {
    /// Source and destination under two parents, all turned at rest.
    private func scene(_ constraints: [NodeConstraint], seed: UInt64 = 6) -> Scene {
        var numbers = SeededNumbers(seed)
        func random() -> Transform { Transform(translation: numbers.vector(), rotation: numbers.rotation()) }
        var scene = forest([
            ("sourceParent", nil, random()), ("source", "sourceParent", random()),
            ("destinationParent", nil, random()), ("destination", "destinationParent", random()),
            ("child", "destination", random()), ("other", nil, random()),
        ])
        scene.avatar = AvatarDescription(bones: [:], constraints: constraints)
        return scene
    }
    private let source = NodeID(1)
    private let destination = NodeID(3)
    private let axes: [(NodeConstraint.Axis, SIMD3<Float>)] = [(.x, [1, 0, 0]), (.y, [0, 1, 0]), (.z, [0, 0, 1])]

    @Test("rotation copies the whole turn from rest", arguments: [0, 0.3, 1] as [Float])
    func rotation(weight: Float) throws {
        let scene = scene([NodeConstraint(node: destination, source: source, kind: .rotation, weight: weight)])
        var state = SceneState(scene)
        let turn = Quaternion(angle: 1.2, axis: normalize([1, 2, -1]))
        state.locals[1].rotation = scene.nodes[1].transform.rotation * turn
        try ConstraintSolver(scene).solve(&state)
        let expected = scene.nodes[3].transform.rotation * Quaternion(angle: 1.2 * weight, axis: normalize([1, 2, -1]))
        #expect(state.locals[3].rotation.angle(to: expected) < 2e-6)
        #expect(state.locals[3].translation == scene.nodes[3].transform.translation)
    }

    @Test("at rest, roll and rotation leave the destination at rest")
    func atRest() throws {
        for kind in [.rotation, .roll(.x), .roll(.y), .roll(.z)] as [NodeConstraint.Kind] {
            let scene = scene([NodeConstraint(node: destination, source: source, kind: kind)])
            var state = SceneState(scene)
            try ConstraintSolver(scene).solve(&state)
            #expect(state.locals[3].rotation.angle(to: scene.nodes[3].transform.rotation) < 2e-6)
        }
    }

    /// With equal rest rotations a pure turn about the axis is copied, a pure swing is ignored.
    @Test("roll copies the twist and ignores the swing", arguments: 0..<3)
    func roll(axis: Int) throws {
        let (name, vector) = axes[axis]
        var scene = scene([NodeConstraint(node: destination, source: source, kind: .roll(name), weight: 1)])
        scene.nodes[3].transform.rotation = scene.nodes[1].transform.rotation
        let rest = scene.nodes[1].transform.rotation
        let solver = try ConstraintSolver(scene)
        var state = SceneState(scene)
        let twist = Quaternion(angle: 0.8, axis: vector)
        let swing = Quaternion(angle: 0.9, axis: perpendicular(to: vector))
        for (turn, expected) in [(twist, twist), (swing, .identity), (swing * twist, twist)] {
            state.locals[1].rotation = rest * turn
            solver.solve(&state)
            #expect(state.locals[3].rotation.angle(to: rest * expected) < 2e-6)
        }
    }

    /// The text's formula for any rest rotations, written out again in matrices: the axis stays where it rests.
    @Test("roll leaves the axis where it rests", arguments: 0..<3)
    func rollAxis(axis: Int) throws {
        let (name, vector) = axes[axis]
        let scene = scene([NodeConstraint(node: destination, source: source, kind: .roll(name))])
        var state = SceneState(scene)
        state.locals[1].rotation =
            scene.nodes[1].transform.rotation * Quaternion(angle: 1, axis: normalize([3, -1, 2]))
        try ConstraintSolver(scene).solve(&state)
        let rest = scene.nodes[3].transform.rotation
        #expect(distance(state.locals[3].rotation.act(vector), rest.act(vector)) < 3e-6)
        #expect(state.locals[3].rotation.angle(to: rest) > 0.01)
    }

    @Test(
        "aim points the axis at the source",
        arguments: [
            (.positiveX, [1, 0, 0]), (.negativeX, [-1, 0, 0]), (.positiveY, [0, 1, 0]), (.negativeY, [0, -1, 0]),
            (.positiveZ, [0, 0, 1]), (.negativeZ, [0, 0, -1]),
        ] as [(NodeConstraint.Axis, SIMD3<Float>)])
    func aim(axis: NodeConstraint.Axis, vector: SIMD3<Float>) throws {
        let scene = scene([NodeConstraint(node: destination, source: source, kind: .aim(axis))])
        var state = SceneState(scene)
        state.worldFromRoot =
            Transform(translation: [1, 2, 3], rotation: Quaternion(angle: 1, axis: [0, 1, 0])).matrix
        state.locals[1].translation = [0.3, 4, -2]
        try ConstraintSolver(scene).solve(&state)
        state.updateWorld()
        let here = state.worlds[3].translation
        let pointed = normalize(state.worlds[3].transform(vector: vector))
        #expect(distance(pointed, normalize(state.worlds[1].translation - here)) < 5e-6)
        // The shortest turn from rest: no roll about the pointed axis is added (swing only).
        let parent = Transform(state.worlds[2]).rotation
        let turn = Transform(state.worlds[3]).rotation * (parent * scene.nodes[3].transform.rotation).conjugate
        #expect(abs(dot(turn.imaginary, pointed)) < 5e-6)
    }

    @Test("a constraint is solved after those it reads, in whatever order the file has them")
    func order() throws {
        let first = NodeConstraint(node: NodeID(1), source: NodeID(5), kind: .rotation)
        let second = NodeConstraint(node: NodeID(3), source: NodeID(1), kind: .rotation)
        let third = NodeConstraint(node: NodeID(4), source: NodeID(3), kind: .rotation)
        for constraints in [[first, second, third], [third, second, first], [second, third, first]] {
            let scene = scene(constraints)
            var state = SceneState(scene)
            let turn = Quaternion(angle: 0.7, axis: [0, 0, 1])
            state.locals[5].rotation = scene.nodes[5].transform.rotation * turn
            try ConstraintSolver(scene).solve(&state)
            #expect(state.locals[4].rotation.angle(to: scene.nodes[4].transform.rotation * turn) < 3e-6)
        }
        // An aim reads the places of its source's parents too.
        let moved = scene([
            NodeConstraint(node: destination, source: source, kind: .aim(.positiveX)),
            NodeConstraint(node: NodeID(0), source: NodeID(5), kind: .rotation),
        ])
        #expect(try ConstraintSolver(moved).constraints.map(\.node) == [NodeID(0), destination])
    }

    @Test("circles are refused with the nodes' names")
    func cycles() {
        let circle = [(1, 5), (5, 3), (3, 1)].map {
            NodeConstraint(node: NodeID($0.0), source: NodeID($0.1), kind: .rotation)
        }
        #expect(throws: SceneError.constraintCycle(["source", "other", "destination", "source"])) {
            try ConstraintSolver(scene(circle))
        }
        let own = NodeConstraint(node: destination, source: destination, kind: .roll(.x))
        #expect(throws: SceneError.constraintCycle(["destination", "destination"])) {
            try ConstraintSolver(scene([own]))
        }
        let below = NodeConstraint(node: destination, source: NodeID(4), kind: .aim(.positiveX))
        #expect(throws: SceneError.constraintCycle(["destination", "destination"])) {
            try ConstraintSolver(scene([below]))
        }
        let twice = [NodeConstraint(node: destination, source: source, kind: .rotation), below]
        #expect(throws: SceneError.self) { try ConstraintSolver(scene(twice)) }
        let nowhere = NodeConstraint(node: destination, source: NodeID(77), kind: .rotation)
        #expect(throws: SceneError.self) { try ConstraintSolver(scene([nowhere])) }
    }

    /// A hostile file may hang every node on the one before and constrain all of them.
    @Test("ten thousand constraints deep", .timeLimit(.minutes(1)))
    func deep() throws {
        var scene = chain(Array(repeating: Transform(translation: [0, 0.01, 0]), count: 10_000))
        scene.nodes.append(Node(name: "target"))
        let constraints = (1..<10_000).reversed().map {
            NodeConstraint(node: NodeID($0), source: NodeID(10_000), kind: .aim(.positiveY))
        }
        scene.avatar = AvatarDescription(bones: [:], constraints: constraints)
        #expect(try ConstraintSolver(scene).constraints.first?.node == NodeID(1))
    }
}
