import Foundation
import KairaFormats
import KairaGeometry
import KairaScene
import KairaTestSupport
import Testing

/// Spring bones from file to nodes. Oracle: `Tests/Support/spring_bone_reference.py`, the specification's pseudocode in
/// double precision, over the file's own JSON.
@Suite struct SpringBoneFileTests {
    static let files: [String] = {
        let folder = TestData.shared("models/vrm-conformance").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.contains("spring") }.sorted().map { "models/vrm-conformance/" + $0 }
    }()

    /// The reference's driver.
    private static func driver(_ t: Double) -> Transform {
        let (a, b) = (0.9 * sin(2.1 * t), 0.5 * sin(1.3 * t))
        let q = Quaternion(angle: Float(a), axis: [0, 0, 1]) * Quaternion(angle: Float(b), axis: [1, 0, 0])
        let p = SIMD3(Float(0.2 * sin(1.7 * t)), Float(0.86 + 0.05 * sin(3 * t)), Float(0.1 * t))
        return Transform(translation: p, rotation: q, scale: .one)
    }

    @Test(
        "a conformance file, read and driven as an avatar, moves its nodes as the specification's algorithm does",
        .enabled(if: TestData.hasShared("models/vrm-conformance") && ReferenceScript.isThere), arguments: files)
    func reference(path: String) throws {
        let steps = 150
        let file = TestData.shared(path).path
        let run = try ReferenceScript.run("spring_bone_reference.py", [file, String(steps)])
        #expect(run.status == 0)
        let expected = try JSONDecoder().decode([[[Float]]].self, from: Data(run.output.utf8))
        let scene = try SceneFile.read(file)
        var motion = try #require(SpringBoneMotion(scene))
        #expect(motion.warnings.isEmpty)
        var state = SceneState(scene)
        let root = scene.roots[0].value
        state.locals[root] = Self.driver(0)
        state.updateWorld()
        motion.reset(to: &state)
        var worst: Float = 0
        let springs = try #require(scene.avatar?.springBones.springs)
        let tails = springs.flatMap { $0.joints.dropFirst().map(\.node.value) }
        for k in 1...steps {
            state.locals[root] = Self.driver(Double(k) / 60)
            state.updateWorld()
            motion.update(&state, deltaTime: 1.0 / 60)
            for (tail, p) in zip(motion.rig.tails, expected[k - 1]) { worst = max(worst, distance(tail, SIMD3(p))) }
            if k > 1 {
                // The picture shows the state of one step before; the anchors are those of this one.
                var late = state
                late.locals[root] = Self.driver(Double(k - 1) / 60)
                late.updateWorld()
                for (node, p) in zip(tails, expected[k - 2]) {
                    worst = max(worst, distance(late.worlds[node].translation, SIMD3(p)))
                }
            }
        }
        // Chains of 15 cm, Float against Double through contacts.
        #expect(worst < 2e-5, "\(worst) m")
        #expect(motion.rig.tails.count == expected[0].count)
    }

    @Test(
        "angle limits of the extended collider extension are read, in radians",
        .enabled(if: TestData.hasShared("models/vrm-conformance")))
    func angleLimit() throws {
        let scene = try SceneFile.read(
            TestData.shared("models/vrm-conformance/springbone_extended_plane_anglelimit_30.vrm").path)
        let joints = try #require(scene.avatar?.springBones.springs.first?.joints)
        #expect(joints.allSatisfy { abs(($0.angleLimit ?? 0) - .pi / 6) < 1e-6 })
    }

    @Test("the avatars of both versions of VRM swing and stay finite", .enabled(if: TestData.hasShared("models/vrm")))
    func avatars() throws {
        var moved = 0
        for path in ModelFiles.shared where path.hasSuffix(".vrm") {
            let scene = try SceneFile.read(path)
            guard var physics = ScenePhysics(scene) else { continue }
            var state = SceneState(scene)
            physics.reset(to: &state)
            let rest = state.locals
            for k in 1...90 {
                for root in scene.roots { state.locals[root.value].translation.x = 0.3 * Float(sin(Double(k) * 0.2)) }
                state.updateWorld()
                physics.update(&state, deltaTime: 1.0 / 60)
            }
            state.updateWorld()
            #expect(state.worlds.allSatisfy { $0.isFinite }, "\(path)")
            let nodes = physics.springs?.nodes ?? []
            if nodes.contains(where: { state.locals[$0.value].rotation != rest[$0.value].rotation }) { moved += 1 }
        }
        #expect(moved >= 20)
    }
}
