import Glibc
import KairaGeometry
import KairaMotion
import KairaScene

/// VRM 0.x turned into VRM 1.0's terms.
///
/// Not yet held against a reference: the defaults of absent MToon properties, half the width for screen outlines, turns a
/// second for `_UvAnimRotation`, and the direction of the render queues' ranks.
extension GLTFSceneBuilder {
    private static let presets: [String: String] = [
        "joy": "happy", "angry": "angry", "sorrow": "sad", "fun": "relaxed", "surprised": "surprised",
        "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "blink": "blink", "blink_l": "blinkLeft",
        "blink_r": "blinkRight", "lookup": "lookUp", "lookdown": "lookDown", "lookleft": "lookLeft",
        "lookright": "lookRight", "neutral": "neutral",
    ]

    mutating func readVRM0(_ vrm: JSONNode) throws(FormatsError) {
        var avatar = AvatarDescription(version: .vrm0, bones: [:])
        let nodes = scene.nodes.count
        if let humanoid = try vrm.optional("humanoid") {
            var owners: Set<Int> = []
            for entry in try humanoid.list("humanBones") {
                var name = try entry.required("bone").string()
                for (old, new) in [("ThumbProximal", "ThumbMetacarpal"), ("ThumbIntermediate", "ThumbProximal")]
                where name.hasSuffix(old) {
                    name = name.dropLast(old.count) + new
                    break
                }
                guard let bone = HumanBone(rawValue: name) else {
                    document.warn("\(entry.path): \"\(name.prefix(40))\" is no bone.")
                    continue
                }
                guard let node = try reference(try entry.required("node"), below: nodes, what: "node") else { continue }
                guard avatar.bones[bone] == nil, owners.insert(node).inserted else {
                    document.warn("\(entry.path): the bone \(name) or its node stands twice; the first counts.")
                    continue
                }
                avatar.bones[bone] = NodeID(node)
            }
        }
        warnOfMissingBones(avatar)
        if let meta = try vrm.optional("meta") {
            for (name, node) in try meta.members() {
                let text = node.value.termText
                switch name {
                case "title": avatar.meta.name = text
                case "version": avatar.meta.version = text
                case "author": avatar.meta.authors = text.isEmpty ? [] : [text]
                case "licenseName": avatar.meta.license = text
                default: if !text.isEmpty { avatar.meta.terms[name] = text }
                }
            }
        }
        var byMesh: [Int: [Int]] = [:]
        for (i, node) in scene.nodes.enumerated() {
            if let mesh = node.mesh { byMesh[mesh.value, default: []].append(i) }
        }
        if let first = try vrm.optional("firstPerson") {
            avatar.lookAt = try readLookAt0(first)
            for node in try first.list("meshAnnotations") {
                guard let mesh = try reference(try node.optional("mesh"), below: scene.meshes.count, what: "mesh")
                else { continue }
                let kind: AvatarDescription.FirstPersonKind =
                    switch try node.string("firstPersonFlag", default: "Auto") {
                    case "Both": .both
                    case "ThirdPersonOnly": .thirdPersonOnly
                    case "FirstPersonOnly": .firstPersonOnly
                    default: .auto
                    }
                for index in byMesh[mesh] ?? [] { avatar.firstPerson[NodeID(index)] = kind }
            }
        }
        // Before the expressions: they refer to the converted colours.
        try readMaterials0(vrm)
        var names: Set<String> = []
        if let master = try vrm.optional("blendShapeMaster") {
            for node in try master.list("blendShapeGroups") {
                let expression = try readExpression0(node, byMesh: byMesh)
                guard names.insert(expression.name).inserted else {
                    document.warn("\(node.path): a second expression \"\(expression.name.prefix(40))\" was left out.")
                    continue
                }
                avatar.expressions.append(expression)
            }
        }
        if let secondary = try vrm.optional("secondaryAnimation") {
            avatar.springBones = try readSprings0(secondary)
        }
        scene.avatar = avatar
    }

