import KairaGeometry

/// What is drawn in a frame, in the scene's order: its structure is fixed, its matrices and weights follow a state.
public struct DrawList: Sendable {
    /// One primitive of one node.
    public struct Item: Sendable, Hashable {
        /// The node.
        public var node: NodeID
        /// The node's mesh.
        public var mesh: MeshID
        /// The position of the primitive in the mesh.
        public var primitive: Int
        /// What it is drawn with, before `SceneState.materialOverrides`; nil for the default material.
        public var material: MaterialID?
        /// What deforms it: palette `palettes[skin]`, and `worldFromMesh` is the identity; nil for a rigid primitive.
        public var skin: SkinID?
        /// From mesh space to the world, after the skin.
        public var worldFromMesh: Matrix4
    }

    /// All primitives of the default scene.
    public private(set) var items: [Item] = []
    /// One a skin of the scene; those that nothing drawn uses are not updated.
    public private(set) var palettes: [SkinPalette]
    /// One a node: weights of its mesh's morph targets.
    public private(set) var morphWeights: [[Float]]
    private let usedSkins: [Int]

    /// What a scene draws in a state whose world matrices are up to date.
    public init(_ scene: Scene, state: SceneState) {
        var used: Set<Int> = []
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            for (index, primitive) in scene.meshes[mesh].primitives.enumerated() {
                let skin = primitive.influences == nil ? nil : scene.nodes[node].skin
                if let skin { used.insert(skin.value) }
                items.append(
                    Item(
                        node: node, mesh: mesh, primitive: index, material: primitive.material, skin: skin,
                        worldFromMesh: .identity))
            }
        }
        usedSkins = used.sorted()
        palettes = scene.skins.map { SkinPalette($0, state: state) }
        morphWeights = state.morphWeights
        update(state)
    }

    /// Follows a state of the same scene whose world matrices are up to date.
    ///
    /// - Complexity: O(items + joints + weights), no allocation.
    public mutating func update(_ state: SceneState) {
        for i in items.indices {
            items[i].worldFromMesh = items[i].skin == nil ? state.worlds[items[i].node.value] : .identity
        }
        for skin in usedSkins { palettes[skin].update(state) }
        for i in morphWeights.indices {
            for k in 0..<min(morphWeights[i].count, state.morphWeights[i].count) {
                morphWeights[i][k] = state.morphWeights[i][k]
            }
        }
    }

    /// The palette of an item, or nil for a rigid one.
    public func palette(of item: Item) -> SkinPalette? { item.skin.map { palettes[$0.value] } }
}
