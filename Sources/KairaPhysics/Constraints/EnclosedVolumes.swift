/// Closed triangle surfaces that keep the volume they enclose, like balloons.
struct EnclosedVolumes<Scalar: PhysicsScalar>: Sendable {
    /// Triangles of all, wound counter-clockwise from outside.
    var triangles: [SIMD3<Int32>] = []
    /// Triangles of each, a range of `triangles`.
    var ranges: [Range<Int>] = []
    /// Particles of all, each once a surface.
    var particles: [Int32] = []
    /// Particles of each, a range of `particles`.
    var particleRanges: [Range<Int>] = []
    /// Rest volumes, m^3.
    var volumes: [Scalar] = []
    /// 1 / stiffness, m^3/Pa.
    var compliances: [Scalar] = []
    /// Room for gradients, one a particle of the world.
    var gradients: [SIMD3<Scalar>] = []

    mutating func solve(_ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar) {
        for k in ranges.indices {
            for i in particleRanges[k] { gradients[Int(particles[i])] = .zero }
            var volume: Scalar = 0
            // Relative to one of the surface's own points: far from the origin the products would lose digits.
            let origin = positions[Int(triangles[ranges[k].lowerBound].x)]
            for t in ranges[k] {
                let (i, j, l) = (Int(triangles[t].x), Int(triangles[t].y), Int(triangles[t].z))
                let (a, b, c) = (positions[i] - origin, positions[j] - origin, positions[l] - origin)
                volume += dot(a, cross(b, c)) / 6
                gradients[i] += cross(b, c) / 6
                gradients[j] += cross(c, a) / 6
                gradients[l] += cross(a, b) / 6
            }
            var sum: Scalar = 0
            for i in particleRanges[k] {
                let p = Int(particles[i])
                sum += inverseMasses[p] * dot(gradients[p], gradients[p])
            }
            guard sum > Scalar.leastNormalMagnitude else { continue }
            let push = -(volume - volumes[k]) / (sum + compliances[k] / (h * h))
            for i in particleRanges[k] {
                let p = Int(particles[i])
                positions[p] += gradients[p] * (push * inverseMasses[p])
            }
        }
    }
}
