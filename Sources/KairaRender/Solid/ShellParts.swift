import KairaGeometry

/// A body's shells: what of it has an inside, by part.
///
/// A shell is a connected piece of surface; it belongs to the drawn primitive that most of its triangles are of, whatever the
/// others. Closed is one that runs through every edge as often one way as the other: how often a ray leaves it, less how
/// often it enters, then tells inside from outside for every point. One with small holes is closed by fans of triangles
/// across them. Shells with large holes are sheets: they have no inside.
struct ShellParts: Sendable {
    /// The shells of one primitive that have an inside.
    struct Part: Sendable {
        /// The drawn primitive, over all of the scene.
        var item: Int
        /// Triangles of the body's welded vertices, fans across holes included.
        var indices: [UInt32]
        /// The volume of the box round it at rest: smaller parts are drawn over larger ones.
        var extent: Float
    }

    /// A shell that is not closed.
    struct Open: Sendable {
        var item: Int
        /// Its vertices.
        var vertices: [Int32]
        /// Whether its holes are small and the cut is filled across them.
        var isFilled: Bool
    }

    private(set) var parts: [Part] = []
    private(set) var open: [Open] = []
    /// One a face: the place in `parts` of its shell; -1 for one without an inside.
    private(set) var partOfFace: [Int32]

    /// Holes are filled if their area is at most this share of their shell's.
    static let largestHole: Float = 0.1

    init(_ body: DrawingBody) {
        partOfFace = Array(repeating: -1, count: body.faces.count)
        var itemOfFace: [Int32] = partOfFace
        let shells = Self.shells(of: body)
        let positions = body.shape.positions
        var openEdges: [Int32: [SIMD2<Int32>]] = [:]
        // A vertex may belong to two shells that touch in it: an open edge's first face tells.
        for (face, edge) in Self.openFaces(of: body) { openEdges[shells.shellOfFace[face], default: []].append(edge) }

        var faces: [[Int]] = Array(repeating: [], count: shells.count)
        for face in body.faces.indices { faces[Int(shells.shellOfFace[face])].append(face) }
        var byItem: [Int: Part] = [:]
        for shell in 0..<shells.count {
            var votes: [Int32: Int] = [:]
            var area: Float = 0
            var box = BoundingBox.empty
            for face in faces[shell] {
                votes[body.itemOfFace[face], default: 0] += 1
                let f = body.faces[face]
                let (a, b, c) = (positions[Int(f.x)], positions[Int(f.y)], positions[Int(f.z)])
                area += length(cross(b - a, c - a)) / 2
                for p in [a, b, c] { box.formUnion(p) }
            }
            guard let item = votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { continue }
            let edges = openEdges[Int32(shell)] ?? []
            let holes = HoleFans(edges, positions: positions)
            let isFilled = holes.area <= Self.largestHole * area
            if !edges.isEmpty {
                let vertices = Set(faces[shell].flatMap { [body.faces[$0].x, body.faces[$0].y, body.faces[$0].z] })
                open.append(Open(item: Int(item), vertices: vertices.sorted(), isFilled: isFilled))
                guard isFilled else { continue }
            }
            var part = byItem[Int(item)] ?? Part(item: Int(item), indices: [], extent: 0)
            for face in faces[shell] {
                let f = body.faces[face]
                part.indices += [UInt32(f.x), UInt32(f.y), UInt32(f.z)]
                itemOfFace[face] = item
            }
            for fan in holes.triangles { part.indices += [UInt32(fan.x), UInt32(fan.y), UInt32(fan.z)] }
            let size = box.size
            part.extent = max(part.extent, size.x * size.y * size.z)
            byItem[Int(item)] = part
        }
        parts = byItem.values.sorted { $0.item < $1.item }
        let places = Dictionary(uniqueKeysWithValues: parts.enumerated().map { (Int32($1.item), Int32($0)) })
        partOfFace = itemOfFace.map { places[$0] ?? -1 }
    }

    /// The open edges with a face at each.
    private static func openFaces(of body: DrawingBody) -> [(face: Int, edge: SIMD2<Int32>)] {
        var first: [SIMD2<Int32>: Int32] = [:]
        for edge in body.edges { first[SIMD2(edge.a, edge.b)] = edge.first }
        return body.openEdges.compactMap { edge in
            first[SIMD2(min(edge.x, edge.y), max(edge.x, edge.y))].map { (Int($0), edge) }
        }
    }

    /// Connected faces, numbered in the order of their first face.
    private static func shells(of body: DrawingBody) -> (shellOfFace: [Int32], count: Int) {
        var parent = (0..<Int32(body.faces.count)).map { $0 }
        func root(_ face: Int32) -> Int32 {
            var face = face
            while parent[Int(face)] != face {
                parent[Int(face)] = parent[Int(parent[Int(face)])]
                face = parent[Int(face)]
            }
            return face
        }
        func join(_ a: Int32, _ b: Int32) {
            let (a, b) = (root(a), root(b))
            parent[Int(max(a, b))] = min(a, b)
        }
        for (index, edge) in body.edges.enumerated() {
            if edge.second >= 0 { join(edge.first, edge.second) }
            for face in body.branches[index] ?? [] { join(edge.first, face) }
        }
        var numbers: [Int32: Int32] = [:]
        let shells = parent.indices.map { face in
            let top = root(Int32(face))
            let number = numbers[top] ?? Int32(numbers.count)
            numbers[top] = number
            return number
        }
        return (shells, numbers.count)
    }
}

/// Triangles that close the holes of a shell: a fan for each closed walk along its open edges.
private struct HoleFans {
    /// Wound so that every edge of the shell is then run through as often one way as the other.
    private(set) var triangles: [SIMD3<Int32>] = []
    /// The sum of the lengths of the walks' area vectors.
    private(set) var area: Float = 0

    /// Takes open edges in the direction of their faces; as many enter each vertex as leave it.
    init(_ edges: [SIMD2<Int32>], positions: [SIMD3<Float>]) {
        var leaving: [Int32: [Int32]] = [:]
        for edge in edges.reversed() { leaving[edge.x, default: []].append(edge.y) }
        for edge in edges {
            while let second = leaving[edge.x]?.popLast() {
                var walk = [edge.x, second]
                while let last = walk.last, last != edge.x, let next = leaving[last]?.popLast() { walk.append(next) }
                if walk.last == walk.first { walk.removeLast() }
                guard walk.count >= 3 else { continue }
                let origin = positions[Int(walk[0])]
                var sum = SIMD3<Float>.zero
                for k in 1..<walk.count - 1 {
                    // Against the faces' own direction.
                    triangles.append(SIMD3(walk[0], walk[k + 1], walk[k]))
                    sum += cross(positions[Int(walk[k])] - origin, positions[Int(walk[k + 1])] - origin) / 2
                }
                area += length(sum)
            }
        }
    }
}
