/// Cuts a polygon with holes into triangles by its ears, without leaving a vertex out.
///
/// Holes are joined to the outer ring by bridges (Eberly, "Triangulation by Ear Clipping", 2002; the choice of the bridge is
/// that of mapbox/earcut). Vertices on straight edges and rings that touch themselves are kept: with n vertices and h holes
/// there are always n + 2 h - 2 triangles, and their edges cancel but for the rings' own, so that a cap closes what it caps.
/// Signs are exact; a ring that crosses itself gets triangles too, some of them inside out.
public struct PolygonTriangulation: Sendable {
    /// Places, seen so that the outer ring runs counter-clockwise.
    public var points: [SIMD2<Double>]
    /// The outer ring, numbers of points.
    public var outer: [Int32]
    /// The holes, clockwise.
    public var holes: [[Int32]]
    /// Larger polygons are refused: time grows with the square of the points in the worst case.
    public static let pointLimit = 200_000

    /// A polygon from its rings.
    public init(points: [SIMD2<Double>], outer: [Int32], holes: [[Int32]] = []) {
        (self.points, self.outer, self.holes) = (points, outer, holes)
    }

    /// The triangles, numbers of points, counter-clockwise where the polygon is simple.
    ///
    /// - Throws: `GeometryError.failed` for more points than `pointLimit`; `.badMesh` for a number out of range.
    public func triangles() throws(GeometryError) -> [SIMD3<Int32>] {
        let count = holes.reduce(outer.count) { $0 + $1.count }
        guard count <= Self.pointLimit else {
            throw .failed("a polygon of \(count) points is too large to fill; the limit is \(Self.pointLimit)")
        }
        let range = points.indices
        for ring in [outer] + holes {
            for i in ring where !range.contains(Int(i)) {
                throw .badMesh("a polygon names point \(i) of \(points.count)")
            }
        }
        guard outer.count > 2 else { return [] }
        var ring = EarRing(points: points)
        let start = ring.append(outer)
        var apart: [SIMD3<Int32>] = []
        // From left to right, so that a bridge meets the outer ring or a hole that is joined already.
        let sorted = holes.filter { $0.count > 2 }.map { hole in (hole, ring.leftmost(hole)) }.sorted {
            let (a, b) = (points[Int($0.1)], points[Int($1.1)])
            return (a.x, a.y) < (b.x, b.y)
        }
        for (hole, leftmost) in sorted {
            let first = ring.append(hole, startingAt: leftmost)
            if let bridge = ring.bridge(from: first, to: start) {
                ring.join(bridge, first)
            } else {
                // Rounding put it outside: alone, it still closes its own edges.
                apart += ring.clip(first)
            }
        }
        return ring.clip(start) + apart
    }
}

/// Rings of vertices as linked lists.
private struct EarRing {
    let points: [SIMD2<Double>]
    private var vertex: [Int32] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []

    init(points: [SIMD2<Double>]) { self.points = points }

    private func at(_ node: Int32) -> SIMD2<Double> { points[Int(vertex[Int(node)])] }

    func leftmost(_ ring: [Int32]) -> Int32 {
        ring.min { (points[Int($0)].x, points[Int($0)].y) < (points[Int($1)].x, points[Int($1)].y) } ?? 0
    }

    /// Adds a ring; answers the node of its first vertex, or of the one asked for.
    mutating func append(_ ring: [Int32], startingAt wanted: Int32? = nil) -> Int32 {
        let base = Int32(vertex.count)
        let count = Int32(ring.count)
        vertex += ring
        next += (0..<count).map { base + ($0 + 1) % count }
        previous += (0..<count).map { base + ($0 + count - 1) % count }
        guard let wanted, let index = ring.firstIndex(of: wanted) else { return base }
        return base + Int32(index)
    }

    private func turn(_ a: Int32, _ b: Int32, _ c: Int32) -> Int { ExactPredicates.orientation(at(a), at(b), at(c)) }

