import Kaira
import KairaGeometry
import Testing

/// The mesh tools that the mascot is built with, on shapes whose answers are known.
@Suite struct KairaKunGeometryTests {
    private func volume(_ positions: [SIMD3<Float>], _ indices: [UInt32]) -> Float {
        stride(from: 0, to: indices.count, by: 3).reduce(0) { sum, t in
            let (a, b, c) = (
                positions[Int(indices[t])], positions[Int(indices[t + 1])], positions[Int(indices[t + 2])]
            )
            return sum + dot(a, cross(b, c)) / 6
        }
    }

    private func isClosed(_ indices: [UInt32]) -> Bool {
        var edges: Set<SIMD2<UInt32>> = []
        for t in stride(from: 0, to: indices.count, by: 3) {
            for k in 0..<3 {
                guard edges.insert(SIMD2(indices[t + k], indices[t + (k + 1) % 3])).inserted else { return false }
            }
        }
        return edges.allSatisfy { edges.contains(SIMD2($0.y, $0.x)) }
    }

    /// Oracle: closed form. A cube sphere of n cells has 6 n^2 + 2 vertices and 12 n^2 triangles; its volume nears 4/3 pi.
    @Test("a cube sphere is closed, outward and welded")
    func cubeSphere() {
        let sphere = CubeSphere(side: 16)
        #expect(sphere.directions.count == 6 * 256 + 2)
        #expect(sphere.indices.count == 12 * 256 * 3)
        #expect(isClosed(sphere.indices))
        #expect(abs(volume(sphere.directions, sphere.indices) - 4.18879) < 0.03)
        // A vertex's own direction finds it alone.
        for (i, d) in sphere.directions.enumerated() {
            let (vertices, weights) = sphere.cell(at: d)
            let own = (0..<4).reduce(Float(0)) { $0 + (Int(vertices[$1]) == i ? weights[$1] : 0) }
            #expect(own > 0.999)
        }
    }

    /// Oracle: closed form, a ball of 0.1 m. The vertices are put on the surface, so that only chords are lost.
    @Test("a surface net of a ball has its volume")
    func surfaceNet() {
        let net = SurfaceNet(
            bounds: BoundingBox(min: SIMD3(repeating: -0.13), max: SIMD3(repeating: 0.13)), cell: 0.011)
        let (positions, indices) = net.mesh { length($0) - 0.1 }
        #expect(isClosed(indices))
        #expect(positions.allSatisfy { abs(length($0) - 0.1) < 1e-4 })
        #expect(abs(volume(positions, indices) / 0.00418879 - 1) < 0.015)
    }

    /// Oracle: closed form. A simplified ball stays closed and close to its volume, and its seam in its plane.
    @Test("simplification keeps a ball closed, its volume within 1 % and its seam in the plane x = 0")
    func simplifier() {
        let sphere = CubeSphere(side: 24)
        let thin = MeshSimplifier(
            positions: sphere.directions, indices: sphere.indices, onSeam: sphere.directions.map { $0.x == 0 }
        ).simplified(to: 900)
        #expect(thin.indices.count / 3 <= 900)
        #expect(thin.indices.count / 3 > 880)
        #expect(isClosed(thin.indices))
        #expect(abs(volume(thin.positions, thin.indices) / 4.18879 - 1) < 0.01)
        for t in stride(from: 0, to: thin.indices.count, by: 3) {
            let x = (0..<3).map { thin.positions[Int(thin.indices[t + $0])].x }
            #expect(x.allSatisfy { $0 >= 0 } || x.allSatisfy { $0 <= 0 }, "no triangle crosses the seam")
        }
        #expect(zip(thin.positions, thin.onSeam).allSatisfy { !$1 || $0.x == 0 })
    }

    /// Oracle: theory. Swift-Hohenberg stripes have wave number k near onset: over a sphere of radius 1 the mean squared
    /// gradient over the mean square is k^2.
    @Test("folds have the width that was asked for")
    func folds() {
        let sphere = CubeSphere(side: 32)
        let wavelength: Float = 0.5
        let count = sphere.directions.count
        let u = FoldPattern(
            positions: sphere.directions, indices: sphere.indices, wavelength: wavelength,
            target: [Float](repeating: 0, count: count), hold: [Float](repeating: 0, count: count), seed: 3
        ).grow()
        var (energy, mass): (Float, Float) = (0, 0)
        for t in stride(from: 0, to: sphere.indices.count, by: 3) {
            let v = (0..<3).map { Int(sphere.indices[t + $0]) }
            let p = v.map { sphere.directions[$0] }
            let (e1, e2) = (p[1] - p[0], p[2] - p[0])
            let n = cross(e1, e2)
            let area = length(n) / 2
            // The gradient of the linear function on the triangle.
            let g = cross(n, e1) * (u[v[2]] - u[v[0]]) + cross(e2, n) * (u[v[1]] - u[v[0]])
            energy += dot(g, g) / dot(n, n) / dot(n, n) * area
            mass += (u[v[0]] * u[v[0]] + u[v[1]] * u[v[1]] + u[v[2]] * u[v[2]]) / 3 * area
        }
        let k = (energy / mass).squareRoot()
        #expect(abs(k * wavelength / (2 * .pi) - 1) < 0.12, "\(2 * .pi / k)")
        #expect((u.max() ?? 0) > 0.8 && (u.min() ?? 0) < -0.8)
    }
}
