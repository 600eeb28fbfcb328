import Foundation
import KairaFormats
import KairaGeometry
import KairaImage
import KairaMotion
import KairaScene
import KairaTestSupport
import Testing

/// What is read, written and read again is the same scene, and what is written is valid.
///
/// Oracle of the first: the scene itself. Of the second: `Tests/Support/gltf_check.py`, a validator written from the
/// specifications of glTF 2.0 and VRM 1.0 in Python, which shares no code with this package.
@Suite struct GLTFRoundTripTests {
    /// Everything but the warnings, which speak of the first file.
    private static let difference = SceneDifference(ignored: ["warnings"])

    private func check(_ scene: Scene, name: String) throws {
        let bytes = try GLTFWriter().write(scene)
        let again = try GLTFReader().read(bytes, file: name)
        #expect(Self.difference.first(Self.written(scene), Self.written(again)) == nil)
        #expect(again.warnings.filter { !$0.hasPrefix("The avatar lacks required bones") } == [])
        // The same scene gives the same bytes, from now on for ever.
        #expect(try GLTFWriter().write(again) == bytes)
        guard ReferenceScript.isThere else { return }
        let file = FileManager.default.temporaryDirectory.appending(path: "kaira-written-\(UUID().uuidString).glb")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let run = try ReferenceScript.run("gltf_check.py", [file.path])
        #expect(run.status == 0, "\(name): \(run.output)")
    }

    /// A scene as it can be written: encoded pictures stand for those that had none; emission above 1 is a product.
    private static func written(_ scene: Scene) -> Scene {
        var scene = scene
        scene.animations.removeAll { $0.channels.isEmpty }
        for i in scene.images.indices { scene.images[i].encoded = [] }
        for i in scene.materials.indices {
            let e = scene.materials[i].emissive
            // Without a texture these say nothing.
            if scene.materials[i].normalTexture == nil { scene.materials[i].normalScale = 1 }
            if scene.materials[i].occlusionTexture == nil { scene.materials[i].occlusionStrength = 1 }
            if e.max() > 1 { scene.materials[i].emissive = (e * 1024).rounded(.toNearestOrEven) / 1024 }
        }
        return scene
    }

    private static let files = (ModelFiles.committed + ModelFiles.shared)

    @Test("published models", arguments: files)
    func published(path: String) throws {
        var scene = try SceneFile.read(path)
        if scene.avatar?.version == .vrm0 {
            #expect(throws: FormatsError.self) { try GLTFWriter().write(scene) }
            scene.avatar = nil
        }
        try check(scene, name: ModelFiles.name(path) + (scene.avatar == nil ? ".glb" : ""))
    }

    @Test("a picture keeps its bytes as they were read")
    func pictures() throws {
        let path = TestData.root.appending(path: "assets/avatars/kaira-kun.vrm").path
        let scene = try SceneFile.read(path)
        let again = try GLTFReader().read(GLTFWriter().write(scene))
        #expect(!scene.images.isEmpty && scene.images.map(\.encoded) == again.images.map(\.encoded))
    }

    @Test("an avatar with everything that VRM 1.0 has")
    func everything() throws {
        try check(EverythingAvatar.scene(vertices: 70_000), name: "everything.vrm")
    }

    @Test("what glTF cannot hold is left out: meshes, primitives and clips without content")
    func emptiness() throws {
        var scene = Scene()
        let triangle = Primitive(positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], indices: [0, 1, 2])
        scene.meshes = [
            Mesh(primitives: []), Mesh(primitives: [Primitive(positions: [], indices: []), triangle]),
            Mesh(primitives: [Primitive(positions: [.zero], indices: [])]),
        ]
        scene.nodes = (0..<3).map { Node(mesh: MeshID($0)) }
        scene.animations = [AnimationClip(name: "nothing", channels: [])]
        let again = try GLTFReader().read(GLTFWriter().write(scene))
        #expect(again.warnings == [] && again.meshes.count == 1 && again.animations.isEmpty)
        #expect(again.nodes.map { $0.mesh?.value } == [nil, 0, nil])
        #expect(again.meshes[0].primitives.map(\.indices) == [[0, 1, 2]])
    }
}

extension SIMD3<Float> {
    fileprivate func max() -> Float { Swift.max(x, y, z) }
}
