import Foundation
import KairaFormats
import KairaScene
import KairaTestSupport
import Testing

@Suite struct GLTFReaderTests {
    /// Oracle: published files, every one valid by its own project.
    @Test("reads every published model", arguments: ModelFiles.committed + ModelFiles.shared)
    func published(path: String) throws {
        let scene = try SceneFile.read(path)
        expectSound(scene)
        if path.hasSuffix(".vrm") { #expect(scene.avatar != nil) }
    }

    private func expectSound(_ scene: Scene) {
        for (i, node) in scene.nodes.enumerated() {
            for child in node.children { #expect(scene.nodes[child].parent == NodeID(i)) }
            #expect(node.localMatrix.isFinite)
            if let mesh = node.mesh { #expect(scene.meshes.indices.contains(mesh.value)) }
            if let skin = node.skin, let mesh = node.mesh {
                let count = scene.skins[skin].joints.count
                for primitive in scene.meshes[mesh].primitives {
                    #expect(primitive.influences?.joints.allSatisfy { Int($0) < count } ?? true)
                }
            }
        }
        for primitive in scene.meshes.flatMap(\.primitives) {
            let count = primitive.positions.count
            #expect(primitive.indices.allSatisfy { Int($0) < count })
            #expect(primitive.normals.isEmpty || primitive.normals.count == count)
            #expect(primitive.tangents.isEmpty || primitive.tangents.count == count)
            #expect(primitive.texCoords0.isEmpty || primitive.texCoords0.count == count)
            for target in primitive.morphTargets {
                #expect(target.positions.isEmpty || target.positions.count == count)
            }
        }
        for channel in scene.animations.flatMap(\.channels) {
            #expect(!channel.times.isEmpty && zip(channel.times, channel.times.dropFirst()).allSatisfy(<))
        }
    }
}
