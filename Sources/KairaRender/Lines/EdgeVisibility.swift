import KairaGeometry

/// Cuts edges into visible and hidden pieces, one after the other.
struct EdgeVisibility {
    private let occluders: OccluderGrid
    private let leastLength: Double
    /// The last edge for which each triangle was looked at: cells share triangles.
    private var lookedAt: [Int32]
    /// Stretches, 0...1 along the edge, over which a triangle lies before it.
    private var covers: [(from: Double, to: Double)] = []

    init(_ occluders: OccluderGrid, leastLength: Double) {
        self.occluders = occluders
        self.leastLength = leastLength
        lookedAt = Array(repeating: -1, count: occluders.triangles.count)
    }

    /// Appends the pieces of an edge, from its first end to its second.
    mutating func find(_ edge: ProjectedEdge, index: Int32, into pieces: inout [EdgePiece]) {
        guard !edge.isBack else {
            pieces.append(EdgePiece(edge: index, isVisible: false, from: 0, to: 1))
            return
        }
        covers.removeAll(keepingCapacity: true)
        var (covers, lookedAt) = (self.covers, self.lookedAt)
        (self.covers, self.lookedAt) = ([], [])
        occluders.forTriangles(along: edge) { number in
            guard lookedAt[number] != index else { return }
            lookedAt[number] = index
            if let cover = Self.cover(of: edge, by: occluders.triangles[number]) { covers.append(cover) }
        }
        (self.covers, self.lookedAt) = (covers, lookedAt)
        self.covers.sort { $0.from < $1.from }
        // Triangles that share an edge cover two stretches that meet: rounding must not part them.
        let length = edge.length
        let joint = 1e-6 / length
        var joined: [(from: Double, to: Double)] = []
        for cover in self.covers {
            if let last = joined.last, cover.from <= last.to + joint {
                joined[joined.count - 1].to = max(last.to, cover.to)
            } else {
                joined.append(cover)
            }
        }
        let least = leastLength / length
        // Slits between covers, then crumbs of cover.
        var clean: [(from: Double, to: Double)] = []
        for cover in joined {
            if let last = clean.last, cover.from - last.to < least {
                clean[clean.count - 1].to = max(last.to, cover.to)
            } else {
                clean.append(cover)
            }
        }
        if let first = clean.first, first.from < min(least, 0.25) { clean[0].from = 0 }
        if let last = clean.last, 1 - last.to < min(least, 0.25) { clean[clean.count - 1].to = 1 }
        clean.removeAll { $0.to - $0.from < least && ($0.from > 0 || $0.to < 1) }
        var at = 0.0
        for cover in clean {
            if cover.from > at {
                pieces.append(EdgePiece(edge: index, isVisible: true, from: at, to: cover.from))
            }
            pieces.append(EdgePiece(edge: index, isVisible: false, from: cover.from, to: cover.to))
            at = cover.to
        }
        if at < 1 { pieces.append(EdgePiece(edge: index, isVisible: true, from: at, to: 1)) }
    }

    /// The stretch of an edge over which a triangle covers it, or nil.
    static func cover(
        of edge: ProjectedEdge, by t: OccluderGrid.Triangle
    ) -> (from: Double, to: Double)? {
        // A face does not hide its own edge.
        let (v, w) = (edge.vertices.x, edge.vertices.y)
        if t.vertices.x == v || t.vertices.y == v || t.vertices.z == v,
            t.vertices.x == w || t.vertices.y == w || t.vertices.z == w
        {
            return nil
        }
        // Nearer to the eye at some place, at least.
        let nearest = min(t.a.z, t.b.z, t.c.z)
        if nearest >= max(edge.a.z, edge.b.z) { return nil }
        var (from, to) = (0.0, 1.0)
        // Twice the areas of the triangles that the edge's two ends make with each side; positive inside.
        let sides = (
            Self.side(t.b, t.c, edge.a, edge.b), Self.side(t.c, t.a, edge.a, edge.b),
            Self.side(t.a, t.b, edge.a, edge.b)
        )
        for (s, side) in [(sides.0, t.c - t.b), (sides.1, t.a - t.c), (sides.2, t.b - t.a)] {
            // On the side counts as inside: 1e-9 of a pixel.
            let slack = 1e-9 * (abs(side.x) + abs(side.y))
            let (p, q) = (s.x + slack, s.y + slack)
            if p < 0, q < 0 { return nil }
            if p < 0 { from = max(from, p / (p - q)) } else if q < 0 { to = min(to, p / (p - q)) }
        }
        guard to - from > 1e-12 else { return nil }
        // How far the edge lies behind the triangle, at both ends of the stretch; linear between.
        func behind(_ at: Double) -> Double {
            func mix(_ s: SIMD2<Double>) -> Double { s.x + (s.y - s.x) * at }
            let depth = (mix(sides.0) * t.a.z + mix(sides.1) * t.b.z + mix(sides.2) * t.c.z) / t.area
            return edge.a.z + (edge.b.z - edge.a.z) * at - depth - mix(edge.slack)
        }
        let (first, last) = (behind(from), behind(to))
        if first <= 0, last <= 0 { return nil }
        if first <= 0 {
            from += (to - from) * (first / (first - last))
        } else if last <= 0 {
            to = from + (to - from) * (first / (first - last))
        }
        return to > from ? (from, to) : nil
    }

    private static func side(
        _ p: SIMD3<Double>, _ q: SIMD3<Double>, _ a: SIMD3<Double>, _ b: SIMD3<Double>
    ) -> SIMD2<Double> {
        let (x, y) = (q.x - p.x, q.y - p.y)
        return SIMD2(x * (a.y - p.y) - y * (a.x - p.x), x * (b.y - p.y) - y * (b.x - p.x))
    }
}
