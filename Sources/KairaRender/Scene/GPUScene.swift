import CEGL
import KairaGeometry
import KairaScene

/// A scene on the GPU.
final class GPUScene {
    struct Item {
        var node: Int
        /// Its place in the node's mesh.
        var index: Int
        /// Lattices that it is tied to.
        var lattices: [Int]
        var skin: Int?
        var primitive: GPUPrimitive
        var material: Int
        var centroid: Centroid
        /// Whether its vertices are in world space already: ribbons.
        var isPlaced = false
    }

    /// The mean of a primitive's corners, by joint for a skinned one: the mean of what linear skinning makes of them is the
    /// sum over the joints of each one's matrix times its share.
    struct Centroid {
        /// Joint of the skin, sum of weight times position, sum of weights; of all corners together 1.
        var shares: [(joint: Int, share: SIMD4<Float>)] = []

        /// Of no corners.
        init() {}

        init(_ primitive: Primitive, joints: Int) {
            var sums = [SIMD4<Float>](repeating: .zero, count: max(joints, 1))
            let scale = 1 / Float(max(primitive.indices.count, 1))
            for index in primitive.indices {
                let corner = SIMD4(primitive.positions[Int(index)], 1) * scale
                guard joints > 0, let influences = primitive.influences else {
                    sums[0] += corner
                    continue
                }
                for at in Int(index) * influences.perVertex..<(Int(index) + 1) * influences.perVertex {
                    sums[min(Int(influences.joints[at]), joints - 1)] += corner * influences.weights[at]
                }
            }
            for (joint, sum) in sums.enumerated() where sum.w > 0 { shares.append((joint, sum)) }
        }
    }

    let lights: SceneLights
    let bounds: SceneBounds
    /// In the scene's order.
    private(set) var items: [Item] = []
    /// Ribbons of strands, and an item each.
    let ribbons: RibbonBands
    private(set) var ribbonItems: [Item] = []
    /// A box round all ribbons as `turnRibbons` left them.
    private(set) var ribbonBox = BoundingBox.empty
    /// One a material, and one more for primitives without.
    private(set) var materials: [GPUMaterial] = []
    /// What could not be kept, one sentence each.
    private(set) var notes: [String] = []
    /// What drawings and sections of it are made from; made when first asked for.
    lazy var shapes = SceneShapes(self)
    /// How the influences of a vertex are averaged.
    let skinning: Deformer.Method
    let scene: Scene
    private let lattices: LatticeSkin
    private var textures: [TextureKey: GLTexture] = [:]
    private var palettes: [Int: SkinPalette] = [:]
    private var paletteBuffers: [Int: GLBuffer] = [:]
    private var rows: [SIMD4<Float>] = []
    private var joints: [SkinPalette.DualQuaternionJoint] = []
    private var overridden: Set<Int> = []

    private struct TextureKey: Hashable {
        var texture: TextureID
        var isColor: Bool
    }