    /// The node of the outer ring that a hole's leftmost node sees.
    func bridge(from hole: Int32, to outer: Int32) -> Int32? {
        let h = at(hole)
        var best: Int32?
        var reach = -Double.infinity
        var node = outer
        repeat {
            let (p, q) = (at(node), at(next[Int(node)]))
            if h == p { return node }
            // The ring runs down on the left of its inside.
            if h.y <= p.y, h.y >= q.y, p.y != q.y {
                let x = p.x + (h.y - p.y) * (q.x - p.x) / (q.y - p.y)
                if x <= h.x, x > reach {
                    reach = x
                    best = p.x < q.x ? node : next[Int(node)]
                    if x == h.x { return best }
                }
            }
            node = next[Int(node)]
        } while node != outer
        guard var best else { return nil }
        // Nodes in the triangle of the hole's point, the point seen, and the edge's end hide that end: take the one at the
        // least angle.
        let m = at(best)
        var least = Double.infinity
        let stop = best
        node = stop
        repeat {
            let p = at(node)
            if h.x >= p.x, p.x >= m.x, h.x != p.x,
                inside(p, SIMD2(h.y < m.y ? h.x : reach, h.y), m, SIMD2(h.y < m.y ? reach : h.x, h.y))
            {
                let slope = abs(h.y - p.y) / (h.x - p.x)
                if opens(node, towards: hole),
                    slope < least || (slope == least && (p.x > at(best).x || (p.x == at(best).x && holds(best, node))))
                {
                    best = node
                    least = slope
                }
            }
            node = next[Int(node)]
        } while node != stop
        return best
    }

    private func inside(_ p: SIMD2<Double>, _ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> Bool {
        let (ab, bc, ca) = (
            ExactPredicates.orientation(a, b, p), ExactPredicates.orientation(b, c, p),
            ExactPredicates.orientation(c, a, p)
        )
        return (ab >= 0 && bc >= 0 && ca >= 0) || (ab <= 0 && bc <= 0 && ca <= 0)
    }

    /// Whether the diagonal from a node starts into the polygon.
    private func opens(_ a: Int32, towards b: Int32) -> Bool {
        let (p, n) = (previous[Int(a)], next[Int(a)])
        return turn(p, a, n) > 0
            ? turn(a, b, n) <= 0 && turn(a, p, b) <= 0
            : turn(a, b, p) > 0 || turn(a, n, b) > 0
    }

    /// Whether, of two nodes at one place, the corner of the first holds that of the second.
    private func holds(_ m: Int32, _ p: Int32) -> Bool {
        turn(previous[Int(m)], m, previous[Int(p)]) > 0 && turn(next[Int(p)], m, next[Int(m)]) > 0
    }

    /// Joins two rings by an edge there and back.
    mutating func join(_ a: Int32, _ b: Int32) {
        let a2 = Int32(vertex.count)
        let b2 = a2 + 1
        let (afterA, beforeB) = (next[Int(a)], previous[Int(b)])
        vertex += [vertex[Int(a)], vertex[Int(b)]]
        next += [afterA, a2]
        previous += [b2, beforeB]
        next[Int(a)] = b
        previous[Int(b)] = a
        previous[Int(afterA)] = a2
        next[Int(beforeB)] = b2
    }

    /// Cuts ears until three nodes are left.
    mutating func clip(_ first: Int32) -> [SIMD3<Int32>] {
        var nodes: [Int32] = []
        var node = first
        repeat {
            nodes.append(node)
            node = next[Int(node)]
        } while node != first
        var left = nodes.count
        var reflex = ReflexGrid(nodes.map { at($0) }, count: vertex.count)
        for n in nodes where turn(previous[Int(n)], n, next[Int(n)]) <= 0 { reflex.insert(n, at: at(n)) }

        var triangles: [SIMD3<Int32>] = []
        triangles.reserveCapacity(max(0, left - 2))
        var ear = first
        var failed = 0
        var level = 0
        while left > 3 {
            let (p, n) = (previous[Int(ear)], next[Int(ear)])
            guard isEar(p, ear, n, level, reflex) else {
                ear = n
                failed += 1
                if failed >= left { (failed, level) = (0, level + 1) }
                continue
            }
            triangles.append(SIMD3(vertex[Int(p)], vertex[Int(ear)], vertex[Int(n)]))
            next[Int(p)] = n
            previous[Int(n)] = p
            reflex.remove(ear)
            for neighbour in [p, n] {
                let isReflex = turn(previous[Int(neighbour)], neighbour, next[Int(neighbour)]) <= 0
                if isReflex { reflex.insert(neighbour, at: at(neighbour)) } else { reflex.remove(neighbour) }
            }
            left -= 1
            (failed, level) = (0, 0)
            // Not the neighbour at once: fans of slivers come of that.
            ear = next[Int(n)]
        }
        let (p, n) = (previous[Int(ear)], next[Int(ear)])
        triangles.append(SIMD3(vertex[Int(p)], vertex[Int(ear)], vertex[Int(n)]))
        return triangles
    }

    /// Whether a node may be cut off; each level asks for less, the last for nothing.
    private func isEar(_ p: Int32, _ e: Int32, _ n: Int32, _ level: Int, _ reflex: ReflexGrid) -> Bool {
        let side = turn(p, e, n)
        switch level {
        case 0, 1:
            guard side > 0 else { return false }
            let (a, b, c) = (at(p), at(e), at(n))
            return !reflex.contains(in: pointwiseMin(a, pointwiseMin(b, c)), pointwiseMax(a, pointwiseMax(b, c))) {
                node in
                guard node != p, node != e, node != n else { return false }
                let q = at(node)
                guard q != a, q != b, q != c else { return false }
                let (ab, bc, ca) = (
                    ExactPredicates.orientation(a, b, q), ExactPredicates.orientation(b, c, q),
                    ExactPredicates.orientation(c, a, q)
                )
                return level == 0 ? ab >= 0 && bc >= 0 && ca >= 0 : ab > 0 && bc > 0 && ca > 0
            }
        case 2: return side == 0
        case 3: return side > 0
        default: return true
        }
    }
}

/// The nodes that may lie inside an ear, by cells.
private struct ReflexGrid {
    private let origin: SIMD2<Double>
    private let scale: SIMD2<Double>
    private let side: Int
    private var cells: [[Int32]]
    private var cellOfNode: [Int32]
    private var places: [SIMD2<Double>]

