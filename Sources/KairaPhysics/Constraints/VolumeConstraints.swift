/// Tetrahedra that keep their volume.
struct VolumeConstraints<Scalar: PhysicsScalar>: Sendable {
    /// Corners of each.
    var corners: [SIMD4<Int32>] = []
    /// Signed rest volumes, m^3: ((b - a) x (c - a)) . (d - a) / 6.
    var volumes: [Scalar] = []
    /// 1 / stiffness, m^3/Pa.
    var compliances: [Scalar] = []

    func solve(_ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar) {
        var x = positions.mutableSpan
        let w = inverseMasses.span
        let sixth = Scalar(1) / 6
        for k in corners.indices {
            let a = Int(corners[k].x)
            let b = Int(corners[k].y)
            let c = Int(corners[k].z)
            let d = Int(corners[k].w)
            let p = x[b] - x[a]
            let q = x[c] - x[a]
            let r = x[d] - x[a]
            let volume = dot(cross(p, q), r) * sixth
            let gb = cross(q, r) * sixth
            let gc = cross(r, p) * sixth
            let gd = cross(p, q) * sixth
            let ga = -(gb + gc + gd)
            let sum = w[a] * dot(ga, ga) + w[b] * dot(gb, gb) + w[c] * dot(gc, gc) + w[d] * dot(gd, gd)
            guard sum > Scalar.leastNormalMagnitude else { continue }
            let push = -(volume - volumes[k]) / (sum + compliances[k] / (h * h))
            x[a] += ga * (push * w[a])
            x[b] += gb * (push * w[b])
            x[c] += gc * (push * w[c])
            x[d] += gd * (push * w[d])
        }
    }
}
