import Foundation
import KairaPhysics
import Testing

@Suite struct ChainTests {
    /// A chain of rigid links of equal length, point masses at its joints (half a mass at the ends).
    static func chain(
        links: Int, length: Double, shape: (Double) -> SIMD3<Double>, fixedEnd: Bool, substeps: Int, drag: Double
    ) throws -> World<Double> {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = substeps
        world.settings.gravity = SIMD3(0, -9.81, 0)
        let mass = 1.0 / Double(links)
        world.settings.drag = drag * mass
        for i in 0...links {
            let fixed = i == 0 || (fixedEnd && i == links)
            try world.addParticle(
                at: shape(Double(i) / Double(links)), mass: fixed ? 0 : i == links ? mass / 2 : mass)
        }
        let rest = [Double](repeating: length / Double(links), count: links)
        try world.addChain(Array(0...links), restLengths: rest)
        return world
    }

    /// Oracle: a hanging uniform chain swings with T1 = 4 pi sqrt(L/g) / j01, j01 = 2.404825557695773 the first zero of
    /// the Bessel function J0 (Bernoulli 1738). Started in the mode's shape J0(j01 sqrt(s)), s from the free end.
    @Test("small swing of a hanging chain has the Bessel mode's period")
    func besselMode() throws {
        let (links, long, zero) = (100, 1.0, 2.404825557695773)
        // Each link keeps its length: the height follows from the sideways shape.
        var world = try Self.chain(
            links: links, length: long,
            shape: { s in SIMD3(0.002 * j0(zero * (1 - s).squareRoot()), -s * long, 0) },
            fixedEnd: false, substeps: 20, drag: 0)
        var samples: [Double] = []
        for _ in 0..<60 * 12 {
            world.advance(by: 1.0 / 60)
            samples.append(world.particles.positions[links].x)
        }
        let exact = 4 * Double.pi * (long / 9.81).squareRoot() / zero
        #expect(report("hanging chain's period", period(samples, step: 1.0 / 60), expected: exact) < 5e-3)
    }

    /// Oracle: catenary y = a cosh(x/a), arc length 2 a sinh(d / 2a), a found by bisection; horizontal tension constant.
    @Test("a chain between two hooks rests as a catenary")
    func catenary() throws {
        let (links, long, span) = (100, 1.5, 1.0)
        var (low, high) = (0.05, 10.0)
        for _ in 0..<200 {
            let a = (low + high) / 2
            if 2 * a * sinh(span / (2 * a)) > long { low = a } else { high = a }
        }
        let a = low
        let sag = a * (cosh(span / (2 * a)) - 1)
        // Starts as a V and comes to rest by drag.
        var world = try Self.chain(
            links: links, length: long,
            shape: { s in
                let depth = ((long / 2) * (long / 2) - (span / 2) * (span / 2)).squareRoot()
                return SIMD3(s * span, -depth * (1 - abs(2 * s - 1)), 0)
            }, fixedEnd: true, substeps: 20, drag: 3)
        for _ in 0..<60 * 15 { world.advance(by: 1.0 / 60) }
        let lowest = world.particles.positions[links / 2]
        #expect(report("catenary's sag", -lowest.y, expected: sag) < 5e-3)
        var worst = 0.0
        for p in world.particles.positions {
            let y = a * (cosh((p.x - span / 2) / a) - cosh(span / (2 * a)))
            worst = max(worst, abs(p.y - y))
        }
        print("figure: catenary, worst height difference \(worst) m of a sag of \(sag) m")
        #expect(worst < 5e-3 * sag)
        let links100 = (1...links).map { norm(world.particles.positions[$0] - world.particles.positions[$0 - 1]) }
        let stretch = links100.map { abs($0 / (long / Double(links)) - 1) }.max() ?? 1
        print("figure: catenary, worst stretch of a link \(stretch)")
        #expect(stretch < 1e-6)
    }
}
