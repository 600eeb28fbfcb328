import KairaGeometry

/// Grows a labyrinth of folds of one width on a closed surface, as a cortex folds while it grows.
///
/// Source: Swift and Hohenberg, "Hydrodynamic fluctuations at the convective instability", Phys. Rev. A 15 (1977):
/// du/dt = r u - (1 + laplacian / k^2)^2 u - u^3, on the surface with cotangent weights.
package struct FoldPattern {
    /// Metres, one a vertex.
    package var positions: [SIMD3<Float>]
    /// Three a triangle.
    package var indices: [UInt32]
    /// Metres from one fold's crest to the next.
    package var wavelength: Float
    /// One a vertex: what `u` is held at, where `hold` is above 0.
    package var target: [Float]
    /// One a vertex: 0 leaves the pattern alone, 1 fixes it.
    package var hold: [Float]
    /// Which of the many possible labyrinths.
    package var seed: UInt32
    /// How long it grows, in units of the model's time.
    package var duration: Float

    /// A pattern from its parts.
    package init(
        positions: [SIMD3<Float>], indices: [UInt32], wavelength: Float, target: [Float], hold: [Float], seed: UInt32,
        duration: Float = 26
    ) {
        self.positions = positions
        self.indices = indices
        self.wavelength = wavelength
        self.target = target
        self.hold = hold
        self.seed = seed
        self.duration = duration
    }

    /// Runs the model.
    ///
    /// - Returns: one number a vertex, about -1 in the furrows and 1 on the crests.
    package func grow() -> [Float] {
        let count = positions.count
        // Cotangent weights, gathered as rows of a sparse matrix.
        var edges: [UInt64: Float] = [:]
        var mass = [Float](repeating: 0, count: count)
        edges.reserveCapacity(indices.count)
        for t in stride(from: 0, to: indices.count, by: 3) {
            let v = [Int(indices[t]), Int(indices[t + 1]), Int(indices[t + 2])]
            for k in 0..<3 {
                let (a, b, c) = (v[k], v[(k + 1) % 3], v[(k + 2) % 3])
                let (e, f) = (positions[a] - positions[c], positions[b] - positions[c])
                let area = length(cross(e, f))
                edges[UInt64(min(a, b)) << 32 | UInt64(max(a, b)), default: 0] += dot(e, f) / max(area, 1e-9) / 2
                mass[a] += area / 6
            }
        }
        var rows = [[(Int32, Float)]](repeating: [], count: count)
        for key in edges.keys.sorted() {
            let (a, b, w) = (Int(key >> 32), Int(key & 0xffff_ffff), max(edges[key] ?? 0, 0))
            rows[a].append((Int32(b), w))
            rows[b].append((Int32(a), w))
        }
        let k2 = (6.283_185_3 / wavelength) * (6.283_185_3 / wavelength)
        var starts: [Int] = [0]
        var columns: [Int32] = []
        var weights: [Float] = []
        var diagonal: [Float] = []
        var stiffest: Float = 0
        for i in 0..<count {
            var sum: Float = 0
            for (j, w) in rows[i] {
                columns.append(j)
                weights.append(w / mass[i] / k2)
                sum += w / mass[i] / k2
            }
            starts.append(columns.count)
            diagonal.append(sum)
            stiffest = max(stiffest, 2 * sum)
        }
        // The stiffest mode must not overshoot: half of explicit Euler's limit 2 / (lambda - 1)^2 for its bound.
        let step = min(1.6 / ((stiffest - 1) * (stiffest - 1)), 0.05)
        var u = (0..<count).map { i in
            let h = Self.noise(UInt32(truncatingIfNeeded: i), seed)
            return hold[i] > 0 ? target[i] : (h - 0.5) * 0.4
        }
        var q = u
        let growth: Float = 0.5
        for _ in 0..<Int(duration / step) {
            for i in 0..<count {
                var sum = u[i] * (1 - diagonal[i])
                for e in starts[i]..<starts[i + 1] { sum += weights[e] * u[Int(columns[e])] }
                q[i] = sum
            }
            for i in 0..<count {
                var sum = q[i] * (1 - diagonal[i])
                for e in starts[i]..<starts[i + 1] { sum += weights[e] * q[Int(columns[e])] }
                let v = u[i]
                let next = v + step * (growth * v - sum - v * v * v)
                u[i] = next + hold[i] * (target[i] - next)
            }
        }
        // Stripes settle at sqrt(4 r / 3).
        let scale = 1 / (4 * growth / 3).squareRoot()
        return u.map { min(max($0 * scale, -1), 1) }
    }

    /// A number in 0..<1 from two integers (a finaliser of MurmurHash3, Appleby, public domain).
    static func noise(_ i: UInt32, _ seed: UInt32) -> Float {
        var h = i &* 0x9e37_79b9 ^ seed &* 0x85eb_ca6b
        h ^= h >> 16
        h = h &* 0x85eb_ca6b
        h ^= h >> 13
        h = h &* 0xc2b2_ae35
        h ^= h >> 16
        return Float(h >> 8) / 16_777_216
    }
}
