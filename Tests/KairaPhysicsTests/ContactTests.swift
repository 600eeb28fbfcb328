import Foundation
import KairaPhysics
import Testing

@Suite struct ContactTests {
    /// How far a block slides down a slope of some angle in a second, from rest, metres.
    static func slide(degrees: Double, friction: Double, substeps: Int = 8) throws -> (way: Double, speed: Double) {
        var world = World<Double>(step: 1.0 / 60)
        world.settings.substeps = substeps
        world.settings.gravity = SIMD3(0, -9.81, 0)
        let a = degrees * .pi / 180
        let normal = SIMD3(sin(a), cos(a), 0)
        try world.addCollider(Collider(.plane(normal: normal), friction: friction))
        try world.addParticle(at: normal * 0.01, mass: 2, radius: 0.01)
        for _ in 0..<60 { world.advance(by: 1.0 / 60) }
        return (norm(world.particles.positions[0] - normal * 0.01), norm(world.particles.velocities[0]))
    }

    /// Oracle: Coulomb, slides above atan mu; the angle found by bisection.
    @Test("the friction angle is atan mu", arguments: [0.1, 0.3, 0.6, 1.0, 2.0])
    func frictionAngle(mu: Double) throws {
        var (low, high) = (0.0, 89.0)
        while high - low > 1e-3 {
            let middle = (low + high) / 2
            if try Self.slide(degrees: middle, friction: mu).way > 1e-3 { high = middle } else { low = middle }
        }
        let exact = atan(mu) * 180 / .pi
        report("friction angle, mu = \(mu)", high, expected: exact)
        #expect(abs(high - exact) < 1)
    }

    /// Oracle: uniform acceleration g (sin a - mu cos a).
    @Test("a block slides at g (sin a - mu cos a)")
    func slidingSpeed() throws {
        let a = 40 * Double.pi / 180
        let speed = try Self.slide(degrees: 40, friction: 0.3).speed
        #expect(report("speed after 1 s", speed, expected: 9.81 * (sin(a) - 0.3 * cos(a))) < 1e-3)
    }

    /// A pile on the ground: settled bodies must not move at all.
    @Test("resting contact does not jitter")
    func resting() throws {
        var world = World<Float>(step: 1.0 / 60)
        try world.addCollider(Collider(.plane(normal: [0, 1, 0]), friction: 0.5))
        try world.addCollider(Collider(.sphere(radius: 0.5), at: [0, 0, 0], friction: 0.5))
        try world.addParticle(at: [2, 0.5, 0], mass: 1, radius: 0.05)
        try world.addParticle(at: [0, 1, 0], mass: 1, radius: 0.05)
        // A tetrahedron that falls on a side.
        for p in [[3, 0.4, 0], [3.3, 0.5, 0], [3, 0.4, 0.3], [3.1, 0.8, 0.1]] as [SIMD3<Float>] {
            try world.addParticle(at: p, mass: 0.3, radius: 0.02)
        }
        for i in 2..<6 { for j in (i + 1)..<6 { try world.addDistance(i, j) } }
        for _ in 0..<240 { world.advance(by: 1.0 / 60) }
        let settled = world.particles.positions
        var most: Float = 0
        for _ in 0..<120 {
            world.advance(by: 1.0 / 60)
            for (p, q) in zip(world.particles.positions, settled) {
                let d = p - q
                most = max(most, (d * d).sum().squareRoot())
            }
        }
        print("figure: resting contact, most motion in 2 s \(most) m")
        #expect(most < 1e-5)
    }

    static let shapes: [(String, Collider<Float>)] = [
        ("plane", Collider(.plane(normal: [0, 1, 0]))),
        ("sphere", Collider(.sphere(radius: 0.3))),
        ("capsule", Collider(.capsule(tail: [0.4, 0, 0], radius: 0.2))),
        ("inside of a sphere", Collider(.sphere(radius: 1), keepsInside: true)),
        ("inside of a capsule", Collider(.capsule(tail: [0.5, 0, 0], radius: 1), keepsInside: true)),
    ]

    /// Oracle: the signed distance of each form in closed form, on the shown states.
    @Test("nothing sinks in deeper than 0.1 mm", arguments: shapes.indices)
    func penetration(index: Int) throws {
        let (name, collider) = Self.shapes[index]
        var world = World<Float>(step: 1.0 / 60)
        try world.addCollider(collider)
        // A net falls, with 20 cm between points.
        for i in 0..<25 {
            let p = SIMD3(Float(i % 5) * 0.1 - 0.2, 0.6, Float(i / 5) * 0.1 - 0.2)
            try world.addParticle(at: p, mass: 0.05, radius: 0.01, velocity: [0, -3, 0])
        }
        for i in 0..<25 {
            if i % 5 < 4 { try world.addDistance(i, i + 1) }
            if i / 5 < 4 { try world.addDistance(i, i + 5) }
        }
        var deepest: Float = 0
        for _ in 0..<240 {
            world.advance(by: 1.0 / 60)
            for p in world.particles.positions { deepest = max(deepest, 0.01 - world.clearance(of: p)) }
        }
        print("figure: \(name), deepest penetration \(deepest) m")
        #expect(deepest <= 1e-4)
    }

