import KairaGeometry
import KairaPhysics

/// Hair or antennae: chains of nodes driven by strands that never stretch.
public struct StrandMotion: SecondaryMotion {
    /// What is simulated; its clock, teleport distance and resets are its.
    public var strands: KairaPhysics.Strands
    private let chains: [NodeChain]
    private let node: Int
    private var matrices: [Matrix4]
    private let colliders: [(node: Int, shape: SpringBones.Collider.Shape)]

    /// The strands of a description, nil where none can be used.
    ///
    /// - Parameters:
    ///   - description: whose chains; one whose nodes do not follow each other is left out, with a warning.
    ///   - index: its place, for messages.
    ///   - scene: where its nodes are.
    ///   - warnings: gets a sentence for each part that is left out.
    public init?(_ description: PhysicsDescription.Strands, index: Int, scene: Scene, warnings: inout [String]) {
        guard scene.nodes.indices.contains(description.node.value) else {
            warnings.append("strands \(index): there is no node \(description.node.value)")
            return nil
        }
        let rest = SceneState(scene)
        let root = rest.worlds[description.node.value].rigid
        var strands = KairaPhysics.Strands()
        var chains: [NodeChain] = []
        for (k, ids) in description.chains.enumerated() {
            guard let chain = NodeChain(ids, of: scene) else {
                warnings.append("strands \(index), chain \(k): its nodes do not hang on each other, or have no length")
                continue
            }
            let points = chain.nodes.map {
                root.rotation.conjugate.act(rest.worlds[$0].translation - root.translation)
            }
            guard (try? strands.addStrand(points)) != nil else {
                warnings.append("strands \(index), chain \(k): a segment has no length")
                continue
            }
            chains.append(chain)
        }
        guard !chains.isEmpty else { return nil }
        strands.settings.gravity = description.gravity
        strands.settings.drag = description.drag
        strands.settings.globalStiffness = description.globalStiffness
        strands.settings.localStiffness = description.localStiffness
        strands.settings.radius = description.radius
        strands.settings.wind.velocity = description.wind
        strands.settings.wind.gusts = description.gusts
        strands.settings.wind.scale = 0.5
        strands.settings.wind.seed = UInt32(truncatingIfNeeded: index)
        strands.settings.substeps = 4
        let all = scene.physics.colliders
        var shapes: [(node: Int, shape: SpringBones.Collider.Shape)] = []
        for c in description.colliders where all.indices.contains(c) {
            guard scene.nodes.indices.contains(all[c].node.value) else { continue }
            switch all[c].shape {
            case .sphere(_, _, true), .capsule(_, _, _, true):
                warnings.append("strands \(index): collider \(c) keeps inside, which strands do not know")
                continue
            default: break
            }
            shapes.append((all[c].node.value, all[c].shape))
            strands.colliders.append(StrandCollider(.capsule(start: .zero, end: .zero, radius: 0)))
        }
        self.strands = strands
        self.chains = chains
        node = description.node.value
        matrices = [Matrix4](repeating: .identity, count: chains.map(\.nodes.count).max() ?? 0)
        colliders = shapes
    }

    /// The nodes that it moves.
    public var nodes: [NodeID] { chains.flatMap { $0.nodes.map { NodeID($0) } } }

    /// Moves the nodes by the time that has passed.
    public mutating func update(_ state: inout SceneState, deltaTime: Double) {
        guard deltaTime > 0, deltaTime.isFinite else { return }
        let frame = state.worlds[node]
        guard frame.isFinite else { return }
        let root = frame.rigid
        placeColliders(state, root)
        strands.advance(by: deltaTime, root: root.translation, rotation: root.rotation)
        write(&state)
    }

    /// Takes up the rest shape at the state's pose.
    public mutating func reset(to state: inout SceneState) {
        let root = state.worlds[node].rigid
        guard root.translation.isFinite else { return }
        placeColliders(state, root)
        strands.reset(to: root.translation, rotation: root.rotation)
        write(&state)
    }

    /// Colliders in the frame of the roots, as their own nodes stand.
    private mutating func placeColliders(_ state: SceneState, _ root: Transform) {
        let back = root.rotation.conjugate
        for (i, collider) in colliders.enumerated() {
            let world = state.worlds[collider.node]
            func local(_ p: SIMD3<Float>) -> SIMD3<Float> {
                back.act(world.transform(point: p) - root.translation)
            }
            let scale = length(world.x.xyz)
            switch collider.shape {
            case .sphere(let offset, let radius, _):
                let p = local(offset)
                strands.colliders[i].shape = .capsule(start: p, end: p, radius: radius * scale)
            case .capsule(let offset, let tail, let radius, _):
                strands.colliders[i].shape = .capsule(start: local(offset), end: local(tail), radius: radius * scale)
            case .plane(let offset, let normal):
                strands.colliders[i].shape = .plane(
                    point: local(offset), normal: back.act(world.transform(vector: normal)))
            }
        }
    }

    private mutating func write(_ state: inout SceneState) {
        for (s, chain) in chains.enumerated() {
            let first = Int(strands.starts[s])
            chain.pose(&state, matrices: &matrices) { [strands] in strands.shownPosition(first + $0) }
        }
    }
}
