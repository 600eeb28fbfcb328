import Foundation
import KairaPhysics
import Testing

@Suite struct RodTests {
    /// A silicone-like round rod of 1 m, 1 cm in radius.
    static let material = RodMaterial<Double>(young: 2e8, shearModulus: 0.8e8, density: 1100, radius: 0.01)
    static let length = 1.0

    static func line(_ segments: Int, _ axis: SIMD3<Double> = SIMD3(1, 0, 0)) -> [SIMD3<Double>] {
        (0...segments).map { axis * (length * Double($0) / Double(segments)) }
    }

    /// Oracle: Euler-Bernoulli, tip deflection q L^4 / (8 E I) under its weight.
    @Test("a cantilever sags by q L^4 / 8EI", arguments: [(10, RodSolver.direct), (20, .direct), (40, .direct)])
    func sag(segments: Int, solver: RodSolver) throws {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = 1
        // Small loads: the formula is linear.
        world.settings.gravity = SIMD3(0, -0.5, 0)
        let rod = try world.addRod(along: Self.line(segments), material: Self.material, solver: solver)
        for _ in 0..<1500 { world.advance(by: 1.0 / 60) }
        let q = Self.material.lineDensity * 0.5
        let tip = world.particles.positions[rod.particles[segments]]
        let exact = q * pow(Self.length, 4) / (8 * Self.material.bend.x)
        #expect(report("cantilever, \(segments) segments, own weight", -tip.y, expected: exact) < 0.02)
    }

    /// Oracle: P L^3 / (3 E I).
    @Test("a load at the tip bends a cantilever by P L^3 / 3EI")
    func tipLoad() throws {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = 1
        world.settings.gravity = .zero
        let rod = try world.addRod(along: Self.line(40), material: Self.material)
        let load = 0.05
        world.particles.forces[rod.particles[40]] = SIMD3(0, -load, 0)
        for _ in 0..<1500 { world.advance(by: 1.0 / 60) }
        let tip = world.particles.positions[rod.particles[40]]
        let exact = load * pow(Self.length, 3) / (3 * Self.material.bend.x)
        #expect(report("cantilever, 40 segments, load at the tip", -tip.y, expected: exact) < 0.02)
    }

    /// Oracle: omega1 = 1.875104^2 sqrt(E I / (rho A L^4)).
    @Test("a cantilever swings in its first mode", arguments: RodSolver.allCases)
    func firstMode(solver: RodSolver) throws {
        let step = solver == .direct ? 1.0 / 2000 : 1.0 / 200_000
        var world = World<Double>(step: step, maximumSteps: 1000)
        world.settings.substeps = 1
        world.settings.gravity = .zero
        let segments = 40
        let rod = try world.addRod(along: Self.line(segments), material: Self.material, solver: solver)
        let b = 1.8751040687119611
        let ratio = (cosh(b) + cos(b)) / (sinh(b) + sin(b))
        for i in 1...segments {
            let s = b * Double(i) / Double(segments)
            let shape = cosh(s) - cos(s) - ratio * (sinh(s) - sin(s))
            world.particles.velocities[rod.particles[i]] = SIMD3(0, 0.01 * shape, 0)
        }
        let exact = 2 * Double.pi / (b * b) * (Self.material.lineDensity / Self.material.bend.x).squareRoot()
        var samples: [Double] = []
        let sampling = 1.0 / 2000
        for _ in 0..<Int(4.2 * exact / sampling) {
            world.advance(by: sampling)
            samples.append(world.particles.positions[rod.particles[segments]].y)
        }
        let measured = period(samples, step: sampling)
        #expect(report("cantilever's first period, \(solver.rawValue)", measured, expected: exact) < 0.02)
    }

    /// Oracle: Euler's load pi^2 E I / (4 L^2) of a clamped-free column.
    @Test("a column stands below Euler's load and buckles above it", arguments: [(0.95, false), (1.05, true)])
    func buckling(share: Double, buckles: Bool) throws {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = 4
        world.settings.gravity = .zero
        world.settings.drag = 1e-3
        let rod = try world.addRod(along: Self.line(40, SIMD3(0, 1, 0)), material: Self.material)
        let load = share * Double.pi * Double.pi * Self.material.bend.x / (4 * Self.length * Self.length)
        let tip = rod.particles[40]
        world.particles.forces[tip] = SIMD3(1e-4 * load, -load, 0)
        for _ in 0..<60 * 100 { world.advance(by: 1.0 / 60) }
        let aside = abs(world.particles.positions[tip].x)
        print("figure: column at \(share) of Euler's load: tip aside by \(aside) m")
        // Below: linear growth 1/(1 - P/Pc) of a small push; above: the elastica's finite deflection.
        #expect(buckles ? aside > 0.15 : aside < 0.01)
    }