    /// Oracle: a body shot at 10 m/s must be on the side it came from, whatever the step.
    @Test("nothing tunnels at 10 m/s", arguments: [0.002, 0.01, 0.05] as [Float], [1, 4])
    func tunnelling(radius: Float, substeps: Int) throws {
        var world = World<Float>(step: 1.0 / 60)
        world.settings.substeps = substeps
        world.settings.gravity = .zero
        // A ball, and a sheet 4 mm thick as a distance field.
        let sheet = try Self.slab(thickness: 0.004, half: 0.2)
        let field = world.addField(sheet)
        try world.addCollider(Collider(.field(field), at: [0, 0, 1]))
        try world.addCollider(Collider(.sphere(radius: radius), at: [0, 0, -1]))
        try world.addCollider(Collider(.capsule(tail: [0, 0.5, 0], radius: radius), at: [3, -0.25, -1]))
        for i in 0..<20 {
            let start = 0.5 + Float(i) * 0.013
            try world.addParticle(at: [0, 0, 1 + start], mass: 1, velocity: [0, 0, -10])
            try world.addParticle(at: [0, 0, -1 + start], mass: 1, velocity: [0, 0, -10])
            try world.addParticle(at: [3, 0, -1 + start], mass: 1, velocity: [0, 0, -10])
        }
        var crossed = 0
        for _ in 0..<30 { world.advance(by: 1.0 / 60) }
        for i in 0..<20 {
            if world.particles.positions[3 * i].z < 1 { crossed += 1 }
            if world.particles.positions[3 * i + 1].z < -1 { crossed += 1 }
            if world.particles.positions[3 * i + 2].z < -1 { crossed += 1 }
        }
        #expect(crossed == 0)
    }

    /// A moving ball must push what it meets, however fast.
    @Test("a collider that moves at 10 m/s pushes")
    func movingCollider() throws {
        var world = World<Float>(step: 1.0 / 60)
        world.settings.gravity = .zero
        let ball = try world.addCollider(Collider(.sphere(radius: 0.05), at: [-1, 0, 0]))
        try world.addParticle(at: .zero, mass: 1, radius: 0.01)
        for i in 1...20 {
            world.moveCollider(ball, to: [-1 + Float(i) / 6, 0, 0])
            world.advance(by: 1.0 / 60)
            #expect(world.clearance(of: world.particles.positions[0]) > 0.01 - 1e-4)
            #expect(world.particles.positions[0].x > -1 + Float(i) / 6)
        }
    }

    /// Oracle: distance to a box in closed form.
    @Test("a mesh's distance field is the mesh's distance")
    func meshField() throws {
        let h: Float = 0.5
        var points: [SIMD3<Float>] = []
        for i in 0..<8 { points.append([i & 1 == 0 ? -h : h, i & 2 == 0 ? -h : h, i & 4 == 0 ? -h : h]) }
        let quads: [[Int32]] = [
            [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6],
        ]
        let triangles = quads.flatMap { q in [SIMD3(q[0], q[1], q[2]), SIMD3(q[0], q[2], q[3])] }
        let field = try SignedDistanceField<Float>(points: points, triangles: triangles, resolution: 24, margin: 0.2)
        var worst: Float = 0
        for k in 0..<field.counts.z {
            for j in 0..<field.counts.y {
                for i in 0..<field.counts.x {
                    let p = field.origin + SIMD3(Float(i), Float(j), Float(k)) * field.spacing
                    let q = SIMD3(abs(p.x) - h, abs(p.y) - h, abs(p.z) - h)
                    let out = SIMD3(max(q.x, 0), max(q.y, 0), max(q.z, 0))
                    let exact = (out * out).sum().squareRoot() + min(q.max(), 0)
                    let value = field.values[(k * field.counts.y + j) * field.counts.x + i]
                    worst = max(worst, abs(value - exact))
                }
            }
        }
        print("figure: distance field of a box, worst error at samples \(worst) m")
        #expect(worst < 1e-5)
        // A falling net comes to rest on it.
        var world = World<Float>()
        let index = world.addField(field)
        try world.addCollider(Collider(.field(index), friction: 0.5))
        try world.addParticle(at: [0.1, 1, 0.1], mass: 1, radius: 0.02)
        for _ in 0..<120 { world.advance(by: 1.0 / 60) }
        #expect(abs(world.particles.positions[0].y - 0.52) < 1e-4)
    }

    @Test("colliders inside each other leave finite states")
    func nestedColliders() throws {
        var world = World<Float>()
        try world.addCollider(Collider(.sphere(radius: 0.5)))
        try world.addCollider(Collider(.sphere(radius: 0.4), keepsInside: true))
        try world.addCollider(Collider(.plane(normal: [0, -1, 0]), at: [0, -2, 0]))
        try world.addParticle(at: .zero, mass: 1)
        for _ in 0..<60 { world.advance(by: 1.0 / 60) }
        let p = world.particles.positions[0]
        #expect(p.x.isFinite && p.y.isFinite && p.z.isFinite)
    }

    /// The exact distance to a thin box, sampled finely across its thickness.
    static func slab(thickness: Float, half: Float) throws -> SignedDistanceField<Float> {
        let spacing: Float = 0.01
        let counts = SIMD3(41, 41, 9)
        let origin = SIMD3<Float>(-0.2, -0.2, -0.04)
        var values: [Float] = []
        for k in 0..<counts.z {
            for _ in 0..<counts.y * counts.x { values.append(abs(origin.z + Float(k) * spacing) - thickness / 2) }
        }
        return try SignedDistanceField(counts: counts, origin: origin, spacing: spacing, values: values)
    }
}
