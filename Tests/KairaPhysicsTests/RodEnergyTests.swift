import Foundation
import KairaPhysics
import Testing

/// Rods that nothing drives: what they lose is the integrator's, and they never gain.
///
/// Bound: implicit Euler takes m |v' - v|^2 / 2 from the energy a substep where the energy is convex on the way; what Newton's
/// method leaves over may return a thousandth of the energy of motion. So the total may never rise above what it was at
/// the start by more than rounding, 1e-9 of it, where a rod is prestressed or unstable by no more than the loss.
@Suite struct RodEnergyTests {
    static let material = RodMaterial<Double>(young: 2e8, shearModulus: 0.8e8, density: 1100, radius: 0.01)

    /// Oracle: conservation of energy. The ring is at rest in a minimum of its energy, and kicked; without the stiffness
    /// that its prestress of 10 N m adds, one Newton step overshoots: 30 J became 33 J and more.
    @Test(
        "a prestressed ring never gains energy",
        arguments: [(0.0, 1, 0.0), (0, 4, 0), (0, 16, 0), (0, 4, 0.01), (8, 1, 0), (8, 4, 0), (8, 4, 0.01)])
    func ring(twist: Double, substeps: Int, damping: Double) throws {
        var material = Self.material
        material.damping = damping
        var ring = try RodRing(segments: 40, material: material, twist: twist, substeps: substeps)
        ring.kick(0.05)
        let start = ring.energy
        var (most, before, rise) = (start, start, 0.0)
        for _ in 0..<1200 {
            ring.world.advance(by: 1.0 / 60)
            let now = ring.energy
            (most, rise, before) = (max(most, now), max(rise, now - before), now)
        }
        print(
            "figure: ring, twist \(twist), \(substeps) substeps, damping \(damping) s: \(start) J, at most \(most) J, in"
                + " the end \(before) J, greatest rise in a frame \(rise) J")
        #expect(most <= start * (1 + 1e-9))
        #expect(rise <= 1e-9 * start)
        // Kicked it rolls about the weld's line, for nothing, and is a little bent where it leaves it.
        #expect(ring.height < 0.01)
    }

    /// Oracle: conservation of energy; twisted to more than a ring bears it writhes out of its plane at once, by a way on
    /// which the energy is not convex.
    @Test("a ring that buckles never gains energy", arguments: [1, 4, 16])
    func writhing(substeps: Int) throws {
        var ring = try RodRing(segments: 40, material: Self.material, twist: 20, substeps: substeps)
        ring.kick(0.05)
        let start = ring.energy
        var (most, before, rise, height) = (start, start, 0.0, 0.0)
        for _ in 0..<1200 {
            ring.world.advance(by: 1.0 / 60)
            let now = ring.energy
            (most, rise, before) = (max(most, now), max(rise, now - before), now)
            height = max(height, ring.height)
        }
        print(
            "figure: writhing ring, \(substeps) substeps: \(start) J, at most \(most) J, in the end \(before) J, greatest"
                + " rise in a frame \(rise) J, \(height) m high")
        #expect(height > 0.03)
        #expect(most <= start * (1 + 1e-9))
        #expect(rise <= 1e-9 * start)
        #expect(ring.world.diagnostics.resets == 0)
    }

    /// Oracle: conservation of energy; a soft rod of 1 m held at one end is let fall from the horizontal and cracks.
    @Test(
        "a falling rod never gains energy",
        arguments: [(1e5, 1, 0.0), (1e5, 4, 0), (1e5, 16, 0), (1e7, 1, 0), (1e7, 4, 0), (1e7, 16, 0), (1e5, 4, 0.01)])
    func fall(young: Double, substeps: Int, damping: Double) throws {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = substeps
        var soft = RodMaterial<Double>(young: young, shearModulus: 0.4 * young, density: 1100, radius: 0.01)
        soft.damping = damping
        try world.addRod(along: RodTests.line(40), material: soft, root: .pinned)
        let scale = soft.lineDensity * 9.80665 / 2
        var most = -Double.infinity
        for _ in 0..<1800 {
            world.advance(by: 1.0 / 60)
            most = max(most, world.kineticEnergy + world.potentialEnergy + world.rodEnergy)
        }
        let end = world.kineticEnergy + world.potentialEnergy + world.rodEnergy
        print(
            "figure: rod of \(young) Pa, \(substeps) substeps, damping \(damping) s: at most \(most) J, in the end \(end) J,"
                + " of \(scale) J")
        #expect(most <= 1e-9 * scale)
        #expect(world.diagnostics.resets == 0)
    }

    /// Oracle: conservation of energy; a free rod bent to a half circle that tumbles.
    @Test("a tumbling rod never gains energy", arguments: [1, 4, 16])
    func tumbling(substeps: Int) throws {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = substeps
        world.settings.gravity = .zero
        let rod = try world.addRod(
            along: (0...30).map { SIMD3(0.3 * cos(Double($0) * .pi / 30), 0.3 * sin(Double($0) * .pi / 30), 0) },
            material: Self.material, root: .free)
        for s in rod.segments { world.setRestCurvature(.zero, ofSegment: s) }
        for p in rod.particles {
            world.particles.velocities[p] = crossed(SIMD3(0.7, -3, 2), world.particles.positions[p])
        }
        let start = world.kineticEnergy + world.rodEnergy
        var most = start
        for _ in 0..<1800 {
            world.advance(by: 1.0 / 60)
            most = max(most, world.kineticEnergy + world.rodEnergy)
        }
        let end = world.kineticEnergy + world.rodEnergy
        print("figure: tumbling rod, \(substeps) substeps: \(start) J, at most \(most) J, in the end \(end) J")
        #expect(most <= start * (1 + 1e-9))
        #expect(world.diagnostics.resets == 0)
    }
}
