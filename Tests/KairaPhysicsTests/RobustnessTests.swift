import Foundation
import KairaGeometry
import KairaPhysics
import Testing

@Suite struct RobustnessTests {
    static func finite(_ world: World<Float>) -> Bool {
        world.particles.positions.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }
            && world.particles.velocities.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }
    }

    /// Springs, a chain, a sheet with bends, a tetrahedron, a shape, rods of both solvers, on the ground.
    static func everything(stiffness: Float, heavy: Float, step: Double, method: IntegrationMethod = .xpbd) throws
        -> World<Float>
    {
        var world = World<Float>(step: step)
        world.settings.method = method
        try world.addCollider(Collider(.plane(normal: [0, 1, 0]), friction: 0.5))
        for i in 0..<12 {
            try world.addParticle(
                at: [Float(i % 4) * 0.1, 0.5 + Float(i / 4) * 0.1, Float(i % 3) * 0.05],
                mass: i == 0 ? 0 : i == 7 ? heavy : 0.1, radius: 0.01)
        }
        for i in 0..<12 { for j in (i + 1)..<12 { try world.addDistance(i, j, compliance: 1 / stiffness) } }
        try world.addChain([0, 5, 9, 11])
        try world.addBending(edge: 1, 2, wings: 5, 6, compliance: 1 / stiffness)
        try world.addVolume(1, 2, 5, 8, compliance: 1 / stiffness)
        try world.addShapeMatch([2, 3, 6, 7, 10], stiffness: 0.5)
        try world.addStrainLimit(3, 4, lower: 0.9, upper: 1.1)
        try world.addAttachment(11, to: [0, 1, 0], compliance: 1 / stiffness)
        let material = RodMaterial<Float>(
            young: 1e4 * stiffness, shearModulus: 4e3 * stiffness, density: 1000, radius: 0.005)
        for solver in RodSolver.allCases {
            try world.addRod(along: (0...10).map { [1, 0.5, 0.03 * Float($0)] }, material: material, solver: solver)
        }
        return world
    }

    @Test("a step of 1 s, stiffness times a million, a mass ratio of 10,000 stay finite", arguments: [1.0, 1.0 / 60])
    func extremes(step: Double) throws {
        for (stiffness, heavy) in [(100, 0.1), (1e8, 0.1), (100, 1000), (1e8, 1e-4)] as [(Float, Float)] {
            for method in IntegrationMethod.allCases {
                var world = try Self.everything(stiffness: stiffness, heavy: heavy, step: step, method: method)
                for _ in 0..<30 {
                    world.advance(by: step)
                    #expect(Self.finite(world))
                }
                // XPBD and the rods never need the reset; the force methods may, and say so.
                if method == .xpbd {
                    #expect(world.diagnostics.resets == 0)
                    for p in world.particles.positions {
                        #expect((p * p).sum() < 1e8, "\(method) \(stiffness) \(heavy)")
                    }
                }
            }
        }
    }

    @Test("coincident points and masses of zero stay finite")
    func degenerate() throws {
        var world = World<Float>()
        for i in 0..<6 { try world.addParticle(at: [0, 1, 0], mass: i < 2 ? 0 : 1) }
        for i in 0..<6 { for j in (i + 1)..<6 { try world.addDistance(i, j, restLength: 0.1) } }
        try world.addChain([0, 2, 3, 1], restLengths: [0, 0, 0])
        try world.addBending(edge: 2, 3, wings: 4, 5)
        try world.addVolume(2, 3, 4, 5)
        try world.addShapeMatch([2, 3, 4, 5])
        try world.addEnclosedVolume([[2, 3, 4], [3, 2, 5], [4, 3, 5], [2, 4, 5]])
        for _ in 0..<60 {
            world.advance(by: 1.0 / 60)
            #expect(Self.finite(world))
        }
        #expect(world.particles.positions[0] == [0, 1, 0])
        #expect(world.diagnostics.resets == 0)
    }

    @Test("bad builders are refused with a reason")
    func refusals() throws {
        var world = World<Float>()
        #expect(throws: PhysicsError.self) { try world.addParticle(at: [.nan, 0, 0], mass: 1) }
        #expect(throws: PhysicsError.self) { try world.addParticle(at: .zero, mass: -1) }
        #expect(throws: PhysicsError.self) { try world.addParticle(at: .zero, mass: .nan) }
        let a = try world.addParticle(at: .zero, mass: 1)
        #expect(throws: PhysicsError.noSuchElement(what: "particle", index: 5, count: 1)) {
            try world.addDistance(a, 5)
        }
        #expect(throws: PhysicsError.repeatedElement(what: "particle", index: 0)) { try world.addDistance(a, a) }
        let material = RodMaterial<Float>(young: 1e6, shearModulus: 1e6, density: 1000, radius: 0.01)
        #expect(throws: PhysicsError.self) { try world.addRod(along: [.zero, .zero], material: material) }
        #expect(throws: PhysicsError.self) { try world.addRod(along: [.zero], material: material) }
        #expect(throws: PhysicsError.self) { try world.addCollider(Collider(.plane(normal: .zero))) }
        #expect(throws: PhysicsError.self) { try world.addCollider(Collider(.field(0))) }
        #expect(throws: PhysicsError.self) { try world.addCollider(Collider(.sphere(radius: -1))) }
    }

    /// Documented: a particle that is not finite goes back to where it was when the step began, at rest; others go on.
    @Test("NaN from outside is set back, and counted")
    func notANumber() throws {
        var world = try Self.everything(stiffness: 1e4, heavy: 0.1, step: 1.0 / 60)
        for _ in 0..<10 { world.advance(by: 1.0 / 60) }
        world.particles.positions[4] = [.nan, 0, 0]
        world.particles.velocities[6] = [0, .infinity, 0]
        world.particles.forces[8] = [0, .nan, 0]
        world.settings.gravity = [0, .nan, 0]
        world.settings.wind = [.infinity, 0, 0]
        world.settings.drag = -.infinity
        for _ in 0..<10 { world.advance(by: 1.0 / 60) }
        #expect(Self.finite(world))
        #expect(world.diagnostics.resets == 2)
    }

    @Test("an explicit method that blows up is set back, not left infinite")
    func blowUp() throws {
        var world = World<Float>()
        world.settings.method = .explicit
        let a = try world.addParticle(at: .zero, mass: 0)
        let b = try world.addParticle(at: [1, 0.1, 0], mass: 0.001)
        try world.addDistance(a, b, restLength: 0.5, compliance: 1e-6)
        for _ in 0..<600 {
            world.advance(by: 1.0 / 60)
            #expect(Self.finite(world))
        }
        #expect(world.diagnostics.resets > 0)
    }

    @Test("hair and flagella stand NaN, jumps and long frames")
    func others() throws {
        var strands = try StrandTests.hair(strands: 4, segments: 8)
        strands.advance(by: 1.0 / 60)
        let before = strands.positions
        #expect(strands.advance(by: 1.0 / 60, root: [.nan, 0, 0]) == 0)
        #expect(strands.positions == before)
        strands.advance(by: 1.0 / 60, root: [1000, 0, 0])
        #expect(distance(strands.positions[3], before[3] + [1000, 0, 0]) < 0.1)
        strands.settings.gravity = [0, .nan, 0]
        strands.advance(by: 1, root: [1000, 0, 0])
        #expect(strands.positions.allSatisfy(\.isFinite))
        #expect(strands.resets > 0)
        #expect(throws: PhysicsError.self) { try strands.addStrand([.zero, .zero]) }

        var swimmer = Swimmer(body: .sphere(radius: 0.1, viscosity: 1))
        let material = RodMaterial<Double>(young: 1e9, shearModulus: 1e9, density: 1, radius: 0.01)
        let fluid = ResistiveForce(viscosity: 1, wavelength: 1, radius: 0.01)
        try swimmer.addFlagellum(
            base: .zero, direction: .zero, length: 0.5, segments: 5, material: material, fluid: fluid)
        swimmer.drives[0].amplitude = .nan
        swimmer.advance(by: 1)
        #expect(swimmer.points.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
        #expect(swimmer.resets > 0)
        swimmer.drives[0].amplitude = 1000
        swimmer.drives[0].frequency = 1e6
        for _ in 0..<60 { swimmer.advance(by: 1.0 / 60) }
        swimmer.isDriven = true
        swimmer.driveBody(to: SIMD3(1e6, 0, 0))
        swimmer.advance(by: 1.0 / 60)
        #expect(swimmer.points.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
    }
}
