import KairaGeometry

/// The cut of a plane through bodies, for exact drawings, in Double.
struct SectionCut {
    /// Unit normal towards what is kept, and offset.
    private let normal: SIMD3<Double>
    private let offset: Double
    private let u, v: SIMD3<Double>

    init(_ plane: SectionPlane) {
        // The plane's own normal is of unit length in Float only.
        let n = SIMD3<Double>(plane.normal)
        let size = (n.x * n.x + n.y * n.y + n.z * n.z).squareRoot()
        normal = n / size
        offset = Double(plane.coefficients.w) / size
        let axes = plane.axes
        (u, v) = (SIMD3(axes.u), SIMD3(axes.v))
    }

    /// Distance from the plane, metres; kept is what is not negative.
    func height(_ p: SIMD3<Float>) -> Double { Self.dot(normal, SIMD3(p)) + offset }

    /// Where an edge meets the plane, the same from both of its ends.
    func crossing(
        _ p: SIMD3<Float>, _ heightOfP: Double, _ q: SIMD3<Float>, _ heightOfQ: Double
    ) -> SIMD3<Double> {
        if heightOfP > heightOfQ { return crossing(q, heightOfQ, p, heightOfP) }
        let (a, b) = (SIMD3<Double>(p), SIMD3<Double>(q))
        return a + (b - a) * (heightOfP / (heightOfP - heightOfQ))
    }

    /// Coordinates in the plane of a point in it.
    func flat(_ p: SIMD3<Double>) -> SIMD2<Double> { SIMD2(Self.dot(u, p), Self.dot(v, p)) }

    /// The point in the plane of some coordinates.
    func place(_ p: SIMD2<Double>) -> SIMD3<Double> {
        // The axes are of unit length in Float only: a step along the normal ends in the plane.
        let q = u * p.x + v * p.y
        return q - normal * (Self.dot(normal, q) + offset)
    }

    private static func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
        a.x * b.x + a.y * b.y + a.z * b.z
    }
}

/// The outline in which a plane cuts one part of a body, and what is inside of it by the nonzero winding rule.
struct CutOutline {
    /// A stretch of the outline in the plane's coordinates, solid always on the same side of it.
    typealias Segment = (from: SIMD2<Double>, to: SIMD2<Double>)

    /// In any order.
    var segments: [Segment] = []
    /// Of hatch lines, radians.
    var angle: Double
    /// Parts with less are drawn over those with more.
    var extent: Float

    /// The outline of triangles that close a part.
    init(
        _ indices: [UInt32], positions: [SIMD3<Float>], heights: [Double], cut: SectionCut, angle: Double, extent: Float
    ) {
        (self.angle, self.extent) = (angle, extent)
        for t in stride(from: 0, to: indices.count - 2, by: 3) {
            let corners = SIMD3(Int(indices[t]), Int(indices[t + 1]), Int(indices[t + 2]))
            if let (leave, enter) = Self.crossings(corners, heights) {
                func point(_ edge: SIMD2<Int>) -> SIMD2<Double> {
                    cut.flat(cut.crossing(positions[edge.x], heights[edge.x], positions[edge.y], heights[edge.y]))
                }
                segments.append((point(leave), point(enter)))
            }
        }
    }

