import Foundation
import KairaPhysics
import Testing

/// Nets of rigid links that one pass a substep cannot satisfy: they must lose energy, never gain it.
@Suite struct NetTests {
    /// A square of cloth of 1 m and 1 kg, flat in the air, held at two corners; rigid links along and across.
    static func cloth(_ n: Int, substeps: Int) throws -> (World<Float>, [SIMD2<Int>]) {
        var world = World<Float>(step: 1.0 / 60)
        world.settings.substeps = substeps
        let d = 1 / Float(n - 1)
        for j in 0..<n {
            for i in 0..<n {
                let fixed = j == 0 && (i == 0 || i == n - 1)
                try world.addParticle(at: [Float(i) * d, 0, Float(j) * d], mass: fixed ? 0 : 1 / Float(n * n))
            }
        }
        var links: [SIMD2<Int>] = []
        for j in 0..<n {
            for i in 0..<n {
                let p = j * n + i
                if i + 1 < n { links.append(SIMD2(p, p + 1)) }
                if j + 1 < n { links.append(SIMD2(p, p + n)) }
                if i + 1 < n, j + 1 < n { links += [SIMD2(p, p + n + 1), SIMD2(p + 1, p + n)] }
            }
        }
        for l in links { try world.addDistance(l.x, l.y) }
        return (world, links)
    }

    /// Oracle: conservation of energy; the cloth starts at rest at height 0, so its energy may never rise above 0. What
    /// a substep leaves over of the links is less than a thousandth of the weight times a metre.
    @Test("a rigid cloth that is let fall never gains energy", arguments: [5, 8, 20])
    func clothEnergy(substeps: Int) throws {
        var (world, links) = try Self.cloth(20, substeps: substeps)
        var most = -Double.infinity
        for _ in 0..<600 {
            world.advance(by: 1.0 / 60)
            most = max(most, Double(world.kineticEnergy + world.potentialEnergy))
        }
        var sum = 0.0
        for l in links {
            let d = world.particles.positions[l.x] - world.particles.positions[l.y]
            let rest: Float = abs(l.x - l.y) == 1 || abs(l.x - l.y) == 20 ? 1.0 / 19 : Float(2).squareRoot() / 19
            sum += Double(pow((d * d).sum().squareRoot() / rest - 1, 2))
        }
        let strain = (sum / Double(links.count)).squareRoot()
        print("figure: cloth, \(substeps) substeps: most energy \(most) J of 9.8, strain \(strain) in the end")
        #expect(most < 0.01)
        #expect(world.diagnostics.resets == 0)
        #expect(strain < 0.1)
    }

    /// However coarse the step: the cloth stays a cloth of about a metre, and nothing is reset.
    @Test("a rigid cloth stays in one piece at any step", arguments: [1, 2, 3])
    func coarseCloth(substeps: Int) throws {
        var (world, _) = try Self.cloth(20, substeps: substeps)
        for _ in 0..<600 { world.advance(by: 1.0 / 60) }
        let far = world.particles.positions.map { Double(($0 * $0).sum().squareRoot()) }.max() ?? .infinity
        print("figure: cloth, \(substeps) substeps: furthest point \(far) m")
        #expect(far < 30)
        #expect(world.diagnostics.resets == 0)
    }

