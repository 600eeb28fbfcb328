import KairaGeometry
import KairaImage
import KairaScene

extension GLTFSceneBuilder {
    // MARK: Pictures

    mutating func readImages() throws(FormatsError) {
        for i in 0..<document.count("images") {
            let json = try document.entry("images", i)
            let name = try json.string("name")
            var (encoded, reason) = try encodedImage(json)
            var image = Image(width: 1, height: 1, filledWith: SIMD4(255, 255, 255, 255))
            if let reason {
                document.warn("\(json.path): \(reason); it is drawn white.")
            } else if options.decodesImages {
                do throws(ImageError) {
                    let limits = ImageLimits(maximumBytes: 4 * document.claimPixels(at: json))
                    image = try Image.decode(encoded, limits: limits, alpha: .straight)
                    document.usePixels(image.width * image.height)
                } catch {
                    if case .tooLarge = error {
                        throw .tooLarge(file: document.file, at: json.path, reason: error.description)
                    }
                    document.warn("\(json.path): \(error.description); it is drawn white.")
                    encoded = []
                }
            }
            scene.images.append(TextureImage(name: name, image: image, encoded: reason == nil ? encoded : []))
        }
    }

    /// The bytes of a picture, or why it cannot be read.
    private mutating func encodedImage(_ json: JSONNode) throws(FormatsError) -> (bytes: [UInt8], reason: String?) {
        let kind = try json.optional("mimeType")?.string()
        if let kind, kind != "image/png", kind != "image/jpeg" {
            return ([], "the picture's kind \(kind.prefix(40)) is not read, only PNG and JPEG")
        }
        if let view = try json.optional("bufferView") {
            guard try json.optional("uri") == nil else {
                throw json.failure("a picture has either a URI or a bufferView")
            }
            let (bytes, _) = try document.view(
                try view.integer(in: 0..<document.count("bufferViews")), for: view)
            // Views may overlap: many pictures in the same bytes must not become many copies.
            try document.claim(bytes: bytes.count, at: json)
            return (Array(bytes), nil)
        }
        guard let uri = try json.optional("uri") else { throw json.failure("a picture has a URI or a bufferView") }
        guard let data = try document.data(of: uri) else {
            return ([], "there is no file \"\(try uri.string().prefix(120))\"")
        }
        return (data, nil)
    }

    mutating func readTextures() throws(FormatsError) {
        for i in 0..<document.count("textures") {
            let json = try document.entry("textures", i)
            var image = try json.index("source", below: scene.images.count)
            if image == nil {
                document.warn("\(json.path): the texture has no picture that can be read; it is left out.")
                missingTextures.insert(i)
                // Every texture has a picture: one white pixel, shared by those without.
                if let first = missingTextures.min(), first < i {
                    image = scene.textures[first].image.value
                } else {
                    let white = Image(width: 1, height: 1, filledWith: SIMD4(255, 255, 255, 255))
                    scene.images.append(TextureImage(image: white))
                    image = scene.images.count - 1
                }
            }
            var texture = Texture(image: ImageID(image ?? 0))
            if let index = try json.index("sampler", below: document.count("samplers")) {
                let sampler = try document.entry("samplers", index)
                texture.wrapS = try wrap(sampler, "wrapS")
                texture.wrapT = try wrap(sampler, "wrapT")
                if let node = try sampler.optional("magFilter") {
                    switch try node.integer(in: 0..<1 << 20) {
                    case 9728: texture.magnification = .nearest
                    case 9729: texture.magnification = .linear
                    default: document.warn("\(node.path): an unknown filter was taken as linear.")
                    }
                }
                if let node = try sampler.optional("minFilter") {
                    switch try node.integer(in: 0..<1 << 20) {
                    case 9728: (texture.minification, texture.mipmap) = (.nearest, nil)
                    case 9729: (texture.minification, texture.mipmap) = (.linear, nil)
                    case 9984: (texture.minification, texture.mipmap) = (.nearest, .nearest)
                    case 9985: (texture.minification, texture.mipmap) = (.linear, .nearest)
                    case 9986: (texture.minification, texture.mipmap) = (.nearest, .linear)
                    case 9987: (texture.minification, texture.mipmap) = (.linear, .linear)
                    default: document.warn("\(node.path): an unknown filter was taken as linear.")
                    }
                }
            }
            scene.textures.append(texture)
        }
    }

