import CEGL
import KairaGeometry
import KairaScene

/// A scene on the GPU.
final class GPUScene {
    struct Item {
        var node: Int
        var skin: Int?
        var primitive: GPUPrimitive
        var material: Int
    }

    let lights: SceneLights
    let bounds: SceneBounds
    /// In the scene's order.
    private(set) var items: [Item] = []
    /// One a material, and one more for primitives without.
    private(set) var materials: [GPUMaterial] = []
    /// What could not be kept, one sentence each.
    private(set) var notes: [String] = []
    private let scene: Scene
    private var textures: [TextureKey: GLTexture] = [:]
    private var palettes: [Int: SkinPalette] = [:]
    private var paletteBuffers: [Int: GLBuffer] = [:]
    private var rows: [SIMD4<Float>] = []
    private var overridden: Set<Int> = []

    private struct TextureKey: Hashable {
        var texture: TextureID
        var isColor: Bool
    }

    init(_ scene: Scene) {
        self.scene = scene
        lights = SceneLights(scene)
        bounds = SceneBounds(scene)
        if lights.count > 4 { notes.append("the scene has \(lights.count) lights: the first 4 are used") }
        var primitives: [SIMD2<Int>: GPUPrimitive] = [:]
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            for (index, primitive) in scene.meshes[mesh].primitives.enumerated() {
                // Morph weights are the node's own: a morphed mesh on two nodes is two sets of vertices.
                let key = SIMD2(primitive.morphTargets.isEmpty ? mesh.value : -1 - node.value, index)
                let uploaded = primitives[key] ?? GPUPrimitive(primitive)
                if primitives[key] == nil, uploaded.droppedVertices > 0 {
                    notes.append(
                        "\(scene.meshes[mesh].name): \(uploaded.droppedVertices) vertices have more than 8 joints; the"
                            + " strongest 8 are drawn")
                }
                primitives[key] = uploaded
                items.append(
                    Item(
                        node: node.value, skin: uploaded.influences > 0 ? scene.nodes[node].skin?.value : nil,
                        primitive: uploaded, material: primitive.material?.value ?? scene.materials.count))
            }
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

    /// Uploads what a state changes: palettes, morphs, materials.
    func update(_ state: SceneState) {
        for (skin, buffer) in paletteBuffers {
            if palettes[skin] == nil {
                palettes[skin] = SkinPalette(scene.skins[skin], state: state)
            } else {
                palettes[skin]?.update(state)
            }
            palettes[skin]?.writeRows(into: &rows)
            buffer.store(rows, usage: GL_DYNAMIC_DRAW)
        }
        for item in items { item.primitive.morph(state.morphWeights[item.node]) }
        for index in overridden where state.materialOverrides[MaterialID(index)] == nil {
            materials[index].update(scene.materials[index]) { [self] in texture($0, isColor: $1) }
            overridden.remove(index)
        }
        for (id, material) in state.materialOverrides {
            materials[id.value].update(material) { [self] in texture($0, isColor: $1) }
            overridden.insert(id.value)
        }
    }

    /// The scene at rest.
    var restState: SceneState { SceneState(scene) }

    /// The palette of a skin as three rows a joint, or nil for a rigid item.
    func palette(_ skin: Int?) -> GLuint? { skin.flatMap { paletteBuffers[$0]?.name } }
}
