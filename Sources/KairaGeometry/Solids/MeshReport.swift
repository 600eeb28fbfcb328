/// What is wrong with a mesh as the skin of a solid, and how it hangs together.
public struct MeshReport: Sendable, Equatable {
    /// Whether it bounds a region; see `HalfEdgeMesh.isClosed`.
    public let isClosed: Bool
    /// Faces, edges, and the vertices that faces use.
    public let faces, edges, vertices: Int
    /// Parts that no edge joins.
    public let components: Int
    /// Vertices - edges + faces.
    public let eulerNumber: Int
    /// Handles of all parts together; nil unless the mesh is a closed manifold.
    public let genus: Int?
    /// Chains of edges that have a face on one side only, as vertices; closed unless `HalfEdgeMesh` is tangled there.
    public let boundaryLoops: [[Int32]]
    /// Edges with a face on one side only.
    public let boundaryEdges: Int
    /// Edges where more than two faces meet.
    public let nonManifoldEdges: Int
    /// Vertices where the faces form more than one fan.
    public let nonManifoldVertices: Int
    /// Edges of two faces or more that do not run it equally often both ways.
    public let inconsistentEdges: Int
    /// Faces without area; those that welding collapsed count too.
    public let degenerateFaces: Int
    /// Faces whose three vertices an earlier face has too, in any order.
    public let duplicateFaces: Int
    /// Pairs of faces that meet elsewhere than in the corners and edges they share, the first of them; at most
    /// `pairLimit`.
    public let selfIntersections: [SIMD2<Int32>]
    /// Whether the search for self-intersections went through; false where it stopped at one of its limits.
    public let searchedAll: Bool

    /// So many self-intersections are listed.
    public static let pairLimit = 10_000
    /// So many pairs of faces are compared; files made to be slow have more.
    public static let testLimit = 20_000_000

    /// Examines a mesh.
    ///
    /// - Complexity: O(faces log faces) where faces are spread as those of a surface are; bounded by `testLimit`.
    public init(_ mesh: HalfEdgeMesh) {
        faces = mesh.faces.count
        edges = mesh.edges.count
        isClosed = mesh.isClosed
        var used = [Bool](repeating: false, count: mesh.vertices.count)
        for f in mesh.faces { for k in 0..<3 { used[Int(f[k])] = true } }
        vertices = used.count { $0 }
        eulerNumber = vertices - edges + faces

        // Parts: faces are joined across every edge.
        var parts = DisjointSets(count: mesh.faces.count)
        let around = mesh.facesOfEdges()
        for e in mesh.edges.indices {
            let list = around.faces(of: e)
            for other in list.dropFirst() { parts.join(Int(list[list.startIndex]), Int(other)) }
        }
        components = parts.sets

        boundaryEdges = mesh.edges.count { $0.faceCount == 1 }
        nonManifoldEdges = mesh.edges.count { $0.faceCount > 2 }
        inconsistentEdges = mesh.edges.count { $0.faceCount > 1 && $0.direction != 0 }
        boundaryLoops = Self.boundaries(mesh)

        // Fans: corners at a vertex are joined across edges; more sets than vertices in use says how many too many.
        var fans = DisjointSets(count: 3 * mesh.faces.count)
        for e in mesh.edges.indices {
            let list = around.faces(of: e)
            guard let first = list.first else { continue }
            for vertex in [mesh.edges[e].low, mesh.edges[e].high] {
                let corner = Self.corner(of: vertex, in: mesh.faces[Int(first)])
                for other in list.dropFirst() {
                    fans.join(
                        3 * Int(first) + corner, 3 * Int(other) + Self.corner(of: vertex, in: mesh.faces[Int(other)]))
                }
            }
        }
        var fansOfVertex = [Int32](repeating: 0, count: mesh.vertices.count)
        for h in 0..<3 * mesh.faces.count where fans.root(h) == h { fansOfVertex[Int(mesh.faces[h / 3][h % 3])] += 1 }
        nonManifoldVertices = fansOfVertex.count { $0 > 1 }

        let isManifold = isClosed && nonManifoldEdges == 0 && nonManifoldVertices == 0
        genus = isManifold ? components - eulerNumber / 2 : nil

        var flat = 0
        var solid: [Int32] = []
        for f in mesh.faces.indices {
            let (a, b, c) = mesh.corners(f)
            if Self.isFlat(a, b, c) { flat += 1 } else { solid.append(Int32(f)) }
        }
        degenerateFaces = flat + mesh.collapsedTriangles

        var seen = Set<SIMD3<Int32>>(minimumCapacity: mesh.faces.count)
        var repeated = Set<Int32>()
        for (i, f) in mesh.faces.enumerated() {
            let (low, high) = (f.min(), f.max())
            if !seen.insert(SIMD3(low, f.x ^ f.y ^ f.z ^ low ^ high, high)).inserted { repeated.insert(Int32(i)) }
        }
        duplicateFaces = repeated.count

        var pairs: [SIMD2<Int32>] = []
        var tests = 0
        let tested = solid.filter { !repeated.contains($0) }.map(Int.init)
        // In the unit cube, a little larger than they are for what Float rounds away.
        let bounds = mesh.bounds
        let half = (bounds.max / 2 - bounds.min / 2).max()
        let boxes = tested.map { f in
            let (a, b, c) = mesh.corners(f)
            func inUnitCube(_ p: SIMD3<Double>) -> SIMD3<Float> { SIMD3<Float>((p / 2 - bounds.min / 2) / half) }
            return BoundingBox(
                min: inUnitCube(pointwiseMin(a, pointwiseMin(b, c))) - 0x1p-22,
                max: inUnitCube(pointwiseMax(a, pointwiseMax(b, c))) + 0x1p-22)
        }
        BoxTree(boxes).forEachPair { first, second in
            let (f, g) = (tested[first], tested[second])
            tests += 1
            if Self.intersect(mesh, f, g) { pairs.append(SIMD2(Int32(min(f, g)), Int32(max(f, g)))) }
            return tests < Self.testLimit && pairs.count < Self.pairLimit
        }
        searchedAll = tests < Self.testLimit && pairs.count < Self.pairLimit
        selfIntersections = pairs.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    }

