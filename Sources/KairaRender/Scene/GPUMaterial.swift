import CEGL
import Glibc
import KairaScene

/// A material on the GPU: which program it takes, its factors, its textures.
final class GPUMaterial {
    private(set) var features: ProgramKey.Features = []
    private(set) var kind = ProgramKey.Kind.metallicRoughness
    private(set) var isDoubleSided = false
    private(set) var isBlended = false
    private(set) var writesDepth = true
    private(set) var renderOrder = 0
    private(set) var hasOutline = false
    /// How far the outline reaches at most: metres, or shares of the picture's height.
    private(set) var outlineReach: (metres: Float, heights: Float) = (0, 0)
    /// Features of the outline's program.
    private(set) var outlineFeatures: ProgramKey.Features = []
    /// Texture units and what is bound to them.
    private(set) var bindings: [(unit: GLuint, texture: GLTexture)] = []
    private let buffer = GLBuffer()
    let block: GLuint

    init(_ material: Material, texture: (TextureID, _ isColor: Bool) -> GLTexture) {
        block = buffer.name
        update(material, texture: texture)
    }

    /// Takes up another version of the material: an expression changed it.
    func update(_ material: Material, texture: (TextureID, _ isColor: Bool) -> GLTexture) {
        var features: ProgramKey.Features = []
        var rows = [SIMD4<Float>](repeating: .zero, count: 22)
        bindings = []
        func use(_ slot: TextureSlot?, _ unit: Int, _ feature: ProgramKey.Features, isColor: Bool) {
            guard let slot else { return }
            features.insert(feature)
            bindings.append((GLuint(unit), texture(slot.texture, isColor)))
            let (c, s) = (cosf(slot.rotation), sinf(slot.rotation))
            // uv' = offset + R (scale uv), R = [[c, s], [-s, c]], v down (KHR_texture_transform).
            rows[unit * 2] = [c * slot.scale.x, s * slot.scale.y, slot.offset.x, slot.texCoord == 1 ? 1 : 0]
            rows[unit * 2 + 1] = [-s * slot.scale.x, c * slot.scale.y, slot.offset.y, 0]
            if slot.offset != .zero || slot.rotation != 0 || slot.scale != .one { features.insert(.transform) }
            if slot.texCoord == 1 { features.insert(.secondUV) }
        }
        use(material.baseColorTexture, 0, .baseColorTexture, isColor: true)
        use(material.emissiveTexture, 4, .emissiveTexture, isColor: true)
        if material.emissive != .zero { features.insert(.emissive) }
        var cutoff: Float = 0
        isBlended = false
        writesDepth = true
        switch material.alphaMode {
        case .opaque: break
        case .mask(let value):
            features.insert(.mask)
            cutoff = value
        case .blend(let writes):
            features.insert(.blend)
            isBlended = true
            writesDepth = writes
        }
        isDoubleSided = material.isDoubleSided
        if isDoubleSided { features.insert(.doubleSided) }
        renderOrder = material.renderOrder
        hasOutline = false
        var toon = ToonParameters()
        switch material.shading {
        case .unlit: kind = .unlit
        case .metallicRoughness:
            kind = .metallicRoughness
            use(material.metallicRoughnessTexture, 1, .metallicRoughnessTexture, isColor: false)
            use(material.normalTexture, 2, .normalTexture, isColor: false)
            use(material.occlusionTexture, 3, .occlusionTexture, isColor: false)
        case .toon(let parameters):
            toon = parameters
            kind = .toon
            use(material.normalTexture, 2, .normalTexture, isColor: false)
            if toon.shadeTexture != nil, toon.shadeTexture == material.baseColorTexture {
                features.insert(.shadeOfBase)
            } else {
                use(toon.shadeTexture, 5, .shadeTexture, isColor: true)
            }
            use(toon.shadingShiftTexture, 6, .shiftTexture, isColor: false)
            use(toon.matcapTexture, 7, .matcapTexture, isColor: true)
            use(toon.rimMultiplyTexture, 8, .rimTexture, isColor: true)
            use(toon.outlineWidthTexture, 9, .outlineTexture, isColor: false)
            if toon.matcapTexture != nil || toon.rimColor != .zero { features.insert(.rim) }
            if toon.uvAnimationScroll != .zero || toon.uvAnimationRotation != 0 {
                features.insert(.uvAnimation)
                use(toon.uvAnimationMaskTexture, 10, .uvMaskTexture, isColor: false)
            }
            hasOutline = toon.outlineMode != .none && toon.outlineWidth > 0
        }
        outlineReach = (0, 0)
        if hasOutline {
            if toon.outlineMode == .screenCoordinates {
                outlineReach.heights = toon.outlineWidth
            } else {
                outlineReach.metres = toon.outlineWidth
            }
        }
        self.features = features
        outlineFeatures = features.intersection([
            .baseColorTexture, .outlineTexture, .transform, .secondUV, .mask, .blend, .uvAnimation, .uvMaskTexture,
        ])
        if features.isDisjoint(with: [.mask, .blend]) { outlineFeatures.remove(.baseColorTexture) }
        if toon.outlineMode == .screenCoordinates { outlineFeatures.insert(.screenOutline) }
        if toon.outlineLightingMix > 0 { outlineFeatures.insert(.litOutline) }

        let vectors: [SIMD4<Float>] = [
            material.baseColor,
            SIMD4(material.emissive, cutoff),
            [material.metallic, material.roughness, material.normalScale, material.occlusionStrength],
            SIMD4(toon.shadeColor, toon.shadingShift),
            [toon.shadingToony, toon.giEqualization, toon.shadingShiftTextureScale, toon.rimLightingMix],
            SIMD4(toon.matcapFactor, toon.rimLift),
            SIMD4(toon.rimColor, toon.rimFresnelPower),
            SIMD4(toon.outlineColor, toon.outlineLightingMix),
            [toon.outlineWidth, toon.uvAnimationScroll.x, toon.uvAnimationScroll.y, toon.uvAnimationRotation],
        ]
        buffer.store(vectors + rows, usage: GL_DYNAMIC_DRAW)
    }
}
