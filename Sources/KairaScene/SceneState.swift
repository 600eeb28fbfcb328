import KairaGeometry

/// What moves in a scene: the currency between whatever animates it and whatever draws it.
///
/// Set local transforms and weights, then call `updateWorld` once a frame.
public struct SceneState: Sendable {
    /// One a node, relative to its parent.
    public var locals: [Transform]
    /// One a node: a local matrix that replaces the transform (it has shear), or nil.
    public var localMatrices: [Matrix4?]
    /// One a node: morph weights, empty for a node without morph targets.
    public var morphWeights: [[Float]]
    /// One a node, `world[parent] * local`; valid after `updateWorld`.
    public private(set) var worlds: [Matrix4]
    /// Colours and texture transforms that expressions changed, by material; absent ones are the scene's own.
    public var materialOverrides: [MaterialID: Material]
    /// What was made of the avatar's expressions in this frame, in the description's order: 0...1; empty for none.
    public var expressionWeights: [Float]
    /// One a lattice of the scene: how far each corner is from its rest, metres, in the lattice's frame; empty for none.
    public var latticeOffsets: [[SIMD3<Float>]]
    /// Seconds, for what a material animates by itself.
    public var time: Double
    /// Applied above every root: turns a VRM 0.x avatar to face +Z, or places a scene in another.
    public var worldFromRoot: Matrix4

    /// Nodes, parents before children.
    private let order: [Int]
    private let parents: [Int]

    /// The scene at rest: the nodes' own transforms and default morph weights, world matrices up to date.
    public init(_ scene: Scene) {
        locals = scene.nodes.map(\.transform)
        localMatrices = scene.nodes.map(\.matrix)
        morphWeights = scene.nodes.map { node in
            guard let mesh = node.mesh else { return [] }
            return node.morphWeights ?? scene.meshes[mesh].defaultMorphWeights
        }
        worlds = Array(repeating: .identity, count: scene.nodes.count)
        materialOverrides = [:]
        expressionWeights = []
        latticeOffsets = scene.physics.lattices.map { _ in [] }
        time = 0
        worldFromRoot = .identity
        parents = scene.nodes.map { $0.parent?.value ?? -1 }
        var order = scene.nodes.indices.filter { scene.nodes[$0].parent == nil }
        var next = 0
        while next < order.count {
            order.append(contentsOf: scene.nodes[order[next]].children.map(\.value))
            next += 1
        }
        self.order = order
        updateWorld()
    }

    /// Computes every world matrix from the local transforms.
    ///
    /// - Complexity: O(nodes), no allocation.
    public mutating func updateWorld() {
        for i in order {
            let local = localMatrices[i] ?? locals[i].matrix
            worlds[i] = (parents[i] < 0 ? worldFromRoot : worlds[parents[i]]) * local
        }
    }
}
