import KairaGeometry
import KairaScene

extension GLTFSceneBuilder {
    mutating func readMeshes() throws(FormatsError) {
        for i in 0..<document.count("meshes") {
            let json = try document.entry("meshes", i)
            var mesh = Mesh(name: try json.string("name"), primitives: [])
            let primitives = try json.required("primitives").elements()
            guard !primitives.isEmpty else { throw json.failure("a mesh has at least one primitive") }
            var targetCount: Int?
            for node in primitives {
                let targets = try node.list("targets").count
                guard targetCount ?? targets == targets else {
                    throw node.failure("all primitives of a mesh have the same number of morph targets")
                }
                targetCount = targets
                if let primitive = try readPrimitive(node) { mesh.primitives.append(primitive) }
            }
            let count = targetCount ?? 0
            if let weights = try json.optional("weights") {
                mesh.defaultMorphWeights = try weights.floats(count)
            } else {
                mesh.defaultMorphWeights = Array(repeating: 0, count: count)
            }
            if count > 0 { mesh.morphNames = try morphNames(json, primitive: primitives[0], count: count) }
            scene.meshes.append(mesh)
        }
    }

    /// The names, from where exporters put them: the mesh's extras, or the first primitive's.
    private func morphNames(_ mesh: JSONNode, primitive: JSONNode, count: Int) throws(FormatsError) -> [String] {
        for place in [mesh, primitive] {
            // Extras may be anything: what is no list of strings is not a list of names.
            guard case .array(let names)? = place.value["extras"]?["targetNames"] else { continue }
            var out = names.prefix(count).map { name in
                if case .string(let text) = name { text } else { "" }
            }
            out += Array(repeating: "", count: count - out.count)
            return out
        }
        return Array(repeating: "", count: count)
    }

    // MARK: Attributes

    private func accessorIndex(_ node: JSONNode) throws(FormatsError) -> Int {
        try node.integer(in: 0..<document.count("accessors"))
    }

    /// Component types: floats always, others by what the specification and KHR_mesh_quantization allow.
    private func check(_ node: JSONNode, floatOr allowed: [Int], normalizedOnly: Bool) throws(FormatsError) {
        let format = try document.accessorFormat(try accessorIndex(node))
        if format.type == 5126 { return }
        guard allowed.contains(format.type), format.isNormalized || !normalizedOnly else {
            throw node.failure("component type \(format.type) is not allowed for this attribute")
        }
    }

    private mutating func vectors(_ node: JSONNode, expecting count: Int?) throws(FormatsError) -> [SIMD3<Float>] {
        let index = try accessorIndex(node)
        if vectors3[index] == nil {
            let f = try document.floats(index, components: 3, user: node)
            var out: [SIMD3<Float>] = []
            out.reserveCapacity(f.count / 3)
            for k in stride(from: 0, to: f.count, by: 3) { out.append(SIMD3(f[k], f[k + 1], f[k + 2])) }
            vectors3[index] = out
        }
        let out = vectors3[index] ?? []
        guard out.count == count ?? out.count else {
            throw node.failure("\(out.count) elements, but \(count ?? 0) vertices")
        }
        return out
    }

    private mutating func vectors2(_ node: JSONNode, expecting count: Int) throws(FormatsError) -> [SIMD2<Float>] {
        let index = try accessorIndex(node)
        if vectors2[index] == nil {
            let f = try document.floats(index, components: 2, user: node)
            vectors2[index] = stride(from: 0, to: f.count, by: 2).map { SIMD2(f[$0], f[$0 + 1]) }
        }
        let out = vectors2[index] ?? []
        guard out.count == count else { throw node.failure("\(out.count) elements, but \(count) vertices") }
        return out
    }

