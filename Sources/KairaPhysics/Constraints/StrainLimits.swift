/// Bounds on the distance of two particles: they act only outside the bounds, and then rigidly.
struct StrainLimits<Scalar: PhysicsScalar>: Sendable {
    /// Particles of each.
    var ends: [SIMD2<Int32>] = []
    /// Least distances, metres.
    var lower: [Scalar] = []
    /// Greatest distances, metres.
    var upper: [Scalar] = []

    func solve(_ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar]) {
        var x = positions.mutableSpan
        let w = inverseMasses.span
        for c in ends.indices {
            let a = Int(ends[c].x)
            let b = Int(ends[c].y)
            let sum = w[a] + w[b]
            let d = x[b] - x[a]
            let long = length(d)
            guard sum > 0, long > Scalar.leastNormalMagnitude.squareRoot() else { continue }
            let wanted = min(max(long, lower[c]), upper[c])
            guard wanted != long else { continue }
            let push = d * ((wanted - long) / (long * sum))
            x[a] -= push * w[a]
            x[b] += push * w[b]
        }
    }
}
