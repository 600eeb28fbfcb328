import KairaGeometry
import KairaMotion
import KairaScene

extension GLTFSceneBuilder {
    mutating func readAvatar() throws(FormatsError) {
        if let vrm = try document.root.extensionObject("VRMC_vrm") {
            try readVRM1(vrm)
        } else if let vrm = try document.root.extensionObject("VRM") {
            try readVRM0(vrm)
        }
    }

    /// A reference to an entry that an extension makes; what refers to nothing is left out with a warning, because an
    /// avatar is still worth drawing without one bone or bind.
    mutating func reference(_ node: JSONNode?, below count: Int, what: String) throws(FormatsError) -> Int? {
        guard let node else { return nil }
        let number = try node.number()
        guard number == number.rounded(), number >= 0, number < Double(count) else {
            document.warn(
                "\(node.path): \(what) \(JSONValue.number(number).termText) does not exist; the reference was left out."
            )
            return nil
        }
        return Int(number)
    }

    private mutating func readVRM1(_ vrm: JSONNode) throws(FormatsError) {
        let version = try vrm.string("specVersion", default: "1.0")
        if version != "1.0" {
            document.warn("\(vrm.path)/specVersion: \"\(version.prefix(20))\" is read as 1.0.")
        }
        var avatar = AvatarDescription(bones: [:])
        let nodes = scene.nodes.count
        if let bones = try vrm.optional("humanoid")?.optional("humanBones") {
            var owners: [Int: HumanBone] = [:]
            for (name, entry) in try bones.members() {
                guard let bone = HumanBone(rawValue: name) else {
                    document.warn("\(bones.path): \"\(name.prefix(40))\" is no bone of VRM 1.0.")
                    continue
                }
                guard let node = try reference(try entry.required("node"), below: nodes, what: "node") else { continue }
                guard owners[node] == nil else {
                    document.warn("\(entry.path): node \(node) is another bone already; the first counts.")
                    continue
                }
                owners[node] = bone
                avatar.bones[bone] = NodeID(node)
            }
        }
        warnOfMissingBones(avatar)
        if let meta = try vrm.optional("meta") {
            for (name, node) in try meta.members() {
                switch (name, node.value) {
                case ("name", .string(let text)): avatar.meta.name = text
                case ("version", .string(let text)): avatar.meta.version = text
                case ("licenseUrl", .string(let text)): avatar.meta.license = text
                case ("authors", .array(let list)):
                    avatar.meta.authors = list.compactMap { if case .string(let text) = $0 { text } else { nil } }
                default:
                    let text = node.value.termText
                    if !text.isEmpty { avatar.meta.terms[name] = text }
                }
            }
        }
        if let expressions = try vrm.optional("expressions") {
            for (group, isPreset) in [("preset", true), ("custom", false)] {
                guard let list = try expressions.optional(group) else { continue }
                for (name, node) in try list.members() {
                    avatar.expressions.append(try readExpression(node, name: name, isPreset: isPreset))
                }
            }
        }
        if let node = try vrm.optional("lookAt") {
            let kind = LookAt.Kind(rawValue: try node.string("type", default: "bone")) ?? .bone
            var lookAt = LookAt(kind: kind)
            let scale: Float = kind == .bone ? 10 : 1
            lookAt.offsetFromHeadBone = try node.vector3("offsetFromHeadBone", default: [0, 0.06, 0])
            func map(_ name: String) throws(FormatsError) -> LookAt.RangeMap {
                let range = try node.optional(name)
                return LookAt.RangeMap(
                    inputMaxValue: max(try range?.float("inputMaxValue", default: 90) ?? 90, 0.001),
                    outputScale: try range?.float("outputScale", default: scale) ?? scale)
            }
            lookAt.horizontalInner = try map("rangeMapHorizontalInner")
            lookAt.horizontalOuter = try map("rangeMapHorizontalOuter")
            lookAt.verticalDown = try map("rangeMapVerticalDown")
            lookAt.verticalUp = try map("rangeMapVerticalUp")
            avatar.lookAt = lookAt
        }
        for node in try vrm.optional("firstPerson")?.list("meshAnnotations")
            ?? JSONElements(values: [], path: "", file: "")
        {
            guard let index = try reference(try node.required("node"), below: nodes, what: "node") else { continue }
            avatar.firstPerson[NodeID(index)] =
                AvatarDescription.FirstPersonKind(rawValue: try node.string("type", default: "auto")) ?? .auto
        }
        if let springs = try document.root.extensionObject("VRMC_springBone") {
            avatar.springBones = try readSprings(springs)
        }
        for i in 0..<nodes {
            guard let node = try document.entry("nodes", i).extensionObject("VRMC_node_constraint") else { continue }
            if let constraint = try readConstraint(node, of: i) { avatar.constraints.append(constraint) }
        }
        scene.avatar = avatar
    }

