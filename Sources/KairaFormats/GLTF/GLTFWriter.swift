import KairaGeometry
import KairaImage
import KairaMotion
import KairaScene

/// Writes scenes and avatars as GLB 2.0, avatars with the VRM 1.0 extensions; the same scene gives the same bytes.
public struct GLTFWriter: Sendable {
    /// Stands in the file's `asset.generator`.
    public var generator: String

    /// A writer.
    public init(generator: String = "Kaira") { self.generator = generator }

    /// Writes a whole file.
    ///
    /// - Throws: `FormatsError.cannotWrite` where the scene has something that glTF cannot hold.
    public func write(_ scene: Scene) throws(FormatsError) -> [UInt8] {
        if scene.avatar?.version == .vrm0 {
            throw .cannotWrite("a VRM 0.x avatar cannot be written as VRM 1.0: its rest pose faces the other way")
        }
        var document = GLBDocument()
        try document.add(scene)
        return document.bytes(generator: generator)
    }
}

/// A GLB that grows: JSON arrays and the binary chunk.
struct GLBDocument {
    private var lists: [String: [JSONValue]] = [:]
    private var binary: [UInt8] = []
    private var extensions: [(String, JSONValue)] = []
    private var used: Set<String> = []
    /// Where the scene's meshes are in the file.
    private var meshIndices: [Int: Int] = [:]

    /// Puts an entry into a top-level array and gives its index.
    private mutating func append(_ list: String, _ value: JSONValue) -> Int {
        lists[list, default: []].append(value)
        return (lists[list]?.count ?? 1) - 1
    }

    private mutating func use(_ name: String) { used.insert(name) }

    // MARK: Binary

    private mutating func view(_ bytes: [UInt8], target: Int? = nil) -> Int {
        while binary.count % 4 != 0 { binary.append(0) }
        let offset = binary.count
        binary += bytes
        return append(
            "bufferViews",
            .object(of: [
                "buffer": .integer(0), "byteOffset": .integer(offset), "byteLength": .integer(bytes.count),
                "target": target.map { .integer($0) },
            ]))
    }