    private mutating func readPrimitive(_ json: JSONNode) throws(FormatsError) -> Primitive? {
        let attributes = try json.required("attributes")
        guard let positionNode = try attributes.optional("POSITION") else {
            document.warn("\(json.path): a primitive without positions is left out.")
            return nil
        }
        let quantized = isQuantized ? [5120, 5121, 5122, 5123] : []
        try check(positionNode, floatOr: quantized, normalizedOnly: false)
        try document.expectBounds(try accessorIndex(positionNode))
        warnOfUnknownAttributes(try attributes.members().map(\.name), at: attributes.path)
        var primitive = Primitive(positions: try vectors(positionNode, expecting: nil), indices: [])
        let count = primitive.positions.count
        if let node = try attributes.optional("NORMAL") {
            try check(node, floatOr: isQuantized ? [5120, 5122] : [], normalizedOnly: true)
            primitive.normals = try vectors(node, expecting: count)
        }
        if let node = try attributes.optional("TANGENT") {
            try check(node, floatOr: isQuantized ? [5120, 5122] : [], normalizedOnly: true)
            let f = try document.floats(try accessorIndex(node), components: 4, user: node)
            guard f.count == 4 * count else { throw node.failure("\(f.count / 4) elements, but \(count) vertices") }
            primitive.tangents = stride(from: 0, to: f.count, by: 4).map {
                SIMD4(f[$0], f[$0 + 1], f[$0 + 2], f[$0 + 3])
            }
        }
        let coordinateTypes = isQuantized ? [5120, 5121, 5122, 5123] : [5121, 5123]
        if let node = try attributes.optional("TEXCOORD_0") {
            try check(node, floatOr: coordinateTypes, normalizedOnly: !isQuantized)
            primitive.texCoords0 = try vectors2(node, expecting: count)
        }
        if let node = try attributes.optional("TEXCOORD_1") {
            try check(node, floatOr: coordinateTypes, normalizedOnly: !isQuantized)
            primitive.texCoords1 = try vectors2(node, expecting: count)
        }
        if let node = try attributes.optional("COLOR_0") {
            try check(node, floatOr: [5121, 5123], normalizedOnly: true)
            let index = try accessorIndex(node)
            let components = try document.accessorFormat(index).components == 3 ? 3 : 4
            let f = try document.floats(index, components: components, user: node)
            guard f.count == components * count else {
                throw node.failure("\(f.count / components) elements, but \(count) vertices")
            }
            primitive.colors = stride(from: 0, to: f.count, by: components).map {
                SIMD4(f[$0], f[$0 + 1], f[$0 + 2], components == 4 ? f[$0 + 3] : 1)
                    .clamped(lowerBound: .zero, upperBound: .one)
            }
        }
        primitive.influences = try readInfluences(attributes, count: count)
        primitive.material = try json.index("material", below: scene.materials.count).map { MaterialID($0) }
        try readIndices(json, into: &primitive)
        try readTargets(json, into: &primitive)
        try repairFrames(&primitive, at: json)
        if options.completesNormals { try complete(&primitive, at: json) }
        return primitive
    }

    /// Custom attributes begin with an underscore; other names, or numbers that leave one out, are faults.
    private mutating func warnOfUnknownAttributes(_ names: [String], at path: String, isTarget: Bool = false) {
        let present = Set(names)
        for name in names where !name.hasPrefix("_") && !["POSITION", "NORMAL", "TANGENT"].contains(name) {
            let cut = name.lastIndex(of: "_").map { name.index(after: $0) } ?? name.endIndex
            let (stem, digits) = (name[..<cut], name[cut...])
            let stems = isTarget ? ["TEXCOORD_", "COLOR_"] : ["TEXCOORD_", "COLOR_", "JOINTS_", "WEIGHTS_"]
            if !stems.contains(String(stem)) || Int(digits).map({ String($0) != digits || $0 < 0 }) ?? true {
                document.warn("\(path): the attribute \(name.prefix(40)) is unknown and is left out.")
            } else if let number = Int(digits), number > 0, !present.contains("\(stem)\(number - 1)") {
                document.warn("\(path): \(name) is there, \(stem)\(number - 1) is not; it is left out.")
            }
        }
    }

    private mutating func readInfluences(
        _ attributes: JSONNode, count: Int
    ) throws(FormatsError) -> JointInfluences? {
        var sets: [(joints: [UInt32], weights: [Float])] = []
        while let jointNode = try attributes.optional("JOINTS_\(sets.count)") {
            guard let weightNode = try attributes.optional("WEIGHTS_\(sets.count)") else {
                throw jointNode.failure("WEIGHTS_\(sets.count) is missing")
            }
            let joints = try document.integers(try accessorIndex(jointNode), components: 4, user: jointNode)
            try check(weightNode, floatOr: [5121, 5123], normalizedOnly: true)
            let weights = try document.floats(try accessorIndex(weightNode), components: 4, user: weightNode)
            guard joints.count == 4 * count, weights.count == 4 * count else {
                throw jointNode.failure("joints and weights have other numbers of elements than there are vertices")
            }
            guard joints.allSatisfy({ $0 <= 0xFFFF }) else { throw jointNode.failure("a joint is above 65535") }
            sets.append((joints, weights))
            if sets.count == 16 { break }
        }
        if let extra = try attributes.optional("WEIGHTS_\(sets.count)"), sets.count < 16 {
            throw extra.failure("JOINTS_\(sets.count) is missing")
        }
        guard !sets.isEmpty else { return nil }
        let width = 4 * sets.count
        var influences = JointInfluences(
            perVertex: width, joints: Array(repeating: 0, count: width * count),
            weights: Array(repeating: 0, count: width * count))
        var (negative, empty, uneven) = (false, false, false)
        for v in 0..<count {
            var sum: Float = 0
            for (s, set) in sets.enumerated() {
                for c in 0..<4 {
                    let weight = set.weights[v * 4 + c]
                    negative = negative || weight < 0
                    influences.joints[v * width + s * 4 + c] = UInt16(truncatingIfNeeded: set.joints[v * 4 + c])
                    influences.weights[v * width + s * 4 + c] = max(weight, 0)
                    sum += max(weight, 0)
                }
            }
            if !(sum > 1e-12 && sum < .infinity) {
                empty = true
                for k in 0..<width { influences.weights[v * width + k] = k == 0 ? 1 : 0 }
            } else if abs(sum - 1) > 3e-7 {
                // Kept as they are within rounding, so that reading twice changes nothing.
                uneven = uneven || abs(sum - 1) > 0.02
                for k in 0..<width { influences.weights[v * width + k] /= sum }
            }
        }
        if negative { document.warn("\(attributes.path): negative weights were set to 0.") }
        if empty { document.warn("\(attributes.path): vertices without weights were given to their first joint.") }
        if uneven { document.warn("\(attributes.path): weights were brought to a sum of 1.") }
        return influences
    }