    private mutating func readLookAt0(_ json: JSONNode) throws(FormatsError) -> LookAt {
        let isBone = try json.string("lookAtTypeName", default: "Bone") != "BlendShape"
        var lookAt = LookAt(kind: isBone ? .bone : .expression)
        if let offset = try json.optional("firstPersonBoneOffset") {
            let v = try vector0(offset)
            lookAt.offsetFromHeadBone = SIMD3(v.x, v.y, -v.z)
        }
        var isCurved = false
        func map(_ name: String) throws(FormatsError) -> LookAt.RangeMap {
            guard let node = try json.optional(name) else { return LookAt.RangeMap(outputScale: isBone ? 10 : 1) }
            if let curve = try node.optional("curve") {
                let c = try curve.elements()
                var numbers: [Float] = []
                for value in c.prefix(8) { numbers.append(try value.float()) }
                isCurved = isCurved || numbers != [0, 0, 0, 1, 1, 1, 1, 0]
            }
            return LookAt.RangeMap(
                inputMaxValue: max(try node.float("xRange", default: 90), 0.001),
                outputScale: try node.float("yRange", default: isBone ? 10 : 1))
        }
        lookAt.horizontalInner = try map("lookAtHorizontalInner")
        lookAt.horizontalOuter = try map("lookAtHorizontalOuter")
        lookAt.verticalDown = try map("lookAtVerticalDown")
        lookAt.verticalUp = try map("lookAtVerticalUp")
        if isCurved { document.warn("\(json.path): curves of the gaze were taken as straight lines.") }
        return lookAt
    }

    /// A vector: an object with x, y and z, or, from writers that confuse the two versions, a list.
    private mutating func vector0(_ json: JSONNode) throws(FormatsError) -> SIMD3<Float> {
        if case .array = json.value {
            document.warn("\(json.path): a list of numbers was taken as x, y, z.")
            return try json.vector3()
        }
        return SIMD3(
            try json.float("x", default: 0), try json.float("y", default: 0), try json.float("z", default: 0))
    }

    private mutating func readExpression0(
        _ json: JSONNode, byMesh: [Int: [Int]]
    ) throws(FormatsError) -> Expression {
        let preset = Self.presets[try json.string("presetName", default: "unknown").lowercased()]
        let own = try json.string("name")
        var expression = Expression(name: preset ?? own, isPreset: preset != nil)
        expression.isBinary = try json.bool("isBinary", default: false)
        for bind in try json.list("binds") {
            guard let mesh = try reference(try bind.optional("mesh"), below: scene.meshes.count, what: "mesh"),
                let target = try reference(
                    try bind.required("index"), below: scene.meshes[mesh].defaultMorphWeights.count,
                    what: "morph target")
            else { continue }
            let weight = try bind.float("weight", default: 100) / 100
            for node in byMesh[mesh] ?? [] {
                expression.morphs.append(
                    Expression.MorphBind(node: NodeID(node), target: target, weight: weight))
            }
        }
        for bind in try json.list("materialValues") {
            let name = try bind.string("materialName")
            let property = try bind.string("propertyName")
            var value: [Float] = []
            for number in try bind.list("targetValue") { value.append(try number.float()) }
            guard let material = scene.materials.firstIndex(where: { $0.name == name }), value.count >= 4 else {
                document.warn("\(bind.path): no material \"\(name.prefix(40))\", or no four numbers; left out.")
                continue
            }
            let v = SIMD4(value[0], value[1], value[2], value[3])
            let targets: [String: Expression.ColorBind.Target] = [
                "_Color": .color, "_EmissionColor": .emissionColor, "_ShadeColor": .shadeColor,
                "_RimColor": .rimColor, "_OutlineColor": .outlineColor,
            ]
            if let target = targets[property] {
                let linear = SIMD4(Self.linear(v.xyz), v.w)
                expression.colors.append(
                    Expression.ColorBind(material: MaterialID(material), target: target, value: linear))
            } else if property.hasPrefix("_MainTex_ST") {
                // Unity's v points up: an offset from below becomes one from above.
                expression.textureTransforms.append(
                    Expression.TextureTransformBind(
                        material: MaterialID(material), scale: SIMD2(v.x, v.y), offset: SIMD2(v.z, 1 - v.w - v.y)))
            } else {
                document.warn("\(bind.path): \(property.prefix(40)) is not changed by expressions; left out.")
            }
        }
        return expression
    }

