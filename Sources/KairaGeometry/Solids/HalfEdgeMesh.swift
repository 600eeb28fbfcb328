/// Triangles with the topology of their edges, positions in Double, metres.
///
/// Half-edge `h = 3 * face + k` runs from `faces[face][k]` to `faces[face][(k + 1) % 3]`. Nothing is repaired: triangles keep
/// their order and winding, and `MeshReport` says what is wrong with them.
public struct HalfEdgeMesh: Sendable {
    /// The welded places, each at the position of the first input vertex that lies there.
    public let vertices: [SIMD3<Double>]
    /// Three different vertices a face, counter-clockwise seen from outside. Triangles that welding collapses are left out.
    public let faces: [SIMD3<Int32>]
    /// The input triangle of each face, ascending.
    public let triangleOfFace: [Int32]
    /// The welded vertex of each input vertex; -1 for one that is not finite, whose triangles are left out.
    public let vertexOfInput: [Int32]
    /// How many input triangles were left out.
    public let collapsedTriangles: Int
    /// Every undirected edge once, ordered by (low, high) vertex.
    public let edges: [Edge]
    /// The edge of each half-edge.
    public let edgeOfHalfEdge: [Int32]
    /// The half-edge on the other side; -1 at a border, at an edge of more than two faces, and between two faces that wind
    /// it the same way.
    public let twins: [Int32]

    /// An undirected edge and the faces at it.
    @frozen public struct Edge: Sendable, Hashable {
        /// Its vertices, `low < high`.
        public var low, high: Int32
        /// The lowest face at it.
        public var firstFace: Int32
        /// The second lowest face at it, or -1 at a border.
        public var secondFace: Int32
        /// How many faces meet: 1 at a border, 2 inside a surface, more where the surface is no manifold.
        public var faceCount: Int32
        /// Faces that run from low to high, less those that run from high to low; 0 where the winding agrees.
        public var direction: Int32
    }

    /// Welds triangles by position and links their edges.
    ///
    /// - Parameters:
    ///   - positions: places, several of which may be equal (glTF repeats a vertex at every seam).
    ///   - triangles: three input vertices each.
    ///   - weldDistance: input vertices nearer than this become one; 0 joins equal positions only. Vertices are taken in
    ///     order, each joins the first earlier place in reach, so chains of near points don't collapse.
    /// - Throws: `GeometryError.badMesh` for an index out of range, more than 2^31 / 3 triangles, or a bad distance.
    /// - Complexity: O(vertices + triangles).
    public init(
        positions: [SIMD3<Double>], triangles: [SIMD3<Int32>], weldDistance: Double = 0
    ) throws(GeometryError) {
        guard positions.count < Int(Int32.max), triangles.count < Int(Int32.max) / 3 else {
            throw .badMesh("a mesh of \(triangles.count) triangles is too large: split it")
        }
        guard weldDistance >= 0, weldDistance.isFinite else {
            throw .badMesh("the welding distance is \(weldDistance): give a length of 0 or more")
        }
        let weld = PositionWeld(positions, distance: weldDistance)
        let vertexOfInput = weld.vertexOfInput
        var faces: [SIMD3<Int32>] = []
        var sources: [Int32] = []
        faces.reserveCapacity(triangles.count)
        sources.reserveCapacity(triangles.count)
        let range = Int32(0)..<Int32(positions.count)
        for (i, triangle) in triangles.enumerated() {
            guard range.contains(triangle.x), range.contains(triangle.y), range.contains(triangle.z) else {
                throw .badMesh("triangle \(i) names vertex \(triangle.max()) of \(positions.count)")
            }
            let face = SIMD3(
                vertexOfInput[Int(triangle.x)], vertexOfInput[Int(triangle.y)], vertexOfInput[Int(triangle.z)])
            guard face.min() >= 0, face.x != face.y, face.y != face.z, face.z != face.x else { continue }
            faces.append(face)
            sources.append(Int32(i))
        }
        self.vertices = weld.places
        self.vertexOfInput = vertexOfInput
        self.faces = faces
        self.triangleOfFace = sources
        self.collapsedTriangles = triangles.count - faces.count
        (self.edges, self.edgeOfHalfEdge, self.twins) = Self.link(faces, vertices: weld.places.count)
    }

    /// Welds triangles of Float positions, three indices a triangle as in glTF; see the other initialiser.
    public init(
        positions: [SIMD3<Float>], indices: [UInt32], weldDistance: Double = 0
    ) throws(GeometryError) {
        guard indices.count.isMultiple(of: 3) else {
            throw .badMesh("\(indices.count) indices are no whole number of triangles")
        }
        let triangles = (0..<indices.count / 3).map {
            SIMD3(
                Int32(clamping: indices[3 * $0]), Int32(clamping: indices[3 * $0 + 1]),
                Int32(clamping: indices[3 * $0 + 2]))
        }
        try self.init(
            positions: positions.map { SIMD3<Double>($0) }, triangles: triangles, weldDistance: weldDistance)
    }

