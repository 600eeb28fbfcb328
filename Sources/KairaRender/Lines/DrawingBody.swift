import KairaGeometry
import KairaScene

/// The triangles of one node's mesh, welded and with their edges: what lines and sections are made from. Made once a scene.
///
/// Vertices at one place that also move alike are one. Two at one place that don't, such as those of closed lips, stay two.
struct DrawingBody: Sendable {
    /// An edge and the faces at it.
    struct Edge: Sendable {
        var a, b: Int32
        /// The second is -1 at a border.
        var first, second: Int32
        var kind: Kind

        enum Kind: UInt8, Sendable {
            /// Of two faces that wind it in opposite directions, or a border.
            case regular
            /// Of two faces that wind it the same way: one of them is inside out.
            case reversed
            /// Of more than two faces.
            case branching
        }

        /// Whether the two faces have different materials.
        var isSeam: Bool
        /// Whether the two faces have the same normals at its ends: it is shaded as smooth.
        var isSmooth: Bool
    }

    /// The node.
    let node: Int
    /// Its skin, or nil for a rigid part.
    let skin: Int?
    /// The welded vertices with what moves them, and the faces as indices.
    let shape: Primitive
    /// Welded vertices.
    let faces: [SIMD3<Int32>]
    /// The drawn primitive, over all of the scene, of each face.
    let itemOfFace: [Int32]
    /// Those items.
    let items: [Int]
    /// Every edge once.
    let edges: [Edge]
    /// The faces of branching edges, by edge.
    let branches: [Int: [Int32]]
    /// Sums of how often each edge is run through one way less the other; not 0 where the body is open.
    let openEdges: [SIMD2<Int32>]

    /// All bodies of a scene, in the order of its drawn nodes; rigid and skinned primitives of a node are two bodies.
    static func all(of scene: Scene) -> [DrawingBody] {
        var bodies: [DrawingBody] = []
        var item = 0
        for node in scene.drawnNodes {
            guard let mesh = scene.nodes[node].mesh else { continue }
            let primitives = scene.meshes[mesh].primitives
            for isSkinned in [false, true] {
                let own = primitives.indices.filter { index in
                    let hasSkin = primitives[index].influences != nil && scene.nodes[node].skin != nil
                    return hasSkin == isSkinned && primitives[index].topology == .triangles
                }
                guard !own.isEmpty else { continue }
                bodies.append(
                    DrawingBody(
                        node: node.value, skin: isSkinned ? scene.nodes[node].skin?.value : nil,
                        parts: own.map { (item + $0, primitives[$0]) }))
            }
            item += primitives.count
        }
        return bodies
    }

    private init(node: Int, skin: Int?, parts: [(item: Int, primitive: Primitive)]) {
        self.node = node
        self.skin = skin
        var weld = AlikeVertices(parts.map(\.primitive), isSkinned: skin != nil)
        var triangles: [SIMD3<Int32>] = []
        var normals: [(SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)] = []
        var items: [Int32] = []
        for (index, part) in parts.enumerated() {
            let groups = weld.add(index)
            let indices = part.primitive.indices
            for t in stride(from: 0, to: indices.count - 2, by: 3) {
                triangles.append(
                    SIMD3(groups[Int(indices[t])], groups[Int(indices[t + 1])], groups[Int(indices[t + 2])]))
                items.append(Int32(part.item))
                let own = part.primitive.normals
                normals.append(
                    own.isEmpty
                        ? (.zero, .zero, .zero)
                        : (own[Int(indices[t])], own[Int(indices[t + 1])], own[Int(indices[t + 2])]))
            }
        }
        // Numbers for places: the vertices are welded already, by more than their place.
        let places = (0..<weld.count).map { SIMD3(Double($0), 0, 0) }
        let mesh = try? HalfEdgeMesh(positions: places, triangles: triangles)
        let faces = mesh?.faces ?? []
        let itemOfFace = (mesh?.triangleOfFace ?? []).map { items[Int($0)] }
        let materials = Dictionary(parts.map { (Int32($0.item), $0.primitive.material) }) { first, _ in first }
        var edges: [Edge] = []
        edges.reserveCapacity(mesh?.edges.count ?? 0)
        var branches: [Int: [Int32]] = [:]
        var open: [SIMD2<Int32>] = []
        let all = mesh?.facesOfEdges()
        for (index, edge) in (mesh?.edges ?? []).enumerated() {
            let (f, s) = (Int(edge.firstFace), Int(edge.secondFace))
            let kind: Edge.Kind =
                edge.faceCount > 2 ? .branching : edge.faceCount == 2 && edge.direction != 0 ? .reversed : .regular
            let isSeam =
                s >= 0 && itemOfFace[f] != itemOfFace[s]
                && materials[itemOfFace[f]] ?? nil != materials[itemOfFace[s]] ?? nil
            func normal(_ face: Int, at vertex: Int32) -> SIMD3<Float> {
                let own = normals[Int(mesh?.triangleOfFace[face] ?? 0)]
                let corners = faces[face]
                return corners.x == vertex ? own.0 : corners.y == vertex ? own.1 : own.2
            }
            let isSmooth =
                s >= 0
                && [edge.low, edge.high].allSatisfy { dot(normal(f, at: $0), normal(s, at: $0)) > 0.999 }
            edges.append(
                Edge(
                    a: edge.low, b: edge.high, first: edge.firstFace, second: edge.secondFace, kind: kind,
                    isSeam: isSeam, isSmooth: isSmooth))
            if kind == .branching, let all { branches[index] = Array(all.faces(of: index)) }
            for _ in 0..<abs(edge.direction) {
                open.append(edge.direction > 0 ? SIMD2(edge.low, edge.high) : SIMD2(edge.high, edge.low))
            }
        }
        self.faces = faces
        self.itemOfFace = itemOfFace
        self.items = parts.map(\.item)
        self.edges = edges
        self.branches = branches
        openEdges = open
        shape = weld.shape(faces: faces)
    }
}

