extension SignedDistanceField {
    /// Samples the distance to a triangle mesh.
    ///
    /// Inside is where the generalised winding number is above 1/2, so small holes do no harm (Jacobson, Kavan,
    /// Sorkine-Hornung, "Robust Inside-Outside Segmentation using Generalized Winding Numbers", SIGGRAPH 2013).
    ///
    /// - Parameters:
    ///   - points: vertices, metres.
    ///   - triangles: corners, counter-clockwise from outside.
    ///   - resolution: samples along the longest side of the box, 4...256.
    ///   - margin: how far the grid goes beyond the mesh, metres.
    /// - Throws: `PhysicsError` if a number is out of its range or a triangle names no vertex.
    /// - Complexity: O(samples * triangles).
    public init(
        points: [SIMD3<Scalar>], triangles: [SIMD3<Int32>], resolution: Int = 32, margin: Scalar = Scalar(0.02)
    ) throws(PhysicsError) {
        guard let first = points.first, !triangles.isEmpty else { throw .badValue(what: "a mesh without triangles") }
        guard (4...256).contains(resolution) else { throw .badValue(what: "resolution \(resolution), must be 4...256") }
        guard points.allSatisfy({ isFinite($0) }), margin >= 0, margin.isFinite else {
            throw .badValue(what: "a mesh's vertex or the margin")
        }
        for t in triangles {
            for k in 0..<3 where !points.indices.contains(Int(t[k])) {
                throw .noSuchElement(what: "vertex", index: Int(t[k]), count: points.count)
            }
        }
        var (low, high) = (first, first)
        for p in points {
            low = pointwiseMin(low, p)
            high = pointwiseMax(high, p)
        }
        low -= margin
        high += margin
        let size = high - low
        let spacing = max(size.max() / Scalar(resolution - 1), Scalar(1e-6))
        func samples(_ extent: Scalar) -> Int { max(2, Int((extent / spacing).rounded(.up)) + 1) }
        let counts = SIMD3(samples(size.x), samples(size.y), samples(size.z))
        let mesh = triangles.map { (points[Int($0.x)], points[Int($0.y)], points[Int($0.z)]) }
        let balls = mesh.map { a, b, c in
            let centre = (a + b + c) / 3
            return (centre, max(length(a - centre), length(b - centre), length(c - centre)))
        }
        var values: [Scalar] = []
        values.reserveCapacity(counts.x * counts.y * counts.z)
        for k in 0..<counts.z {
            for j in 0..<counts.y {
                for i in 0..<counts.x {
                    let p = low + SIMD3(Scalar(i), Scalar(j), Scalar(k)) * spacing
                    var best = Scalar.infinity
                    for (t, ball) in zip(mesh, balls) {
                        let least = length(p - ball.0) - ball.1
                        if least > best { continue }
                        best = min(best, length(p - Self.nearest(p, t.0, t.1, t.2)))
                    }
                    // The surface cannot lie between two samples if this one is further from it than from the other;
                    // but a sample on the surface has no side to hand on.
                    let inside: Bool
                    let last = values.last ?? 0
                    if i > 0, best > spacing, abs(last) > spacing * Scalar(0.01) {
                        inside = last < 0
                    } else {
                        inside = Self.windingNumber(p, mesh) > Scalar(0.5)
                    }
                    values.append(inside ? -best : best)
                }
            }
        }
        try self.init(counts: counts, origin: low, spacing: spacing, values: values)
    }

    /// The solid angle of the mesh from a point over the full sphere.
    ///
    /// Source: van Oosterom and Strackee, "The Solid Angle of a Plane Triangle", 1983.
    static func windingNumber(
        _ p: SIMD3<Scalar>, _ mesh: [(SIMD3<Scalar>, SIMD3<Scalar>, SIMD3<Scalar>)]
    ) -> Scalar {
        var sum: Scalar = 0
        for t in mesh {
            let (a, b, c) = (t.0 - p, t.1 - p, t.2 - p)
            let (la, lb, lc) = (length(a), length(b), length(c))
            let y = dot(a, cross(b, c))
            let x = la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb
            sum += 2 * Scalar.atan2(y: y, x: x)
        }
        return sum / (4 * .pi)
    }

    /// The point of a triangle nearest to `p`.
    ///
    /// Source: Ericson, "Real-Time Collision Detection", 2005, section 5.1.5.
    static func nearest(
        _ p: SIMD3<Scalar>, _ a: SIMD3<Scalar>, _ b: SIMD3<Scalar>, _ c: SIMD3<Scalar>
    ) -> SIMD3<Scalar> {
        let (ab, ac, ap) = (b - a, c - a, p - a)
        let (d1, d2) = (dot(ab, ap), dot(ac, ap))
        if d1 <= 0, d2 <= 0 { return a }
        let bp = p - b
        let (d3, d4) = (dot(ab, bp), dot(ac, bp))
        if d3 >= 0, d4 <= d3 { return b }
        let vc = d1 * d4 - d3 * d2
        if vc <= 0, d1 >= 0, d3 <= 0 { return a + ab * (d1 / (d1 - d3)) }
        let cp = p - c
        let (d5, d6) = (dot(ab, cp), dot(ac, cp))
        if d6 >= 0, d5 <= d6 { return c }
        let vb = d5 * d2 - d1 * d6
        if vb <= 0, d2 >= 0, d6 <= 0 { return a + ac * (d2 / (d2 - d6)) }
        let va = d3 * d6 - d5 * d4
        if va <= 0, d4 - d3 >= 0, d5 - d6 >= 0 { return b + (c - b) * ((d4 - d3) / (d4 - d3 + d5 - d6)) }
        let sum = va + vb + vc
        guard sum > 0 else { return a }
        return a + ab * (vb / sum) + ac * (vc / sum)
    }
}
