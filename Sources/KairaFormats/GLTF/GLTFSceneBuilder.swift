import KairaGeometry
import KairaScene

/// Builds a scene from a parsed glTF; one use.
struct GLTFSceneBuilder {
    var document: GLTFDocument
    let options: GLTFReader
    var scene = Scene()

    /// Decoded accessors: primitives that share vertices share their arrays.
    var vectors3: [Int: [SIMD3<Float>]] = [:]
    var vectors2: [Int: [SIMD2<Float>]] = [:]
    /// Textures without a picture that can be read.
    var missingTextures: Set<Int> = []
    /// Nodes that have a matrix: no animation may move them.
    var nodesWithMatrix: Set<Int> = []
    var isQuantized = false
    var extensionsUsed: Set<String> = []

    init(document: GLTFDocument, options: GLTFReader) {
        self.document = document
        self.options = options
    }

    mutating func build() throws(FormatsError) -> Scene {
        try checkAsset()
        try auditStructure()
        try readImages()
        try readTextures()
        try readMaterials()
        try readCameras()
        try readLights()
        try readMeshes()
        try readNodes()
        try readSkins()
        try bindSkins()
        try readAnimations()
        auditSkins()
        try readAvatar()
        try readPhysics()
        auditUnused()
        if document.file.hasSuffix(".vrm"), scene.avatar == nil {
            document.warn("The file is no avatar: it has neither of the extensions VRMC_vrm and VRM.")
        }
        scene.warnings = document.warnings
        return scene
    }

