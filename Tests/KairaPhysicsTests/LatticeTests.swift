import Foundation
import KairaPhysics
import Testing

@Suite struct LatticeTests {
    static func points(_ count: Int, in box: ClosedRange<Float>) -> [SIMD3<Float>] {
        var seed: UInt64 = 3
        func random() -> Float {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return box.lowerBound + (box.upperBound - box.lowerBound) * Float(seed >> 40) / Float(1 << 24)
        }
        return (0..<count).map { _ in SIMD3(random(), random(), random()) }
    }

    /// Oracle: the affine map itself; trilinear and cubic weights reproduce it, also outside the box.
    @Test(
        "rigid and affine motion of the cage is carried over exactly", arguments: [true, false], [[], [0], [0, 1, 2]])
    func affine(rigid: Bool, cubicAxes: [Int]) throws {
        var world = World<Float>()
        let lattice = try world.addLattice(cells: [4, 3, 2], origin: [-0.5, -0.5, -0.5], size: [1, 1, 1])
        let points = Self.points(500, in: -0.6...0.6)
        let binding = lattice.bind(points, cubicAxes: cubicAxes)
        let rows: [SIMD3<Float>] =
            rigid
            ? [[0.36, 0.48, -0.8], [-0.8, 0.6, 0], [0.48, 0.64, 0.6]]
            : [[1.2, 0.3, 0], [-0.2, 0.7, 0.4], [0.1, 0, 1.5]]
        func map(_ p: SIMD3<Float>) -> SIMD3<Float> {
            SIMD3((rows[0] * p).sum(), (rows[1] * p).sum(), (rows[2] * p).sum()) + SIMD3(0.3, -0.2, 0.1)
        }
        for i in lattice.particles { world.particles.positions[i] = map(world.particles.positions[i]) }
        var moved = points
        binding.deform(world.particles.positions, into: &moved)
        var worst: Float = 0
        for (p, q) in zip(points, moved) {
            let d = map(p) - q
            worst = max(worst, abs(d.x), abs(d.y), abs(d.z))
        }
        print("figure: lattice, \(rigid ? "rigid" : "affine") motion, worst error \(worst) m")
        #expect(worst < 1e-6)
        // Normals: of a plane a x = const, whose image has normal (A^-T a).
        let rest = [SIMD3<Float>](repeating: [0, 0, 1], count: points.count)
        var normals = rest
        binding.deform(normals: rest, world.particles.positions, into: &normals)
        // A^-T e3 is the cross product of A's first two columns.
        let (c0, c1) = (SIMD3(rows[0].x, rows[1].x, rows[2].x), SIMD3(rows[0].y, rows[1].y, rows[2].y))
        let n = SIMD3(c0.y * c1.z - c0.z * c1.y, c0.z * c1.x - c0.x * c1.z, c0.x * c1.y - c0.y * c1.x)
        let exact = n / (n * n).sum().squareRoot()
        for m in normals { #expect(abs((m * exact).sum() - 1) < 1e-5) }
    }

    /// Oracle: the quadratic itself; Catmull and Rom's curves pass through every parabola, with its slope, where all four
    /// corners are inside.
    @Test("along cubic axes a quadratic is carried over exactly, and its normals", arguments: 0..<3)
    func quadratic(axis: Int) throws {
        var world = World<Double>()
        let lattice = try world.addLattice(cells: [5, 5, 5], origin: .zero, size: [1, 1, 1])
        var points = Self.points(200, in: 0.2...0.8).map { SIMD3<Double>($0) }
        let other = (axis + 1) % 3
        for i in points.indices { points[i][other] = 0.5 }
        let binding = lattice.bind(points, cubicAxes: [axis])
        func map(_ p: SIMD3<Double>) -> SIMD3<Double> {
            var q = p
            q[other] += 0.7 * p[axis] * p[axis]
            return q
        }
        for i in lattice.particles { world.particles.positions[i] = map(world.particles.positions[i]) }
        var moved = points
        binding.deform(world.particles.positions, into: &moved)
        var normals = points
        var up = SIMD3<Double>.zero
        up[other] = 1
        binding.deform(
            normals: [SIMD3<Double>](repeating: up, count: points.count), world.particles.positions, into: &normals)
        for (i, p) in points.enumerated() {
            #expect(norm(moved[i] - map(p)) < 1e-12)
            // Of the surface y = 0.5 + 0.7 x^2: (-1.4 x, 1).
            var exact = up
            exact[axis] = -1.4 * p[axis]
            #expect(norm(normals[i] - exact / norm(exact)) < 1e-12)
        }
    }

    /// Oracle: the material's own rest shape: shape matching brings a squeezed box back, turned as a whole.
    @Test("shape matching brings back the rest shape")
    func shapeMatching() throws {
        var world = World<Double>()
        world.settings.gravity = .zero
        var material = LatticeMaterial<Double>()
        (material.structural, material.shear, material.bend, material.shape) = (nil, nil, nil, 0.2)
        let lattice = try world.addLattice(
            cells: SIMD3(3, 3, 3), origin: .zero, size: SIMD3(1, 1, 1), material: material)
        let rest = world.particles.positions
        let q = SIMD4(0.1, 0.7, -0.1, 0.7) / SIMD4(0.1, 0.7, -0.1, 0.7).lengthForTest
        for (k, i) in lattice.particles.enumerated() {
            let noise = SIMD3(sin(Double(k)), cos(2 * Double(k)), sin(3 * Double(k))) * 0.05
            world.particles.positions[i] = turned(q, world.particles.positions[i]) + noise
        }
        world.settings.drag = 0.2
        for _ in 0..<1200 { world.advance(by: 1.0 / 60) }
        var worst = 0.0
        for a in lattice.particles {
            for b in lattice.particles {
                let now = norm(world.particles.positions[a] - world.particles.positions[b])
                worst = max(worst, abs(now - norm(rest[a] - rest[b])))
            }
        }
        print("figure: shape matching, worst distance error \(worst) m")
        #expect(worst < 1e-6)
    }

    /// Oracle: the rest volume; a box of jelly stands on the ground and keeps it.
    @Test("volume constraints keep the volume to 1 % at rest")
    func volume() throws {
        var world = World<Double>()
        world.settings.substeps = 20
        world.settings.drag = 0.02
        try world.addCollider(Collider(.plane(normal: SIMD3(0, 1, 0)), friction: 0.5))
        var material = LatticeMaterial<Double>()
        material.mass = 1
        material.structural = 1e-2
        material.shear = 1e-2
        material.bend = nil
        material.volume = 0
        let lattice = try world.addLattice(
            cells: SIMD3(3, 3, 3), origin: SIMD3(0, 0.05, 0), size: SIMD3(0.3, 0.3, 0.3), material: material)
        func volume() -> Double {
            var sum = 0.0
            let x = world.particles.positions
            for k in 0..<3 {
                for j in 0..<3 {
                    for i in 0..<3 {
                        let p = (0..<8).map { x[lattice.particle(i + ($0 & 1), j + ($0 >> 1 & 1), k + ($0 >> 2))] }
                        let tets =
                            (i + j + k) & 1 == 0
                            ? [[0, 1, 2, 4], [3, 2, 1, 7], [5, 4, 7, 1], [6, 7, 4, 2], [1, 2, 4, 7]]
                            : [[1, 0, 3, 5], [2, 3, 0, 6], [4, 5, 6, 0], [7, 6, 5, 3], [0, 3, 5, 6]]
                        for t in tets {
                            let a = p[t[1]] - p[t[0]]
                            sum += abs((crossed(a, p[t[2]] - p[t[0]]) * (p[t[3]] - p[t[0]])).sum()) / 6
                        }
                    }
                }
            }
            return sum
        }
        let before = volume()
        #expect(abs(before - 0.027) < 1e-12)
        for _ in 0..<600 { world.advance(by: 1.0 / 60) }
        let height = lattice.particles.map { world.particles.positions[$0].y }.max() ?? 0
        print("figure: jelly of 0.3 m stands \(height) m high")
        #expect(report("volume over rest volume", volume() / before, expected: 1) < 0.01)
        #expect(height < 0.299, "it does sag")
    }

    /// Oracle: a balloon's rest volume times its pressure.
    @Test("an enclosed volume is blown up to its pressure")
    func balloon() throws {
        var world = World<Double>()
        world.settings.gravity = .zero
        world.settings.drag = 0.5
        // An octahedron.
        for p in [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]] as [SIMD3<Double>] {
            try world.addParticle(at: p, mass: 0.1)
        }
        let triangles: [SIMD3<Int32>] = [
            [0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5],
        ]
        try world.addEnclosedVolume(triangles, pressure: 1.5)
        for _ in 0..<300 { world.advance(by: 1.0 / 60) }
        let x = world.particles.positions
        let volume = triangles.reduce(0.0) { sum, t in
            sum + (x[Int(t.x)] * crossed(x[Int(t.y)], x[Int(t.z)])).sum() / 6
        }
        #expect(report("balloon's volume", volume, expected: 1.5 * 4 / 3) < 1e-3)
    }

    /// Oracle: driven points are where they were sent; the rest follows within the springs' reach.
    @Test("driven points drag the lattice along")
    func driven() throws {
        var world = World<Float>()
        let lattice = try world.addLattice(
            cells: [2, 2, 2], origin: .zero, size: [0.2, 0.2, 0.2], isDriven: { _, y, _ in y == 2 })
        for k in 1...120 {
            for z in 0...2 {
                for x in 0...2 {
                    world.drive(
                        lattice.particle(x, 2, z), to: [Float(x) * 0.1 + Float(k) * 0.01, 0.2, Float(z) * 0.1])
                }
            }
            world.advance(by: 1.0 / 60)
        }
        #expect(abs(world.particles.positions[lattice.particle(0, 2, 0)].x - 1.2) < 1e-6)
        #expect(abs(world.particles.positions[lattice.particle(0, 0, 0)].x - 1.2) < 0.2)
    }
}

extension SIMD4 where Scalar == Double {
    var lengthForTest: SIMD4<Double> { SIMD4(repeating: (self * self).sum().squareRoot()) }
}
