/// Where a plane cuts a mesh: closed polygons, outer ones counter-clockwise and holes clockwise seen from above the plane.
///
/// A vertex in the plane counts as above it, everywhere the same way, so that loops close for every closed mesh: a face that
/// lies in the plane is cut round if the solid lies below it and not at all if above.
public struct MeshSection: Sendable {
    /// The plane.
    public let plane: Plane
    /// Closed polygons, metres, without the first point repeated; those that touch the plane in a point or along a line only
    /// are left out.
    public let loops: [[SIMD3<Double>]]
    /// Loops on a straight line whose edges don't cancel: no area, but a cap without them would leave a slit.
    private let slits: [[SIMD3<Double>]]
    /// Lines that end where the mesh is open.
    public let openChains: [[SIMD3<Double>]]

    /// Cuts a mesh.
    ///
    /// - Complexity: O(faces).
    public init(_ mesh: HalfEdgeMesh, plane: Plane) {
        self.plane = plane
        let heights = mesh.vertices.map { plane.height(of: $0) }
        // Every face on both sides gives one piece: from the half-edge that goes down to the one that comes up.
        var pieces: [(from: Int32, to: Int32)] = []
        for (f, face) in mesh.faces.enumerated() {
            let above = (heights[Int(face.x)] >= 0, heights[Int(face.y)] >= 0, heights[Int(face.z)] >= 0)
            guard above.0 != above.1 || above.1 != above.2 else { continue }
            let h = 3 * f
            let down = above.0 && !above.1 ? h : above.1 && !above.2 ? h + 1 : h + 2
            let up = !above.0 && above.1 ? h : !above.1 && above.2 ? h + 1 : h + 2
            pieces.append((mesh.edgeOfHalfEdge[down], mesh.edgeOfHalfEdge[up]))
        }
        func point(_ edge: Int32) -> SIMD3<Double> {
            let e = mesh.edges[Int(edge)]
            return Self.crossing(
                mesh.vertices[Int(e.low)], heights[Int(e.low)], mesh.vertices[Int(e.high)], heights[Int(e.high)])
        }
        // Pieces that start at an edge, chained; at an edge of four faces there are two.
        var firstPiece: [Int32: Int32] = [:]
        firstPiece.reserveCapacity(pieces.count)
        var nextPiece = [Int32](repeating: -1, count: pieces.count)
        var arrivals: [Int32: Int32] = [:]
        arrivals.reserveCapacity(pieces.count)
        for (i, piece) in pieces.enumerated().reversed() {
            nextPiece[i] = firstPiece[piece.from] ?? -1
            firstPiece[piece.from] = Int32(i)
            arrivals[piece.to, default: 0] += 1
        }
        func take(from edge: Int32) -> Int? {
            guard let piece = firstPiece[edge], piece >= 0 else { return nil }
            firstPiece[edge] = nextPiece[Int(piece)]
            return Int(piece)
        }
        var loops: [[SIMD3<Double>]] = []
        var slits: [[SIMD3<Double>]] = []
        var chains: [[SIMD3<Double>]] = []
        func follow(_ start: Int32) {
            var line = [point(start)]
            var edge = start
            while let piece = take(from: edge) {
                edge = pieces[piece].to
                if edge == start { break }
                line.append(point(edge))
            }
            if edge == start {
                let loop = Self.withoutRepeats(line, closed: true)
                if loop.count > 2, Self.area(loop, plane) != 0 {
                    loops.append(loop)
                } else if loop.count > 2, !Self.cancels(loop) {
                    slits.append(loop)
                }
            } else {
                let chain = Self.withoutRepeats(line, closed: false)
                if chain.count > 1 { chains.append(chain) }
            }
        }
        // Chains first, from the edges where more pieces start than end: what is left are loops.
        var departures: [Int32: Int32] = [:]
        for piece in pieces { departures[piece.from, default: 0] += 1 }
        for piece in pieces where departures[piece.from, default: 0] > arrivals[piece.from, default: 0] {
            departures[piece.from, default: 0] -= 1
            follow(piece.from)
        }
        for piece in pieces {
            while let first = firstPiece[piece.from], first >= 0 { follow(piece.from) }
        }
        self.loops = loops
        self.slits = slits
        openChains = chains
    }

