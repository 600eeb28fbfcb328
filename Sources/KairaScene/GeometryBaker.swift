import KairaGeometry

/// The deformed geometry of a scene's default scene in world space, as `kaira bake` writes it.
public struct GeometryBaker: Sendable {
    /// One primitive of one node.
    public struct Item: Sendable {
        /// The node, by the file's own index.
        public var node: NodeID
        /// The position of the primitive in the node's mesh.
        public var primitive: Int
        /// World space.
        public var geometry: DeformedGeometry

        /// The name of the positions' array in a baked file.
        public var positionsName: String { "positions_\(node.value)_\(primitive)" }
    }

    /// The scene.
    public let scene: Scene
    /// How skins deform.
    public var deformer: Deformer
    private let drawn: [NodeID]
    private let lattices: LatticeSkin

    /// A baker for a scene.
    public init(_ scene: Scene, deformer: Deformer = Deformer()) {
        self.scene = scene
        self.deformer = deformer
        drawn = scene.drawnNodes
        lattices = LatticeSkin(scene)
    }

    /// The geometry at a time of a clip, in the file's own coordinates (a VRM 0.x avatar is not turned).
    ///
    /// Springs, constraints and look-at are off.
    ///
    /// - Parameters:
    ///   - clip: its name or index, or nil for the nodes' own transforms and default morph weights.
    ///   - time: seconds; held at each channel's first and last key.
    /// - Returns: one item a node and primitive of the default scene.
    /// - Throws: `SceneError.noClip`.
    public func bake(clip: String?, time: Double) throws(SceneError) -> [Item] {
        var state = SceneState(scene)
        if let clip {
            var cache = ClipSampler.Cache()
            ClipSampler(try scene.clip(clip)).sample(at: time, into: &state, cache: &cache)
            state.updateWorld()
        }
        return bake(state)
    }

    /// The geometry of a state whose world matrices are up to date.
    public func bake(_ state: SceneState) -> [Item] {
        var items: [Item] = []
        update(&items, to: state)
        return items
    }

    /// Bakes again into what an earlier call returned, whose arrays are reused.
    public func update(_ items: inout [Item], to state: SceneState) {
        var next = 0
        for node in drawn {
            guard let mesh = scene.nodes[node].mesh else { continue }
            let palette = scene.nodes[node].skin.map { SkinPalette(scene.skins[$0], state: state) }
            for (index, primitive) in scene.meshes[mesh].primitives.enumerated() {
                if next == items.count {
                    items.append(Item(node: node, primitive: index, geometry: DeformedGeometry()))
                } else {
                    (items[next].node, items[next].primitive) = (node, index)
                }
                let warp: ((inout [SIMD3<Float>], inout [SIMD3<Float>]) -> Void)? =
                    lattices.moves(node: node.value, primitive: index)
                    ? {
                        lattices.apply(
                            positions: &$0, normals: &$1, node: node.value, primitive: index,
                            offsets: state.latticeOffsets)
                    } : nil
                deformer.deform(
                    primitive, morphWeights: state.morphWeights[node.value], palette: palette,
                    worldFromMesh: state.worlds[node.value], warp: warp, into: &items[next].geometry)
                next += 1
            }
        }
        items.removeSubrange(next...)
    }
}
