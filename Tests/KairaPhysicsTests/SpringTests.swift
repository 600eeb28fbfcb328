import Foundation
import KairaPhysics
import Testing

/// A mass on a spring along x, fixed at the origin, stretched by `amplitude` beyond its rest length of 1 m.
private func oscillator<S: PhysicsScalar>(
    _: S.Type, method: IntegrationMethod, stiffness: S, mass: S, amplitude: S, step: Double, damping: S = 0
) throws -> World<S> {
    var world = World<S>(step: step)
    world.settings.gravity = .zero
    world.settings.substeps = 1
    world.settings.method = method
    let wall = try world.addParticle(at: .zero, mass: 0)
    let bob = try world.addParticle(at: SIMD3(1 + amplitude, 0, 0), mass: mass)
    try world.addDistance(wall, bob, restLength: 1, compliance: 1 / stiffness, damping: damping)
    return world
}

@Suite struct SpringTests {
    /// Oracle: implicit Euler for the oscillator in closed form, v' = (v - h k/m x) / (1 + h^2 k/m), x' = x + h v'.
    @Test("one XPBD spring is implicit Euler, to 1e-12 in Double")
    func implicitEuler() throws {
        let (k, m, a, h) = (900.0, 0.7, 0.2, 1.0 / 240)
        var world = try oscillator(Double.self, method: .xpbd, stiffness: k, mass: m, amplitude: a, step: h)
        var (x, v, worst) = (a, 0.0, 0.0)
        for _ in 0..<500 {
            world.advance(by: h)
            v = (v - h * k / m * x) / (1 + h * h * k / m)
            x += h * v
            worst = max(worst, abs(world.particles.positions[1].x - 1 - x))
        }
        report("XPBD spring against implicit Euler, worst metres", worst, expected: 0)
        #expect(worst < 1e-12)
    }

    /// Oracle: the same recursion in Double; tolerance: 500 steps of Float rounding at 1.2 m.
    @Test("one XPBD spring is implicit Euler, to 1e-5 in Float")
    func implicitEulerFloat() throws {
        let (k, m, a, h) = (900.0, 0.7, 0.2, 1.0 / 240)
        var world = try oscillator(Float.self, method: .xpbd, stiffness: 900, mass: 0.7, amplitude: 0.2, step: h)
        var (x, v, worst) = (a, 0.0, 0.0)
        for _ in 0..<500 {
            world.advance(by: h)
            v = (v - h * k / m * x) / (1 + h * h * k / m)
            x += h * v
            worst = max(worst, abs(Double(world.particles.positions[1].x) - 1 - x))
        }
        report("XPBD spring in Float against implicit Euler, worst metres", worst, expected: 0)
        #expect(worst < 1e-5)
    }

    /// Oracle: implicit Euler with damping, v' = (v - h k/m x) / (1 + h c/m + h^2 k/m).
    @Test("a damped XPBD spring is damped implicit Euler")
    func dampedImplicitEuler() throws {
        let (k, m, c, a, h) = (400.0, 1.0, 3.0, 0.1, 1.0 / 240)
        var world = try oscillator(
            Double.self, method: .xpbd, stiffness: k, mass: m, amplitude: a, step: h, damping: c)
        var (x, v, worst) = (a, 0.0, 0.0)
        for _ in 0..<500 {
            world.advance(by: h)
            v = (v - h * k / m * x) / (1 + h * c / m + h * h * k / m)
            x += h * v
            worst = max(worst, abs(world.particles.positions[1].x - 1 - x))
        }
        report("damped XPBD spring against implicit Euler, worst metres", worst, expected: 0)
        #expect(worst < 1e-12)
    }

    /// Oracle: T = 2 pi sqrt(m/k); the error of symplectic Euler is T (omega h)^2 / 24, of order 2.
    @Test("spring period converges with order 2 (symplectic)")
    func periodOrder() throws {
        let exact = 2 * Double.pi / 10
        var errors: [Double] = []
        for h in [1.0 / 50, 1.0 / 100, 1.0 / 200, 1.0 / 400] {
            var world = try oscillator(
                Double.self, method: .symplectic, stiffness: 100, mass: 1, amplitude: 0.1, step: h)
            var samples: [Double] = []
            for _ in 0..<Int(20 * exact / h) {
                world.advance(by: h)
                // Symplectic Euler's orbit is an ellipse in (x, v) at mid-step; x alone has the exact discrete period.
                samples.append(world.particles.positions[1].x - 1)
            }
            let measured = phasePeriod(samples, step: h)
            errors.append(report("spring period, h = \(h)", measured, expected: exact))
        }
        for i in 1..<errors.count {
            let order = log2(errors[i - 1] / errors[i])
            print("figure: spring period order \(order)")
            #expect(abs(order - 2) < 0.05)
        }
        // The leading term of the error, (omega h)^2 / 24 with omega h = 1/40 at the last.
        #expect(abs(errors[3] / (pow(10.0 / 400, 2) / 24) - 1) < 0.02)
    }