    private mutating func checkAsset() throws(FormatsError) {
        let asset = try document.root.required("asset")
        let versionNode = try asset.required("version")
        let version = try versionNode.string()
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Int($0) != nil && $0.count < 4 }) else {
            throw versionNode.failure("\"\(version.prefix(20))\" is no version")
        }
        guard parts[0] == "2" else {
            throw versionNode.failure("glTF \(version) is not read, only 2.0: export it as glTF 2.0")
        }
        if let minimum = try asset.optional("minVersion"), try minimum.string() != "2.0" {
            throw minimum.failure("it needs glTF \(try minimum.string().prefix(20)); only 2.0 is read")
        }
        var required: Set<String> = []
        for node in try document.root.list("extensionsRequired") {
            let name = try node.string()
            guard GLTFReader.extensions.contains(name) else {
                throw .unsupportedExtension(file: document.file, name: String(name.prefix(80)))
            }
            if !required.insert(name).inserted { document.warn("\(node.path): \(name) stands twice.") }
        }
        for node in try document.root.list("extensionsUsed") {
            let name = try node.string()
            if !extensionsUsed.insert(name).inserted {
                document.warn("\(node.path): \(name.prefix(80)) stands twice.")
                continue
            }
            if !GLTFReader.extensions.contains(name) {
                document.warn("The extension \(name.prefix(80)) is not read; the file says it can do without.")
            }
        }
        for name in required.sorted() where extensionsUsed.insert(name).inserted {
            document.warn("/extensionsRequired: \(name) is not listed in extensionsUsed.")
        }
        isQuantized = extensionsUsed.contains("KHR_mesh_quantization")
    }

    // MARK: Nodes

    private mutating func readNodes() throws(FormatsError) {
        let count = document.count("nodes")
        var nodes: [Node] = []
        nodes.reserveCapacity(count)
        for i in 0..<count { nodes.append(try readNode(try document.entry("nodes", i), i)) }
        for i in 0..<count {
            for child in nodes[i].children {
                guard nodes[child].parent == nil else {
                    throw try document.entry("nodes", i).failure("node \(child.value) has two parents")
                }
                nodes[child].parent = NodeID(i)
            }
        }
        // With one parent each, what cannot be reached from a root hangs on a cycle.
        var reached = nodes.indices.filter { nodes[$0].parent == nil }
        let tops = reached
        var next = 0
        while next < reached.count {
            reached.append(contentsOf: nodes[reached[next]].children.map(\.value))
            next += 1
        }
        guard reached.count == count else {
            let inside = Set(reached)
            let first = nodes.indices.first { !inside.contains($0) } ?? 0
            throw try document.entry("nodes", first).failure("the node is below itself")
        }
        scene.nodes = nodes
        let sceneCount = document.count("scenes")
        guard sceneCount > 0 else {
            _ = try document.root.index("scene", below: 0)
            scene.roots = tops.map { NodeID($0) }
            return
        }
        let chosen = try document.root.index("scene", below: sceneCount) ?? 0
        var seen: Set<Int> = []
        for node in try document.entry("scenes", chosen).list("nodes") {
            let index = try node.integer(in: 0..<count)
            if nodes[index].parent != nil {
                document.warn(
                    "\(node.path): node \(index) has a parent and cannot be a root; it is left to its parent.")
            } else if seen.insert(index).inserted {
                scene.roots.append(NodeID(index))
            }
        }
    }

    private mutating func readNode(_ json: JSONNode, _ index: Int) throws(FormatsError) -> Node {
        var node = Node(name: try json.string("name"))
        if let matrixNode = try json.optional("matrix") {
            nodesWithMatrix.insert(index)
            let m = try matrixNode.floats(16)
            let matrix = Matrix4(
                [m[0], m[1], m[2], m[3]], [m[4], m[5], m[6], m[7]], [m[8], m[9], m[10], m[11]],
                [m[12], m[13], m[14], m[15]])
            guard m[3] == 0, m[7] == 0, m[11] == 0, m[15] == 1 else {
                throw matrixNode.failure("the last row of a node's matrix is 0, 0, 0, 1")
            }
            node.transform = Transform(matrix)
            if !node.transform.isFinite {
                node.transform = Transform(translation: matrix.translation)
                node.matrix = matrix
            } else if !Self.isSame(node.transform.matrix, matrix) {
                node.matrix = matrix
            }
        }
        if let t = try json.optional("translation") { node.transform.translation = try t.vector3() }
        if let s = try json.optional("scale") { node.transform.scale = try s.vector3() }
        if let r = try json.optional("rotation") {
            let v = try r.vector4()
            node.transform.rotation = unit(v, at: r.path)
        }
        let hasTranslation = try json.optional("translation") != nil
        let hasParts = try json.optional("rotation") != nil
        if node.matrix != nil, hasTranslation || hasParts {
            throw json.failure("a node has either a matrix or translation, rotation and scale")
        }
        let count = document.count("nodes")
        for child in try json.list("children") { node.children.append(NodeID(try child.integer(in: 0..<count))) }
        node.mesh = try json.index("mesh", below: scene.meshes.count).map { MeshID($0) }
        node.skin = try json.index("skin", below: document.count("skins")).map { SkinID($0) }
        node.camera = try json.index("camera", below: scene.cameras.count).map { CameraID($0) }
        if let light = try json.extensionObject("KHR_lights_punctual") {
            node.light = LightID(try light.required("light").integer(in: 0..<scene.lights.count))
        }
        if let weights = try json.optional("weights") {
            guard let mesh = node.mesh else { throw weights.failure("weights need a mesh with morph targets") }
            node.morphWeights = try weights.floats(scene.meshes[mesh].defaultMorphWeights.count)
        }
        return node
    }

    private static func isSame(_ a: Matrix4, _ b: Matrix4) -> Bool {
        let size = [b.x, b.y, b.z].map { max(abs($0.x), abs($0.y), abs($0.z)) }.max() ?? 0
        let limit = max(size, 1e-30) * 2e-6
        return zip([a.x, a.y, a.z], [b.x, b.y, b.z]).allSatisfy {
            let d = $0 - $1
            return max(abs(d.x), abs(d.y), abs(d.z)) <= limit
        }
    }

    /// A unit quaternion; one that is already within rounding is kept as it is, so that reading twice changes nothing.
    mutating func unit(_ v: SIMD4<Float>, at path: String) -> Quaternion {
        let squared = dot(v, v)
        if abs(squared - 1) <= 4e-7 { return Quaternion(v) }
        if squared < 1e-12 || !squared.isFinite {
            document.warn("\(path): a rotation without length was replaced by none.")
            return .identity
        }
        if abs(squared - 1) > 0.01 { document.warn("\(path): a rotation was brought to unit length.") }
        return Quaternion(v).normalized
    }

    // MARK: Skins

    private mutating func readSkins() throws(FormatsError) {
        for i in 0..<document.count("skins") {
            let json = try document.entry("skins", i)
            let jointNodes = try json.required("joints").elements()
            guard !jointNodes.isEmpty, jointNodes.count <= 1 << 16 else {
                throw json.failure("a skin has between 1 and 65536 joints")
            }
            var joints: [NodeID] = []
            for joint in jointNodes { joints.append(NodeID(try joint.integer(in: 0..<scene.nodes.count))) }
            var matrices = [Matrix4](repeating: .identity, count: joints.count)
            if let node = try json.optional("inverseBindMatrices") {
                let m = try document.floats(
                    try node.integer(in: 0..<document.count("accessors")), components: 16, user: node)
                guard m.count >= 16 * joints.count else {
                    throw node.failure("there are \(m.count / 16) matrices for \(joints.count) joints")
                }
                var repaired = false
                for k in joints.indices {
                    let b = k * 16
                    repaired = repaired || m[b + 3] != 0 || m[b + 7] != 0 || m[b + 11] != 0 || m[b + 15] != 1
                    matrices[k] = Matrix4(
                        [m[b], m[b + 1], m[b + 2], 0], [m[b + 4], m[b + 5], m[b + 6], 0],
                        [m[b + 8], m[b + 9], m[b + 10], 0], [m[b + 12], m[b + 13], m[b + 14], 1])
                }
                if repaired { document.warn("\(node.path): the last rows of the matrices were set to 0, 0, 0, 1.") }
            }
            scene.skins.append(
                Skin(
                    name: try json.string("name"), joints: joints, inverseBindMatrices: matrices,
                    skeleton: try json.index("skeleton", below: scene.nodes.count).map { NodeID($0) }))
        }
    }

    /// Holds the vertices' joints against the skins that move them.
    private mutating func bindSkins() throws(FormatsError) {
        var fewest = [Int](repeating: .max, count: scene.meshes.count)
        for i in scene.nodes.indices {
            guard let skin = scene.nodes[i].skin else { continue }
            guard let mesh = scene.nodes[i].mesh else {
                document.warn("/nodes/\(i): a skin without a mesh has no effect.")
                scene.nodes[i].skin = nil
                continue
            }
            if !scene.meshes[mesh].primitives.contains(where: { $0.influences != nil }) {
                document.warn("/nodes/\(i): its skin was left out: mesh \(mesh.value) has no joints.")
                scene.nodes[i].skin = nil
                continue
            }
            fewest[mesh.value] = min(fewest[mesh.value], scene.skins[skin].joints.count)
        }
        for m in scene.meshes.indices where fewest[m] < .max {
            for p in scene.meshes[m].primitives.indices {
                guard var influences = scene.meshes[m].primitives[p].influences else { continue }
                var (isChanged, isWarned) = (false, false)
                for k in influences.joints.indices where Int(influences.joints[k]) >= fewest[m] {
                    isWarned = isWarned || influences.weights[k] > 0
                    influences.joints[k] = 0
                    isChanged = true
                }
                if isWarned {
                    document.warn(
                        "/meshes/\(m)/primitives/\(p): joints that the skin does not have were replaced by its first.")
                }
                if isChanged { scene.meshes[m].primitives[p].influences = influences }
            }
        }
    }

    // MARK: Cameras and lights

    private mutating func readCameras() throws(FormatsError) {
        for i in 0..<document.count("cameras") {
            let json = try document.entry("cameras", i)
            let kind = try json.required("type")
            func positive(_ node: JSONNode) throws(FormatsError) -> Float {
                let value = try node.float()
                guard value > 0 else { throw node.failure("a number above 0 is expected here") }
                return value
            }
            if try json.optional("perspective") != nil, try json.optional("orthographic") != nil {
                document.warn("\(json.path): a camera is either perspective or orthographic; its type counts.")
            }
            let lens: Camera.Lens
            switch try kind.string() {
            case "perspective":
                let p = try json.required("perspective")
                let near = try positive(try p.required("znear"))
                let far = try p.optional("zfar")
                let farValue = try far.map { node throws(FormatsError) in try positive(node) } ?? .infinity
                guard farValue > near else { throw p.failure("zfar has to be greater than znear") }
                var angle = try positive(try p.required("yfov"))
                if angle >= .pi {
                    document.warn("\(p.path)/yfov: \(angle) is no angle of view; it was brought to 3 radians.")
                    angle = 3
                }
                let aspect = try p.optional("aspectRatio")
                lens = .perspective(
                    verticalFieldOfView: angle,
                    aspect: try aspect.map { node throws(FormatsError) in try positive(node) }, near: near,
                    far: farValue)
            case "orthographic":
                let o = try json.required("orthographic")
                let (near, far) = (try o.required("znear").float(), try o.required("zfar").float())
                guard near >= 0, far > near else {
                    throw o.failure("zfar has to be greater than znear, and that not negative")
                }
                lens = .orthographic(
                    halfWidth: abs(try o.required("xmag").float()), halfHeight: abs(try o.required("ymag").float()),
                    near: near, far: far)
                if case .orthographic(let x, let y, _, _) = lens, x == 0 || y == 0 {
                    throw o.failure("xmag and ymag must not be 0")
                }
            default: throw kind.failure("a camera is perspective or orthographic")
            }
            scene.cameras.append(Camera(name: try json.string("name"), lens: lens))
        }
    }

    private mutating func readLights() throws(FormatsError) {
        guard let root = try document.root.extensionObject("KHR_lights_punctual") else { return }
        for json in try root.list("lights") {
            let type = try json.required("type")
            let kind: Light.Kind
            var isDark = false
            switch try type.string() {
            case "directional": kind = .directional
            case "point": kind = .point
            case "spot":
                let spot = try json.optional("spot")
                if spot == nil { document.warn("\(json.path): \"spot\" is missing; the usual angles are taken.") }
                var inner = try spot?.float("innerConeAngle", default: 0) ?? 0
                var outer = try spot?.float("outerConeAngle", default: .pi / 4) ?? .pi / 4
                if !(inner >= 0 && outer > inner && outer <= .pi / 2 + 1e-6) {
                    document.warn("\(json.path): the angles of the cone were brought into 0 <= inner < outer <= pi/2.")
                    outer = min(max(outer, 1e-3), .pi / 2)
                    inner = min(max(inner, 0), outer * 0.999)
                }
                kind = .spot(innerConeAngle: inner, outerConeAngle: outer)
            default:
                let name = try type.string()
                document.warn("\(type.path): the kind \"\(name.prefix(40))\" is unknown; the light stays dark.")
                kind = .point
                isDark = true
            }
            let range = try json.optional("range")?.float()
            if let range, range <= 0 { document.warn("\(json.path)/range: it is not above 0; the light has no range.") }
            scene.lights.append(
                Light(
                    name: try json.string("name"), kind: kind, color: try json.vector3("color", default: .one),
                    intensity: isDark ? 0 : max(try json.float("intensity", default: 1), 0),
                    range: range.flatMap { $0 > 0 ? $0 : nil }))
        }
    }
}

extension Transform {
    /// Whether every number is finite.
    var isFinite: Bool { translation.isFinite && rotation.isFinite && scale.isFinite }
}