    private mutating func readTargets(_ json: JSONNode, into primitive: inout Primitive) throws(FormatsError) {
        let count = primitive.positions.count
        for target in try json.list("targets") {
            var morph = MorphTarget()
            warnOfUnknownAttributes(try target.members().map(\.name), at: target.path, isTarget: true)
            if let node = try target.optional("POSITION") {
                try document.expectBounds(try accessorIndex(node))
                try check(node, floatOr: isQuantized ? [5120, 5122] : [], normalizedOnly: false)
                morph.positions = try vectors(node, expecting: count)
            }
            if let node = try target.optional("NORMAL") {
                try check(node, floatOr: isQuantized ? [5120, 5122] : [], normalizedOnly: true)
                let values = try vectors(node, expecting: count)
                // Deltas to normals that are not there have no meaning.
                if primitive.normals.isEmpty {
                    document.warn("\(node.path): the primitive has no normals to morph; these are left out.")
                } else {
                    morph.normals = values
                }
            }
            if let node = try target.optional("TANGENT") {
                try check(node, floatOr: isQuantized ? [5120, 5122] : [], normalizedOnly: true)
                let values = try vectors(node, expecting: count)
                if primitive.tangents.isEmpty {
                    document.warn("\(node.path): the primitive has no tangents to morph; these are left out.")
                } else {
                    morph.tangents = values
                }
            }
            primitive.morphTargets.append(morph)
        }
    }

    // MARK: Indices

    private mutating func readIndices(_ json: JSONNode, into primitive: inout Primitive) throws(FormatsError) {
        let count = primitive.positions.count
        var indices: [UInt32]
        if let node = try json.optional("indices") {
            let index = try accessorIndex(node)
            indices = try document.integers(index, components: 1, user: node)
            let restart: UInt32 = [5121: 0xFF, 5123: 0xFFFF][try document.accessorFormat(index).type] ?? .max
            if let bad = indices.firstIndex(where: { $0 >= UInt32(count) }) {
                throw node.failure("index \(indices[bad]) at \(bad) is outside the \(count) vertices")
            }
            if indices.contains(restart) {
                document.warn("\(node.path): index \(restart) would restart the primitive; it is taken as a vertex.")
            }
        } else {
            guard count <= Int(UInt32.max) else { throw json.failure("too many vertices") }
            // Primitives that share their vertices do not share these.
            try document.claim(bytes: 4 * count, at: json)
            indices = (0..<UInt32(count)).map { $0 }
        }
        let mode = try json.optional("mode")?.integer(in: 0..<7) ?? 4
        let n = indices.count
        let least = [1, 2, 2, 2, 3, 3, 3][mode]
        let isWhole = n >= least && (mode == 1 ? n % 2 == 0 : mode == 4 ? n % 3 == 0 : true)
        if !isWhole {
            document.warn("\(json.path): \(n) indices do not fit the mode \(mode); those left over were dropped.")
        }
        var out: [UInt32] = []
        switch mode {
        case 0:
            primitive.topology = .points
            out = indices
        case 1:
            primitive.topology = .lines
            indices.removeLast(n % 2)
            out = indices
        case 2, 3:
            primitive.topology = .lines
            guard n >= 2 else { break }
            try document.claim(bytes: 8 * n, at: json)
            for k in 1..<n { out += [indices[k - 1], indices[k]] }
            if mode == 2 { out += [indices[n - 1], indices[0]] }
        case 5:
            guard n >= 3 else { break }
            try document.claim(bytes: 12 * n, at: json)
            // Every other triangle is turned, so that all face the same way (glTF 2.0, 3.7.2.1).
            for k in 0..<(n - 2) {
                out +=
                    k % 2 == 0
                    ? [indices[k], indices[k + 1], indices[k + 2]] : [indices[k], indices[k + 2], indices[k + 1]]
            }
        case 6:
            guard n >= 3 else { break }
            try document.claim(bytes: 12 * n, at: json)
            for k in 1..<(n - 1) { out += [indices[k], indices[k + 1], indices[0]] }
        default:
            indices.removeLast(n % 3)
            out = indices
        }
        primitive.indices = out
    }

