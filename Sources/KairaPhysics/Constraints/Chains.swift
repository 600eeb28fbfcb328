/// Runs of links solved together: one tridiagonal system a chain, so tension reaches the far end within a substep,
/// where one constraint after another would let a long chain sag and bounce like rubber.
struct Chains<Scalar: PhysicsScalar>: Sendable {
    /// The links; those of one chain follow each other.
    var links = DistanceConstraints<Scalar>()
    /// Links of each chain.
    var ranges: [Range<Int>] = []
    // Room, one element a link: present direction, direction that corrections run along, and the system's columns.
    var directions: [SIMD3<Scalar>] = []
    var pushes: [SIMD3<Scalar>] = []
    var upper: [Scalar] = []
    var right: [Scalar] = []
    /// Sums of a substep's corrections.
    var multipliers: [Scalar] = []

    mutating func append(_ particles: [Int], lengths: [Scalar], compliance: Scalar) {
        ranges.append(links.count..<links.count + particles.count - 1)
        for (k, length) in lengths.enumerated() {
            links.ends.append(SIMD2(Int32(particles[k]), Int32(particles[k + 1])))
            links.lengths.append(length)
            links.compliances.append(compliance)
            links.dampings.append(0)
            directions.append(.zero)
            pushes.append(.zero)
            upper.append(0)
            right.append(0)
            multipliers.append(0)
        }
    }

    mutating func solve(_ positions: inout [SIMD3<Scalar>], start: [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar)
    {
        for range in ranges {
            for k in range { multipliers[k] = 0 }
            for pass in 0..<10 {
                let isDone = Self.solve(
                    range, links, &positions, start: start, inverseMasses: inverseMasses, h: h, isFirst: pass == 0,
                    directions: &directions, pushes: &pushes, upper: &upper, right: &right, multipliers: &multipliers)
                if isDone { break }
            }
        }
    }

    /// One Newton step on all links of a chain by the Thomas algorithm, unless all hold to 1e-4 of their length already
    /// (but the first is always made); a calm chain needs no second, a whip that cracks some.
    ///
    /// Corrections run along the present directions; in the first step those of a link that held when the substep began
    /// and has hardly turned since run along the direction there, as for single distances, which keeps a swing.
    ///
    /// - Returns: whether nothing was left to do.
    private static func solve(
        _ range: Range<Int>, _ links: DistanceConstraints<Scalar>, _ positions: inout [SIMD3<Scalar>],
        start: [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar, isFirst: Bool, directions: inout [SIMD3<Scalar>],
        pushes: inout [SIMD3<Scalar>], upper: inout [Scalar], right: inout [Scalar], multipliers: inout [Scalar]
    ) -> Bool {
        var x = positions.mutableSpan
        let old = start.span
        let w = inverseMasses.span
        let ends = links.ends.span
        let lengths = links.lengths.span
        let compliances = links.compliances.span
        var n = directions.mutableSpan
        var g = pushes.mutableSpan
        var up = upper.mutableSpan
        var r = right.mutableSpan
        var sums = multipliers.mutableSpan
        let rate = 1 / (h * h)
        let floor = Scalar.leastNormalMagnitude.squareRoot()
        let close = Scalar(1e-4)
        var isDone = !isFirst
        for k in range {
            let a = Int(ends[k].x)
            let b = Int(ends[k].y)
            let d = x[b] - x[a]
            let long = length(d)
            let rest = lengths[k]
            // A link of no length has no direction: it waits until gravity gives it one.
            n[k] = long > floor ? d / long : .zero
            g[k] = n[k]
            r[k] = rest - long - compliances[k] * rate * sums[k]
            if abs(r[k]) > close * rest { isDone = false }
            guard isFirst else { continue }
            let d0 = old[b] - old[a]
            let square = dot(d0, d0)
            guard square > floor, abs(square - rest * rest) <= square * (20 * close) else { continue }
            let n0 = d0 / square.squareRoot()
            if dot(n0, n[k]) > Scalar(0.9995) { g[k] = n0 }
        }
        if isDone { return true }
        for k in range {
            let wa = w[Int(ends[k].x)]
            let wb = w[Int(ends[k].y)]
            var diagonal = dot(n[k], g[k]) * (wa + wb) + compliances[k] * rate
            var value = r[k]
            if k > range.lowerBound {
                let below = -wa * dot(n[k], g[k - 1])
                diagonal -= below * up[k - 1]
                value -= below * r[k - 1]
            }
            guard abs(diagonal) > floor else {
                up[k] = 0
                r[k] = 0
                continue
            }
            up[k] = k + 1 < range.upperBound ? -wb * dot(n[k], g[k + 1]) / diagonal : 0
            r[k] = value / diagonal
        }
        var next: Scalar = 0
        for k in range.reversed() {
            next = r[k] - up[k] * next
            sums[k] += next
            let push = g[k] * next
            x[Int(ends[k].x)] -= push * w[Int(ends[k].x)]
            x[Int(ends[k].y)] += push * w[Int(ends[k].y)]
        }
        return false
    }
}
