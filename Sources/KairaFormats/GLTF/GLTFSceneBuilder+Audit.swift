import KairaScene

/// Faults that endanger no reader, but that glTF forbids: each becomes a warning, so that a user can mend the file.
extension GLTFSceneBuilder {
    /// Where the extensions that are read may stand: a pattern of the object's path, `*` for an index.
    private static let places: [String: Set<String>] = [
        "KHR_lights_punctual": ["", "/nodes/*"], "KHR_materials_unlit": ["/materials/*"],
        "KHR_materials_emissive_strength": ["/materials/*"], "VRMC_materials_mtoon": ["/materials/*"],
        "KHR_mesh_quantization": [], "VRM": [""], "VRMC_vrm": [""], "VRMC_springBone": [""],
        "KAIRA_physics": [""],
        "VRMC_node_constraint": ["/nodes/*"],
    ]

    /// Looks through the whole document before it is read.
    ///
    /// - Throws: `FormatsError.malformed` for an entry of a top-level list that is no object, or a name that is no text.
    mutating func auditStructure() throws(FormatsError) {
        for name in document.counts.keys.sorted() {
            for node in try document.root.list(name) {
                guard case .object = node.value else { throw node.failure("an object is expected here") }
                _ = try node.string("name")
            }
        }
        var walk = StructureWalk()
        walk.visit(document.root.value, path: [])
        if let first = walk.firstEmpty {
            document.warn(
                walk.emptyCount == 1
                    ? "\(first): a list without entries, which glTF does not allow."
                    : "\(first): a list without entries, which glTF does not allow (and \(walk.emptyCount - 1) more).")
        }
        let declared = extensionsUsed
        var undeclared: Set<String> = []
        for (name, place) in walk.extensions {
            if !declared.contains(name), undeclared.insert(name).inserted {
                document.warn(
                    "The extension \(name.prefix(80)) is not listed in extensionsUsed; it is read all the same.")
            }
            let pattern = place.map { Int($0) == nil ? "/" + $0 : "/*" }.joined()
            let isMisplaced =
                name == "KHR_texture_transform"
                ? !(place.last?.hasSuffix("Texture") ?? false)
                : Self.places[name].map { !$0.contains(pattern) } ?? false
            if isMisplaced {
                document.warn(
                    "/\(place.joined(separator: "/")): the extension \(name) has no meaning here and is passed over.")
            }
        }
        if case .object? = document.root.value["extensions"]?["KHR_lights_punctual"],
            document.root.value["extensions"]?["KHR_lights_punctual"]?["lights"] == nil
        {
            document.warn("/extensions/KHR_lights_punctual: \"lights\" is missing.")
        }
    }

    /// Tries what nothing refers to, after everything else was read: its faults do no harm and become warnings.
    mutating func auditUnused() {
        func isFull() -> Bool { document.warnings.count >= GLTFDocument.maximumWarnings }
        for i in 0..<document.count("accessors") where !document.isRead(accessor: i) {
            guard !isFull() else { return }
            do { try document.tryAccessor(i) } catch { warnUnused(error) }
        }
        for i in 0..<document.count("bufferViews") where !document.isRead(view: i) {
            guard !isFull() else { return }
            do { _ = try document.view(i, for: document.entry("bufferViews", i)) } catch { warnUnused(error) }
        }
        for i in 0..<document.count("buffers") where !document.isRead(buffer: i) {
            guard !isFull() else { return }
            do { _ = try document.buffer(i) } catch { warnUnused(error) }
        }
    }

    private mutating func warnUnused(_ error: FormatsError) {
        switch error {
        case .malformed(_, let at, let reason), .tooLarge(_, let at, let reason):
            document.warn("\(at): \(reason); nothing that is drawn uses it.")
        case .externalFile(_, let uri, let reason):
            document.warn("The file \(uri) is not read: \(reason); nothing that is drawn uses it.")
        default: document.warn("\(error.description); nothing that is drawn uses it.")
        }
    }

    /// Warns of joints without a common root, and leaves out a `skeleton` that is not above all joints.
    mutating func auditSkins() {
        let order = ForestOrder(scene.nodes)
        for i in scene.skins.indices {
            let joints = scene.skins[i].joints
            guard let first = joints.first else { continue }
            if joints.contains(where: { order.root[$0.value] != order.root[first.value] }) {
                document.warn("/skins/\(i)/joints: the joints have no common root; they are moved all the same.")
            }
            if let skeleton = scene.skins[i].skeleton,
                !joints.allSatisfy({ order.contains(skeleton.value, $0.value) })
            {
                document.warn("/skins/\(i)/skeleton: node \(skeleton.value) is not above all joints; it is left out.")
                scene.skins[i].skeleton = nil
            }
        }
    }
}

/// What a walk over a document's own objects finds; `extras` and the insides of extensions are left alone.
private struct StructureWalk {
    var emptyCount = 0
    var firstEmpty: String?
    /// Names of extensions and the objects that they stand in; of each kind only so many that a message needs.
    var extensions: [(name: String, place: [String])] = []

    mutating func visit(_ value: JSONValue, path: [String]) {
        switch value {
        case .array(let values):
            if values.isEmpty {
                emptyCount += 1
                firstEmpty = firstEmpty ?? "/" + path.joined(separator: "/")
            }
            for (i, element) in values.enumerated() {
                switch element {
                case .array, .object: visit(element, path: path + [String(i)])
                default: break
                }
            }
        case .object(let members):
            for member in members {
                switch (member.name, member.value) {
                case ("extras", _): continue
                case ("extensions", .object(let list)):
                    for entry in list where extensions.count < 4096 {
                        extensions.append((entry.name, path))
                        if entry.name == "KHR_lights_punctual", path.isEmpty {
                            visit(entry.value, path: ["extensions", entry.name])
                        }
                    }
                case (_, .array), (_, .object): visit(member.value, path: path + [member.name])
                default: break
                }
            }
        default: break
        }
    }
}

/// Nodes in depth-first order, so that "is above" is two comparisons.
private struct ForestOrder {
    /// Of each node, the root above it.
    var root: [Int]
    private var enter: [Int]
    private var size: [Int]

    init(_ nodes: [Node]) {
        var order = nodes.indices.filter { nodes[$0].parent == nil }
        var root = Array(nodes.indices)
        var next = 0
        while next < order.count {
            for child in nodes[order[next]].children {
                root[child.value] = root[order[next]]
                order.append(child.value)
            }
            next += 1
        }
        var size = [Int](repeating: 1, count: nodes.count)
        for node in order.reversed() {
            if let parent = nodes[node].parent { size[parent.value] += size[node] }
        }
        var enter = [Int](repeating: 0, count: nodes.count)
        var start = 0
        for node in order {
            if nodes[node].parent == nil {
                enter[node] = start
                start += size[node]
            }
            var at = enter[node] + 1
            for child in nodes[node].children {
                enter[child.value] = at
                at += size[child.value]
            }
        }
        (self.root, self.enter, self.size) = (root, enter, size)
    }

    /// Whether a node is another one or above it.
    func contains(_ top: Int, _ node: Int) -> Bool { (enter[top]..<enter[top] + size[top]).contains(enter[node]) }
}
