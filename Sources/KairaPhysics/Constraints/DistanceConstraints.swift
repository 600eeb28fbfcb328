/// Springs and rods of fixed length between two particles; with limits, threads that only pull or struts that only push.
struct DistanceConstraints<Scalar: PhysicsScalar>: Sendable {
    /// Particles of each.
    var ends: [SIMD2<Int32>] = []
    /// Rest lengths, metres.
    var lengths: [Scalar] = []
    /// 1 / stiffness, m/N; 0 is rigid.
    var compliances: [Scalar] = []
    /// Damping, N s/m.
    var dampings: [Scalar] = []

    /// Where the constraint that was added as the n-th is now.
    var places: [Int32] = []

    var count: Int { ends.count }

    /// Puts them in the order of their colours.
    mutating func order(inverseMasses w: [Scalar]) {
        let order = Colouring.order(ends, inverseMasses: w)
        ends.reorder(order)
        lengths.reorder(order)
        compliances.reorder(order)
        dampings.reorder(order)
        var moved = [Int32](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { moved[old] = Int32(new) }
        for i in places.indices { places[i] = moved[Int(places[i])] }
    }

    /// One pass over all.
    ///
    /// The correction runs along the present direction (XPBD), which damps what one pass leaves over of a net. A rigid
    /// one that held when the substep began runs along the direction there (as in SHAKE, Ryckaert et al. 1977): there is
    /// nothing left over to damp, and a pendulum keeps its swing; unless it has turned by more than 6 degrees since.
    func solve(_ positions: inout [SIMD3<Scalar>], start: [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar) {
        var x = positions.mutableSpan
        let old = start.span
        let w = inverseMasses.span
        let ends = ends.span
        let lengths = lengths.span
        let compliances = compliances.span
        let dampings = dampings.span
        let rate = 1 / h
        let floor = Scalar.leastNormalMagnitude.squareRoot()
        // Strain up to which a rigid one counts as held, twice over: some ulp of Float.
        let held = Scalar(2e-6)
        for c in ends.indices {
            let a = Int(ends[c].x)
            let b = Int(ends[c].y)
            let wa = w[a]
            let wb = w[b]
            let d = x[b] - x[a]
            let long = dot(d, d).squareRoot()
            guard long > floor, wa + wb > 0 else { continue }
            var way = d
            var size = long
            var slope: Scalar = 1
            let rest = lengths[c]
            var (scaled, gamma, approach): (Scalar, Scalar, Scalar) = (0, 0, 0)
            if compliances[c] > 0 {
                scaled = compliances[c] * rate * rate
                gamma = compliances[c] * dampings[c] * rate
                if gamma > 0 { approach = gamma * dot(d, d - (old[b] - old[a])) / long }
            } else {
                let d0 = old[b] - old[a]
                let square = dot(d0, d0)
                if square > floor, abs(square - rest * rest) <= square * held {
                    let long0 = square.squareRoot()
                    let turn = dot(d, d0) / (long * long0)
                    if turn > Scalar(0.995) {
                        way = d0
                        size = long0
                        slope = turn
                    }
                }
            }
            let push = -(long - rest + approach) / (((slope + gamma) * (wa + wb) + scaled) * size)
            x[a] -= way * (push * wa)
            x[b] += way * (push * wb)
        }
    }

    /// Adds spring forces over the mass, times `h`, to the speeds; rigid ones act as springs of 1e7 N/m.
    func accelerate(
        _ velocities: inout [SIMD3<Scalar>], positions: [SIMD3<Scalar>], before: [SIMD3<Scalar>],
        inverseMasses: [Scalar], h: Scalar
    ) {
        var v = velocities.mutableSpan
        let u = before.span
        let x = positions.span
        let w = inverseMasses.span
        for c in ends.indices {
            let a = Int(ends[c].x)
            let b = Int(ends[c].y)
            let d = x[b] - x[a]
            let long = length(d)
            guard long > Scalar.leastNormalMagnitude.squareRoot() else { continue }
            let n = d / long
            let stiffness = 1 / max(compliances[c], Scalar(1e-7))
            let pull = stiffness * (long - lengths[c]) + dampings[c] * dot(u[b] - u[a], n)
            v[a] += n * (pull * h * w[a])
            v[b] -= n * (pull * h * w[b])
        }
    }

    /// Energy stored, joules; a rigid one stores none.
    func energy(_ positions: [SIMD3<Scalar>]) -> Scalar {
        var sum: Scalar = 0
        for c in ends.indices where compliances[c] > 0 {
            let stretch = length(positions[Int(ends[c].y)] - positions[Int(ends[c].x)]) - lengths[c]
            sum += stretch * stretch / (2 * compliances[c])
        }
        return sum
    }
}
