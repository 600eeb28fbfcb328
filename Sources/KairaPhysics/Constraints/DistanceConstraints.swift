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

    var count: Int { ends.count }

    /// One pass over all, in the order they were added.
    ///
    /// The correction runs along the direction at the substep's start (as in SHAKE, Ryckaert et al. 1977), so that it
    /// has no torque about the state it started from and angular momentum is kept to rounding; where the direction has
    /// turned by more than 60 degrees since, along the present one.
    func solve(_ positions: inout [SIMD3<Scalar>], start: [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar) {
        var x = positions.mutableSpan
        let old = start.span
        let w = inverseMasses.span
        let ends = ends.span
        let lengths = lengths.span
        let compliances = compliances.span
        let dampings = dampings.span
        let rate = 1 / h
        for c in ends.indices {
            let a = Int(ends[c].x)
            let b = Int(ends[c].y)
            let wa = w[a]
            let wb = w[b]
            let d = x[b] - x[a]
            let long = dot(d, d).squareRoot()
            let d0 = old[b] - old[a]
            let long0 = dot(d0, d0).squareRoot()
            let floor = Scalar.leastNormalMagnitude.squareRoot()
            guard long > floor, wa + wb > 0 else { continue }
            var n = d / long
            var slope: Scalar = 1
            if long0 > floor {
                let n0 = d0 / long0
                let turn = dot(n, n0)
                if turn > Scalar(0.5) {
                    n = n0
                    slope = turn
                }
            }
            let scaled = compliances[c] * rate * rate
            let gamma = compliances[c] * dampings[c] * rate
            let approach = gamma > 0 ? gamma * dot(n, d - d0) : 0
            let push = -(long - lengths[c] + approach) / ((slope + gamma) * (wa + wb) + scaled)
            x[a] -= n * (push * wa)
            x[b] += n * (push * wb)
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
