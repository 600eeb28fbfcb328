import Foundation
import KairaGeometry
import KairaPhysics
import Testing

/// Spring bones of a VRM file, read by a few lines of test code: files here have neither scale nor rest rotation of
/// skipped nodes. Every node is an anchor; springs hang on nodes or on each other.
struct SpringFixture {
    var rig: SpringBoneRig
    /// World matrices of all nodes at rest, and each node's parent.
    var rest: [Matrix4]
    let locals: [Transform]
    let parents: [Int?]
    let root: Int

    static let folder = TestDataFolder.shared.appending(path: "models/vrm-conformance")

    init(_ name: String) throws {
        let url = name.contains("/") ? TestDataFolder.shared.appending(path: name) : Self.folder.appending(path: name)
        let data = try Data(contentsOf: url)
        let count = data[12..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
        let file = try JSONDecoder().decode(File.self, from: data[20..<20 + count])
        var parents = [Int?](repeating: nil, count: file.nodes.count)
        for (i, node) in file.nodes.enumerated() { for c in node.children ?? [] { parents[c] = i } }
        let locals = file.nodes.map { node in
            Transform(
                translation: node.translation.map { SIMD3($0) } ?? .zero,
                rotation: node.rotation.map { Quaternion(SIMD4($0)) } ?? .identity, scale: [1, 1, 1])
        }
        self.parents = parents
        self.locals = locals
        let spring = file.extensions.VRMC_springBone
        var joints: [SpringJoint] = []
        var jointOf: [Int: Int] = [:]
        for s in spring.springs {
            let members = (s.colliderGroups ?? []).flatMap { spring.colliderGroups?[$0].colliders ?? [] }
            for (a, b) in zip(s.joints, s.joints.dropFirst()) {
                let above = parents[a.node] ?? 0
                let parent = jointOf[above].map { SpringFrame.joint($0) } ?? .anchor(above)
                var joint = SpringJoint(parent: parent, rest: locals[a.node], tail: locals[b.node].translation)
                joint.hitRadius = a.hitRadius ?? 0
                joint.stiffness = a.stiffness ?? 1
                joint.gravityPower = a.gravityPower ?? 0
                joint.gravityDirection = a.gravityDir.map { SIMD3($0) } ?? [0, -1, 0]
                joint.drag = a.dragForce ?? 0.5
                joint.angleLimit = (a.extensions?.VRMC_springBone_extended_collider?.angleLimit).map { $0 * .pi / 180 }
                joint.colliders = members
                joint.center = s.center.map { .anchor($0) }
                jointOf[a.node] = joints.count
                joints.append(joint)
            }
        }
        let colliders = (spring.colliders ?? []).map { c in
            let shape = c.extensions?.VRMC_springBone_extended_collider?.shape ?? c.shape ?? File.Shape()
            return SpringCollider(frame: .anchor(c.node), shape: shape.form)
        }
        rig = try SpringBoneRig(joints: joints, colliders: colliders, anchorCount: locals.count)
        root = file.scenes[0].nodes[0]
        rest = []
        rest = matrices(root: locals[root])
    }

    /// World matrices of all nodes with the root somewhere else.
    func matrices(root transform: Transform) -> [Matrix4] {
        var result = [Matrix4?](repeating: nil, count: locals.count)
        func world(_ i: Int) -> Matrix4 {
            if let known = result[i] { return known }
            let local = (i == root ? transform : locals[i]).matrix
            let m = parents[i].map { world($0) * local } ?? local
            result[i] = m
            return m
        }
        return locals.indices.map(world)
    }

    /// The reference's driver, see `Tests/Support/spring_bone_reference.py`.
    static func driver(_ t: Double) -> Transform {
        let (a, b) = (0.9 * sin(2.1 * t), 0.5 * sin(1.3 * t))
        let q = Quaternion(angle: Float(a), axis: [0, 0, 1]) * Quaternion(angle: Float(b), axis: [1, 0, 0])
        let p = SIMD3(Float(0.2 * sin(1.7 * t)), Float(0.86 + 0.05 * sin(3 * t)), Float(0.1 * t))
        return Transform(translation: p, rotation: q, scale: [1, 1, 1])
    }

    private struct File: Decodable {
        struct Node: Decodable {
            var translation, rotation: [Float]?
            var children: [Int]?
        }
        struct SceneRoots: Decodable { var nodes: [Int] }
        struct Shape: Decodable {
            struct Part: Decodable {
                var offset, tail, normal: [Float]?
                var radius: Float?
                var inside: Bool?
            }
            var sphere, capsule, plane: Part?
            var form: SpringCollider.Shape {
                func v(_ a: [Float]?, _ fallback: SIMD3<Float>) -> SIMD3<Float> { a.map { SIMD3($0) } ?? fallback }
                if let p = plane { return .plane(offset: v(p.offset, .zero), normal: v(p.normal, [0, 0, 1])) }
                if let c = capsule {
                    return .capsule(
                        offset: v(c.offset, .zero), tail: v(c.tail, .zero), radius: c.radius ?? 0,
                        inside: c.inside ?? false)
                }
                return .sphere(
                    offset: v(sphere?.offset, .zero), radius: sphere?.radius ?? 0, inside: sphere?.inside ?? false)
            }
        }
        struct Extended: Decodable {
            struct Content: Decodable {
                var shape: Shape?
                var angleLimit: Float?
            }
            var VRMC_springBone_extended_collider: Content?
        }
        struct Springs: Decodable {
            struct Collider: Decodable {
                var node: Int
                var shape: Shape?
                var extensions: Extended?
            }
            struct Group: Decodable { var colliders: [Int] }
            struct Joint: Decodable {
                var node: Int
                var hitRadius, stiffness, gravityPower, dragForce: Float?
                var gravityDir: [Float]?
                var extensions: Extended?
            }
            struct Spring: Decodable {
                var joints: [Joint]
                var colliderGroups: [Int]?
                var center: Int?
            }
            var colliders: [Collider]?
            var colliderGroups: [Group]?
            var springs: [Spring]
        }
        struct Extensions: Decodable { var VRMC_springBone: Springs }
        var nodes: [Node]
        var scenes: [SceneRoots]
        var extensions: Extensions
    }
}

enum TestDataFolder {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()
    static let shared = root.deletingLastPathComponent().appending(path: "shared/data")
    static let hasConformance = FileManager.default.fileExists(
        atPath: shared.appending(path: "models/vrm-conformance").path)