    /// The two edges in which a triangle goes down through the plane and comes up again, or nil if it lies on one side.
    static func crossings(
        _ corners: SIMD3<Int>, _ heights: [Double]
    ) -> (down: SIMD2<Int>, up: SIMD2<Int>)? {
        var down: SIMD2<Int>?
        var up: SIMD2<Int>?
        for k in 0..<3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3])
            switch (heights[a] >= 0, heights[b] >= 0) {
            case (true, false): down = SIMD2(a, b)
            case (false, true): up = SIMD2(a, b)
            default: break
            }
        }
        guard let down, let up else { return nil }
        return (down, up)
    }

    /// What parallel lines have inside: for each line that meets the outline its stretches, in order.
    ///
    /// - Parameters:
    ///   - angle: of the lines, radians.
    ///   - spacing: line k is at (k + 1/2) times this.
    /// - Returns: by k.
    func stretches(angle: Double, spacing: Double) -> [Int: [(from: Double, to: Double)]] {
        var crossings: [Int: [(at: Double, turn: Int)]] = [:]
        let (along, across) = Self.axes(angle)
        for segment in segments {
            let a = SIMD2((segment.from * along).sum(), (segment.from * across).sum() / spacing - 0.5)
            let b = SIMD2((segment.to * along).sum(), (segment.to * across).sum() / spacing - 0.5)
            let (low, high) = a.y < b.y ? (a, b) : (b, a)
            // A line through a corner counts once: at the lower end, not at the upper one.
            let (first, last) = (low.y.rounded(.up), high.y.rounded(.up) - 1)
            guard first <= last, first.magnitude < 1e9, last - first < Self.mostLines else { continue }
            for k in Int(first)...Int(last) {
                let t = (Double(k) - low.y) / (high.y - low.y)
                crossings[k, default: []].append((low.x + (high.x - low.x) * t, a.y < b.y ? 1 : -1))
            }
        }
        return crossings.mapValues { Self.inside($0) }
    }

    /// Unit vectors along and across lines of an angle.
    static func axes(_ angle: Double) -> (along: SIMD2<Double>, across: SIMD2<Double>) {
        let turn = Quaternion(angle: Float(angle), axis: [0, 0, 1]).act([1, 0, 0])
        let along = SIMD2(Double(turn.x), Double(turn.y))
        return (along, SIMD2(-along.y, along.x))
    }

    /// More lines than that across one stretch of the outline are a shade, not a hatch.
    private static let mostLines = 20_000.0

    private static func inside(_ crossings: [(at: Double, turn: Int)]) -> [(from: Double, to: Double)] {
        var result: [(from: Double, to: Double)] = []
        var winding = 0
        var from = 0.0
        for crossing in crossings.sorted(by: { $0.at < $1.at }) {
            let before = winding
            winding += crossing.turn
            if before == 0 { from = crossing.at }
            if winding == 0, crossing.at > from { result.append((from, crossing.at)) }
        }
        return result
    }

    /// Stretches less others.
    static func subtract(
        _ others: [(from: Double, to: Double)], from stretches: [(from: Double, to: Double)]
    ) -> [(from: Double, to: Double)] {
        var rest = stretches
        for other in others {
            rest = rest.flatMap { own -> [(from: Double, to: Double)] in
                guard other.to > own.from, other.from < own.to else { return [own] }
                return [(own.from, other.from), (other.to, own.to)].filter { $0.to > $0.from }
            }
        }
        return rest
    }

    /// What is inside as triangles: trapezoids between the heights of the outline's corners, each cut in two.
    func triangles() -> [(SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)] {
        let sorted = segments.filter { $0.from.y != $0.to.y }
            .sorted { min($0.from.y, $0.to.y) < min($1.from.y, $1.to.y) }
        var heights = Set(sorted.flatMap { [$0.from.y, $0.to.y] }).sorted()
        guard let low = heights.first, let high = heights.last, low < high else { return [] }
        // Outlines that cross each other do so within thin slabs.
        heights = Set(heights + (1..<128).map { low + (high - low) * Double($0) / 128 }).sorted()
        var result: [(SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)] = []
        var active: [Segment] = []
        var next = 0
        for k in 1..<heights.count {
            let (bottom, top) = (heights[k - 1], heights[k])
            active.removeAll { max($0.from.y, $0.to.y) <= bottom }
            while next < sorted.count, min(sorted[next].from.y, sorted[next].to.y) <= bottom {
                active.append(sorted[next])
                next += 1
            }
            func x(_ s: Segment, _ y: Double) -> Double {
                s.from.x + (s.to.x - s.from.x) * ((y - s.from.y) / (s.to.y - s.from.y))
            }
            let middle = (bottom + top) / 2
            var winding = 0
            var first: Segment?
            for segment in active.sorted(by: { x($0, middle) < x($1, middle) }) {
                if winding == 0 { first = segment }
                winding += segment.from.y < segment.to.y ? 1 : -1
                guard winding == 0, let left = first else { continue }
                let (a, b) = (SIMD2(x(left, bottom), bottom), SIMD2(x(segment, bottom), bottom))
                let (c, d) = (SIMD2(x(segment, top), top), SIMD2(x(left, top), top))
                if a != b { result.append((a, b, c)) }
                if c != d { result.append((a, c, d)) }
            }
        }
        return result
    }
}
