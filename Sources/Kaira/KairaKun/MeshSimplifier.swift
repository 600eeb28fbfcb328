import KairaGeometry

/// Collapses edges of a closed mesh until few triangles are left, where they matter least to its shape.
///
/// Source: Garland and Heckbert, "Surface Simplification Using Quadric Error Metrics", SIGGRAPH 1997. Ties are broken by
/// vertex number, so that the result depends on the input alone.
package struct MeshSimplifier {
    /// Metres.
    package var positions: [SIMD3<Float>]
    /// Three a triangle.
    package var indices: [UInt32]
    /// Whether a vertex stays in the plane x = 0 (a seam of the texture); empty for none.
    package var onSeam: [Bool] = []
    /// How much a vertex's neighbourhood matters, 1 by default; empty for 1 everywhere.
    package var importance: [Float] = []

    /// A simplifier from its parts.
    package init(
        positions: [SIMD3<Float>], indices: [UInt32], onSeam: [Bool] = [], importance: [Float] = []
    ) {
        self.positions = positions
        self.indices = indices
        self.onSeam = onSeam
        self.importance = importance
    }

    /// A symmetric 4x4 matrix: the squared distance to a set of planes.
    private struct Quadric {
        var a: SIMD4<Double> = .zero  // xx, xy, xz, xw
        var b: SIMD4<Double> = .zero  // yy, yz, yw, zz
        var c: SIMD2<Double> = .zero  // zw, ww

        init() {}
        init(normal n: SIMD3<Double>, offset d: Double, weight w: Double) {
            a = SIMD4(n.x * n.x, n.x * n.y, n.x * n.z, n.x * d) * w
            b = SIMD4(n.y * n.y, n.y * n.z, n.y * d, n.z * n.z) * w
            c = SIMD2(n.z * d, d * d) * w
        }
        static func + (l: Quadric, r: Quadric) -> Quadric {
            var q = Quadric()
            (q.a, q.b, q.c) = (l.a + r.a, l.b + r.b, l.c + r.c)
            return q
        }
        func cost(_ p: SIMD3<Double>) -> Double {
            let xx = a.x * p.x * p.x + b.x * p.y * p.y + b.w * p.z * p.z + c.y
            let xy = a.y * p.x * p.y + a.z * p.x * p.z + b.y * p.y * p.z
            return max(xx + 2 * (xy + a.w * p.x + b.z * p.y + c.x * p.z), 0)
        }
        /// The place of least cost, or nil where it is not well determined.
        var minimum: SIMD3<Double>? {
            let (m00, m01, m02, m11, m12, m22) = (a.x, a.y, a.z, b.x, b.y, b.w)
            let c00 = m11 * m22 - m12 * m12, c01 = m02 * m12 - m01 * m22, c02 = m01 * m12 - m02 * m11
            let det = m00 * c00 + m01 * c01 + m02 * c02
            let size = m00 + m11 + m22
            guard abs(det) > 1e-5 * size * size * size else { return nil }
            let c11 = m00 * m22 - m02 * m02, c12 = m01 * m02 - m00 * m12, c22 = m00 * m11 - m01 * m01
            let (x, y, z) = (-a.w, -b.z, -c.x)
            return SIMD3(c00 * x + c01 * y + c02 * z, c01 * x + c11 * y + c12 * z, c02 * x + c12 * y + c22 * z) / det
        }
    }

    private struct Collapse {
        var cost: Double
        var from, to: Int32
        var stamp: Int32
        var place: SIMD3<Double>
        static func < (l: Collapse, r: Collapse) -> Bool {
            l.cost != r.cost ? l.cost < r.cost : (l.from != r.from ? l.from < r.from : l.to < r.to)
        }
    }

    /// Collapses edges until at most `triangles` are left, or none can go without folding the surface over.
    package func simplified(to triangles: Int) -> (positions: [SIMD3<Float>], indices: [UInt32], onSeam: [Bool]) {
        var points: [SIMD3<Double>] = positions.map { SIMD3<Double>($0) }
        var faces: [SIMD3<Int32>] = stride(from: 0, to: indices.count, by: 3).map {
            SIMD3(Int32(indices[$0]), Int32(indices[$0 + 1]), Int32(indices[$0 + 2]))
        }
        var alive = [Bool](repeating: true, count: faces.count)
        var around = [[Int32]](repeating: [], count: points.count)
        var quadrics = [Quadric](repeating: Quadric(), count: points.count)
        let seam = onSeam.isEmpty ? [Bool](repeating: false, count: points.count) : onSeam
        for (f, v) in faces.enumerated() {
            let (p, q, r) = (points[Int(v.x)], points[Int(v.y)], points[Int(v.z)])
            let n = Self.cross(q - p, r - p)
            let area = (n * n).sum().squareRoot()
            let unit = n / max(area, 1e-18)
            let plane = Quadric(normal: unit, offset: -(unit * p).sum(), weight: area / 2)
            for k in 0..<3 {
                let i = Int(v[k])
                around[i].append(Int32(f))
                let w = importance.isEmpty ? 1 : Double(importance[i])
                var scaled = plane
                (scaled.a, scaled.b, scaled.c) = (plane.a * w, plane.b * w, plane.c * w)
                quadrics[i] = quadrics[i] + scaled
            }
        }
        var stamps = [Int32](repeating: 0, count: points.count)
        var heap: [Collapse] = []

        func candidate(_ a: Int, _ b: Int) -> Collapse {
            let q = quadrics[a] + quadrics[b]
            let (sa, sb) = (seam[a], seam[b])
            var options: [SIMD3<Double>]
            if sa != sb {
                options = [sa ? points[a] : points[b]]
            } else {
                options = [points[a], points[b], (points[a] + points[b]) / 2]
                if let best = q.minimum {
                    let d = best - options[2], e = points[a] - points[b]
                    if (d * d).sum() < (e * e).sum() { options.append(best) }
                }
            }
            var place = options[0]
            var cost = Double.infinity
            for option in options {
                var o = option
                if sa || sb { o.x = 0 } else if o.x * points[a].x <= 0 { continue }
                let c = q.cost(o)
                if c < cost { (cost, place) = (c, o) }
            }
            let (from, to) = sb && !sa ? (a, b) : (b, a)
            // A little of the edge's length keeps flat regions even.
            let e = points[a] - points[b]
            return Collapse(
                cost: cost + 1e-7 * (e * e).sum(), from: Int32(from), to: Int32(to), stamp: stamps[a] &+ stamps[b],
                place: place)
        }
        func push(_ c: Collapse) {
            heap.append(c)
            var i = heap.count - 1
            while i > 0, heap[i] < heap[(i - 1) / 2] {
                heap.swapAt(i, (i - 1) / 2)
                i = (i - 1) / 2
            }
        }
        func pop() -> Collapse? {
            guard let first = heap.first else { return nil }
            let last = heap.removeLast()
            if !heap.isEmpty {
                heap[0] = last
                var i = 0
                while true {
                    var least = i
                    for child in [2 * i + 1, 2 * i + 2] where child < heap.count && heap[child] < heap[least] {
                        least = child
                    }
                    if least == i { break }
                    heap.swapAt(i, least)
                    i = least
                }
            }
            return first
        }
        func neighbours(_ v: Int) -> Set<Int32> {
            var set: Set<Int32> = []
            for f in around[v] {
                for k in 0..<3 where Int(faces[Int(f)][k]) != v { set.insert(faces[Int(f)][k]) }
            }
            return set
        }

        for v in faces {
            for k in 0..<3 where v[k] < v[(k + 1) % 3] { push(candidate(Int(v[k]), Int(v[(k + 1) % 3]))) }
        }
        var left = faces.count
        while left > triangles, let c = pop() {
            let (from, to) = (Int(c.from), Int(c.to))
            guard !around[from].isEmpty, !around[to].isEmpty, c.stamp == stamps[from] &+ stamps[to] else { continue }
            let shared = neighbours(from).intersection(neighbours(to))
            guard shared.count == 2 else { continue }
            // No triangle may turn over, nor become a sliver.
            var folds = false
            for (v, other) in [(from, to), (to, from)] {
                for f in around[v] {
                    let face = faces[Int(f)]
                    if (0..<3).contains(where: { Int(face[$0]) == other }) { continue }
                    var corners = (0..<3).map { points[Int(face[$0])] }
                    let before = Self.cross(corners[1] - corners[0], corners[2] - corners[0])
                    for k in 0..<3 where Int(face[k]) == v { corners[k] = c.place }
                    let after = Self.cross(corners[1] - corners[0], corners[2] - corners[0])
                    let (lb, la) = ((before * before).sum(), (after * after).sum())
                    if (before * after).sum() <= 0.25 * (lb * la).squareRoot() || la < 1e-16 { folds = true }
                }
            }
            guard !folds else { continue }
            for f in around[from] {
                let face = faces[Int(f)]
                if (0..<3).contains(where: { Int(face[$0]) == to }) {
                    alive[Int(f)] = false
                    left -= 1
                    for k in 0..<3 where Int(face[k]) != from { around[Int(face[k])].removeAll { $0 == f } }
                } else {
                    for k in 0..<3 where Int(face[k]) == from { faces[Int(f)][k] = Int32(to) }
                    around[to].append(f)
                }
            }
            around[from] = []
            quadrics[to] = quadrics[from] + quadrics[to]
            points[to] = c.place
            stamps[to] &+= 1
            stamps[from] &+= 1
            for n in neighbours(to).sorted() { push(candidate(Int(min(n, Int32(to))), Int(max(n, Int32(to))))) }
        }
        var remap = [Int32](repeating: -1, count: points.count)
        var out: (positions: [SIMD3<Float>], indices: [UInt32], onSeam: [Bool]) = ([], [], [])
        for (f, v) in faces.enumerated() where alive[f] {
            for k in 0..<3 {
                let i = Int(v[k])
                if remap[i] < 0 {
                    remap[i] = Int32(out.positions.count)
                    out.positions.append(SIMD3<Float>(points[i]))
                    out.onSeam.append(seam[i])
                }
                out.indices.append(UInt32(remap[i]))
            }
        }
        return out
    }

    private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }
}