    // MARK: Normals and tangents

    /// Brings normals and tangents to unit length; those without a direction get one from the triangles.
    private mutating func repairFrames(_ primitive: inout Primitive, at json: JSONNode) throws(FormatsError) {
        let path = json.path
        var missing: [Int] = []
        let isUneven = { (n: SIMD3<Float>) in abs(dot(n, n) - 1) > 1e-6 }
        if primitive.normals.contains(where: isUneven) {
            // The array is shared with other primitives until it is changed.
            try document.claim(bytes: 16 * primitive.normals.count, at: json)
        }
        for v in primitive.normals.indices {
            let n = primitive.normals[v]
            let squared = dot(n, n)
            if squared < 1e-12 || squared == .infinity {
                missing.append(v)
            } else if abs(squared - 1) > 1e-6 {
                primitive.normals[v] = n / squared.squareRoot()
            }
        }
        if !missing.isEmpty {
            document.warn("\(path): \(missing.count) normals without a direction were taken from the triangles.")
            var sums: [Int: SIMD3<Float>] = [:]
            let wanted = Set(missing)
            if primitive.topology == .triangles {
                for k in stride(from: 0, to: primitive.indices.count - 2, by: 3) {
                    let corners = (0..<3).map { Int(primitive.indices[k + $0]) }
                    guard corners.contains(where: wanted.contains) else { continue }
                    let area = cross(
                        primitive.positions[corners[1]] - primitive.positions[corners[0]],
                        primitive.positions[corners[2]] - primitive.positions[corners[0]])
                    for corner in corners { sums[corner, default: .zero] += area }
                }
            }
            for v in missing { primitive.normals[v] = direction(sums[v] ?? .zero, else: [0, 1, 0]) }
        }
        var repaired = false
        for v in primitive.tangents.indices {
            var t = primitive.tangents[v]
            let squared = dot(t.xyz, t.xyz)
            if squared < 1e-12 || squared == .infinity {
                let normal = primitive.normals.isEmpty ? SIMD3<Float>(0, 1, 0) : primitive.normals[v]
                t = SIMD4(perpendicular(to: normal), t.w)
                repaired = true
            } else if abs(squared - 1) > 1e-6 {
                t = SIMD4(t.xyz / squared.squareRoot(), t.w)
            }
            if abs(t.w) != 1 { repaired = repaired || abs(abs(t.w) - 1) > 0.02 }
            t.w = t.w < 0 ? -1 : 1
            primitive.tangents[v] = t
        }
        if repaired { document.warn("\(path): tangents without a direction or sign were replaced.") }
    }

    /// Makes flat normals where there are none, and tangents where a normal map needs them.
    private mutating func complete(_ primitive: inout Primitive, at json: JSONNode) throws(FormatsError) {
        guard primitive.topology == .triangles, !primitive.indices.isEmpty else { return }
        if primitive.normals.isEmpty {
            let normals = primitive.triangleNormals
            // A tangent belongs to a normal: without one it is made anew (glTF 2.0, 3.7.2.1).
            primitive.tangents = []
            let split = primitive.split { triangle, _, first in dot(normals[triangle], normals[first]) > 0.999_999 }
            try document.claim(bytes: split.sources.count * 64, at: json)
            primitive.take(split)
            primitive.normals = split.triangles.map { $0 < 0 ? SIMD3(0, 1, 0) : normals[$0] }
            for k in primitive.morphTargets.indices { primitive.morphTargets[k].normals = [] }
        }
        guard let material = primitive.material, let slot = scene.materials[material].normalTexture,
            primitive.tangents.isEmpty
        else { return }
        let coordinates = slot.texCoord == 0 ? primitive.texCoords0 : primitive.texCoords1
        guard !coordinates.isEmpty else {
            document.warn("\(json.path): the normal map has no effect, there are no texture coordinates.")
            return
        }
        let signs = primitive.textureSigns(coordinates)
        let split = primitive.split { triangle, _, first in signs[triangle] == signs[first] }
        try document.claim(bytes: split.sources.count * 64, at: json)
        primitive.take(split)
        primitive.tangents = primitive.makeTangents(
            slot.texCoord == 0 ? primitive.texCoords0 : primitive.texCoords1,
            signs: split.triangles.map { $0 < 0 ? 1 : signs[$0] })
    }
}
