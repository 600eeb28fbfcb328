/// How a surface looks. Colour factors are linear; colour textures are sRGB-encoded, data textures linear.
public struct Material: Sendable {
    /// The lighting model.
    public enum Shading: Sendable {
        /// The base colour as it is (KHR_materials_unlit).
        case unlit
        /// glTF's metallic-roughness.
        case metallicRoughness
        /// MToon 1.0.
        case toon(ToonParameters)
    }

    /// How alpha is used.
    public enum AlphaMode: Sendable, Hashable {
        /// Alpha is ignored.
        case opaque
        /// A pixel is drawn where alpha reaches the cutoff.
        case mask(cutoff: Float)
        /// Blended over what lies behind; `writesDepth` is MToon's transparentWithZWrite.
        case blend(writesDepth: Bool)
    }

    /// What it is called, possibly empty.
    public var name: String = ""
    /// The lighting model.
    public var shading: Shading = .metallicRoughness
    /// Linear RGBA, straight alpha.
    public var baseColor: SIMD4<Float> = .one
    /// sRGB RGBA that multiplies `baseColor`.
    public var baseColorTexture: TextureSlot?
    /// 0 for a dielectric, 1 for a metal.
    public var metallic: Float = 1
    /// Perceptual roughness.
    public var roughness: Float = 1
    /// Green is roughness, blue is metallic.
    public var metallicRoughnessTexture: TextureSlot?
    /// Tangent-space normals, +Y up.
    public var normalTexture: TextureSlot?
    /// Scales the normal texture's x and y.
    public var normalScale: Float = 1
    /// Red darkens indirect light.
    public var occlusionTexture: TextureSlot?
    /// How much of the occlusion is applied.
    public var occlusionStrength: Float = 1
    /// Linear RGB; emissive strength is multiplied in.
    public var emissive: SIMD3<Float> = .zero
    /// sRGB RGB that multiplies `emissive`.
    public var emissiveTexture: TextureSlot?
    /// How alpha is used.
    public var alphaMode: AlphaMode = .opaque
    /// Whether back faces are drawn, their normals turned.
    public var isDoubleSided = false
    /// Order among blended materials, -9...9 (MToon's renderQueueOffsetNumber).
    public var renderOrder = 0

    /// glTF's default material.
    public init(name: String = "") { self.name = name }
}

/// A texture as a material uses it.
public struct TextureSlot: Sendable, Hashable {
    /// The texture.
    public var texture: TextureID
    /// Which texture coordinates: 0 or 1.
    public var texCoord: Int
    /// KHR_texture_transform: added after rotation and scale.
    public var offset: SIMD2<Float>
    /// KHR_texture_transform: radians; `uv' = offset + [[c, s], [-s, c]] (scale * uv)`, v down.
    public var rotation: Float
    /// KHR_texture_transform.
    public var scale: SIMD2<Float>

    /// A slot from its parts.
    public init(
        texture: TextureID, texCoord: Int = 0, offset: SIMD2<Float> = .zero, rotation: Float = 0,
        scale: SIMD2<Float> = .one
    ) {
        self.texture = texture
        self.texCoord = texCoord
        self.offset = offset
        self.rotation = rotation
        self.scale = scale
    }
}

/// MToon 1.0's parameters beyond the base material (VRMC_materials_mtoon). Colours are linear.
public struct ToonParameters: Sendable {
    /// What an outline's width is measured in.
    public enum OutlineMode: Sendable, Hashable {
        /// No outline.
        case none
        /// Metres.
        case worldCoordinates
        /// A share of the picture's height.
        case screenCoordinates
    }

    /// Colour in the shade.
    public var shadeColor: SIMD3<Float> = .zero
    /// sRGB, multiplies `shadeColor`.
    public var shadeTexture: TextureSlot?
    /// Moves the border of light and shade, -1...1.
    public var shadingShift: Float = 0
    /// Red, linear, added to `shadingShift`.
    public var shadingShiftTexture: TextureSlot?
    /// Scales the shift texture.
    public var shadingShiftTextureScale: Float = 1
    /// 1 for a hard border, 0 for a soft one.
    public var shadingToony: Float = 0.9
    /// 1 evens indirect light out over all directions.
    public var giEqualization: Float = 0.9
    /// Multiplies the matcap.
    public var matcapFactor: SIMD3<Float> = .one
    /// sRGB; sampled by the view-space normal; black where absent.
    public var matcapTexture: TextureSlot?
    /// Colour of the parametric rim.
    public var rimColor: SIMD3<Float> = .zero
    /// 1 lights the rim as the surface, 0 leaves it as it is.
    public var rimLightingMix: Float = 1
    /// sRGB, multiplies rim and matcap.
    public var rimMultiplyTexture: TextureSlot?
    /// Power of the rim.
    public var rimFresnelPower: Float = 5
    /// Added to the rim.
    public var rimLift: Float = 0
    /// What the outline's width is measured in.
    public var outlineMode: OutlineMode = .none
    /// Metres or share of the picture's height.
    public var outlineWidth: Float = 0
    /// Green, linear, multiplies the width.
    public var outlineWidthTexture: TextureSlot?
    /// Linear RGB.
    public var outlineColor: SIMD3<Float> = .zero
    /// 1 lights the outline as the surface, 0 leaves it as it is.
    public var outlineLightingMix: Float = 1
    /// Blue, linear, multiplies the UV animation.
    public var uvAnimationMaskTexture: TextureSlot?
    /// Texture coordinates a second.
    public var uvAnimationScroll: SIMD2<Float> = .zero
    /// Radians a second.
    public var uvAnimationRotation: Float = 0

    /// MToon's defaults.
    public init() {}
}