    init(_ points: [SIMD2<Double>], count: Int) {
        var (low, high) = (points[0], points[0])
        for p in points { (low, high) = (pointwiseMin(low, p), pointwiseMax(high, p)) }
        side = max(1, min(256, Int(Double(points.count).squareRoot())))
        origin = low
        let size = high - low
        scale = SIMD2(size.x > 0 ? Double(side) / size.x : 0, size.y > 0 ? Double(side) / size.y : 0)
        cells = Array(repeating: [], count: side * side)
        cellOfNode = [Int32](repeating: -1, count: count)
        places = [SIMD2<Double>](repeating: .zero, count: count)
    }

    private func cell(_ p: SIMD2<Double>) -> (Int, Int) {
        let q = (p - origin) * scale
        // min and max before Int: what is not a number becomes 0.
        return (Int(max(0, min(Double(side - 1), q.x))), Int(max(0, min(Double(side - 1), q.y))))
    }

    mutating func insert(_ node: Int32, at p: SIMD2<Double>) {
        guard cellOfNode[Int(node)] < 0 else { return }
        let (x, y) = cell(p)
        cellOfNode[Int(node)] = Int32(y * side + x)
        places[Int(node)] = p
        cells[y * side + x].append(node)
    }

    mutating func remove(_ node: Int32) {
        let cell = Int(cellOfNode[Int(node)])
        guard cell >= 0, let i = cells[cell].firstIndex(of: node) else { return }
        cells[cell].swapAt(i, cells[cell].count - 1)
        cells[cell].removeLast()
        cellOfNode[Int(node)] = -1
    }

    func contains(in low: SIMD2<Double>, _ high: SIMD2<Double>, where body: (Int32) -> Bool) -> Bool {
        let (x0, y0) = cell(low)
        let (x1, y1) = cell(high)
        for y in y0...y1 {
            for x in x0...x1 {
                for node in cells[y * side + x] {
                    let p = places[Int(node)]
                    guard p.x >= low.x, p.x <= high.x, p.y >= low.y, p.y <= high.y else { continue }
                    if body(node) { return true }
                }
            }
        }
        return false
    }
}