    private mutating func wrap(_ sampler: JSONNode, _ name: String) throws(FormatsError) -> Texture.Wrap {
        guard let node = try sampler.optional(name) else { return .repeat }
        switch try node.integer(in: 0..<1 << 20) {
        case 10497: return .repeat
        case 33648: return .mirroredRepeat
        case 33071: return .clampToEdge
        default:
            document.warn("\(node.path): an unknown wrap mode was taken as repeat.")
            return .repeat
        }
    }

    // MARK: Materials

    mutating func readMaterials() throws(FormatsError) {
        for i in 0..<document.count("materials") {
            scene.materials.append(try readMaterial(try document.entry("materials", i)))
        }
    }

    /// A number held in 0...1.
    private mutating func share(
        _ json: JSONNode, _ name: String, default fallback: Float
    ) throws(FormatsError) -> Float {
        let value = try json.float(name, default: fallback)
        if value < 0 || value > 1 { document.warn("\(json.path)/\(name): \(value) was brought into 0...1.") }
        return min(max(value, 0), 1)
    }

    private mutating func readMaterial(_ json: JSONNode) throws(FormatsError) -> Material {
        var material = Material(name: try json.string("name"))
        if let pbr = try json.optional("pbrMetallicRoughness") {
            let color = try pbr.vector4("baseColorFactor", default: .one)
            material.baseColor = color.clamped(lowerBound: .zero, upperBound: .one)
            if color != material.baseColor { document.warn("\(pbr.path)/baseColorFactor was brought into 0...1.") }
            material.baseColorTexture = try slot(pbr, "baseColorTexture")
            material.metallic = try share(pbr, "metallicFactor", default: 1)
            material.roughness = try share(pbr, "roughnessFactor", default: 1)
            material.metallicRoughnessTexture = try slot(pbr, "metallicRoughnessTexture")
        }
        if let normal = try json.optional("normalTexture") {
            material.normalTexture = try slot(json, "normalTexture")
            material.normalScale = try normal.float("scale", default: 1)
        }
        if let occlusion = try json.optional("occlusionTexture") {
            material.occlusionTexture = try slot(json, "occlusionTexture")
            material.occlusionStrength = try share(occlusion, "strength", default: 1)
        }
        material.emissiveTexture = try slot(json, "emissiveTexture")
        let emissive = try json.vector3("emissiveFactor", default: .zero)
        material.emissive = emissive.clamped(lowerBound: .zero, upperBound: .one)
        if emissive != material.emissive { document.warn("\(json.path)/emissiveFactor was brought into 0...1.") }
        if let strength = try json.extensionObject("KHR_materials_emissive_strength") {
            material.emissive *= max(try strength.float("emissiveStrength", default: 1), 0)
            guard material.emissive.isFinite else { throw strength.failure("the number is too large") }
        }
        let mode = try json.string("alphaMode", default: "OPAQUE")
        switch mode {
        case "OPAQUE": material.alphaMode = .opaque
        case "MASK": material.alphaMode = .mask(cutoff: max(try json.float("alphaCutoff", default: 0.5), 0))
        case "BLEND": material.alphaMode = .blend(writesDepth: false)
        default: document.warn("\(json.path)/alphaMode: \"\(mode.prefix(40))\" is unknown and was taken as OPAQUE.")
        }
        material.isDoubleSided = try json.bool("doubleSided", default: false)
        if try json.extensionObject("KHR_materials_unlit") != nil { material.shading = .unlit }
        if let toon = try json.extensionObject("VRMC_materials_mtoon") { try readToon(toon, into: &material) }
        return material
    }