    static let springFiles: [String] = {
        let folder = shared.appending(path: "models/vrm-conformance").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.contains("spring") }.sorted() + ["models/vrm-fixtures/springbone.vrm"]
    }()
}

@Suite struct SpringBoneTests {
    static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// Oracle: `Tests/Support/spring_bone_reference.py`, the specification's pseudocode in double precision.
    @Test(
        "every conformance file moves as the specification's algorithm does",
        .enabled(if: TestDataFolder.hasConformance && hasPython, "needs ../shared/data/models and python3"),
        arguments: TestDataFolder.springFiles)
    func reference(name: String) throws {
        let steps = 240
        var fixture = try SpringFixture(name)
        let path = name.contains("/") ? TestDataFolder.shared.path + "/" + name : SpringFixture.folder.path + "/" + name
        let expected = try Self.referenceTails(path, steps: steps)
        fixture.rig.reset(to: fixture.matrices(root: SpringFixture.driver(0)))
        var worst: Float = 0
        for k in 1...steps {
            fixture.rig.advance(
                by: 1.0 / 60, anchors: fixture.matrices(root: SpringFixture.driver(Double(k) / 60)))
            for (tail, p) in zip(fixture.rig.tails, expected[k - 1]) { worst = max(worst, distance(tail, SIMD3(p))) }
        }
        print("figure: \(name): worst distance from the reference \(worst) m")
        #expect(expected[0].count == fixture.rig.tails.count)
        // Chains of 15 cm; Float against Double through contacts.
        #expect(worst < 1e-5)
    }

    static func referenceTails(_ path: String, steps: Int) throws -> [[[Float]]] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        let script = TestDataFolder.root.appending(path: "Tests/Support/spring_bone_reference.py").path
        process.arguments = [script, path, String(steps)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([[[Float]]].self, from: data)
    }

    /// A joint at the origin with a tail of some length along x.
    static func single(
        stiffness: Float, gravity: Float, drag: Float, length: Float = 0.1, direction: SIMD3<Float> = [0, -1, 0]
    ) throws -> SpringBoneRig {
        var joint = SpringJoint(parent: .anchor(0), rest: .identity, tail: [length, 0, 0])
        joint.stiffness = stiffness
        joint.gravityPower = gravity
        joint.gravityDirection = direction
        joint.drag = drag
        return try SpringBoneRig(joints: [joint], anchorCount: 1)
    }