    private mutating func readSprings0(_ json: JSONNode) throws(FormatsError) -> SpringBones {
        var springs = SpringBones()
        let nodes = scene.nodes.count
        for group in try json.list("colliderGroups") {
            var members: [Int] = []
            if let node = try reference(try group.optional("node"), below: nodes, what: "node") {
                for collider in try group.list("colliders") {
                    let v = try collider.optional("offset").map { n throws(FormatsError) in try vector0(n) } ?? .zero
                    members.append(springs.colliders.count)
                    springs.colliders.append(
                        SpringBones.Collider(
                            node: NodeID(node),
                            shape: .sphere(
                                offset: SIMD3(v.x, v.y, -v.z), radius: max(try collider.float("radius", default: 0), 0),
                                inside: false)))
                }
            }
            springs.colliderGroups.append(SpringBones.ColliderGroup(colliders: members))
        }
        // No node swings twice: this also bounds the number of joints by the number of nodes.
        var used: Set<Int> = []
        for group in try json.list("boneGroups") {
            var joint = SpringBones.Joint(node: NodeID(0))
            joint.hitRadius = max(try group.float("hitRadius", default: 0), 0)
            joint.stiffness = try group.float("stiffiness", default: 1)
            joint.gravityPower = try group.float("gravityPower", default: 0)
            if let down = try group.optional("gravityDir") {
                let v = try vector0(down)
                joint.gravityDir = unitOrDown(SIMD3(v.x, v.y, -v.z))
            }
            joint.dragForce = min(max(try group.float("dragForce", default: 0.5), 0), 1)
            var colliderGroups: [Int] = []
            for node in try group.list("colliderGroups") {
                if let index = try reference(node, below: springs.colliderGroups.count, what: "collider group") {
                    colliderGroups.append(index)
                }
            }
            var center: NodeID?
            if let node = try group.optional("center"), try node.number() >= 0 {
                center = try reference(node, below: nodes, what: "node").map { NodeID($0) }
            }
            let comment = try group.string("comment")
            for root in try group.list("bones") {
                guard let start = try reference(root, below: nodes, what: "node") else { continue }
                // Every branch is a chain: the first child goes on, the others begin one of their own.
                var starts = [start]
                while let top = starts.popLast() {
                    var spring = SpringBones.Spring(
                        name: comment, joints: [], colliderGroups: colliderGroups, center: center)
                    var next: Int? = top
                    while let node = next, used.insert(node).inserted {
                        joint.node = NodeID(node)
                        spring.joints.append(joint)
                        let children = scene.nodes[node].children
                        starts.append(contentsOf: children.dropFirst().map(\.value))
                        next = children.first?.value
                    }
                    if !spring.joints.isEmpty { springs.springs.append(spring) }
                }
            }
        }
        return springs
    }

    // MARK: Materials

