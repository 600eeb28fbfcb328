import Foundation
import KairaGeometry
import KairaPhysics
import KairaScene
import Testing

/// What the protocol `SecondaryMotion` promises, held against every part of a scene's physics at once.
@Suite struct ScenePhysicsTests {
    /// The state after some seconds of frames; the carrier goes along `path`, expressions as they are given.
    private static func run(
        _ rate: Int, seconds: Double, physics start: ScenePhysics? = nil, weights: [Float] = [0, 0, 0],
        path: (Double) -> Transform
    ) throws -> (physics: ScenePhysics, state: SceneState) {
        let scene = PhysicsScene.scene()
        var physics = try #require(start ?? ScenePhysics(scene))
        var state = SceneState(scene)
        state.expressionWeights = weights
        state.locals[0] = path(0)
        state.updateWorld()
        physics.reset(to: &state)
        for k in 1...Int((seconds * Double(rate)).rounded()) {
            state.locals[0] = path(Double(k) / Double(rate))
            state.updateWorld()
            physics.update(&state, deltaTime: 1 / Double(rate))
        }
        state.updateWorld()
        return (physics, state)
    }

    private static func still(_ t: Double) -> Transform { Transform(translation: [0, 1, 0]) }
    private static func even(_ t: Double) -> Transform { Transform(translation: [Float(0.5 * t), 1, Float(-0.3 * t)]) }
    private static func wild(_ t: Double) -> Transform {
        Transform(
            translation: [Float(0.3 * sin(5 * t)), Float(1 + 0.2 * cos(4 * t)), Float(0.4 * sin(3 * t))],
            rotation: Quaternion(angle: Float(sin(2 * t)), axis: [0, 1, 0]))
    }

    private static let moved =
        PhysicsScene.spring + PhysicsScene.strand + PhysicsScene.rod + PhysicsScene.branch

    /// Where all tips are, in the carrier's frame.
    private static func places(_ state: SceneState) -> [SIMD3<Float>] {
        let back = state.worlds[0].affineInverse
        return moved.map { back.transform(point: state.worlds[$0.value].translation) } + state.latticeOffsets[0]
    }

    @Test("every part is built, and nothing is warned of")
    func whole() throws {
        let physics = try #require(ScenePhysics(PhysicsScene.scene()))
        #expect(physics.springs != nil && physics.strands.count == 1)
        #expect(physics.rods.count == 1 && physics.lattices.count == 1 && physics.warnings.isEmpty)
        #expect(ScenePhysics(Scene()) == nil)
    }