    /// Oracle: closed form: the step is still where its pull is along the bone, stiffness * axis + power * direction.
    @Test("a joint rests along stiffness * axis + gravity", arguments: [(0, 0.5), (0.5, 0.5), (0.8, 0.2), (1, 2)])
    func restDirection(stiffness: Float, gravity: Float) throws {
        var rig = try Self.single(stiffness: stiffness, gravity: gravity, drag: 0.4)
        for _ in 0..<3000 { rig.advance(by: 1.0 / 60, anchors: [.identity]) }
        let exact = direction(SIMD3<Float>(stiffness, -gravity, 0), else: [1, 0, 0])
        #expect(distance(direction(rig.tails[0], else: .zero), exact) < 1e-5)
        #expect(abs(length(rig.tails[0]) - 0.1) < 1e-7)
    }

    /// Oracle: linearised step x' = (x + (1 - drag)(x - x_prev)) / (1 + dt stiffness / L).
    @Test("a small swing follows the linearised step")
    func smallSwing() throws {
        let (stiffness, drag, long): (Float, Float, Float) = (0.7, 0.1, 0.2)
        var rig = try Self.single(stiffness: stiffness, gravity: 0, drag: drag, length: long)
        let tilt = Quaternion(angle: 0.01, axis: [0, 0, 1])
        rig.reset(to: [Transform(translation: .zero, rotation: tilt, scale: [1, 1, 1]).matrix])
        var (x, before) = (Double(long) * sin(0.01), Double(long) * sin(0.01))
        var worst = 0.0
        // The anchor turns back over the first step's call; the rest direction is x from then on.
        for _ in 0..<120 {
            rig.advance(by: 1.0 / 60, anchors: [.identity])
            let next = (x + 0.9 * (x - before)) / (1 + Double(stiffness) / 60 / Double(long))
            (before, x) = (x, next)
            worst = max(worst, abs(Double(rig.tails[0].y) - x))
        }
        print("figure: small swing of a spring bone, worst difference \(worst) m")
        // Third order in the angle: 0.2 m * 0.01^3.
        #expect(worst < 5e-7)
    }

    @Test(
        "the one parameter of each conformance file acts",
        .enabled(if: TestDataFolder.hasConformance, "needs ../shared/data/models"))
    func parameters() throws {
        func run(_ name: String, _ check: (SpringFixture, [Matrix4]) -> Void) throws {
            var fixture = try SpringFixture(name)
            fixture.rig.reset(to: fixture.matrices(root: SpringFixture.driver(0)))
            for k in 1...360 {
                let m = fixture.matrices(root: SpringFixture.driver(Double(k) / 60))
                fixture.rig.advance(by: 1.0 / 60, anchors: m)
                check(fixture, m)
            }
        }
        // Angle limits, degrees.
        for (name, limit) in [
            ("springbone_extended_icaps_anglelimit_30.vrm", 30.0), ("springbone_extended_plane_anglelimit_60.vrm", 60),
            ("springbone_extended_isphere_anglelimit_60.vrm", 60), ("springbone_extended_plane_anglelimit_30.vrm", 30),
        ] {
            var widest = 0.0
            try run(name) { fixture, _ in
                for (i, joint) in fixture.rig.joints.enumerated() {
                    let turn = joint.rest.rotation.conjugate * fixture.rig.rotations[i]
                    widest = max(widest, Double(turn.angle) * 180 / .pi)
                }
            }
            print("figure: \(name): widest turn \(widest) degrees")
            #expect(widest <= limit + 0.01)
        }
        // Keeping in a sphere of 20 or 40 cm about a point 10 cm below the head, tails of 2 cm: reachable.
        for (name, radius) in [
            ("springbone_extended_isphere_pmed.vrm", 0.2), ("springbone_extended_isphere_ploose.vrm", 0.4),
        ] {
            var farthest: Float = 0
            try run(name) { fixture, m in
                let centre = m[4].transform(point: [0, -0.1, 0])
                for tail in fixture.rig.tails { farthest = max(farthest, distance(tail, centre)) }
            }
            #expect(farthest <= Float(radius) - 0.02 + 1e-4)
        }
        // No stiffness hangs along gravity, more stiffness nearer to the head's own down.
        var angles: [Float] = []
        for name in [
            "swing_springbone_stiffness_0.vrm", "swing_springbone_stiffness_0p8.vrm",
            "swing_springbone_stiffness_1.vrm",
        ] {
            var fixture = try SpringFixture(name)
            let tilt = Transform(
                translation: [0, 0.86, 0], rotation: Quaternion(angle: 1, axis: [0, 0, 1]), scale: [1, 1, 1])
            let m = fixture.matrices(root: tilt)
            for _ in 0..<2000 { fixture.rig.advance(by: 1.0 / 60, anchors: m) }
            let way = fixture.rig.tails[2] - fixture.rig.tails[1]
            angles.append(angle(way, [0, -1, 0]))
        }
        print("figure: angle to gravity at stiffness 0, 0.8, 1: \(angles)")
        #expect(angles[0] < 1e-3)
        // Closed form of the last joint's chain is between its parent's pull and gravity: monotonic in stiffness.
        #expect(angles[0] < angles[1] && angles[1] < angles[2] && angles[2] < 1)
    }

