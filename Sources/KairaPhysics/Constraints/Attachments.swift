/// Particles pulled to points of space.
struct Attachments<Scalar: PhysicsScalar>: Sendable {
    /// Particle of each.
    var particles: [Int32] = []
    /// Where they are pulled to.
    var targets: [SIMD3<Scalar>] = []
    /// 1 / stiffness, m/N; 0 holds rigidly.
    var compliances: [Scalar] = []

    func solve(_ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar) {
        var x = positions.mutableSpan
        let w = inverseMasses.span
        for c in particles.indices {
            let i = Int(particles[c])
            guard w[i] > 0 else { continue }
            x[i] -= (x[i] - targets[c]) * (w[i] / (w[i] + compliances[c] / (h * h)))
        }
    }
}