    /// sRGB as VRM 0.x has it to linear.
    private static func linear(_ c: SIMD3<Float>) -> SIMD3<Float> {
        // HDR emission is above 1; what is far above would not be finite.
        let held = c.clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 1e6))
        return SIMD3(powf(held.x, 2.2), powf(held.y, 2.2), powf(held.z, 2.2))
    }

    private mutating func readMaterials0(_ vrm: JSONNode) throws(FormatsError) {
        var queues: [(material: Int, queue: Int)] = []
        for (i, json) in try vrm.list("materialProperties").enumerated() where i < scene.materials.count {
            let shader = try json.string("shader", default: "VRM_USE_GLTFSHADER")
            if shader.hasPrefix("VRM/Unlit") { scene.materials[i].shading = .unlit }
            guard shader == "VRM/MToon" else { continue }
            let material = try toon0(json, over: scene.materials[i])
            scene.materials[i] = material
            if case .blend = material.alphaMode {
                queues.append((i, Int(min(max(try json.float("renderQueue", default: 3000), -1), 5000))))
            }
        }
        // The queues' ranks, from the back: -9...0 without and 0...9 with depth writes.
        for writes in [false, true] {
            let own = queues.filter { scene.materials[$0.material].alphaMode == .blend(writesDepth: writes) }
            let ranks = Set(own.map(\.queue)).sorted()
            for entry in own {
                let rank = ranks.firstIndex(of: entry.queue) ?? 0
                scene.materials[entry.material].renderOrder =
                    writes ? min(rank, 9) : max(rank - (ranks.count - 1), -9)
            }
        }
    }

    private mutating func toon0(_ json: JSONNode, over base: Material) throws(FormatsError) -> Material {
        var material = base
        let floats = try json.optional("floatProperties")
        let vectors = try json.optional("vectorProperties")
        let textures = try json.optional("textureProperties")
        func number(_ name: String, _ fallback: Float) throws(FormatsError) -> Float {
            min(max(try floats?.float(name, default: fallback) ?? fallback, -1e6), 1e6)
        }
        func color(_ name: String, _ fallback: SIMD4<Float>) throws(FormatsError) -> SIMD4<Float> {
            let v = try vectors?.vector4(name, default: fallback) ?? fallback
            return SIMD4(Self.linear(v.xyz), v.w)
        }
        var (offset, scale): (SIMD2<Float>, SIMD2<Float>) = (.zero, .one)
        if let v = try vectors?.optional("_MainTex")?.vector4() {
            scale = SIMD2(v.z, v.w)
            offset = SIMD2(v.x, 1 - v.w - v.y)
        }
        let count = scene.textures.count
        var found: [String: TextureSlot] = [:]
        for (name, node) in try textures?.members() ?? [] {
            guard let index = try reference(node, below: count, what: "texture"), !missingTextures.contains(index)
            else { continue }
            found[name] = TextureSlot(texture: TextureID(index), offset: offset, scale: scale)
        }
        var toon = ToonParameters()
        material.baseColor = try color("_Color", .one).clamped(lowerBound: .zero, upperBound: .one)
        material.baseColorTexture = found["_MainTex"]
        material.metallic = 0
        material.roughness = 1
        material.normalTexture = found["_BumpMap"]
        material.normalScale = try number("_BumpScale", 1)
        material.emissive = try color("_EmissionColor", [0, 0, 0, 1]).xyz
        material.emissiveTexture = found["_EmissionMap"]
        let blend = try number("_BlendMode", 0)
        switch blend {
        case 1: material.alphaMode = .mask(cutoff: try number("_Cutoff", 0.5))
        case 2: material.alphaMode = .blend(writesDepth: false)
        case 3: material.alphaMode = .blend(writesDepth: true)
        default: material.alphaMode = .opaque
        }
        material.isDoubleSided = try number("_CullMode", 2) == 0
        toon.shadeColor = try color("_ShadeColor", [0.97, 0.81, 0.86, 1]).xyz
        toon.shadeTexture = found["_ShadeTexture"]
        let (toony, shift) = (try number("_ShadeToony", 0.9), try number("_ShadeShift", 0))
        toon.shadingToony = min(max(lerp(toony, 1, 0.5 + 0.5 * shift), 0), 1)
        toon.shadingShift = -shift - (1 - toon.shadingToony)
        toon.giEqualization = min(max(1 - (try number("_IndirectLightIntensity", 0.1)), 0), 1)
        toon.matcapTexture = found["_SphereAdd"].map { TextureSlot(texture: $0.texture) }
        if toon.matcapTexture == nil { toon.matcapFactor = .zero }
        toon.rimColor = try color("_RimColor", [0, 0, 0, 1]).xyz
        toon.rimMultiplyTexture = found["_RimTexture"]
        toon.rimLightingMix = min(max(try number("_RimLightingMix", 0), 0), 1)
        toon.rimFresnelPower = max(try number("_RimFresnelPower", 1), 0)
        toon.rimLift = try number("_RimLift", 0)
        let mode = try number("_OutlineWidthMode", 0)
        toon.outlineMode = mode == 1 ? .worldCoordinates : mode == 2 ? .screenCoordinates : .none
        // World: hundredths of a metre. Screen: hundredths of half the height.
        let width = max(try number("_OutlineWidth", 0.5), 0) / 100
        toon.outlineWidth = toon.outlineMode == .none ? 0 : mode == 2 ? width / 2 : width
        toon.outlineWidthTexture = found["_OutlineWidthTexture"]
        toon.outlineColor = try color("_OutlineColor", [0, 0, 0, 1]).xyz
        toon.outlineLightingMix =
            try number("_OutlineColorMode", 0) == 0 ? 0 : min(max(try number("_OutlineLightingMix", 1), 0), 1)
        toon.uvAnimationMaskTexture = found["_UvAnimMaskTexture"]
        toon.uvAnimationScroll = SIMD2(try number("_UvAnimScrollX", 0), -(try number("_UvAnimScrollY", 0)))
        // Turns a second in 0.x.
        toon.uvAnimationRotation = try number("_UvAnimRotation", 0) * 2 * .pi
        material.shading = .toon(toon)
        return material
    }
}