    /// Oracle: Greenhill 1881, a column buckles by its own weight at L^3 = 7.8373 E I / (rho A g).
    @Test("a column buckles under its own weight at Greenhill's length", arguments: [(0.95, false), (1.05, true)])
    func selfBuckling(share: Double, buckles: Bool) throws {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = 4
        world.settings.drag = 1e-3
        let critical = 7.8373 * Self.material.bend.x / (Self.material.lineDensity * pow(Self.length, 3))
        world.settings.gravity = SIMD3(1e-4 * critical, -share * critical, 0)
        let rod = try world.addRod(along: Self.line(40, SIMD3(0, 1, 0)), material: Self.material)
        for _ in 0..<60 * 100 { world.advance(by: 1.0 / 60) }
        let aside = abs(world.particles.positions[rod.particles[40]].x)
        print("figure: column at \(share) of Greenhill's weight: tip aside by \(aside) m")
        #expect(buckles ? aside > 0.15 : aside < 0.01)
    }

    /// Oracle: Michell 1890, found again by Zajac 1962 (Goriely, "Twisted Elastic Rings and the Rediscoveries of Michell's
    /// Instability", J. Elasticity 84, 2006): a ring of a straight rod with equal stiffness B to all sides and C to twist
    /// leaves its plane where its total twist exceeds 2 pi sqrt(3) B / C, in two waves.
    @Test(
        "a ring stays flat below Michell's twist and writhes above it",
        arguments: [0.97, 1.03], [0.8e8, 0.5e8])
    func ringTwist(share: Double, shearModulus: Double) throws {
        let thin = RodMaterial<Double>(young: 2e8, shearModulus: shearModulus, density: 1100, radius: 0.005)
        let critical = 2 * Double.pi * 3.0.squareRoot() * thin.bend.x / thin.twist
        var ring = try RodRing(segments: 80, material: thin, twist: share * critical, substeps: 4)
        ring.kick(1e-4)
        var height = 0.0
        for _ in 0..<60 * 20 {
            ring.world.advance(by: 1.0 / 60)
            height = max(height, ring.height)
        }
        print("figure: ring at \(share) of Michell's \(critical) rad: \(height) m from flat, in the end \(ring.height)")
        // Below: the kick swings out; above: it grows to loops.
        #expect(share > 1 ? height > 0.03 : height < 1e-3)
    }

    /// Oracle: a curve of curvature k and torsion t is a helix of radius k/(k^2+t^2) and pitch 2 pi t/(k^2+t^2).
    @Test("a straight rod with rest curvature and twist curls into a helix")
    func helix() throws {
        let (k, t, segments) = (8.0, 4.0, 400)
        var world = World<Double>(step: 1.0 / 60)
        world.settings.gravity = .zero
        world.settings.substeps = 1
        world.settings.drag = 1e-3
        var soft = Self.material
        soft.damping = 0.05
        let rod = try world.addRod(along: Self.line(segments), material: soft)
        for s in rod.segments { world.setRestCurvature(SIMD3(k, 0, t), ofSegment: s) }
        for _ in 0..<3000 { world.advance(by: 1.0 / 60) }
        let x = rod.particles.map { world.particles.positions[$0] }
        let (r, p) = Self.helixShape(Array(x[50...350]))
        let (radius, rise) = (k / (k * k + t * t), t / (k * k + t * t))
        #expect(report("helix radius", r, expected: radius) < 1e-4)
        #expect(report("helix pitch", p, expected: 2 * .pi * rise) < 1e-4)
    }

    /// Radius and pitch from second differences: they point to the axis.
    static func helixShape(_ x: [SIMD3<Double>]) -> (radius: Double, pitch: Double) {
        var bends: [SIMD3<Double>] = []
        for i in 1..<x.count - 1 { bends.append(x[i + 1] - 2 * x[i] + x[i - 1]) }
        var axis = SIMD3<Double>.zero
        for i in 0..<bends.count - 10 { axis += crossed(bends[i], bends[i + 10]) }
        axis /= norm(axis)
        var angle = 0.0
        for i in 0..<bends.count - 1 {
            let sine: Double = (crossed(bends[i], bends[i + 1]) * axis).sum()
            let cosine: Double = (bends[i] * bends[i + 1]).sum()
            angle += atan2(sine, cosine)
        }
        angle /= Double(bends.count - 1)
        var size = 0.0
        for b in bends { size += norm(b) }
        size /= Double(bends.count)
        // A point turning by `angle` a step about the axis at distance r has a second difference of 2 r (1 - cos angle).
        let radius = size / (2 * (1 - cos(angle)))
        let rise: Double = ((x[x.count - 1] - x[0]) * axis).sum() / Double(x.count - 1)
        return (radius, abs(rise / angle * 2 * .pi))
    }