    /// Oracle: explicit Euler multiplies the oscillator's energy by exactly 1 + (omega h)^2 a step.
    @Test("explicit Euler gains (omega h)^2 of energy a step")
    func explicitFails() throws {
        let h = 1.0 / 100
        var world = try oscillator(Double.self, method: .explicit, stiffness: 100, mass: 1, amplitude: 0.1, step: h)
        let before = world.kineticEnergy + world.potentialEnergy
        for _ in 0..<300 { world.advance(by: h) }
        let growth = pow((world.kineticEnergy + world.potentialEnergy) / before, 1 / 300.0)
        #expect(report("explicit Euler's energy factor a step", growth, expected: 1.01) < 1e-9)
    }

    /// Oracle: symplectic Euler keeps x^2 w^2 + v^2 - h w^2 x v, so true energy is bounded and has no trend.
    @Test("symplectic energy has no trend over 10,000 periods")
    func energyDrift() throws {
        let h = 2 * Double.pi / 10 / 40
        var world = try oscillator(Double.self, method: .symplectic, stiffness: 100, mass: 1, amplitude: 0.1, step: h)
        let start = world.kineticEnergy + world.potentialEnergy
        var (first, last, most) = (0.0, 0.0, 0.0)
        let periods = 10_000
        for p in 0..<periods {
            for _ in 0..<40 {
                world.advance(by: h)
                let energy = (world.kineticEnergy + world.potentialEnergy) / start
                if p < 1000 { first += energy }
                if p >= periods - 1000 { last += energy }
                most = max(most, abs(energy - 1))
            }
        }
        let slope = abs(last - first) / 40_000 / Double(periods - 1000)
        print("figure: symplectic energy slope a period \(slope), largest deviation \(most)")
        #expect(slope < 1e-6)
        #expect(most < 0.5 * 2 * Double.pi / 40 * 1.1)
    }

    /// Oracle: Newton's third law. A tumbling net of springs, no outside force.
    @Test("momentum is kept to 1e-10 over 10,000 steps", arguments: IntegrationMethod.allCases.dropFirst())
    func momentum(method: IntegrationMethod) throws {
        var world = World<Double>(step: 1.0 / 500)
        world.settings.gravity = .zero
        world.settings.substeps = 1
        world.settings.method = method
        var seed: UInt64 = 7
        func random() -> Double {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(seed >> 33) / Double(1 << 31) - 0.5
        }
        for i in 0..<12 {
            let spin = SIMD3(0.3, -0.2, 2.0)
            let p = SIMD3(random(), random(), random())
            let v = SIMD3(spin.y * p.z - spin.z * p.y, spin.z * p.x - spin.x * p.z, spin.x * p.y - spin.y * p.x)
            try world.addParticle(at: p, mass: 0.5 + 0.1 * Double(i), velocity: v + SIMD3(0.5, 0.1, -0.3))
        }
        for i in 0..<12 {
            for j in (i + 1)..<12 { try world.addDistance(i, j, compliance: 1.0 / 200, damping: 0.02) }
        }
        if method == .xpbd {
            for i in 0..<9 { try world.addVolume(i, i + 1, i + 2, i + 3, compliance: 1e-6) }
            for i in 0..<9 { try world.addBending(edge: i, i + 1, wings: i + 2, i + 3, compliance: 1e-2) }
        }
        let (p, l) = (world.linearMomentum, world.angularMomentum)
        for _ in 0..<10_000 { world.advance(by: 1.0 / 500) }
        let dp = norm(world.linearMomentum - p) / norm(p)
        let dl = norm(world.angularMomentum - l) / norm(l)
        report("\(method.rawValue) linear momentum drift", dp, expected: 0)
        report("\(method.rawValue) angular momentum drift", dl, expected: 0)
        #expect(dp < 1e-10)
        #expect(dl < 1e-10)
    }

    /// Oracle: terminal speed m g / c.
    @Test("a falling body reaches m g / c", arguments: [1.0 / 60, 1.0 / 600])
    func drag(step: Double) throws {
        var world = World<Double>(step: step)
        world.settings.gravity = SIMD3(0, -9.81, 0)
        world.settings.drag = 2
        try world.addParticle(at: .zero, mass: 0.5)
        for _ in 0..<Int(5 / step) { world.advance(by: step) }
        #expect(report("terminal speed", -world.particles.velocities[0].y, expected: 0.5 * 9.81 / 2) < 1e-3)
    }
}

func norm(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }

/// Period of a pure sampled sinusoid: from x[n+1] + x[n-1] = 2 cos(w h) x[n], by least squares.
private func phasePeriod(_ x: [Double], step: Double) -> Double {
    var (a, b) = (0.0, 0.0)
    for i in 1..<x.count - 1 {
        a += x[i] * (x[i + 1] + x[i - 1])
        b += x[i] * x[i]
    }
    return 2 * .pi * step / acos(a / (2 * b))
}