    mutating func warnOfMissingBones(_ avatar: AvatarDescription) {
        let missing = HumanBone.required.filter { avatar.bones[$0] == nil }
        if !missing.isEmpty {
            document.warn("The avatar lacks required bones: \(missing.map(\.rawValue).joined(separator: ", ")).")
        }
    }

    private mutating func readExpression(
        _ node: JSONNode, name: String, isPreset: Bool
    ) throws(FormatsError) -> Expression {
        var expression = Expression(name: name, isPreset: isPreset)
        expression.isBinary = try node.bool("isBinary", default: false)
        func override(_ key: String) throws(FormatsError) -> Expression.Override {
            Expression.Override(rawValue: try node.string(key, default: "none")) ?? .none
        }
        expression.overrideBlink = try override("overrideBlink")
        expression.overrideLookAt = try override("overrideLookAt")
        expression.overrideMouth = try override("overrideMouth")
        for bind in try node.list("morphTargetBinds") {
            guard let index = try reference(try bind.required("node"), below: scene.nodes.count, what: "node"),
                let target = try reference(
                    try bind.required("index"), below: morphCount(ofNode: index), what: "morph target")
            else { continue }
            expression.morphs.append(
                Expression.MorphBind(node: NodeID(index), target: target, weight: try bind.float("weight", default: 1)))
        }
        for bind in try node.list("materialColorBinds") {
            guard
                let index = try reference(
                    try bind.required("material"), below: scene.materials.count, what: "material")
            else { continue }
            guard let target = Expression.ColorBind.Target(rawValue: try bind.string("type")) else {
                document.warn("\(bind.path): an unknown kind of colour was left out.")
                continue
            }
            expression.colors.append(
                Expression.ColorBind(
                    material: MaterialID(index), target: target, value: try bind.vector4("targetValue", default: .one)))
        }
        for bind in try node.list("textureTransformBinds") {
            guard
                let index = try reference(
                    try bind.required("material"), below: scene.materials.count, what: "material")
            else { continue }
            expression.textureTransforms.append(
                Expression.TextureTransformBind(
                    material: MaterialID(index), scale: try bind.vector2("scale", default: .one),
                    offset: try bind.vector2("offset", default: .zero)))
        }
        return expression
    }

    func morphCount(ofNode index: Int) -> Int {
        scene.nodes[index].mesh.map { scene.meshes[$0].defaultMorphWeights.count } ?? 0
    }