    /// A texture reference; nil where absent or where the texture cannot be read.
    mutating func slot(_ json: JSONNode, _ name: String) throws(FormatsError) -> TextureSlot? {
        guard let info = try json.optional(name) else { return nil }
        let index = try info.required("index").integer(in: 0..<scene.textures.count)
        var slot = TextureSlot(texture: TextureID(index))
        slot.texCoord = try info.optional("texCoord")?.integer(in: 0..<1 << 20) ?? 0
        if let transform = try info.extensionObject("KHR_texture_transform") {
            slot.offset = try transform.vector2("offset", default: .zero)
            slot.rotation = try transform.float("rotation", default: 0)
            slot.scale = try transform.vector2("scale", default: .one)
            slot.texCoord = try transform.optional("texCoord")?.integer(in: 0..<1 << 20) ?? slot.texCoord
        }
        guard slot.texCoord < 2 else {
            document.warn(
                "\(info.path): texture coordinates beyond the second set are not read; the texture is left out.")
            return nil
        }
        return missingTextures.contains(index) ? nil : slot
    }

    // MARK: MToon 1.0

    private mutating func readToon(_ json: JSONNode, into material: inout Material) throws(FormatsError) {
        var toon = ToonParameters()
        if case .blend = material.alphaMode {
            material.alphaMode = .blend(writesDepth: try json.bool("transparentWithZWrite", default: false))
        }
        if let order = try json.optional("renderQueueOffsetNumber") {
            material.renderOrder = Int(min(max(try order.number().rounded(), -9), 9))
        }
        toon.shadeColor = try json.vector3("shadeColorFactor", default: toon.shadeColor)
        toon.shadeTexture = try slot(json, "shadeMultiplyTexture")
        toon.shadingShift = try json.float("shadingShiftFactor", default: toon.shadingShift)
        if let shift = try json.optional("shadingShiftTexture") {
            toon.shadingShiftTexture = try slot(json, "shadingShiftTexture")
            toon.shadingShiftTextureScale = try shift.float("scale", default: 1)
        }
        toon.shadingToony = try share(json, "shadingToonyFactor", default: toon.shadingToony)
        toon.giEqualization = try share(json, "giEqualizationFactor", default: toon.giEqualization)
        toon.matcapFactor = try json.vector3("matcapFactor", default: toon.matcapFactor)
        toon.matcapTexture = try slot(json, "matcapTexture")
        toon.rimColor = try json.vector3("parametricRimColorFactor", default: toon.rimColor)
        toon.rimLightingMix = try share(json, "rimLightingMixFactor", default: toon.rimLightingMix)
        toon.rimMultiplyTexture = try slot(json, "rimMultiplyTexture")
        toon.rimFresnelPower = max(
            try json.float("parametricRimFresnelPowerFactor", default: toon.rimFresnelPower), 0)
        toon.rimLift = try json.float("parametricRimLiftFactor", default: toon.rimLift)
        let mode = try json.string("outlineWidthMode", default: "none")
        switch mode {
        case "none": toon.outlineMode = .none
        case "worldCoordinates": toon.outlineMode = .worldCoordinates
        case "screenCoordinates": toon.outlineMode = .screenCoordinates
        default: document.warn("\(json.path)/outlineWidthMode: \"\(mode.prefix(40))\" is unknown: no outline.")
        }
        toon.outlineWidth = max(try json.float("outlineWidthFactor", default: 0), 0)
        toon.outlineWidthTexture = try slot(json, "outlineWidthMultiplyTexture")
        toon.outlineColor = try json.vector3("outlineColorFactor", default: .zero)
        toon.outlineLightingMix = try share(json, "outlineLightingMixFactor", default: 1)
        toon.uvAnimationMaskTexture = try slot(json, "uvAnimationMaskTexture")
        toon.uvAnimationScroll = SIMD2(
            try json.float("uvAnimationScrollXSpeedFactor", default: 0),
            try json.float("uvAnimationScrollYSpeedFactor", default: 0))
        toon.uvAnimationRotation = try json.float("uvAnimationRotationSpeedFactor", default: 0)
        material.shading = .toon(toon)
    }
}
