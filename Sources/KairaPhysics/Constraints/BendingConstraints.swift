/// Resistance to folding about the edge that two triangles share.
///
/// Edge (a, b), wings c and d: triangles (a, b, c) and (b, a, d). The gradient is exact.
struct BendingConstraints<Scalar: PhysicsScalar>: Sendable {
    /// Edge ends and wings of each.
    var corners: [SIMD4<Int32>] = []
    /// Rest angles between the normals, radians, -pi...pi; 0 is flat.
    var angles: [Scalar] = []
    /// 1 / stiffness, rad/(N m).
    var compliances: [Scalar] = []

    /// The angle between the normals of the two triangles and its gradient at the four corners.
    static func fold(
        _ a: SIMD3<Scalar>, _ b: SIMD3<Scalar>, _ c: SIMD3<Scalar>, _ d: SIMD3<Scalar>
    ) -> (angle: Scalar, gradients: (SIMD3<Scalar>, SIMD3<Scalar>, SIMD3<Scalar>, SIMD3<Scalar>))? {
        let e = b - a
        let squared = dot(e, e)
        let long = squared.squareRoot()
        let n1 = cross(a - c, b - c)
        let n2 = cross(b - d, a - d)
        let s1 = dot(n1, n1)
        let s2 = dot(n2, n2)
        let tiny = Scalar.leastNormalMagnitude.squareRoot()
        guard squared > tiny, s1 > tiny, s2 > tiny else { return nil }
        let scale = 1 / (s1 * s2).squareRoot()
        let angle = Scalar.atan2(y: dot(cross(n1, n2), e) * (scale / long), x: dot(n1, n2) * scale)
        let u = n1 * (long / s1)
        let v = n2 * (long / s2)
        let t3 = dot(c - a, e) / squared
        let t4 = dot(d - a, e) / squared
        return (angle, ((1 - t3) * u + (1 - t4) * v, t3 * u + t4 * v, -u, -v))
    }

    func solve(_ positions: inout [SIMD3<Scalar>], inverseMasses: [Scalar], h: Scalar) {
        var x = positions.mutableSpan
        let w = inverseMasses.span
        for k in corners.indices {
            let a = Int(corners[k].x)
            let b = Int(corners[k].y)
            let c = Int(corners[k].z)
            let d = Int(corners[k].w)
            guard let now = Self.fold(x[a], x[b], x[c], x[d]) else { continue }
            let g = now.gradients
            var difference = now.angle - angles[k]
            if difference > .pi { difference -= 2 * .pi }
            if difference < -.pi { difference += 2 * .pi }
            var sum = w[a] * dot(g.0, g.0) + w[b] * dot(g.1, g.1)
            sum += w[c] * dot(g.2, g.2) + w[d] * dot(g.3, g.3)
            guard sum > 0 else { continue }
            let push = -difference / (sum + compliances[k] / (h * h))
            x[a] += g.0 * (push * w[a])
            x[b] += g.1 * (push * w[b])
            x[c] += g.2 * (push * w[c])
            x[d] += g.3 * (push * w[d])
        }
    }
}
