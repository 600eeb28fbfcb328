import Foundation
import KairaGeometry
import KairaScene
import KairaTestSupport
import Testing

/// Oracle: an evaluator written from the glTF 2.0 specification in numpy float64, which shares no code with this package.
/// The tolerance is 1e-5 of a metre, or of the model's size where that is larger.
@Suite struct KhronosSampleTests {
    /// Compares every pose of a reference; prints the largest error, so that a drift is seen before it fails.
    private func check(_ name: String, in folder: URL) throws {
        let reference = try ReferenceEvaluation(name, in: folder)
        let baker = GeometryBaker(reference.scene)
        var worst: Float = 0
        var compared = 0
        var times: Set<[Double]> = []
        for pose in reference.poses {
            var state = SceneState(reference.scene)
            if let clip = pose.clip {
                var cache = ClipSampler.Cache()
                ClipSampler(reference.scene.animations[clip]).sample(at: pose.time, into: &state, cache: &cache)
                state.updateWorld()
                times.insert([Double(clip), pose.time])
            }
            let items = baker.bake(state)
            let item = try #require(items.first { $0.node.value == pose.node && $0.primitive == pose.primitive })
            let expected = reference.positions(pose)
            #expect(item.geometry.positions.count == expected.count)
            let error = largestDifference(item.geometry.positions, expected) / max(1, pose.size)
            #expect(error < 1e-5, "\(name), clip \(pose.clip ?? -1) at \(pose.time), node \(pose.node)")
            worst = max(worst, error)
            compared += expected.count
        }
        #expect(compared > 0)
        #expect(times.count == reference.scene.animations.count * 10)
        print("reference \(name): \(compared) vertices at \(times.count) times, largest error \(worst)")
    }

    @Test(
        "committed samples, ten times each",
        arguments: [
            "CesiumMan", "RiggedSimple", "BoxAnimated", "InterpolationTest", "AnimatedMorphCube", "SimpleMorph",
        ])
    func committed(name: String) throws { try check(name, in: TestData.fixture("scene")) }

    /// The models themselves, every vertex; the evaluator runs now.
    @Test(
        "the samples of the shared data, every vertex, ten times each",
        .enabled(
            if: TestData.hasShared("models/gltf") && ReferenceScript.isThere,
            "needs ../shared/data/models/gltf and python3 with numpy"
        ),
        arguments: [
            "gltf/CesiumMan/cesium_man.gltf", "gltf/RiggedSimple/RiggedSimple.glb", "gltf/BoxAnimated/BoxAnimated.glb",
            "gltf/InterpolationTest/interpolation_test.gltf", "gltf/AnimatedMorphCube/glTF/AnimatedMorphCube.gltf",
            "gltf/SimpleMorph/glTF/SimpleMorph.gltf", "gltf/MorphPrimitivesTest/glTF/MorphPrimitivesTest.gltf",
            "gltf/MorphStressTest/glTF/MorphStressTest.gltf", "gltf/simple_skin/simple_skin.gltf",
            "gltf/simple_skin/quad_skin.glb", "gltf/Box/Box.glb",
            "gltf-blender-io/03_all_animations/03_all_animations.gltf",
            "gltf-blender-io/03_skinned_cylinder/03_skinned_cylinder.gltf",
            "gltf-blender-io/06_parent-inverse-anim/06_parent-inverse-anim.gltf",
            "gltf-blender-io/01_cs_rotate/01_cs_rotate.gltf", "gltf-blender-io/01_morphed_cube/01_morphed_cube.gltf",
            "gltf-blender-io/02_node_hierarchy/02_node_hierarchy.gltf",
        ])
    func shared(model: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-reference-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try ReferenceScript.run(
            "gltf_reference.py", [TestData.shared("models/" + model).path, "--out", folder.path, "--name", "model"])
        #expect(run.status == 0, "\(run.output)")
        try check("model", in: folder)
    }
}