    /// The three corners of a face.
    @inlinable public func corners(_ face: Int) -> (a: SIMD3<Double>, b: SIMD3<Double>, c: SIMD3<Double>) {
        let f = faces[face]
        return (vertices[Int(f.x)], vertices[Int(f.y)], vertices[Int(f.z)])
    }

    /// A vector along a face's outward normal, as long as its area.
    @inlinable public func areaVector(_ face: Int) -> SIMD3<Double> {
        let (a, b, c) = corners(face)
        return cross(b - a, c - a) / 2
    }

    /// The unit outward normal of every face; zero for one without area.
    public func faceNormals() -> [SIMD3<Double>] {
        faces.indices.map { direction(areaVector($0), else: .zero) }
    }

    /// All faces at every edge, for edges where more than two meet.
    public func facesOfEdges() -> EdgeFaces {
        var starts = [Int32](repeating: 0, count: edges.count + 1)
        for e in edges.indices { starts[e + 1] = starts[e] + edges[e].faceCount }
        var next = starts
        var list = [Int32](repeating: 0, count: edgeOfHalfEdge.count)
        for (h, e) in edgeOfHalfEdge.enumerated() {
            list[Int(next[Int(e)])] = Int32(h / 3)
            next[Int(e)] += 1
        }
        return EdgeFaces(starts: starts, list: list)
    }

    /// The faces at every edge.
    public struct EdgeFaces: Sendable {
        let starts, list: [Int32]

        /// The faces at an edge, ascending.
        public func faces(of edge: Int) -> ArraySlice<Int32> { list[Int(starts[edge])..<Int(starts[edge + 1])] }
    }

    /// Whether it bounds a region: there is a face, and every edge is run through as often one way as the other.
    ///
    /// Edges at which four faces meet may be part of a closed shell: two cubes that share an edge are one.
    public var isClosed: Bool { !faces.isEmpty && edges.allSatisfy { $0.direction == 0 } }

    /// The box round its faces.
    public var bounds: DoubleBox {
        var box = DoubleBox.empty
        for f in faces { for k in 0..<3 { box.formUnion(vertices[Int(f[k])]) } }
        return box
    }

    /// Makes the edges by two counting sorts of the half-edges, by their high and then by their low vertex.
    private static func link(
        _ faces: [SIMD3<Int32>], vertices: Int
    ) -> (edges: [Edge], edgeOfHalfEdge: [Int32], twins: [Int32]) {
        let count = 3 * faces.count
        var from = [Int32](repeating: 0, count: count)
        var to = from
        for (f, face) in faces.enumerated() {
            for k in 0..<3 {
                from[3 * f + k] = face[k]
                to[3 * f + k] = face[k == 2 ? 0 : k + 1]
            }
        }
        func sorted(_ order: [Int32], by key: (Int) -> Int32) -> [Int32] {
            var starts = [Int32](repeating: 0, count: vertices + 1)
            for h in order { starts[Int(key(Int(h))) + 1] += 1 }
            for v in 0..<vertices { starts[v + 1] += starts[v] }
            var result = [Int32](repeating: 0, count: count)
            for h in order {
                let k = Int(key(Int(h)))
                result[Int(starts[k])] = h
                starts[k] += 1
            }
            return result
        }
        let byHigh = sorted((0..<Int32(count)).map { $0 }) { max(from[$0], to[$0]) }
        let order = sorted(byHigh) { min(from[$0], to[$0]) }

        var edges: [Edge] = []
        edges.reserveCapacity(count / 2)
        var edgeOfHalfEdge = [Int32](repeating: 0, count: count)
        var twins = [Int32](repeating: -1, count: count)
        var start = 0
        while start < count {
            let first = Int(order[start])
            let (low, high) = (min(from[first], to[first]), max(from[first], to[first]))
            var edge = Edge(
                low: low, high: high, firstFace: Int32(first / 3), secondFace: -1, faceCount: 0, direction: 0)
            var end = start
            while end < count {
                let h = Int(order[end])
                guard min(from[h], to[h]) == low, max(from[h], to[h]) == high else { break }
                edgeOfHalfEdge[h] = Int32(edges.count)
                if edge.faceCount == 1 { edge.secondFace = Int32(h / 3) }
                edge.faceCount += 1
                edge.direction += from[h] == low ? 1 : -1
                end += 1
            }
            if edge.faceCount == 2, edge.direction == 0 {
                twins[first] = order[start + 1]
                twins[Int(order[start + 1])] = Int32(first)
            }
            edges.append(edge)
            start = end
        }
        return (edges, edgeOfHalfEdge, twins)
    }
}
