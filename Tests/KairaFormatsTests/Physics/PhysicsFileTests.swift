import Foundation
import KairaFormats
import KairaScene
import KairaTestSupport
import Testing

/// `KAIRA_physics` in files; what is expected stands in `docs/formats/kaira-physics.md`.
@Suite struct PhysicsFileTests {
    private static func file(_ physics: String) -> [UInt8] {
        let nodes = (0..<8).map { i in
            #"{"translation":[0,0.1,0]\#(i < 7 ? #","children":[\#(i + 1)]"# : "")}"#
        }.joined(separator: ",")
        return Array(
            #"{"asset":{"version":"2.0"},"extensionsUsed":["KAIRA_physics"],"scenes":[{"nodes":[0]}],"nodes":[\#(nodes)],"extensions":{"KAIRA_physics":\#(physics)}}"#
                .utf8)
    }

    private func read(_ physics: String) throws -> Scene { try GLTFReader().read(Self.file(physics)) }

    @Test("defaults are those of the page")
    func defaults() throws {
        let scene = try read(
            #"{"specVersion":"1.0","strands":[{"node":0,"chains":[[1,2]]}],"rods":[{"node":0,"chains":[[3,4,5]],"idle":{"frequency":0.5}}],"lattices":[{"node":0,"cells":[1,1,1],"origin":[0,0,0],"size":[1,1,1]}]}"#
        )
        #expect(scene.warnings.isEmpty)
        let nodes = (0..<8).map { NodeID($0) }
        var rods = PhysicsDescription.Rods(node: nodes[0], chains: [Array(nodes[3...5])])
        rods.idle.frequency = 0.5
        #expect(scene.physics.strands == [.init(node: nodes[0], chains: [[nodes[1], nodes[2]]])])
        #expect(scene.physics.rods == [rods])
        #expect(
            scene.physics.lattices == [.init(node: nodes[0], meshes: [], cells: [1, 1, 1], origin: .zero, size: .one)])
    }

    @Test(
        "a part that cannot be used is left out, with a warning",
        arguments: [
            (#"{"strands":[{"node":0,"chains":[[1,3]]}]}"#, "is not the child"),
            (#"{"strands":[{"node":0,"chains":[[1]]}]}"#, "2 nodes or more"),
            (#"{"strands":[{"node":0,"chains":[[1,2],[2,3]]}]}"#, "another chain"),
            (#"{"strands":[{"node":0,"chains":[[2,1]]}]}"#, "is not the child"),
            (#"{"strands":[{"node":0,"chains":[[1,1]]}]}"#, "another chain"),
            (#"{"strands":[{"node":5,"chains":[[1,2]]}]}"#, "does not hang on"),
            (#"{"strands":[{"node":99,"chains":[[1,2]]}]}"#, "does not exist"),
            (#"{"strands":[{"node":0,"chains":[[1,-2]]}]}"#, "does not exist"),
            (#"{"strands":[{"node":0,"chains":[[1,2]],"drag":-1}]}"#, "was brought into"),
            (#"{"strands":[{"node":0,"chains":[[1,2]],"gravity":[0,-3e38,0]}]}"#, "was brought into"),
            (#"{"strands":[{"node":0,"chains":[[1,2]],"colliders":[0]}]}"#, "does not exist"),
            (#"{"strands":[{"node":0,"chains":[[1,2]],"ribbons":{"material":0}}]}"#, "does not exist"),
            (#"{"rods":[{"node":0,"chains":[[1,2]],"wavelength":0}]}"#, "was brought into"),
            (#"{"rods":[{"node":0,"chains":[[1,2]],"bend":0,"activeSpeed":0}]}"#, "was brought into"),
            (#"{"rods":[{"node":0,"chains":[[1,2]],"pulse":{"material":0}}]}"#, "does not exist"),
            (#"{"lattices":[{"node":0,"cells":[0,1,1],"origin":[0,0,0],"size":[1,1,1]}]}"#, "the lattice was left out"),
            (#"{"lattices":[{"node":0,"cells":[64,64,64],"origin":[0,0,0],"size":[1,1,1]}]}"#, "corners are more than"),
            (#"{"lattices":[{"node":0,"cells":[1,1,1],"origin":[0,0,0],"size":[1,0,1]}]}"#, "the box is empty"),
            (
                #"{"lattices":[{"node":0,"meshes":[1],"cells":[1,1,1],"origin":[0,0,0],"size":[1,1,1]}]}"#,
                "has no mesh"
            ),
            (
                #"{"lattices":[{"node":0,"cells":[1,1,1],"origin":[0,0,0],"size":[1,1,1],"poses":[{"expression":"a","corners":[1,1],"offsets":[[0,0,0],[0,0,0]]}]}]}"#,
                "stands twice"
            ), (#"{"colliders":[{"node":0,"shape":{"cone":{}}}]}"#, "known shape"),
            (#"{"specVersion":"2.0"}"#, "is read as 1.0"),
        ])
    func leftOut(physics: String, warning: String) throws {
        let scene = try read(physics)
        #expect(scene.warnings.contains { $0.contains(warning) }, "\(scene.warnings)")
        _ = ScenePhysics(scene)
    }

    @Test(
        "a value of the wrong kind refuses the file",
        arguments: [
            #"{"strands":[{"node":0,"chains":[[1,"2"]]}]}"#, #"{"strands":{}}"#, #"{"rods":[{"chains":[[1,2]]}]}"#,
            #"{"lattices":[{"node":0,"cells":[1,1],"origin":[0,0,0],"size":[1,1,1]}]}"#,
            #"{"lattices":[{"node":0,"cells":[1,1,1],"origin":[0,0,0],"size":[1,1,1],"apart":[[1]]}]}"#,
            #"{"lattices":[{"node":0,"cells":[1,1,1],"origin":[0,0,0],"size":[1,1,1],"poses":[{"expression":"a","corners":[1],"offsets":[]}]}]}"#,
            #"{"rods":[{"node":0,"chains":[[1,2]],"idle":3}]}"#,
        ])
    func refused(physics: String) {
        #expect(throws: FormatsError.self) { try read(physics) }
    }

    @Test("nodes of a chain are not moved by springs, which are for other programs")
    func sharedWithSprings() throws {
        var scene = EverythingAvatar.scene(vertices: 6)
        scene.physics.strands[0].chains = [[NodeID(9), NodeID(10)]]
        let again = try GLTFReader().read(GLTFWriter().write(scene))
        #expect(again.physics.strands.count == 1 && again.warnings.isEmpty)
        let physics = try #require(ScenePhysics(again))
        #expect(physics.springs == nil && physics.strands[0].nodes == [NodeID(9), NodeID(10)])
    }

    @Test("it is used, never required, and absent where nothing obeys physics")
    func declared() throws {
        let bytes = try GLTFWriter().write(EverythingAvatar.scene(vertices: 6))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""KAIRA_physics""#) && !text.contains("extensionsRequired"))
        var scene = EverythingAvatar.scene(vertices: 6)
        scene.physics = PhysicsDescription()
        #expect(!String(decoding: try GLTFWriter().write(scene), as: UTF8.self).contains("KAIRA_physics"))
    }

    /// The page's tables and the schema name the same members.
    @Test("page and schema agree")
    func page() throws {
        let folder = TestData.root.appending(path: "docs/formats")
        let page = try String(contentsOf: folder.appending(path: "kaira-physics.md"), encoding: .utf8)
        let schema = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: folder.appending(path: "kaira-physics.schema.json"))) as? [String: Any])
        let parts = try #require(schema["$defs"] as? [String: [String: Any]])
        for part in ["strands", "rods", "lattice"] {
            let members = try #require(parts[part]?["properties"] as? [String: Any])
            for name in members.keys where name != "name" { #expect(page.contains("`\(name)`"), "\(part): \(name)") }
        }
    }
}
