import KairaGeometry
import KairaPhysics

/// A busy avatar: hair of some thousand segments, a lattice mouth, a rod tail and spring bones, stepped as one frame.
struct PhysicsLoad {
    var hair: Strands
    var body: World<Float>
    var bones: SpringBoneRig
    let tip: Int
    let rim: [Int]
    let rimRest: [SIMD3<Float>]
    var frame = 0

    /// Strands of 25 segments on a head with a head and a body to collide with.
    static func strands(segments: Int) throws -> Strands {
        var strands = Strands()
        strands.settings.wind.velocity = [1, 0, 0.5]
        strands.settings.wind.gusts = 0.5
        let count = segments / 25
        for s in 0..<count {
            let y = 1 - 1.6 * (Float(s) + 0.5) / Float(count)
            let r = (1 - y * y).squareRoot()
            let turn = Quaternion(angle: 2.399963 * Float(s), axis: [0, 1, 0])
            let d = turn.act([r, 0, 0]) + [0, y, 0]
            try strands.addStrand((0...25).map { d * (0.1 + 0.01 * Float($0)) })
        }
        strands.colliders = [
            StrandCollider(.capsule(start: .zero, end: .zero, radius: 0.098)),
            StrandCollider(.capsule(start: [0, -0.3, 0], end: [0, -0.6, 0], radius: 0.15)),
        ]
        return strands
    }

    /// 5,000 strand segments, 5 x 5 x 8 = 200 lattice points, 60 rod segments, 40 spring joints.
    init() throws {
        hair = try Self.strands(segments: 5000)
        body = World<Float>()
        var material = LatticeMaterial<Float>()
        material.mass = 0.1
        material.structural = 1e-5
        material.volume = 1e-9
        material.damping = 0.01
        let lattice = try body.addLattice(
            cells: [4, 4, 7], origin: .zero, size: [0.06, 0.03, 0.05], material: material,
            isDriven: { x, y, z in x == 0 && y == 0 || x == 4 && y == 4 && z == 0 })
        let (inverseMasses, positions) = (body.particles.inverseMasses, body.particles.positions)
        rim = lattice.particles.filter { inverseMasses[$0] == 0 }
        rimRest = rim.map { positions[$0] }
        let rubber = RodMaterial<Float>(young: 1e7, shearModulus: 4e6, density: 1000, radius: 0.004)
        let tail = try body.addRod(along: (0...60).map { [1, 0, -0.01 * Float($0)] }, material: rubber)
        tip = tail.particles[60]
        try body.addCollider(Collider(.capsule(tail: [0, 0.5, 0], radius: 0.1), at: [1, -1, -0.3], friction: 0.3))
        var joints: [SpringJoint] = []
        for k in 0..<40 {
            let rest = Transform(
                translation: k % 4 == 0 ? [0.1 * Float(k / 4), 0, 0] : [0, -0.05, 0], rotation: .identity,
                scale: [1, 1, 1])
            var joint = SpringJoint(
                parent: k % 4 == 0 ? .anchor(0) : .joint(k - 1), rest: rest, tail: [0, -0.05, 0])
            joint.gravityPower = 0.2
            joint.hitRadius = 0.01
            joint.colliders = [0]
            joints.append(joint)
        }
        bones = try SpringBoneRig(
            joints: joints,
            colliders: [
                SpringCollider(frame: .anchor(0), shape: .sphere(offset: [0, -0.3, 0], radius: 0.1, inside: false))
            ], anchorCount: 1)
    }

    /// One frame at 60 Hz with everything moving.
    mutating func step(anchors: inout [Matrix4]) {
        frame += 1
        let t = Float(frame) / 60
        let sway = SIMD3<Float>(0.2 * (t * 1.3 - (t * 1.3).rounded()), 0, 0)
        let turn = Quaternion(angle: 0.5 * sway.x, axis: [0, 1, 0])
        hair.advance(by: 1.0 / 60, root: sway, rotation: turn)
        for (k, p) in rim.enumerated() { body.drive(p, to: rimRest[k] + sway * 0.05) }
        body.advance(by: 1.0 / 60)
        anchors[0] = Transform(translation: sway, rotation: turn, scale: [1, 1, 1]).matrix
        bones.advance(by: 1.0 / 60, anchors: anchors)
    }
}
