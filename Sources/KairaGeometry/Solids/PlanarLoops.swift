/// Loops in a plane, looked at along an axis so that no coordinate is rounded, and how they lie in each other.
struct PlanarLoops {
    private let loops: [[SIMD2<Double>]]
    private let areas: [Double]
    private let boxes: [(min: SIMD2<Double>, max: SIMD2<Double>)]
    private let axis: Int
    private let mirrors: Bool

    init(_ loops: [[SIMD3<Double>]], plane: Plane) {
        let n = plane.normal
        let size = SIMD3(abs(n.x), abs(n.y), abs(n.z))
        let axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
        let mirrors = n[axis] < 0
        (self.axis, self.mirrors) = (axis, mirrors)
        self.loops = loops.map { $0.map { Self.flat($0, axis, mirrors) } }
        areas = self.loops.map(Self.area)
        boxes = self.loops.map { loop in
            loop.reduce((loop[0], loop[0])) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
        }
    }

    /// A point as seen from above the plane, two of its three coordinates.
    func flat(_ p: SIMD3<Double>) -> SIMD2<Double> { Self.flat(p, axis, mirrors) }

    private static func flat(_ p: SIMD3<Double>, _ axis: Int, _ mirrors: Bool) -> SIMD2<Double> {
        let q = axis == 0 ? SIMD2(p.y, p.z) : axis == 1 ? SIMD2(p.z, p.x) : SIMD2(p.x, p.y)
        return mirrors ? SIMD2(q.y, q.x) : q
    }

    private static func area(_ loop: [SIMD2<Double>]) -> Double {
        var sum = 0.0
        for i in loop.indices {
            let (a, b) = (loop[i] - loop[0], loop[i + 1 == loop.count ? 0 : i + 1] - loop[0])
            sum += a.x * b.y - a.y * b.x
        }
        return sum / 2
    }

    /// Every outer loop with the holes whose nearest enclosing loop it is; a hole in nothing stands alone.
    func regions() -> [(outer: Int, holes: [Int])] {
        var holes: [Int: [Int]] = [:]
        var alone: [Int] = []
        let outers = loops.indices.filter { areas[$0] >= 0 }
        for hole in loops.indices where areas[hole] < 0 {
            var best: Int?
            for outer in outers
            where areas[outer] >= -areas[hole] && areas[outer] < best.map({ areas[$0] }) ?? .infinity {
                if encloses(outer, hole) { best = outer }
            }
            if let best { holes[best, default: []].append(hole) } else { alone.append(hole) }
        }
        return (outers.map { ($0, holes[$0] ?? []) } + alone.map { ($0, []) }).sorted { $0.outer < $1.outer }
    }

    /// Whether the first point of a loop that is not on the other's line lies inside that.
    private func encloses(_ outer: Int, _ inner: Int) -> Bool {
        let (o, i) = (boxes[outer], boxes[inner])
        guard o.min.x <= i.min.x, o.min.y <= i.min.y, o.max.x >= i.max.x, o.max.y >= i.max.y else { return false }
        for p in loops[inner] {
            if let inside = contains(loops[outer], p) { return inside }
        }
        return true
    }

    /// Whether a polygon holds a point; nil on its line. Crossings of the ray to +x, exactly.
    private func contains(_ loop: [SIMD2<Double>], _ p: SIMD2<Double>) -> Bool? {
        var inside = false
        for i in loop.indices {
            let (a, b) = (loop[i], loop[i + 1 == loop.count ? 0 : i + 1])
            if p == a { return nil }
            if a.y == p.y, b.y == p.y, min(a.x, b.x) <= p.x, p.x <= max(a.x, b.x) { return nil }
            guard (a.y > p.y) != (b.y > p.y) else { continue }
            let side = ExactPredicates.orientation(a, b, p)
            if side == 0 { return nil }
            if (side > 0) == (b.y > a.y) { inside.toggle() }
        }
        return inside
    }
}