/// Joins vertices of several primitives that lie at one place and move alike.
private struct AlikeVertices {
    private struct Key: Hashable {
        var position: SIMD3<Float>
        var motion: UInt64
    }

    private let primitives: [Primitive]
    private let perVertex: Int
    private let targets: Int
    private var groups: [Key: Int32] = [:]
    /// The first vertex of each group.
    private var first: [(primitive: Int, vertex: Int)] = []
    private let influences: [JointInfluences?]

    init(_ primitives: [Primitive], isSkinned: Bool) {
        self.primitives = primitives
        // As many as the GPU takes.
        influences = primitives.map { isSkinned ? $0.influences?.reduced(to: 8).influences : nil }
        perVertex = influences.map { $0?.perVertex ?? 0 }.max() ?? 0
        targets = primitives.map(\.morphTargets.count).max() ?? 0
    }

    var count: Int { first.count }

    /// The groups of a primitive's vertices.
    mutating func add(_ index: Int) -> [Int32] {
        let primitive = primitives[index]
        return primitive.positions.indices.map { vertex in
            // -0 and 0 are one place.
            let key = Key(position: primitive.positions[vertex] + SIMD3<Float>.zero, motion: motion(index, vertex))
            if let known = groups[key] { return known }
            let fresh = Int32(first.count)
            groups[key] = fresh
            first.append((index, vertex))
            return fresh
        }
    }

    /// A number that vertices of the same weights and morph deltas share, whatever the order of their joints. Weights count
    /// to 1/256: exporters normalise the two sides of a texture seam by themselves.
    private func motion(_ index: Int, _ vertex: Int) -> UInt64 {
        var sum: UInt64 = 0
        if let own = influences[index] {
            for k in vertex * own.perVertex..<(vertex + 1) * own.perVertex {
                let weight = UInt64((own.weights[k] * 256).rounded())
                sum &+= Self.mix(UInt64(own.joints[k]) &+ 1) &* weight
            }
        }
        for (number, target) in primitives[index].morphTargets.enumerated() where vertex < target.positions.count {
            let delta = target.positions[vertex] + SIMD3<Float>.zero
            if delta == .zero { continue }
            for axis in 0..<3 {
                let place = UInt64(number * 3 + axis) &+ 0x1_0000_0000
                sum &+= Self.mix(Self.mix(place) ^ UInt64(delta[axis].bitPattern))
            }
        }
        return sum
    }

    /// Spreads a number's bits (Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014).
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The groups as a primitive of positions, influences and morph targets.
    func shape(faces: [SIMD3<Int32>]) -> Primitive {
        var joints = [UInt16](repeating: 0, count: first.count * perVertex)
        var weights = [Float](repeating: 0, count: first.count * perVertex)
        if perVertex > 0 {
            for (group, at) in first.enumerated() {
                guard let own = influences[at.primitive] else { continue }
                for k in 0..<own.perVertex {
                    joints[group * perVertex + k] = own.joints[at.vertex * own.perVertex + k]
                    weights[group * perVertex + k] = own.weights[at.vertex * own.perVertex + k]
                }
            }
        }
        let morphs = (0..<targets).map { number in
            MorphTarget(
                positions: first.map { at in
                    let all = primitives[at.primitive].morphTargets
                    guard number < all.count, at.vertex < all[number].positions.count else { return .zero }
                    return all[number].positions[at.vertex]
                })
        }
        return Primitive(
            positions: first.map { primitives[$0.primitive].positions[$0.vertex] },
            indices: faces.flatMap { [UInt32($0.x), UInt32($0.y), UInt32($0.z)] },
            influences: perVertex > 0 ? JointInfluences(perVertex: perVertex, joints: joints, weights: weights) : nil,
            morphTargets: morphs)
    }
}