    private mutating func readSprings(_ json: JSONNode) throws(FormatsError) -> SpringBones {
        var springs = SpringBones()
        let nodes = scene.nodes.count
        // Positions in the file, of colliders that could be read.
        var kept: [Int: Int] = [:]
        for (i, node) in try json.list("colliders").enumerated() {
            guard let index = try reference(try node.required("node"), below: nodes, what: "node") else { continue }
            let shape: SpringBones.Collider.Shape
            if let extended = try node.extensionObject("VRMC_springBone_extended_collider")?.optional("shape"),
                let own = try readShape(extended)
            {
                shape = own
            } else if let base = try node.optional("shape"), let own = try readShape(base) {
                shape = own
            } else {
                document.warn("\(node.path): a collider without a known shape was left out.")
                continue
            }
            kept[i] = springs.colliders.count
            springs.colliders.append(SpringBones.Collider(node: NodeID(index), shape: shape))
        }
        for group in try json.list("colliderGroups") {
            var members: [Int] = []
            for node in try group.list("colliders") {
                let position = Int(exactly: try node.number()).flatMap { kept[$0] }
                guard let position else {
                    document.warn("\(node.path): the collider does not exist; the reference was left out.")
                    continue
                }
                members.append(position)
            }
            springs.colliderGroups.append(SpringBones.ColliderGroup(name: try group.string("name"), colliders: members))
        }
        for node in try json.list("springs") {
            var spring = SpringBones.Spring(name: try node.string("name"), joints: [])
            for entry in try node.list("joints") {
                guard let index = try reference(try entry.required("node"), below: nodes, what: "node") else {
                    continue
                }
                var joint = SpringBones.Joint(node: NodeID(index))
                joint.hitRadius = max(try entry.float("hitRadius", default: 0), 0)
                joint.stiffness = try entry.float("stiffness", default: 1)
                joint.gravityPower = try entry.float("gravityPower", default: 0)
                joint.gravityDir = unitOrDown(try entry.vector3("gravityDir", default: [0, -1, 0]))
                joint.dragForce = min(max(try entry.float("dragForce", default: 0.5), 0), 1)
                if let limit = try entry.extensionObject("VRMC_springBone_extended_collider")?.optional("angleLimit") {
                    // In Double, so that writing and reading changes no bit.
                    joint.angleLimit = Float(min(max(try limit.number(), 0), 180) * .pi / 180)
                }
                spring.joints.append(joint)
            }
            for entry in try node.list("colliderGroups") {
                if let group = try reference(entry, below: springs.colliderGroups.count, what: "collider group") {
                    spring.colliderGroups.append(group)
                }
            }
            spring.center = try reference(try node.optional("center"), below: nodes, what: "node").map { NodeID($0) }
            if !spring.joints.isEmpty { springs.springs.append(spring) }
        }
        return springs
    }

    func unitOrDown(_ v: SIMD3<Float>) -> SIMD3<Float> {
        abs(dot(v, v) - 1) < 1e-6 ? v : direction(v, else: [0, -1, 0])
    }

    func readShape(_ json: JSONNode) throws(FormatsError) -> SpringBones.Collider.Shape? {
        if let node = try json.optional("sphere") {
            return .sphere(
                offset: try node.vector3("offset", default: .zero),
                radius: max(try node.float("radius", default: 0), 0),
                inside: try node.bool("inside", default: false))
        }
        if let node = try json.optional("capsule") {
            return .capsule(
                offset: try node.vector3("offset", default: .zero), tail: try node.vector3("tail", default: .zero),
                radius: max(try node.float("radius", default: 0), 0), inside: try node.bool("inside", default: false))
        }
        if let node = try json.optional("plane") {
            let normal = try node.vector3("normal", default: [0, 0, 1])
            return .plane(
                offset: try node.vector3("offset", default: .zero),
                normal: abs(dot(normal, normal) - 1) < 1e-6 ? normal : direction(normal, else: [0, 0, 1]))
        }
        return nil
    }

    private mutating func readConstraint(_ json: JSONNode, of index: Int) throws(FormatsError) -> NodeConstraint? {
        let constraint = try json.required("constraint")
        for (name, node) in try constraint.members() where ["roll", "aim", "rotation"].contains(name) {
            guard let source = try reference(try node.required("source"), below: scene.nodes.count, what: "node")
            else { return nil }
            guard source != index else { throw node.failure("a node cannot be constrained to itself") }
            let kind: NodeConstraint.Kind
            switch name {
            case "roll":
                let axis = NodeConstraint.Axis(rawValue: try node.string("rollAxis")) ?? .positiveX
                guard [.x, .y, .z].contains(axis) else { throw node.failure("rollAxis is X, Y or Z") }
                kind = .roll(axis)
            case "aim":
                let axis = NodeConstraint.Axis(rawValue: try node.string("aimAxis")) ?? .x
                guard ![.x, .y, .z].contains(axis) else {
                    throw node.failure("aimAxis is PositiveX, NegativeX, PositiveY ...")
                }
                kind = .aim(axis)
            default: kind = .rotation
            }
            return NodeConstraint(
                node: NodeID(index), source: NodeID(source), kind: kind,
                weight: min(max(try node.float("weight", default: 1), 0), 1))
        }
        return nil
    }
}

extension JSONValue {
    /// A licence term as text.
    var termText: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): Int(exactly: number).map { String($0) } ?? String(number)
        case .string(let text): text
        case .array(let values): values.map(\.termText).joined(separator: ", ")
        case .object: String(decoding: JSONWriter.write(self), as: UTF8.self)
        }
    }
}