    /// The enclosed area, holes taken off, square metres; negative for a mesh that is inside out.
    public var area: Double { loops.reduce(0) { $0 + Self.area($1, plane) } }

    /// The length of all loops and chains, metres.
    public var length: Double {
        (loops.map { $0 + $0.prefix(1) } + openChains).reduce(0) { sum, line in
            zip(line, line.dropFirst()).reduce(sum) { $0 + distance($1.0, $1.1) }
        }
    }

    /// The signed area of one loop.
    public func area(of loop: [SIMD3<Double>]) -> Double { Self.area(loop, plane) }

    /// A point in the drawing's coordinates: right and up in `plane.axes`, metres.
    public func flattened(_ p: SIMD3<Double>) -> SIMD2<Double> {
        let (right, up) = plane.axes
        return SIMD2(dot(right, p), dot(up, p))
    }

    /// The loops by region: each outer polygon with the holes directly inside it, and holes without one, alone.
    public func regions() -> [(outer: [SIMD3<Double>], holes: [[SIMD3<Double>]])] {
        let shapes = PlanarLoops(loops, plane: plane)
        return shapes.regions().map { region in (loops[region.outer], region.holes.map { loops[$0] }) }
    }

    /// Triangles that fill the loops, counter-clockwise seen from above; every edge of a loop is an edge of one of them.
    ///
    /// - Throws: `GeometryError.failed` for loops of more than `PolygonTriangulation.pointLimit` points.
    public func cap() throws(GeometryError) -> (positions: [SIMD3<Double>], triangles: [SIMD3<Int32>]) {
        let shapes = PlanarLoops(loops, plane: plane)
        var positions: [SIMD3<Double>] = []
        var starts: [Int] = []
        for loop in loops {
            starts.append(positions.count)
            positions += loop
        }
        let flat = positions.map { shapes.flat($0) }
        var triangles: [SIMD3<Int32>] = []
        for region in shapes.regions() {
            func ring(_ loop: Int) -> [Int32] { loops[loop].indices.map { Int32(starts[loop] + $0) } }
            triangles += try PolygonTriangulation(
                points: flat, outer: ring(region.outer), holes: region.holes.map(ring)
            ).triangles()
        }
        for slit in slits {
            let base = Int32(positions.count)
            positions += slit
            for i in 1..<Int32(slit.count) - 1 { triangles.append(SIMD3(base, base + i, base + i + 1)) }
        }
        return (positions, triangles)
    }

    /// Whether every edge of a loop is run through both ways.
    private static func cancels(_ loop: [SIMD3<Double>]) -> Bool {
        var edges = Set<[SIMD3<Double>]>()
        for i in loop.indices { edges.insert([loop[i], loop[i + 1 == loop.count ? 0 : i + 1]]) }
        return edges.allSatisfy { edges.contains([$0[1], $0[0]]) }
    }

    /// Where the segment between two points at different heights passes the plane; the point itself where it is in the plane.
    static func crossing(
        _ a: SIMD3<Double>, _ heightA: Double, _ b: SIMD3<Double>, _ heightB: Double
    ) -> SIMD3<Double> {
        if heightA == 0 { return a }
        if heightB == 0 { return b }
        let t = heightA / (heightA - heightB)
        return a * (1 - t) + b * t
    }

    private static func withoutRepeats(_ line: [SIMD3<Double>], closed: Bool) -> [SIMD3<Double>] {
        var result: [SIMD3<Double>] = []
        for p in line where result.last != p { result.append(p) }
        while closed, result.count > 1, result.first == result.last { result.removeLast() }
        return result
    }

    private static func area(_ loop: [SIMD3<Double>], _ plane: Plane) -> Double {
        guard let origin = loop.first else { return 0 }
        var sum = SIMD3<Double>.zero
        for i in loop.indices {
            sum += cross(loop[i] - origin, loop[i + 1 == loop.count ? 0 : i + 1] - origin)
        }
        return dot(sum, plane.normal) / 2
    }
}