    /// Oracle: the specification: with the extended shape the base shape is ignored.
    @Test(
        "an extended collider's base shape is ignored",
        .enabled(if: TestDataFolder.hasConformance, "needs ../shared/data/models"))
    func baseShape() throws {
        var a = try SpringFixture("springbone_extended_plane_pmed.vrm")
        var b = try SpringFixture("springbone_extended_plane_with_base_sphere.vrm")
        for k in 1...200 {
            let root = SpringFixture.driver(Double(k) / 60)
            a.rig.advance(by: 1.0 / 60, anchors: a.matrices(root: root))
            b.rig.advance(by: 1.0 / 60, anchors: b.matrices(root: root))
            #expect(a.rig.tails == b.rig.tails)
        }
    }

    /// Oracle: the rig itself at 60 Hz: the same bits at common times.
    @Test("30, 60 and 120 Hz show the same swing", arguments: [30, 60, 120])
    func rates(rate: Int) throws {
        var reference = try Self.single(stiffness: 0.2, gravity: 0.5, drag: 0.1)
        var rig = reference
        for _ in 0..<60 {
            for _ in 0..<2 { reference.advance(by: 1.0 / 60, anchors: [.identity]) }
            for _ in 0..<rate / 30 { rig.advance(by: 1 / Double(rate), anchors: [.identity]) }
            #expect(rig.rotations == reference.rotations)
            #expect(rig.tails == reference.tails)
        }
    }

    /// Oracle: a centre that moves with the whole chain leaves no inertia: the chain follows rigidly.
    @Test("with a centre that moves along, motion of the centre is not felt")
    func center() throws {
        var joint = SpringJoint(parent: .anchor(0), rest: .identity, tail: [0.1, 0, 0])
        joint.center = .anchor(0)
        joint.drag = 0
        var rig = try SpringBoneRig(joints: [joint], anchorCount: 1)
        for k in 0..<60 {
            let p = SIMD3<Float>(Float(k) * 0.05, 0.3 * Float(sin(Double(k))), 0)
            rig.advance(by: 1.0 / 60, anchors: [Matrix4(translation: p)])
            #expect(distance(rig.tails[0], p + [0.1, 0, 0]) < 1e-5)
        }
    }

    @Test("a jump of the anchor carries the chain along, at rest")
    func teleport() throws {
        var rig = try Self.single(stiffness: 0.2, gravity: 0.5, drag: 0.1)
        for _ in 0..<5 { rig.advance(by: 1.0 / 60, anchors: [.identity]) }
        let before = rig.tails[0]
        rig.advance(by: 1.0 / 60, anchors: [Matrix4(translation: [100, 0, 0])])
        #expect(distance(rig.tails[0], before + [100, 0, 0]) < 0.01)
    }

    @Test("bad rigs are refused and bad input moves nothing")
    func badInput() throws {
        let loop = SpringJoint(parent: .joint(0), rest: .identity, tail: [0.1, 0, 0])
        #expect(throws: PhysicsError.notATree(what: "spring joint", index: 0)) {
            try SpringBoneRig(joints: [loop], anchorCount: 1)
        }
        var joint = SpringJoint(parent: .anchor(0), rest: .identity, tail: .zero)
        joint.gravityPower = 1
        var rig = try SpringBoneRig(joints: [joint], anchorCount: 1)
        rig.advance(by: 0.1, anchors: [.identity])
        #expect(rig.rotations[0] == .identity, "no length, no swing")
        var other = try Self.single(stiffness: 1, gravity: 0.1, drag: 0.4)
        other.advance(by: 0.1, anchors: [.identity])
        let tails = other.tails
        #expect(other.advance(by: 0.1, anchors: [Matrix4(translation: [.nan, 0, 0])]) == 0)
        #expect(other.advance(by: .nan, anchors: [.identity]) == 0)
        #expect(other.advance(by: 0.1, anchors: []) == 0)
        #expect(other.tails == tails)
    }

    /// Oracle: UniVRM's rule for VRM 0.x: 7 cm along the joint's own local position.
    @Test("a VRM 0.x chain ends in a virtual tail of 7 cm")
    func virtualTail() {
        let rest = Transform(translation: [0, -3, 4], rotation: .identity, scale: [1, 1, 1])
        #expect(distance(SpringJoint.virtualTail(of: rest), [0, -0.042, 0.056]) < 1e-7)
    }
}