    /// What is wrong, a sentence each; empty for a clean closed manifold.
    public var problems: [String] {
        var list: [String] = []
        func note(_ count: Int, _ one: String, _ many: String) {
            if count > 0 { list.append(count == 1 ? "1 \(one)" : "\(count) \(many)") }
        }
        if faces == 0 { list.append("no faces") }
        note(boundaryEdges, "edge has a face on one side only", "edges have a face on one side only")
        note(boundaryLoops.count, "boundary loop", "boundary loops")
        note(nonManifoldEdges, "edge joins more than two faces", "edges join more than two faces")
        note(nonManifoldVertices, "vertex joins separate fans of faces", "vertices join separate fans of faces")
        note(inconsistentEdges, "edge joins faces wound differently", "edges join faces wound differently")
        note(degenerateFaces, "face has no area", "faces have no area")
        note(duplicateFaces, "face is there twice", "faces are there twice")
        let more = searchedAll ? "" : "at least "
        if !selfIntersections.isEmpty || !searchedAll {
            list.append("\(more)\(selfIntersections.count) pairs of faces cut or touch each other")
        }
        return list
    }

    private static func corner(of vertex: Int32, in face: SIMD3<Int32>) -> Int {
        face.x == vertex ? 0 : face.y == vertex ? 1 : 2
    }

    private static func isFlat(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) -> Bool {
        ExactPredicates.orientation(SIMD2(a.x, a.y), SIMD2(b.x, b.y), SIMD2(c.x, c.y)) == 0
            && ExactPredicates.orientation(SIMD2(a.y, a.z), SIMD2(b.y, b.z), SIMD2(c.y, c.z)) == 0
            && ExactPredicates.orientation(SIMD2(a.z, a.x), SIMD2(b.z, b.x), SIMD2(c.z, c.x)) == 0
    }

    private static func intersect(_ mesh: HalfEdgeMesh, _ f: Int, _ g: Int) -> Bool {
        let (s, t) = (mesh.faces[f], mesh.faces[g])
        var shared = 0
        var (first, second) = ((0, 0), (0, 0))
        for i in 0..<3 {
            for j in 0..<3 where s[i] == t[j] {
                if shared == 0 { first = (i, j) } else { second = (i, j) }
                shared += 1
            }
        }
        func turned(_ face: SIMD3<Int32>, first: Int, second: Int?) -> TriangleContact.Triangle {
            let b = second ?? (first + 1) % 3
            let v = mesh.vertices
            return (v[Int(face[first])], v[Int(face[b])], v[Int(face[3 - first - b])])
        }
        switch shared {
        case 0: return TriangleContact.meet(mesh.corners(f), mesh.corners(g))
        case 1:
            return TriangleContact.meetBeyondCorner(
                turned(s, first: first.0, second: nil), turned(t, first: first.1, second: nil))
        case 2:
            return TriangleContact.foldOnEdge(
                turned(s, first: first.0, second: second.0), turned(t, first: first.1, second: second.1))
        default: return false
        }
    }

    /// Follows the half-edges without a face on their other side, against their direction of running: as a hole's rim.
    private static func boundaries(_ mesh: HalfEdgeMesh) -> [[Int32]] {
        var outgoing: [Int32: [Int32]] = [:]
        var starts: [Int32] = []
        for (h, e) in mesh.edgeOfHalfEdge.enumerated() where mesh.edges[Int(e)].faceCount == 1 {
            outgoing[mesh.faces[h / 3][h % 3], default: []].append(Int32(h))
            starts.append(Int32(h))
        }
        // The lists are taken from their ends: reversed, so that the first comes first.
        for key in outgoing.keys { outgoing[key]?.reverse() }
        var taken = Set<Int32>()
        var loops: [[Int32]] = []
        for start in starts where !taken.contains(start) {
            var loop: [Int32] = []
            var h = start
            let first = mesh.faces[Int(h) / 3][Int(h) % 3]
            while true {
                taken.insert(h)
                loop.append(mesh.faces[Int(h) / 3][Int(h) % 3])
                let end = mesh.faces[Int(h) / 3][(Int(h) % 3 + 1) % 3]
                if end == first { break }
                while let last = outgoing[end]?.last, taken.contains(last) { outgoing[end]?.removeLast() }
                guard let next = outgoing[end]?.last else {
                    loop.append(end)
                    break
                }
                h = next
            }
            loops.append(loop)
        }
        return loops
    }
}
