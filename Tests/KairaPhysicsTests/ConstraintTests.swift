import Dispatch
import Foundation
import KairaGeometry
import KairaPhysics
import Testing

@Suite struct ConstraintTests {
    /// Oracle: implicit Euler for x'' = -(k/m) x, as for a spring of no length.
    @Test("a soft attachment is implicit Euler, a rigid one holds")
    func attachment() throws {
        let (k, m, h) = (350.0, 0.4, 1.0 / 240)
        var world = World<Double>(step: h)
        world.settings.gravity = .zero
        world.settings.substeps = 1
        let soft = try world.addParticle(at: SIMD3(0.3, 0, 0), mass: m)
        let held = try world.addParticle(at: SIMD3(2, 0, 0), mass: m)
        try world.addAttachment(soft, to: .zero, compliance: 1 / k)
        let hook = try world.addAttachment(held, to: SIMD3(2, 0, 0))
        var (x, v, worst) = (0.3, 0.0, 0.0)
        for i in 1...500 {
            let target = SIMD3(2, 0.01 * Double(i), 0)
            world.moveAttachment(hook, to: target)
            world.advance(by: h)
            v = (v - h * k / m * x) / (1 + h * h * k / m)
            x += h * v
            worst = max(worst, abs(world.particles.positions[soft].x - x))
            #expect(norm(world.particles.positions[held] - target) < 1e-12)
        }
        report("attachment against implicit Euler, worst metres", worst, expected: 0)
        #expect(worst < 1e-12)
    }

    /// Oracle: a weight on a spring hangs m g / k below its rest length, but no lower than the limit; a push shortens it
    /// no further than the limit.
    @Test("strain limits bound a soft spring", arguments: [(-1.0, 1.25), (1.0, 0.7)])
    func limits(sense: Double, bound: Double) throws {
        var world = World<Double>()
        world.settings.gravity = SIMD3(0, 9.81 * sense, 0)
        world.settings.drag = 2
        let top = try world.addParticle(at: .zero, mass: 0)
        let bob = try world.addParticle(at: SIMD3(0, -1, 0), mass: 1)
        try world.addDistance(top, bob, compliance: 1.0 / 10)
        try world.addStrainLimit(top, bob, lower: 0.7, upper: 1.25)
        var (least, most) = (Double.infinity, 0.0)
        for _ in 0..<600 {
            world.advance(by: 1.0 / 60)
            let long = norm(world.particles.positions[bob])
            least = min(least, long)
            most = max(most, long)
        }
        // Without the limit: 1 +- 0.981 m.
        #expect(report("limited length", norm(world.particles.positions[bob]), expected: bound) < 1e-9)
        #expect(least > 0.7 - 1e-9 && most < 1.25 + 1e-9)
    }