    init(_ scene: Scene, skinning: Deformer.Method) {
        self.scene = scene
        self.skinning = skinning
        lattices = LatticeSkin(scene)
        lights = SceneLights(scene)
        bounds = SceneBounds(scene)
        ribbons = RibbonBands(scene)
        if lights.count > 4 { notes.append("the scene has \(lights.count) lights: the first 4 are used") }
        var primitives: [SIMD2<Int>: GPUPrimitive] = [:]
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            for (index, primitive) in scene.meshes[mesh].primitives.enumerated() {
                // Morph weights and lattices are the node's own: such a mesh on two nodes is two sets of vertices.
                let tied = lattices.lattices(node: node.value, primitive: index)
                let key = SIMD2(primitive.morphTargets.isEmpty && tied.isEmpty ? mesh.value : -1 - node.value, index)
                let uploaded = primitives[key] ?? GPUPrimitive(primitive)
                if primitives[key] == nil, uploaded.droppedVertices > 0 {
                    notes.append(
                        "\(scene.meshes[mesh].name): \(uploaded.droppedVertices) vertices have more than 8 joints; the"
                            + " strongest 8 are drawn")
                }
                primitives[key] = uploaded
                let skin = uploaded.influences > 0 ? scene.nodes[node].skin : nil
                items.append(
                    Item(
                        node: node.value, index: index, lattices: tied, skin: skin?.value, primitive: uploaded,
                        material: primitive.material?.value ?? scene.materials.count,
                        centroid: Centroid(primitive, joints: skin.map { scene.skins[$0].joints.count } ?? 0)))
            }
        }
        for band in ribbons.bands {
            ribbonItems.append(
                Item(
                    node: band.node, index: 0, lattices: [], skin: nil,
                    primitive: GPUPrimitive(RibbonBands.primitive(band)), material: band.material, centroid: Centroid(),
                    isPlaced: true))
        }
        for skin in Set(items.compactMap(\.skin)) { paletteBuffers[skin] = GLBuffer() }
        materials = (scene.materials + [Material()]).map { material in
            GPUMaterial(material) { [self] in texture($0, isColor: $1) }
        }
    }

    private func texture(_ id: TextureID, isColor: Bool) -> GLTexture {
        let key = TextureKey(texture: id, isColor: isColor)
        if let known = textures[key] { return known }
        let texture = scene.textures[id]
        let made = GLTexture(texture, scene.images[texture.image], isColor: isColor)
        textures[key] = made
        return made
    }

    /// Turns the ribbons of strands to an eye: a point (w 1), or the direction towards it (w 0).
    func turnRibbons(_ state: SceneState, to eye: SIMD4<Float>) {
        ribbonBox = .empty
        for (band, item) in zip(ribbons.bands, ribbonItems) {
            let points = RibbonBands.points(band, in: state)
            var box = BoundingBox(points)
            box.min -= SIMD3(repeating: band.ribbons.width / 2)
            box.max += SIMD3(repeating: band.ribbons.width / 2)
            ribbonBox.formUnion(box)
            let place = RibbonBands.place(of: eye, seenFrom: points)
            item.primitive.morph([], offsets: [points, [place]]) { vertices, normals in
                band.ribbons.build(
                    points: points, starts: band.starts, eye: place, vertices: &vertices, normals: &normals)
            }
        }
    }

    /// Uploads what a state changes: palettes, morphs, materials.
    func update(_ state: SceneState) {
        for (skin, buffer) in paletteBuffers {
            if palettes[skin] == nil {
                palettes[skin] = SkinPalette(scene.skins[skin], state: state)
            } else {
                palettes[skin]?.update(state)
            }
            switch skinning {
            case .linear: palettes[skin]?.writeRows(into: &rows)
            case .dualQuaternion:
                palettes[skin]?.writeDualQuaternions(into: &joints)
                rows.removeAll(keepingCapacity: true)
                for joint in joints {
                    let stretch = joint.stretch
                    rows.append(joint.rigid.real)
                    rows.append(joint.rigid.dual)
                    for column in [stretch.x, stretch.y, stretch.z] { rows.append(SIMD4(column, 0)) }
                }
            }
            buffer.store(rows, usage: GL_DYNAMIC_DRAW)
        }
        for item in items {
            guard !item.lattices.isEmpty else {
                item.primitive.morph(state.morphWeights[item.node])
                continue
            }
            item.primitive.morph(
                state.morphWeights[item.node], offsets: item.lattices.map { state.latticeOffsets[$0] }
            ) { [lattices] in
                lattices.apply(
                    positions: &$0, normals: &$1, node: item.node, primitive: item.index,
                    offsets: state.latticeOffsets)
            }
        }
        for index in overridden where state.materialOverrides[MaterialID(index)] == nil {
            materials[index].update(scene.materials[index]) { [self] in texture($0, isColor: $1) }
            overridden.remove(index)
        }
        for (id, material) in state.materialOverrides {
            materials[id.value].update(material) { [self] in texture($0, isColor: $1) }
            overridden.insert(id.value)
        }
    }

    /// Adds what could not be kept, once.
    func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// The scene at rest.
    var restState: SceneState { SceneState(scene) }

    /// How far outlines reach beyond the vertices.
    var outlineReach: (metres: Float, heights: Float) {
        materials.reduce((0, 0)) { (max($0.0, $1.outlineReach.metres), max($0.1, $1.outlineReach.heights)) }
    }

    /// The mean of an item's corners in world space, morph targets aside.
    func center(of item: Item, in state: SceneState) -> SIMD3<Float> {
        guard let skin = item.skin, let palette = palettes[skin] else {
            let share = item.centroid.shares.first?.share ?? [0, 0, 0, 1]
            return (state.worlds[item.node] * share).xyz
        }
        var sum = SIMD3<Float>.zero
        for (joint, share) in item.centroid.shares where joint < palette.matrices.count {
            sum += (palette.matrices[joint] * share).xyz
        }
        return sum
    }

    /// The palette of a skin, three rows a joint or, for dual quaternions, five; nil for a rigid item.
    func palette(_ skin: Int?) -> GLuint? { skin.flatMap { paletteBuffers[$0]?.name } }
}
