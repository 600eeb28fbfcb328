import KairaScene

/// A specialised program: every choice that would be a branch in the shader is a `#define` instead.
struct ProgramKey: Hashable {
    /// What the program draws.
    enum Kind: String, Hashable {
        case unlit, metallicRoughness, toon, outline, wire, depth
    }

    /// What a material brings beyond its factors.
    struct Features: OptionSet, Hashable {
        let rawValue: Int
        static let baseColorTexture = Features(rawValue: 1 << 0)
        static let metallicRoughnessTexture = Features(rawValue: 1 << 1)
        static let normalTexture = Features(rawValue: 1 << 2)
        static let occlusionTexture = Features(rawValue: 1 << 3)
        static let emissiveTexture = Features(rawValue: 1 << 4)
        static let shadeTexture = Features(rawValue: 1 << 5)
        static let shiftTexture = Features(rawValue: 1 << 6)
        static let matcapTexture = Features(rawValue: 1 << 7)
        static let rimTexture = Features(rawValue: 1 << 8)
        static let outlineTexture = Features(rawValue: 1 << 9)
        static let uvMaskTexture = Features(rawValue: 1 << 10)
        static let transform = Features(rawValue: 1 << 11)
        static let secondUV = Features(rawValue: 1 << 12)
        static let vertexColor = Features(rawValue: 1 << 13)
        static let mask = Features(rawValue: 1 << 14)
        static let blend = Features(rawValue: 1 << 15)
        static let doubleSided = Features(rawValue: 1 << 16)
        static let rim = Features(rawValue: 1 << 17)
        static let uvAnimation = Features(rawValue: 1 << 18)
        static let emissive = Features(rawValue: 1 << 19)
        static let screenOutline = Features(rawValue: 1 << 20)
        static let toneMap = Features(rawValue: 1 << 21)
        static let litOutline = Features(rawValue: 1 << 22)
        static let section = Features(rawValue: 1 << 23)
        /// The shade is multiplied by what the base colour's texture gave: one texture in both places is read once.
        static let shadeOfBase = Features(rawValue: 1 << 24)

        static let names: [(Features, String)] = [
            (.baseColorTexture, "BASE_TEXTURE"), (.metallicRoughnessTexture, "MR_TEXTURE"),
            (.normalTexture, "NORMAL_TEXTURE"), (.occlusionTexture, "OCCLUSION_TEXTURE"),
            (.emissiveTexture, "EMISSIVE_TEXTURE"), (.shadeTexture, "SHADE_TEXTURE"), (.shiftTexture, "SHIFT_TEXTURE"),
            (.matcapTexture, "MATCAP_TEXTURE"), (.rimTexture, "RIM_TEXTURE"), (.outlineTexture, "OUTLINE_TEXTURE"),
            (.uvMaskTexture, "UV_MASK_TEXTURE"), (.transform, "UV_TRANSFORM"), (.secondUV, "SECOND_UV"),
            (.vertexColor, "VERTEX_COLOR"), (.mask, "ALPHA_MASK"), (.blend, "ALPHA_BLEND"),
            (.doubleSided, "DOUBLE_SIDED"), (.rim, "RIM"), (.uvAnimation, "UV_ANIMATION"), (.emissive, "EMISSIVE"),
            (.screenOutline, "SCREEN_OUTLINE"), (.toneMap, "TONE_MAP"),
            (.litOutline, "LIT_OUTLINE"), (.section, "SECTION"), (.shadeOfBase, "SHADE_OF_BASE"),
        ]

        /// Whether any texture is sampled by texture coordinates.
        var needsUV: Bool {
            !isDisjoint(with: [
                .baseColorTexture, .metallicRoughnessTexture, .normalTexture, .occlusionTexture, .emissiveTexture,
                .shadeTexture, .shiftTexture, .rimTexture, .outlineTexture, .uvMaskTexture,
            ])
        }
    }

    var kind: Kind
    var features: Features
    /// Influences a vertex: 0, 4 or 8.
    var influences = 0
    /// How they are averaged.
    var skinning = Deformer.Method.linear
    /// What shines on the surface; a loop over a known number of lights of a known kind costs half of an open one.
    var lighting = Lighting()

    /// The number of lights that count, and whether all of them are directional.
    struct Lighting: Hashable {
        var count = 0
        var isDirectional = true
    }

    /// The shader's first lines.
    var preamble: String {
        var text = "#version 450 core\n#define KIND_\(kind.rawValue.uppercased()) 1\n#define INFLUENCES \(influences)\n"
        text += "#define LIGHTS \(lighting.count)\n"
        if influences > 0, skinning == .dualQuaternion { text += "#define DUAL_QUATERNIONS 1\n" }
        if lighting.isDirectional { text += "#define DIRECTIONAL_LIGHTS 1\n" }
        for (feature, name) in Features.names where features.contains(feature) { text += "#define \(name) 1\n" }
        if features.needsUV { text += "#define NEEDS_UV 1\n" }
        return text
    }

    /// For messages.
    var name: String {
        let way = influences > 0 && skinning == .dualQuaternion ? "dq" : ""
        return "\(kind.rawValue)/\(influences)\(way)/\(features.rawValue)/\(lighting.count)"
    }
}
