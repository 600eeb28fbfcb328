import KairaGeometry

/// A closed tube round a curve, its rings carried along without twist.
///
/// Source: Wang et al., "Computation of Rotation Minimizing Frames" (double reflection), ACM TOG 27 (2008).
struct TubeSweep {
    /// Points of the centre line, metres.
    var path: [SIMD3<Float>]
    /// One a point, metres, > 0.
    var radii: [Float]
    /// Corners of a ring.
    var sides: Int
    /// How far the rounded ends bulge beyond the first and last point, in radii; 0 leaves them flat.
    var startBulge: Float = 1
    /// See `startBulge`.
    var endBulge: Float = 1
    /// Rings within each rounded end.
    var capRings: Int = 2
    /// A direction that the first ring's first corner leans towards.
    var up: SIMD3<Float> = [0, 1, 0]
    /// Stretches rings along their first (x) and second (y) axis.
    var aspect: SIMD2<Float> = .one

    /// Where a ring is: along the path 0...1, by length.
    struct Station {
        var along: Float
        var center: SIMD3<Float>
    }

    /// Builds the tube; `uv` and `influence` are asked once a ring.
    func build(uv: (Station) -> SIMD2<Float>, influence: (Station) -> Influence) -> BodyPart {
        var tangents: [SIMD3<Float>] = []
        for i in path.indices {
            let (a, b) = (path[max(i - 1, 0)], path[min(i + 1, path.count - 1)])
            tangents.append(direction(b - a, else: [1, 0, 0]))
        }
        var side = direction(reject(up, from: tangents[0]), else: perpendicular(to: tangents[0]))
        var frames = [side]
        for i in 1..<path.count {
            let v1 = path[i] - path[i - 1]
            let c1 = max(dot(v1, v1), 1e-18)
            let r = side - v1 * (2 / c1 * dot(v1, side))
            let t = tangents[i - 1] - v1 * (2 / c1 * dot(v1, tangents[i - 1]))
            let v2 = tangents[i] - t
            let c2 = dot(v2, v2)
            side = c2 > 1e-12 ? r - v2 * (2 / c2 * dot(v2, r)) : r
            side = direction(reject(side, from: tangents[i]), else: perpendicular(to: tangents[i]))
            frames.append(side)
        }
        var lengths: [Float] = [0]
        for i in 1..<path.count { lengths.append(lengths[i - 1] + distance(path[i], path[i - 1])) }
        let total = max(lengths[path.count - 1], 1e-9)

        // Rings: the start's cap, the path, the end's cap.
        struct Ring {
            var center, side, tangent: SIMD3<Float>
            var radius, along: Float
        }
        var rings: [Ring] = []
        let last = path.count - 1
        func cap(_ i: Int, sign: Float, bulge: Float) -> [Ring] {
            guard bulge > 0 else { return [] }
            return (1...max(capRings, 1)).map { k in
                let a = Float(k) / Float(capRings + 1) / 4
                return Ring(
                    center: path[i] + tangents[i] * (sign * bulge * radii[i] * Turn.sine(a)), side: frames[i],
                    tangent: tangents[i], radius: radii[i] * Turn.cosine(a), along: lengths[i] / total)
            }
        }
        rings += cap(0, sign: -1, bulge: startBulge).reversed()
        for i in path.indices {
            rings.append(
                Ring(
                    center: path[i], side: frames[i], tangent: tangents[i], radius: radii[i],
                    along: lengths[i] / total))
        }
        rings += cap(last, sign: 1, bulge: endBulge)

        var part = BodyPart()
        for ring in rings {
            let station = Station(along: ring.along, center: ring.center)
            let (coordinates, moved) = (uv(station), influence(station))
            let other = cross(ring.tangent, ring.side)
            for s in 0..<sides {
                let a = Float(s) / Float(sides)
                let out = ring.side * (Turn.cosine(a) * aspect.x) + other * (Turn.sine(a) * aspect.y)
                part.add(ring.center + out * ring.radius, normal: out, uv: coordinates, influence: moved)
            }
        }
        let n = UInt32(sides)
        for r in 0..<UInt32(rings.count - 1) {
            for s in 0..<n {
                let (a, b) = (r * n + s, r * n + (s + 1) % n)
                part.indices += [a, b, b + n, a, b + n, a + n]
            }
        }
        let ends: [(center: SIMD3<Float>, normal: SIMD3<Float>, ring: UInt32, along: Float)] = [
            (path[0] - tangents[0] * (startBulge * radii[0]), -tangents[0], 0, 0),
            (path[last] + tangents[last] * (endBulge * radii[last]), tangents[last], UInt32(rings.count - 1), 1),
        ]
        for (k, end) in ends.enumerated() {
            let station = Station(along: end.along, center: end.center)
            let tip = part.add(end.center, normal: end.normal, uv: uv(station), influence: influence(station))
            for s in 0..<n {
                let (a, b) = (end.ring * n + s, end.ring * n + (s + 1) % n)
                part.indices += k == 0 ? [tip, b, a] : [tip, a, b]
            }
        }
        part.computeNormals()
        return part
    }

    /// A smooth curve through some points (centripetal Catmull-Rom would need powers: this is the uniform one).
    static func spline(_ points: [SIMD3<Float>], segments: Int) -> [SIMD3<Float>] {
        var out: [SIMD3<Float>] = []
        let n = points.count
        for i in 0...segments {
            let t = Float(i) / Float(segments) * Float(n - 1)
            let k = min(Int(t), n - 2)
            let f = t - Float(k)
            let (b, c) = (points[k], points[k + 1])
            let a = k > 0 ? points[k - 1] : b * 2 - c
            let d = k + 2 < n ? points[k + 2] : c * 2 - b
            let quadratic = a * 2 - b * 5 + c * 4 - d
            let cubic = b * 3 - a - c * 3 + d
            out.append((b * 2 + (c - a) * f + quadratic * (f * f) + cubic * (f * f * f)) / 2)
        }
        return out
    }
}