    /// Oracle: balance of the hinge's torque (angle / compliance) and the weight's, m g r cos(angle), by bisection.
    @Test("a hinge bends to where its torque carries the weight", arguments: [0.02, 0.2, 1.0])
    func hinge(compliance: Double) throws {
        var world = World<Double>()
        world.settings.gravity = SIMD3(0, -9.81, 0)
        world.settings.drag = 1
        // Triangles in the ground plane on both sides of an edge on z; the free wing is 0.5 m out on x.
        let a = try world.addParticle(at: SIMD3(0, 0, -0.5), mass: 0)
        let b = try world.addParticle(at: SIMD3(0, 0, 0.5), mass: 0)
        let c = try world.addParticle(at: SIMD3(-0.5, 0, 0), mass: 0)
        let d = try world.addParticle(at: SIMD3(0.5, 0, 0), mass: 0.3)
        try world.addBending(edge: a, b, wings: c, d, compliance: compliance)
        try world.addDistance(a, d)
        try world.addDistance(b, d)
        for _ in 0..<1200 { world.advance(by: 1.0 / 60) }
        var (low, high) = (0.0, Double.pi / 2)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if middle / compliance < 0.3 * 9.81 * 0.5 * cos(middle) { low = middle } else { high = middle }
        }
        let x = world.particles.positions[d]
        #expect(report("hinge's angle, compliance \(compliance)", atan2(-x.y, x.x), expected: low) < 1e-6)
    }

    /// A box as a mesh.
    static func box(_ h: Float, resolution: Int) throws -> SignedDistanceField<Float> {
        var points: [SIMD3<Float>] = []
        for i in 0..<8 { points.append([i & 1 == 0 ? -h : h, i & 2 == 0 ? -h : h, i & 4 == 0 ? -h : h]) }
        let quads: [[Int32]] = [
            [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6],
        ]
        let triangles = quads.flatMap { q in [SIMD3(q[0], q[1], q[2]), SIMD3(q[0], q[2], q[3])] }
        return try SignedDistanceField(points: points, triangles: triangles, resolution: resolution, margin: 0.2)
    }

    /// Oracle: the box in closed form: what is inside stays inside, at 10 m/s too, and comes to rest on its floor.
    @Test("a mesh keeps things in", arguments: [1, 8])
    func inside(substeps: Int) throws {
        var world = World<Float>()
        world.settings.substeps = substeps
        world.settings.drag = 0.3
        let field = world.addField(try Self.box(0.5, resolution: 29))
        try world.addCollider(Collider(.field(field), keepsInside: true, friction: 0.5))
        let ways: [SIMD3<Float>] = [
            [10, 0, 0], [-10, 0, 0], [0, 10, 0], [0, -10, 0], [0, 0, 10], [0, 0, -10], [6, 6, 6],
        ]
        for way in ways { try world.addParticle(at: way * 0.01, mass: 1, radius: 0.02, velocity: way) }
        var deepest: Float = 0
        for _ in 0..<900 {
            world.advance(by: 1.0 / 60)
            for p in world.particles.positions {
                deepest = max(deepest, max(abs(p.x), abs(p.y), abs(p.z)) - 0.48)
            }
        }
        print("figure: inside of a mesh, \(substeps) substeps: deepest penetration \(deepest) m")
        // In the edges, where two walls meet, the sampled distance is rounded off by a share of the spacing.
        #expect(deepest <= 1e-4)
        for p in world.particles.positions { #expect(abs(p.y + 0.48) < 1e-4) }
    }

    /// Oracle: the run on one thread: worlds share nothing, so any number of threads gives the same bits.
    @Test("any number of threads gives the same bits", arguments: [1, 2, 7])
    func threads(count: Int) throws {
        let worlds = try (0..<8).map { k in
            var world = try RobustnessTests.everything(stiffness: 1e4, heavy: 0.1, step: 1.0 / 60)
            world.settings.gravity.x = Float(k)
            return world
        }
        let reference = worlds.map { world in
            var world = world
            for _ in 0..<120 { world.advance(by: 1.0 / 60) }
            return world.particles.positions
        }
        let results = Shared([[SIMD3<Float>]](repeating: [], count: 8))
        DispatchQueue.concurrentPerform(iterations: count) { thread in
            for k in stride(from: thread, to: 8, by: count) {
                var world = worlds[k]
                for _ in 0..<120 { world.advance(by: 1.0 / 60) }
                results.set(k, world.particles.positions)
            }
        }
        #expect(results.value == reference)
    }

    /// Oracle: the order of building in another world: constraints are put in order once, and the public numbering stays.
    @Test("rest lengths are changed by the number they were added under")
    func numbering() throws {
        var world = World<Double>()
        world.settings.gravity = .zero
        world.settings.drag = 5
        for i in 0..<8 { try world.addParticle(at: SIMD3(Double(i), 0, 0), mass: i == 0 ? 0 : 1) }
        let links = try (0..<7).map { try world.addDistance($0, $0 + 1) }
        world.advance(by: 1.0 / 60)
        for i in links { world.setRestLength(1 + 0.1 * Double(i), ofDistance: i) }
        for _ in 0..<3000 { world.advance(by: 1.0 / 60) }
        for i in links {
            let long = norm(world.particles.positions[i + 1] - world.particles.positions[i])
            #expect(abs(long - (1 + 0.1 * Double(i))) < 1e-6)
        }
    }

    /// A lock of 1.6 mm, as heavy as keratin, that bends far more easily than it stretches.
    static let hair = RodMaterial<Float>(
        stretch: 4000, shear: 4000, bend: [6e-5, 6e-5], twist: 6e-5, lineDensity: 2.6e-3, lineInertia: 1.7e-9,
        damping: 0.01)

    /// Oracle: the rest lengths, and the balls' distance in closed form.
    @Test("hair of rods keeps its length to 0.1 % and stays out of the head")
    func rodHair() throws {
        var hair = RodStrands()
        for s in 0..<12 {
            let a = 2.399963 * Float(s)
            let y = 0.9 - 0.1 * Float(s)
            let r = (1 - y * y).squareRoot()
            let d = SIMD3<Float>(r * cos(a), y, r * sin(a))
            try hair.addStrand((0...12).map { d * (0.1 + 0.015 * Float($0)) }, material: Self.hair)
        }
        try hair.addCollider(Collider(.sphere(radius: 0.098)))
        let rests = hair.positions
        let children = [
            StrandInterpolation.Child(
                guides: [3, 0, 0], weights: [1, 0, 0], root: rests[hair.range(of: 3).lowerBound])
        ]
        let interpolation = try StrandInterpolation(children: children, rests: rests, starts: hair.starts)
        var child = [SIMD3<Float>](repeating: .zero, count: interpolation.pointCount)
        var (worst, deepest): (Float, Float) = (0, 0)
        for k in 1...300 {
            let (p, q) = StrandTests.nod(Double(k) / 60)
            hair.advance(by: 1.0 / 60, root: p, rotation: q)
            for s in 0..<hair.count {
                for i in hair.range(of: s).dropFirst() {
                    worst = max(worst, abs(distance(hair.positions[i], hair.positions[i - 1]) / 0.015 - 1))
                    deepest = max(deepest, 0.098 - distance(hair.positions[i], p))
                }
            }
            interpolation.interpolate(hair, into: &child)
            for (i, j) in hair.range(of: 3).enumerated() { #expect(distance(child[i], hair.positions[j]) < 1e-3) }
        }
        print("figure: hair of rods: worst stretch \(worst), deepest penetration \(deepest) m")
        #expect(worst < 1e-3)
        #expect(deepest <= 1e-4)
        let before = hair.positions
        hair.advance(by: 1e-9, root: StrandTests.nod(5).0 + [100, 0, 0], rotation: StrandTests.nod(5).1)
        for (a, b) in zip(before, hair.positions) { #expect(distance(a + [100, 0, 0], b) < 1e-3) }
        #expect(throws: PhysicsError.self) { try hair.addStrand([.zero, [0, 1, 0]], material: Self.hair) }
    }
}

/// Results of threads, one place each.
final class Shared<Element: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var elements: [Element]
    init(_ elements: [Element]) { self.elements = elements }
    var value: [Element] { lock.withLock { elements } }
    func set(_ index: Int, _ element: Element) { lock.withLock { elements[index] = element } }
}