    private static func littleEndian(_ values: [Float]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(values.count * 4)
        for value in values {
            let bits = value.bitPattern
            for shift in [0, 8, 16, 24] { out.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift))) }
        }
        return out
    }

    /// Floats as an accessor; `bounds` for positions and key times, which need them.
    private mutating func floats(
        _ values: [Float], _ type: String, components: Int, bounds: Bool = false, target: Int? = 34962
    ) -> Int {
        var low: [Float]?
        var high: [Float]?
        if bounds {
            var (l, h) = (
                [Float](repeating: .infinity, count: components), [Float](repeating: -.infinity, count: components)
            )
            for (i, value) in values.enumerated() {
                l[i % components] = min(l[i % components], value)
                h[i % components] = max(h[i % components], value)
            }
            (low, high) = (l, h)
        }
        let view = view(Self.littleEndian(values), target: target)
        return append(
            "accessors",
            .object(of: [
                "bufferView": .integer(view), "componentType": .integer(5126),
                "count": .integer(values.count / components), "type": .string(type),
                "min": low.map { .numbers($0) }, "max": high.map { .numbers($0) },
            ]))
    }

    private mutating func integers(_ values: [UInt32], largest: Int) -> Int {
        var bytes: [UInt8] = []
        let isShort = largest < 65535
        for value in values {
            for shift in isShort ? [0, 8] : [0, 8, 16, 24] {
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
            }
        }
        let view = view(bytes, target: 34963)
        return append(
            "accessors",
            .object(of: [
                "bufferView": .integer(view), "componentType": .integer(isShort ? 5123 : 5125),
                "count": .integer(values.count), "type": .string("SCALAR"),
            ]))
    }

    /// Deltas of a morph target: only those that are not zero where that is shorter (a sparse accessor).
    private mutating func deltas(_ values: [SIMD3<Float>], bounds: Bool) -> Int {
        let moved = values.indices.filter { values[$0] != .zero }
        guard moved.count * 4 < values.count * 3, !moved.isEmpty else {
            return floats(values.flatMap { [$0.x, $0.y, $0.z] }, "VEC3", components: 3, bounds: bounds)
        }
        var bytes: [UInt8] = []
        let isShort = values.count < 65536
        for index in moved {
            for shift in isShort ? [0, 8] : [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: index >> shift)) }
        }
        let indexView = view(bytes)
        let valueView = view(Self.littleEndian(moved.flatMap { [values[$0].x, values[$0].y, values[$0].z] }))
        // Bounds are those of all elements: the zeros count.
        var (low, high) = (SIMD3<Float>.zero, SIMD3<Float>.zero)
        for index in moved {
            low = pointwiseMin(low, values[index])
            high = pointwiseMax(high, values[index])
        }
        return append(
            "accessors",
            .object(of: [
                "componentType": .integer(5126), "count": .integer(values.count), "type": .string("VEC3"),
                "min": bounds ? .numbers([low.x, low.y, low.z]) : nil,
                "max": bounds ? .numbers([high.x, high.y, high.z]) : nil,
                "sparse": .object(of: [
                    "count": .integer(moved.count),
                    "indices": .object(of: [
                        "bufferView": .integer(indexView), "componentType": .integer(isShort ? 5123 : 5125),
                    ]),
                    "values": .object(of: ["bufferView": .integer(valueView)]),
                ]),
            ]))
    }

    // MARK: Scene

    mutating func add(_ scene: Scene) throws(FormatsError) {
        for image in scene.images {
            let bytes: [UInt8]
            let isJPEG = image.encoded.starts(with: [0xFF, 0xD8])
            if image.encoded.isEmpty {
                do { bytes = try image.image.encoded(as: .png, alpha: .straight) } catch {
                    throw .cannotWrite("the picture \(image.name): \(error)")
                }
            } else {
                bytes = image.encoded
            }
            let view = view(bytes)
            _ = append(
                "images",
                .object(of: [
                    "name": image.name.isEmpty ? nil : .string(image.name), "bufferView": .integer(view),
                    "mimeType": .string(isJPEG ? "image/jpeg" : "image/png"),
                ]))
        }
        for texture in scene.textures {
            let sampler = append(
                "samplers",
                .object(of: [
                    "magFilter": .integer(texture.magnification == .nearest ? 9728 : 9729),
                    "minFilter": .integer(Self.minification(texture)), "wrapS": .integer(Self.wrap(texture.wrapS)),
                    "wrapT": .integer(Self.wrap(texture.wrapT)),
                ]))
            _ = append(
                "textures", .object(of: ["sampler": .integer(sampler), "source": .integer(texture.image.value)]))
        }
        for material in scene.materials { _ = append("materials", json(material)) }
        // glTF has no meshes without primitives, nor primitives without vertices or indices: these draw nothing.
        for (i, mesh) in scene.meshes.enumerated() {
            let drawn = mesh.primitives.filter { !$0.positions.isEmpty && !$0.indices.isEmpty }
            if !drawn.isEmpty { meshIndices[i] = append("meshes", json(mesh, drawn)) }
        }
        for skin in scene.skins {
            let matrices = floats(
                skin.inverseBindMatrices.flatMap { m in
                    [m.x, m.y, m.z, m.w].flatMap { [$0.x, $0.y, $0.z, $0.w] }
                }, "MAT4", components: 16, target: nil)
            _ = append(
                "skins",
                .object(of: [
                    "name": skin.name.isEmpty ? nil : .string(skin.name),
                    "joints": .integers(skin.joints.map(\.value)), "inverseBindMatrices": .integer(matrices),
                    "skeleton": skin.skeleton.map { .integer($0.value) },
                ]))
        }
        for camera in scene.cameras { _ = append("cameras", Self.json(camera)) }
        for node in scene.nodes { _ = append("nodes", json(node)) }
        for clip in scene.animations where !clip.channels.isEmpty { _ = append("animations", json(clip)) }
        _ = append(
            "scenes",
            .object(of: ["nodes": scene.roots.isEmpty ? nil : .integers(scene.roots.map(\.value))]))
        if !scene.lights.isEmpty {
            use("KHR_lights_punctual")
            extensions.append(
                ("KHR_lights_punctual", .object(of: ["lights": .array(scene.lights.map(Self.json))])))
        }
        if let physics = PhysicsWriter(physics: scene.physics).json() {
            use("KAIRA_physics")
            extensions.append(("KAIRA_physics", physics))
        }
        if let avatar = scene.avatar {
            let writer = VRMWriter(avatar: avatar, images: scene.images.count)
            if writer.hasExtendedColliders { use("VRMC_springBone_extended_collider") }
            for (name, value) in writer.extensions() {
                use(name)
                extensions.append((name, value))
            }
            for constraint in avatar.constraints { add(constraint) }
        }
    }

    private static func wrap(_ wrap: Texture.Wrap) -> Int {
        switch wrap {
        case .repeat: 10497
        case .mirroredRepeat: 33648
        case .clampToEdge: 33071
        }
    }

    private static func minification(_ texture: Texture) -> Int {
        switch (texture.minification, texture.mipmap) {
        case (.nearest, nil): 9728
        case (.linear, nil): 9729
        case (.nearest, .nearest): 9984
        case (.linear, .nearest): 9985
        case (.nearest, .linear): 9986
        case (.linear, .linear): 9987
        }
    }

    private mutating func slot(_ slot: TextureSlot?, _ extra: (String, JSONValue)? = nil) -> JSONValue? {
        guard let slot else { return nil }
        var transform: JSONValue?
        if slot.offset != .zero || slot.rotation != 0 || slot.scale != .one {
            use("KHR_texture_transform")
            transform = .object(of: [
                "KHR_texture_transform": .object(of: [
                    "offset": .numbers([slot.offset.x, slot.offset.y]), "rotation": .number(Double(slot.rotation)),
                    "scale": .numbers([slot.scale.x, slot.scale.y]),
                ])
            ])
        }
        var members: [JSONValue.Member] = [.init(name: "index", value: .integer(slot.texture.value))]
        if slot.texCoord != 0 { members.append(.init(name: "texCoord", value: .integer(slot.texCoord))) }
        if let extra { members.append(.init(name: extra.0, value: extra.1)) }
        if let transform { members.append(.init(name: "extensions", value: transform)) }
        return .object(members)
    }

    private mutating func json(_ material: Material) -> JSONValue {
        let c = material.baseColor
        let pbr: JSONValue = .object(of: [
            "baseColorFactor": .numbers([c.x, c.y, c.z, c.w]), "baseColorTexture": slot(material.baseColorTexture),
            "metallicFactor": .number(Double(material.metallic)),
            "roughnessFactor": .number(Double(material.roughness)),
            "metallicRoughnessTexture": slot(material.metallicRoughnessTexture),
        ])
        var mode = "OPAQUE"
        var cutoff: JSONValue?
        var writesDepth = false
        switch material.alphaMode {
        case .opaque: break
        case .mask(let value): (mode, cutoff) = ("MASK", .number(Double(value)))
        case .blend(let writes): (mode, writesDepth) = ("BLEND", writes)
        }
        var own: [JSONValue.Member] = []
        switch material.shading {
        case .metallicRoughness: break
        case .unlit:
            use("KHR_materials_unlit")
            own.append(.init(name: "KHR_materials_unlit", value: .object([])))
        case .toon(let toon):
            use("VRMC_materials_mtoon")
            own.append(
                .init(name: "VRMC_materials_mtoon", value: json(toon, material: material, writesDepth: writesDepth)))
        }
        // Above 1 the factor needs an extension; the quotient stays in 0...1.
        var emissive = material.emissive
        let strength = emissive.max()
        if strength > 1 {
            use("KHR_materials_emissive_strength")
            own.append(
                .init(
                    name: "KHR_materials_emissive_strength",
                    value: .object(of: ["emissiveStrength": .number(Double(strength))])))
            emissive /= strength
        }
        return .object(of: [
            "name": material.name.isEmpty ? nil : .string(material.name), "pbrMetallicRoughness": pbr,
            "normalTexture": slot(material.normalTexture, ("scale", .number(Double(material.normalScale)))),
            "occlusionTexture": slot(
                material.occlusionTexture, ("strength", .number(Double(material.occlusionStrength)))),
            "emissiveTexture": slot(material.emissiveTexture),
            "emissiveFactor": emissive == .zero ? nil : .numbers([emissive.x, emissive.y, emissive.z]),
            "alphaMode": mode == "OPAQUE" ? nil : .string(mode), "alphaCutoff": cutoff,
            "doubleSided": material.isDoubleSided ? .bool(true) : nil,
            "extensions": own.isEmpty ? nil : .object(own),
        ])
    }

    private mutating func json(_ toon: ToonParameters, material: Material, writesDepth: Bool) -> JSONValue {
        func rgb(_ v: SIMD3<Float>) -> JSONValue { .numbers([v.x, v.y, v.z]) }
        func number(_ v: Float) -> JSONValue { .number(Double(v)) }
        let outline =
            switch toon.outlineMode {
            case .none: "none"
            case .worldCoordinates: "worldCoordinates"
            case .screenCoordinates: "screenCoordinates"
            }
        return .object(of: [
            "specVersion": .string("1.0"), "transparentWithZWrite": .bool(writesDepth),
            "renderQueueOffsetNumber": .integer(material.renderOrder), "shadeColorFactor": rgb(toon.shadeColor),
            "shadeMultiplyTexture": slot(toon.shadeTexture), "shadingShiftFactor": number(toon.shadingShift),
            "shadingShiftTexture": slot(
                toon.shadingShiftTexture, ("scale", number(toon.shadingShiftTextureScale))),
            "shadingToonyFactor": number(toon.shadingToony), "giEqualizationFactor": number(toon.giEqualization),
            "matcapFactor": rgb(toon.matcapFactor), "matcapTexture": slot(toon.matcapTexture),
            "parametricRimColorFactor": rgb(toon.rimColor), "rimMultiplyTexture": slot(toon.rimMultiplyTexture),
            "rimLightingMixFactor": number(toon.rimLightingMix),
            "parametricRimFresnelPowerFactor": number(toon.rimFresnelPower),
            "parametricRimLiftFactor": number(toon.rimLift), "outlineWidthMode": .string(outline),
            "outlineWidthFactor": number(toon.outlineWidth),
            "outlineWidthMultiplyTexture": slot(toon.outlineWidthTexture), "outlineColorFactor": rgb(toon.outlineColor),
            "outlineLightingMixFactor": number(toon.outlineLightingMix),
            "uvAnimationMaskTexture": slot(toon.uvAnimationMaskTexture),
            "uvAnimationScrollXSpeedFactor": number(toon.uvAnimationScroll.x),
            "uvAnimationScrollYSpeedFactor": number(toon.uvAnimationScroll.y),
            "uvAnimationRotationSpeedFactor": number(toon.uvAnimationRotation),
        ])
    }

    private mutating func json(_ mesh: Mesh, _ drawn: [Primitive]) -> JSONValue {
        var primitives: [JSONValue] = []
        for primitive in drawn { primitives.append(json(primitive)) }
        let hasNames = mesh.morphNames.contains { !$0.isEmpty }
        return .object(of: [
            "name": mesh.name.isEmpty ? nil : .string(mesh.name), "primitives": .array(primitives),
            "weights": mesh.defaultMorphWeights.isEmpty ? nil : .numbers(mesh.defaultMorphWeights),
            "extras": hasNames
                ? .object(of: ["targetNames": .array(mesh.morphNames.map { .string($0) })]) : nil,
        ])
    }

    private mutating func json(_ primitive: Primitive) -> JSONValue {
        var attributes: [JSONValue.Member] = []
        func add(_ name: String, _ accessor: Int) {
            attributes.append(.init(name: name, value: .integer(accessor)))
        }
        let three: ([SIMD3<Float>]) -> [Float] = { $0.flatMap { [$0.x, $0.y, $0.z] } }
        let two: ([SIMD2<Float>]) -> [Float] = { $0.flatMap { [$0.x, $0.y] } }
        let four: ([SIMD4<Float>]) -> [Float] = { $0.flatMap { [$0.x, $0.y, $0.z, $0.w] } }
        add("POSITION", floats(three(primitive.positions), "VEC3", components: 3, bounds: true))
        if !primitive.normals.isEmpty { add("NORMAL", floats(three(primitive.normals), "VEC3", components: 3)) }
        if !primitive.tangents.isEmpty { add("TANGENT", floats(four(primitive.tangents), "VEC4", components: 4)) }
        if !primitive.texCoords0.isEmpty { add("TEXCOORD_0", floats(two(primitive.texCoords0), "VEC2", components: 2)) }
        if !primitive.texCoords1.isEmpty { add("TEXCOORD_1", floats(two(primitive.texCoords1), "VEC2", components: 2)) }
        if !primitive.colors.isEmpty { add("COLOR_0", floats(four(primitive.colors), "VEC4", components: 4)) }
        if let influences = primitive.influences {
            let sets = (influences.perVertex + 3) / 4
            for set in 0..<sets {
                var joints: [UInt8] = []
                var weights: [Float] = []
                for vertex in primitive.positions.indices {
                    for k in 0..<4 {
                        let at = vertex * influences.perVertex + set * 4 + k
                        let isThere = set * 4 + k < influences.perVertex
                        let joint = isThere ? influences.joints[at] : 0
                        joints += [UInt8(truncatingIfNeeded: joint), UInt8(joint >> 8)]
                        weights.append(isThere ? influences.weights[at] : 0)
                    }
                }
                let view = view(joints, target: 34962)
                add(
                    "JOINTS_\(set)",
                    append(
                        "accessors",
                        .object(of: [
                            "bufferView": .integer(view), "componentType": .integer(5123),
                            "count": .integer(primitive.positions.count), "type": .string("VEC4"),
                        ])))
                add("WEIGHTS_\(set)", floats(weights, "VEC4", components: 4))
            }
        }
        var targets: [JSONValue] = []
        for target in primitive.morphTargets {
            var parts: [JSONValue.Member] = []
            // A target without positions still needs one attribute.
            let positions =
                target.positions.isEmpty
                ? [SIMD3<Float>](repeating: .zero, count: primitive.positions.count) : target.positions
            parts.append(.init(name: "POSITION", value: .integer(deltas(positions, bounds: true))))
            if !target.normals.isEmpty {
                parts.append(.init(name: "NORMAL", value: .integer(deltas(target.normals, bounds: false))))
            }
            if !target.tangents.isEmpty {
                parts.append(.init(name: "TANGENT", value: .integer(deltas(target.tangents, bounds: false))))
            }
            targets.append(.object(parts))
        }
        let mode =
            switch primitive.topology {
            case .points: 0
            case .lines: 1
            case .triangles: 4
            }
        return .object(of: [
            "attributes": .object(attributes),
            "indices": .integer(integers(primitive.indices, largest: primitive.positions.count)),
            "material": primitive.material.map { .integer($0.value) },
            "mode": mode == 4 ? nil : .integer(mode), "targets": targets.isEmpty ? nil : .array(targets),
        ])
    }

    private mutating func json(_ node: Node) -> JSONValue {
        let t = node.transform
        let q = t.rotation.vector
        var own: JSONValue?
        if let light = node.light {
            own = .object(of: ["KHR_lights_punctual": .object(of: ["light": .integer(light.value)])])
        }
        let matrix: JSONValue? = node.matrix.map { m in
            .numbers([m.x, m.y, m.z, m.w].flatMap { [$0.x, $0.y, $0.z, $0.w] })
        }
        let plain = matrix == nil
        let mesh = node.mesh.flatMap { meshIndices[$0.value] }
        return .object(of: [
            "name": node.name.isEmpty ? nil : .string(node.name), "matrix": matrix,
            "translation": plain && t.translation != .zero
                ? .numbers([t.translation.x, t.translation.y, t.translation.z]) : nil,
            "rotation": plain && t.rotation != .identity ? .numbers([q.x, q.y, q.z, q.w]) : nil,
            "scale": plain && t.scale != .one ? .numbers([t.scale.x, t.scale.y, t.scale.z]) : nil,
            "children": node.children.isEmpty ? nil : .integers(node.children.map(\.value)),
            "mesh": mesh.map { .integer($0) }, "skin": mesh == nil ? nil : node.skin.map { .integer($0.value) },
            "weights": mesh == nil ? nil : node.morphWeights.flatMap { $0.isEmpty ? nil : .numbers($0) },
            "camera": node.camera.map { .integer($0.value) },
            "extensions": own,
        ])
    }

    private mutating func json(_ clip: AnimationClip) -> JSONValue {
        var samplers: [JSONValue] = []
        var channels: [JSONValue] = []
        var inputs: [[Float]: Int] = [:]
        for channel in clip.channels {
            let input =
                inputs[channel.times] ?? floats(channel.times, "SCALAR", components: 1, bounds: true, target: nil)
            inputs[channel.times] = input
            let (type, components) =
                switch channel.path {
                case .translation, .scale: ("VEC3", 3)
                case .rotation: ("VEC4", 4)
                case .weights: ("SCALAR", 1)
                }
            let output = floats(channel.values, type, components: components, target: nil)
            samplers.append(
                .object(of: [
                    "input": .integer(input), "output": .integer(output),
                    "interpolation": .string(channel.interpolation.rawValue),
                ]))
            channels.append(
                .object(of: [
                    "sampler": .integer(samplers.count - 1),
                    "target": .object(of: [
                        "node": .integer(channel.node.value), "path": .string(channel.path.rawValue),
                    ]),
                ]))
        }
        return .object(of: [
            "name": clip.name.isEmpty ? nil : .string(clip.name), "samplers": .array(samplers),
            "channels": .array(channels),
        ])
    }

    private static func json(_ camera: Camera) -> JSONValue {
        let name: JSONValue? = camera.name.isEmpty ? nil : .string(camera.name)
        switch camera.lens {
        case .perspective(let angle, let aspect, let near, let far):
            return .object(of: [
                "name": name, "type": .string("perspective"),
                "perspective": .object(of: [
                    "yfov": .number(Double(angle)), "aspectRatio": aspect.map { .number(Double($0)) },
                    "znear": .number(Double(near)), "zfar": far.isFinite ? .number(Double(far)) : nil,
                ]),
            ])
        case .orthographic(let width, let height, let near, let far):
            return .object(of: [
                "name": name, "type": .string("orthographic"),
                "orthographic": .object(of: [
                    "xmag": .number(Double(width)), "ymag": .number(Double(height)), "znear": .number(Double(near)),
                    "zfar": .number(Double(far)),
                ]),
            ])
        }
    }

    private static func json(_ light: Light) -> JSONValue {
        var type = "point"
        var spot: JSONValue?
        switch light.kind {
        case .directional: type = "directional"
        case .point: break
        case .spot(let inner, let outer):
            type = "spot"
            spot = .object(of: [
                "innerConeAngle": .number(Double(inner)), "outerConeAngle": .number(Double(outer)),
            ])
        }
        return .object(of: [
            "name": light.name.isEmpty ? nil : .string(light.name), "type": .string(type),
            "color": .numbers([light.color.x, light.color.y, light.color.z]),
            "intensity": .number(Double(light.intensity)), "range": light.range.map { .number(Double($0)) },
            "spot": spot,
        ])
    }

    /// A constraint hangs on its node.
    private mutating func add(_ constraint: NodeConstraint) {
        use("VRMC_node_constraint")
        let common: [JSONValue.Member] = [
            .init(name: "source", value: .integer(constraint.source.value)),
            .init(name: "weight", value: .number(Double(constraint.weight))),
        ]
        let (kind, extra): (String, [JSONValue.Member]) =
            switch constraint.kind {
            case .roll(let axis): ("roll", [.init(name: "rollAxis", value: .string(axis.rawValue))])
            case .aim(let axis): ("aim", [.init(name: "aimAxis", value: .string(axis.rawValue))])
            case .rotation: ("rotation", [])
            }
        let value: JSONValue = .object(of: [
            "specVersion": .string("1.0"), "constraint": .object([.init(name: kind, value: .object(common + extra))]),
        ])
        let index = constraint.node.value
        guard case .object(var members)? = lists["nodes"]?[index] else { return }
        let entry = JSONValue.Member(name: "VRMC_node_constraint", value: value)
        if let at = members.firstIndex(where: { $0.name == "extensions" }), case .object(let old) = members[at].value {
            members[at].value = .object(old + [entry])
        } else {
            members.append(.init(name: "extensions", value: .object([entry])))
        }
        lists["nodes"]?[index] = .object(members)
    }

    // MARK: Bytes

    /// The whole file.
    func bytes(generator: String) -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init(
                name: "asset", value: .object(of: ["version": .string("2.0"), "generator": .string(generator)])),
            .init(name: "scene", value: .integer(0)),
        ]
        let order = [
            "scenes", "nodes", "meshes", "skins", "materials", "textures", "images", "samplers", "animations",
            "cameras",
            "accessors", "bufferViews",
        ]
        for name in order {
            if let list = lists[name], !list.isEmpty { members.append(.init(name: name, value: .array(list))) }
        }
        var chunk = binary
        while chunk.count % 4 != 0 { chunk.append(0) }
        if !binary.isEmpty {
            members.append(
                .init(name: "buffers", value: .array([.object(of: ["byteLength": .integer(binary.count)])])))
        }
        if !used.isEmpty {
            members.append(.init(name: "extensionsUsed", value: .array(used.sorted().map { .string($0) })))
        }
        if !extensions.isEmpty {
            members.append(
                .init(
                    name: "extensions",
                    value: .object(extensions.map { JSONValue.Member(name: $0.0, value: $0.1) })))
        }
        var json = JSONWriter.write(.object(members))
        while json.count % 4 != 0 { json.append(0x20) }
        var out: [UInt8] = []
        func u32(_ value: Int) {
            for shift in [0, 8, 16, 24] { out.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        u32(0x4654_6C67)
        u32(2)
        u32(12 + 8 + json.count + (chunk.isEmpty ? 0 : 8 + chunk.count))
        u32(json.count)
        u32(0x4E4F_534A)
        out += json
        if !chunk.isEmpty {
            u32(chunk.count)
            u32(0x004E_4942)
            out += chunk
        }
        return out
    }
}
