import Foundation
import KairaFormats
import KairaGeometry
import KairaScene
import KairaTestSupport
import Testing

/// From the file to the deformed vertices in world space.
///
/// Oracle: `Tests/Support/gltf_reference.py`, an evaluator written from the glTF 2.0 specification in numpy float64, which
/// shares no code with this package and reads the same file.
@Suite struct GLTFSkinnedVerticesTests {
    private struct Pose: Decodable {
        var clip: Int?
        var time: Double
        var node, primitive, vertices, stride: Int
        var size: Float
        var positions: [Int]
    }
    private struct Reference: Decodable { var poses: [Pose] }

    /// Compares every vertex at ten times of every clip; the largest difference is printed, so that a drift is seen early.
    private func check(_ path: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-reference-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try ReferenceScript.run("gltf_reference.py", [path, "--out", folder.path, "--name", "model"])
        try #require(run.status == 0, "\(run.output)")
        let poses = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: folder.appending(path: "model.json"))
        ).poses
        let data = try Data(contentsOf: folder.appending(path: "model.f32"))
        let numbers = stride(from: 0, to: data.count, by: 4).map { at in
            Float(bitPattern: data[at..<at + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
        var reader = GLTFReader()
        reader.completesNormals = false
        reader.decodesImages = false
        let scene = try SceneFile.read(path, reader: reader)
        let baker = GeometryBaker(scene)
        var items: [GeometryBaker.Item] = []
        var last: (clip: Int?, time: Double)?
        var (worst, vertices): (Float, Int) = (0, 0)
        var times: Set<[Double]> = []
        for pose in poses {
            if last == nil || last?.clip != pose.clip || last?.time != pose.time {
                items = try baker.bake(clip: pose.clip.map(String.init), time: pose.time)
                last = (pose.clip, pose.time)
                if let clip = pose.clip { times.insert([Double(clip), pose.time]) }
            }
            let item = try #require(items.first { $0.node.value == pose.node && $0.primitive == pose.primitive })
            let positions = item.geometry.positions
            try #require(positions.count == pose.vertices && pose.positions[1] == 3 * pose.vertices)
            var largest: Float = 0
            for (k, position) in positions.enumerated() {
                let at = pose.positions[0] + 3 * k
                let expected = SIMD3(numbers[at], numbers[at + 1], numbers[at + 2])
                largest = max(largest, abs(position - expected).max())
            }
            let error = largest / max(1, pose.size)
            #expect(error <= 1e-5, "clip \(pose.clip ?? -1) at \(pose.time) s, node \(pose.node)")
            worst = max(worst, error)
            vertices += positions.count
        }
        #expect(times.count == scene.animations.count * 10)
        print("skinned vertices \(ModelFiles.name(path)): \(vertices) at \(times.count) times, largest \(worst)")
    }

    @Test(
        "committed models, every vertex, ten times a clip, within 1e-5", .enabled(if: ReferenceScript.isThere),
        arguments: ModelFiles.committed)
    func committed(path: String) throws { try check(path) }

    @Test(
        "models of the shared data, every vertex, ten times a clip, within 1e-5",
        .enabled(if: ReferenceScript.isThere && TestData.hasShared("models")), arguments: ModelFiles.shared)
    func shared(path: String) throws { try check(path) }
}

private func abs(_ v: SIMD3<Float>) -> SIMD3<Float> { pointwiseMax(v, -v) }
