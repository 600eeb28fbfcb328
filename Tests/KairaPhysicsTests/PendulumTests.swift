import Foundation
import KairaPhysics
import Testing

@Suite struct PendulumTests {
    /// Oracle: T = T0 (2/pi) K(sin(A/2)), complete elliptic integral by the arithmetic-geometric mean.
    /// 1/60 s steps of 20 substeps.
    @Test("pendulum period at any amplitude", arguments: [5.0, 45, 90, 150])
    func period(degrees: Double) throws {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = 20
        world.settings.gravity = SIMD3(0, -9.81, 0)
        let angle = degrees * .pi / 180
        let pivot = try world.addParticle(at: .zero, mass: 0)
        let bob = try world.addParticle(at: SIMD3(sin(angle), -cos(angle), 0), mass: 1)
        try world.addDistance(pivot, bob)
        var samples: [Double] = []
        for _ in 0..<60 * 30 {
            world.advance(by: 1.0 / 60)
            let p = world.particles.positions[bob]
            samples.append(atan2(p.x, -p.y))
        }
        let exact = 2 * Double.pi / 9.81.squareRoot() * 2 / .pi * ellipticK(sin(angle / 2))
        let measured = KairaPhysicsTests.period(samples, step: 1.0 / 60)
        #expect(report("pendulum period at \(degrees) degrees", measured, expected: exact) < 1e-3)
        // Thirty seconds without friction: the swing is as wide at the end as at the start.
        let late = samples.suffix(60 * 5).map(abs).max() ?? 0
        #expect(report("pendulum amplitude after 30 s", late, expected: angle) < 0.01)
    }
}