    /// Oracle: the same motion at 60 Hz; even motion is what all rates take it to be between two frames. The tolerance is
    /// Float's rounding in the frames' shares, grown over 1.5 s.
    @Test("24, 30, 60, 120 and 240 frames a second show the same motion", arguments: [24, 30, 120, 240])
    func rates(rate: Int) throws {
        for path in [Self.still, Self.even] {
            let a = try Self.run(60, seconds: 1.5, weights: [0.7, 0, 0], path: path).state
            let b = try Self.run(rate, seconds: 1.5, weights: [0.7, 0, 0], path: path).state
            for (p, q) in zip(Self.places(a), Self.places(b)) { #expect(distance(p, q) < 2e-4) }
        }
    }

    @Test("the same input gives the same bits, on any thread")
    func determinism() async throws {
        let once = try Self.run(60, seconds: 1, weights: [0.2, 0.5, 0], path: Self.wild).state
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let again = try Self.run(60, seconds: 1, weights: [0.2, 0.5, 0], path: Self.wild).state
                    let same = again.locals == once.locals && again.latticeOffsets == once.latticeOffsets
                    return same && again.worlds == once.worlds
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test(
        "no time, negative time and time that is no number move nothing",
        arguments: [0, -1, Double.nan, -Double.infinity, Double.infinity])
    func noTime(seconds: Double) throws {
        var (physics, state) = try Self.run(60, seconds: 0.7, weights: [1, 0, 0], path: Self.wild)
        let before = state
        for _ in 0..<3 { physics.update(&state, deltaTime: seconds) }
        #expect(state.locals == before.locals)
        #expect(state.latticeOffsets == before.latticeOffsets)
    }

    /// Oracle: rigid motion. After a jump of ten metres everything is as it was against the carrier, but for one step.
    @Test("a jump carries everything along")
    func teleport() throws {
        var (physics, state) = try Self.run(60, seconds: 1, weights: [1, 0, 0], path: Self.still)
        let before = Self.places(state)
        state.locals[0] = Transform(
            translation: [10, 3, -4], rotation: Quaternion(angle: 0.4, axis: [0, 1, 0]))
        state.updateWorld()
        physics.update(&state, deltaTime: 1.0 / 60)
        state.updateWorld()
        for (p, q) in zip(before, Self.places(state)) { #expect(distance(p, q) < 0.02) }
        #expect(physics.resets == 0)
    }

    @Test("reset takes up the shape that a fresh start has")
    func reset() throws {
        var (physics, state) = try Self.run(60, seconds: 1.1, weights: [0.5, 0, 0], path: Self.wild)
        physics.reset(to: &state)
        state.updateWorld()
        var fresh = try #require(ScenePhysics(PhysicsScene.scene()))
        var other = state
        fresh.reset(to: &other)
        other.updateWorld()
        for (p, q) in zip(Self.places(state), Self.places(other)) { #expect(distance(p, q) < 1e-6) }
    }

    @Test("a carrier that is no number moves nothing, and motion goes on after it")
    func notFinite() throws {
        var (physics, state) = try Self.run(60, seconds: 0.5, path: Self.wild)
        state.locals[0].translation.y = .nan
        state.updateWorld()
        physics.update(&state, deltaTime: 1.0 / 60)
        state.locals[0] = Self.wild(0.5)
        state.updateWorld()
        for _ in 0..<30 { physics.update(&state, deltaTime: 1.0 / 60) }
        state.updateWorld()
        #expect(Self.places(state).allSatisfy { $0.isFinite && length($0) < 2 })
    }

    @Test("a second without frames, and a thousand short ones, stay finite")
    func oddFrames() throws {
        var (physics, state) = try Self.run(60, seconds: 0.5, path: Self.wild)
        physics.update(&state, deltaTime: 1e6)
        for k in 0..<1000 {
            state.locals[0] = Self.wild(Double(k) * 1e-4)
            state.updateWorld()
            physics.update(&state, deltaTime: 1e-4)
        }
        state.updateWorld()
        #expect(Self.places(state).allSatisfy { $0.isFinite && length($0) < 2 })
    }

    /// Oracle: nodes only turn, so that distances are those of the file.
    @Test("chains keep their lengths")
    func lengths() throws {
        let scene = PhysicsScene.scene()
        let state = try Self.run(60, seconds: 1.3, path: Self.wild).state
        for chain in [PhysicsScene.spring, PhysicsScene.strand, PhysicsScene.rod, PhysicsScene.branch] {
            for (a, b) in zip(chain, chain.dropFirst()) {
                let l = distance(state.worlds[a.value].translation, state.worlds[b.value].translation)
                #expect(abs(l - length(scene.nodes[b].transform.translation)) < 1e-5)
            }
        }
    }

    /// Oracle: statics: a strand without stiffness hangs straight down.
    @Test("a limp strand hangs along gravity")
    func hanging() throws {
        var scene = PhysicsScene.scene()
        scene.physics.strands[0].globalStiffness = 0
        scene.physics.strands[0].localStiffness = 0
        let physics = try #require(ScenePhysics(scene))
        let state = try Self.run(60, seconds: 6, physics: physics, path: Self.still).state
        let root = state.worlds[PhysicsScene.strand[0].value].translation
        let tip = state.worlds[PhysicsScene.strand[5].value].translation
        #expect(distance(tip, root - [0, 5 * length(SIMD3<Float>(0.06, 0.02, 0)), 0]) < 0.003)
    }

    /// Oracle: statics: without a wave, rods in a fluid at rest go back to their rest shape; in a stream they lie back.
    @Test("idle rods without a beat rest; carried through the fluid they trail")
    func trailing() throws {
        var scene = PhysicsScene.scene()
        scene.physics.rods[0].idle.amplitude = 0
        scene.physics.rods[0].active.amplitude = 0
        scene.physics.rods[0].recoil = 0
        let physics = try #require(ScenePhysics(scene))
        let rest = SceneState(scene)
        let trailing = try Self.run(60, seconds: 2, physics: physics) { t in
            Transform(translation: [Float(0.6 * t), 1, 0])
        }
        let tip = PhysicsScene.rod[5].value
        let back = trailing.state.worlds[0].affineInverse.transform(point: trailing.state.worlds[tip].translation)
        let home = rest.worlds[0].affineInverse.transform(point: rest.worlds[tip].translation)
        #expect(back.x < home.x - 0.05, "moved along +x, the tip lies towards -x: \(back)")
        let settled = try Self.run(60, seconds: 6, physics: physics) { t in
            Transform(translation: [Float(0.6 * min(t, 1)), 1, 0])
        }.state
        let again = settled.worlds[0].affineInverse.transform(point: settled.worlds[tip].translation)
        #expect(distance(again, home) < 2e-3)
    }

    /// Oracle: the description: idle at rest, active at speed, a bend after a stop that goes away.
    @Test("rods beat faster when their body moves, and light runs faster along them")
    func activation() throws {
        let idle = try Self.run(60, seconds: 3, path: Self.still)
        let active = try Self.run(60, seconds: 3) { t in Transform(translation: [Float(t), 1, 0]) }
        #expect(idle.physics.rods[0].activation < 0.01)
        #expect(active.physics.rods[0].activation > 0.95)
        // Within a wave the phase 2 pi f t makes 0.25 and 1 textures a second.
        func light(_ state: SceneState) throws -> Material { try #require(state.materialOverrides[MaterialID(0)]) }
        #expect(distance(try light(idle.state).emissive, [0.5, 0.25, 1]) < 0.02)
        #expect(distance(try light(active.state).emissive, [1.5, 0.75, 3]) < 0.2)
        let offset = try #require(try light(idle.state).emissiveTexture?.offset.x)
        #expect(abs(offset + 0.75) < 0.01, "0.25 textures a second, 3 s: \(offset)")
    }

    /// Oracle: VRM 0.x by UniVRM: chains end in a tail of 7 cm, so that the last joint swings too.
    @Test("VRM 0.x swings its last joint")
    func virtualTail() throws {
        var scene = PhysicsScene.scene()
        scene.avatar?.version = .vrm0
        let zero = try #require(SpringBoneMotion(scene))
        #expect(zero.nodes == PhysicsScene.spring)
        scene.avatar?.version = .vrm1
        let one = try #require(SpringBoneMotion(scene))
        #expect(one.nodes == Array(PhysicsScene.spring.dropLast()))
    }

    @Test("springs that share joints, run backwards or have no length are left out, with a warning")
    func badSprings() throws {
        var scene = PhysicsScene.scene()
        var springs = SpringBones()
        springs.springs = [
            .init(joints: [SpringBones.Joint(node: NodeID(2)), SpringBones.Joint(node: NodeID(3))]),
            .init(joints: [SpringBones.Joint(node: NodeID(2)), SpringBones.Joint(node: NodeID(4))]),
            .init(joints: [SpringBones.Joint(node: NodeID(4)), SpringBones.Joint(node: NodeID(1))]),
            .init(joints: [SpringBones.Joint(node: NodeID(13)), SpringBones.Joint(node: NodeID(17))]),
            .init(
                joints: [SpringBones.Joint(node: NodeID(1)), SpringBones.Joint(node: NodeID(99))], center: NodeID(1)),
        ]
        scene.avatar?.springBones = springs
        let motion = try #require(SpringBoneMotion(scene))
        #expect(motion.nodes == [NodeID(2)])
        #expect(motion.warnings.count == 3, "\(motion.warnings)")
    }

    @Test("chains made by hand that do not hang together are left out, with a warning")
    func badChains() throws {
        var scene = PhysicsScene.scene()
        scene.physics.strands[0].chains = [[NodeID(5), NodeID(7)], [NodeID(5)], [NodeID(500), NodeID(6)]]
        scene.physics.rods[0].chains.append([NodeID(13), NodeID(17)])
        scene.physics.lattices[0].cells = [0, 1, 1]
        let physics = try #require(ScenePhysics(scene))
        #expect(physics.strands.isEmpty && physics.rods.count == 1 && physics.lattices.isEmpty)
        #expect(physics.warnings.count == 5, "\(physics.warnings)")
    }

    @Test("strands keep out of a ball that another node carries")
    func colliders() throws {
        var scene = PhysicsScene.scene()
        scene.physics.colliders = [
            .init(node: PhysicsScene.cube, shape: .sphere(offset: [0.1, -0.05, 0], radius: 0.2, inside: false)),
            .init(node: PhysicsScene.cube, shape: .sphere(offset: .zero, radius: 0.2, inside: true)),
        ]
        scene.physics.strands[0].colliders = [0, 1]
        scene.physics.strands[0].globalStiffness = 0
        scene.physics.strands[0].localStiffness = 0
        let physics = try #require(ScenePhysics(scene))
        #expect(physics.warnings.count == 1, "a collider that keeps inside is named")
        let state = try Self.run(60, seconds: 3, physics: physics, path: Self.still).state
        let center = state.worlds[PhysicsScene.cube.value].transform(point: [0.1, -0.05, 0])
        for node in PhysicsScene.strand.dropFirst() {
            #expect(distance(state.worlds[node.value].translation, center) > 0.21 - 1e-3)
        }
    }
}