    /// Oracle: a tree's equilibrium balances: its root carries the weight of all; seen by turning the tree with gravity.
    @Test("a branching tree sags the same however the world is turned")
    func tree() throws {
        func tips(_ q: SIMD4<Double>) throws -> [SIMD3<Double>] {
            var world = World<Double>(step: 1.0 / 60)
            world.settings.substeps = 2
            world.settings.gravity = turned(q, SIMD3(0.3, -2, 0.1))
            let trunkPoints = (0...10).map { turned(q, SIMD3<Double>(0, 0.05 * Double($0), 0)) }
            let out: [Double] = (1...8).map { 0.04 * Double($0) }
            let left = out.map { turned(q, SIMD3<Double>($0, 0.5 + 0.75 * $0, 0)) }
            let right = out.map { turned(q, SIMD3<Double>(0, 0.5 + 0.75 * $0, $0)) }
            let trunk = try world.addRod(along: trunkPoints, material: Self.material)
            let fork = trunk.segments.upperBound - 1
            let a = try world.addBranch(along: left, from: fork, material: Self.material)
            let b = try world.addBranch(along: right, from: fork, material: Self.material)
            for _ in 0..<2000 { world.advance(by: 1.0 / 60) }
            return [a, b].map { world.particles.positions[$0.particles[8]] }
        }
        let plain = try tips(SIMD4(0, 0, 0, 1))
        let q = SIMD4(0.5, 0.5, 0.5, 0.5)
        let other = try tips(q)
        for (p, o) in zip(plain, other) {
            #expect(norm(turned(q, p) - o) < 1e-8)
            #expect(abs(norm(p) - norm(SIMD3(0.32, 0.74, 0))) > 1e-4, "it does sag")
        }
    }

    /// Oracle: Newton's third law, with inertia times spin of the segments counted by the test.
    @Test("a free tree of rods keeps momentum and spin to 1e-10 over 10,000 steps", arguments: RodSolver.allCases)
    func momentum(solver: RodSolver) throws {
        var world = World<Double>(step: 1.0 / 500)
        world.settings.gravity = .zero
        world.settings.substeps = 1
        // Thick and short: its segments' own inertia counts.
        let thick = RodMaterial<Double>(young: 2e5, shearModulus: 0.8e5, density: 1100, radius: 0.05)
        let trunk = try world.addRod(
            along: (0...8).map { SIMD3(0.05 * Double($0), 0.02 * sin(Double($0)), 0) }, material: thick, root: .free,
            solver: solver)
        let branch = try world.addBranch(
            along: (1...4).map { SIMD3(0.2, 0.05 * Double($0), 0.03 * Double($0)) },
            from: trunk.segments.lowerBound + 3,
            material: thick)
        let joined = Array(Set(trunk.particles + branch.particles)).sorted()
        for p in joined {
            let x = world.particles.positions[p]
            world.particles.velocities[p] =
                crossed(SIMD3(0.7, -0.4, 2), x) + SIMD3(0.5, 0.1, -0.3) + SIMD3(0, 0, 0.2 * sin(40 * x.x))
        }
        let segments = Array(trunk.segments) + Array(branch.segments)
        func measure() -> (linear: SIMD3<Double>, angular: SIMD3<Double>, spin: SIMD3<Double>) {
            var (p, l, s) = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
            for i in joined {
                let m = 1 / world.particles.inverseMasses[i]
                p += m * world.particles.velocities[i]
                l += m * crossed(world.particles.positions[i], world.particles.velocities[i])
            }
            for (k, i) in segments.enumerated() {
                // Lengths as built.
                let length =
                    k < 8
                    ? norm(SIMD3(0.05, 0.02 * (sin(Double(k + 1)) - sin(Double(k))), 0))
                    : k == 8 ? norm(SIMD3(0, 0.05, 0.03) - SIMD3(0, 0.02 * sin(4), 0)) : norm(SIMD3(0, 0.05, 0.03))
                s += thick.lineInertia * length * world.segmentSpin(i)
            }
            return (p, l + s, s)
        }
        let before = measure()
        var mostSpin = 0.0
        for _ in 0..<10_000 {
            world.advance(by: 1.0 / 500)
            mostSpin = max(mostSpin, norm(measure().spin))
        }
        let after = measure()
        let dp = norm(after.linear - before.linear) / norm(before.linear)
        let dl = norm(after.angular - before.angular) / norm(before.angular)
        report("rods, \(solver.rawValue): linear momentum drift", dp, expected: 0)
        report("rods, \(solver.rawValue): angular momentum drift", dl, expected: 0)
        #expect(dp < 1e-10)
        #expect(dl < 1e-10)
        #expect(mostSpin > 0.01 * norm(before.angular), "spins are a part that shows")
        #expect(norm(world.angularMomentum - after.angular) < 1e-12 * norm(after.angular))
        #expect(world.diagnostics.resets == 0)
    }
}

func crossed(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

func turned(_ q: SIMD4<Double>, _ v: SIMD3<Double>) -> SIMD3<Double> {
    let u = SIMD3(q.x, q.y, q.z)
    let t = 2 * crossed(u, v)
    return v + q.w * t + crossed(u, t)
}