    /// Oracle: conservation of energy, as above; a chain of 1 m and 1 kg, rigid links, let go from the horizontal: it
    /// cracks like a whip for a minute.
    @Test("a whipping chain never gains energy and keeps its links", arguments: [1, 2, 4, 8, 20])
    func whip(substeps: Int) throws {
        var world = World<Float>(step: 1.0 / 60)
        world.settings.substeps = substeps
        for i in 0...100 { try world.addParticle(at: [Float(i) / 100, 0, 0], mass: i == 0 ? 0 : 0.01) }
        try world.addChain(Array(0...100))
        var (most, worst) = (-Double.infinity, 0.0)
        for _ in 0..<3600 {
            world.advance(by: 1.0 / 60)
            most = max(most, Double(world.kineticEnergy + world.potentialEnergy))
            for i in 1...100 {
                let d = world.particles.positions[i] - world.particles.positions[i - 1]
                worst = max(worst, abs(Double((d * d).sum().squareRoot()) * 100 - 1))
            }
        }
        print("figure: whip, \(substeps) substeps: most energy \(most) J, worst strain \(worst)")
        #expect(most < 1e-3)
        #expect(world.diagnostics.resets == 0)
        if substeps >= 4 { #expect(worst < 2e-3) }
    }

    /// A lattice of rigid edges, faces and diagonals, thrown on the ground.
    @Test("a rigid lattice settles", arguments: [2, 3, 4, 8])
    func lattice(substeps: Int) throws {
        var world = World<Float>(step: 1.0 / 60)
        world.settings.substeps = substeps
        try world.addCollider(Collider(.plane(normal: [0, 1, 0]), friction: 0.5))
        var material = LatticeMaterial<Float>()
        (material.shear, material.bend, material.volume) = (0, 0, 0)
        let lattice = try world.addLattice(
            cells: [4, 4, 4], origin: [0, 0.5, 0], size: [0.4, 0.4, 0.4], material: material)
        for i in lattice.particles { world.particles.velocities[i] = [0, -3, 0] }
        let energy = world.kineticEnergy + world.potentialEnergy
        var most = -Float.infinity
        for _ in 0..<600 {
            world.advance(by: 1.0 / 60)
            most = max(most, world.kineticEnergy + world.potentialEnergy)
        }
        print("figure: lattice on the ground, \(substeps) substeps: energy \(energy) J, at most \(most) J later")
        #expect(most <= energy * 1.001)
        #expect(world.kineticEnergy < 1e-3)
        #expect(world.diagnostics.resets == 0)
    }

    /// Kinds of constraint, each added to a free tumbling cloud of twelve points.
    static let kinds: [(String, @Sendable (inout World<Double>) throws -> Void)] = [
        ("rigid distances", { world in for i in 0..<11 { try world.addDistance(i, i + 1) } }),
        ("springs", { world in for i in 0..<11 { try world.addDistance(i, i + 1, compliance: 1e-3, damping: 0.1) } }),
        ("chain", { try $0.addChain(Array(0..<12)) }),
        ("soft chain", { try $0.addChain(Array(0..<12), compliance: 1e-3) }),
        ("bending", { world in for i in 0..<9 { try world.addBending(edge: i, i + 1, wings: i + 2, i + 3) } }),
        ("volumes", { world in for i in 0..<9 { try world.addVolume(i, i + 1, i + 2, i + 3) } }),
        ("strain limits", { world in for i in 0..<11 { try world.addStrainLimit(i, i + 1, lower: 0.8, upper: 1.1) } }),
        ("shape", { try $0.addShapeMatch(Array(0..<12), stiffness: 0.7) }),
        (
            "enclosed volume",
            { try $0.addEnclosedVolume([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], pressure: 1.2) }
        ),
    ]

    /// Oracle: Newton's third law.
    @Test("every kind of constraint keeps momentum to 1e-10 over 10,000 steps", arguments: kinds.indices)
    func momentum(index: Int) throws {
        var world = World<Double>(step: 1.0 / 500)
        world.settings.gravity = .zero
        world.settings.substeps = 1
        var seed: UInt64 = 11
        func random() -> Double {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(seed >> 33) / Double(1 << 31) - 0.5
        }
        for i in 0..<12 {
            let p = SIMD3(random(), random(), random())
            let v = crossed(SIMD3(0.3, -0.2, 2.0), p) + SIMD3(0.5, 0.1, -0.3)
            try world.addParticle(at: p, mass: 0.5 + 0.1 * Double(i), velocity: v)
        }
        try Self.kinds[index].1(&world)
        // What the kind does not hold together drifts apart: a soft net keeps all within reach.
        for i in 0..<12 { for j in (i + 1)..<12 { try world.addDistance(i, j, compliance: 0.05) } }
        let (p, l) = (world.linearMomentum, world.angularMomentum)
        for _ in 0..<10_000 { world.advance(by: 1.0 / 500) }
        let dp = norm(world.linearMomentum - p) / norm(p)
        let dl = norm(world.angularMomentum - l) / norm(l)
        report("\(Self.kinds[index].0): linear momentum drift", dp, expected: 0)
        report("\(Self.kinds[index].0): angular momentum drift", dl, expected: 0)
        #expect(dp < 1e-10)
        #expect(dl < 1e-10)
        #expect(world.diagnostics.resets == 0)
    }
}
