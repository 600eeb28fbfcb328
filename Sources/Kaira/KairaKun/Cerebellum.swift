import KairaGeometry

/// The small brain under the back of the large one, with its narrow level folds.
enum Cerebellum {
    private static let center: SIMD3<Float> = [0, 0.66, -0.215]

    private static func shape(_ p: SIMD3<Float>) -> Float {
        SignedDistance.union(
            SignedDistance.ellipsoid(
                SIMD3(abs(p.x), p.y, p.z), center: [0.090, 0.66, -0.23], radii: [0.150, 0.120, 0.145]),
            SignedDistance.ellipsoid(p, center: [0, 0.66, -0.215], radii: [0.12, 0.105, 0.12]), rounded: 0.03)
    }

    /// Builds it; its folds run from side to side.
    static func build(detail: MascotDetail, influence: (SIMD3<Float>) -> Influence) -> BodyPart {
        let columns = detail.steps(14)
        // Angles about the x axis in turns, 0 backwards, rising; two rows a fold at the back, few where it is hidden.
        var rows: [(turn: Float, height: Float)] = []
        let seen = detail == .low ? 10 : 20
        for k in 0...seen {
            rows.append((-0.23 + 0.46 * Float(k) / Float(seen), k % 2 == 0 ? 0 : 1))
            if detail == .high, k < seen { rows.append((-0.23 + 0.46 * (Float(k) + 0.5) / Float(seen), 0.62)) }
        }
        for t: Float in [0.31, 0.42, 0.58, 0.69] { rows.append((t, 0.5)) }
        var part = BodyPart()
        func place(_ x: Float, _ turn: Float, _ raised: Float) -> SIMD3<Float> {
            // x in -1...1 from the right pole to the left one.
            let s = max(0, 1 - x * x).squareRoot()
            let d = SIMD3(x, Turn.sine(turn) * s, -Turn.cosine(turn) * s)
            var (near, far): (Float, Float) = (0.02, 0.4)
            for _ in 0..<22 {
                let r = (near + far) / 2
                if shape(center + d * r) < 0 { near = r } else { far = r }
            }
            let p = center + d * near
            return p + SignedDistance.gradient(at: p, of: shape) * (raised * s)
        }
        func add(_ x: Float, _ row: (turn: Float, height: Float)) {
            let p = place(x, row.turn, (row.height - 0.6) * 0.011)
            let fade = 1 - 0.6 * x * x * x * x
            part.add(
                p, normal: [0, 0, -1], uv: MascotPalette.Ramp.cerebellum.at(0.5 + (row.height - 0.5) * fade),
                influence: influence(p))
        }
        add(-1, (0, 0.5))
        for c in 1..<columns {
            // Even steps of the angle from the pole.
            let x = -Turn.cosine(Float(c) / Float(columns) / 2)
            for row in rows { add(x, row) }
        }
        add(1, (0, 0.5))
        let n = UInt32(rows.count)
        let last = UInt32(part.positions.count - 1)
        for r in 0..<n {
            let next = (r + 1) % n
            part.indices += [0, 1 + next, 1 + r]
            for c in 0..<UInt32(columns - 2) {
                let (a, b) = (1 + c * n + r, 1 + c * n + next)
                part.indices += [a, b + n, a + n, a, b, b + n]
            }
            part.indices += [1 + UInt32(columns - 2) * n + next, last, 1 + UInt32(columns - 2) * n + r]
        }
        part.computeNormals()
        return part
    }
}
