import Foundation
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// Models of the hub and models that are added by hand. The hub's answers are files, and `curl` is a script that copies
/// them; their form is that of <https://huggingface.co/docs/hub/api>.
@Suite("Model store: hub and added models")
struct ModelStoreHubTests {
    static let model = TestData.fixture("vitpose/w40-h5-no-bias")
    static let commit = "0123456789abcdef0123456789abcdef01234567"

    final class Sandbox {
        let folder: URL
        let store: ModelStore
        var environment: [String: String]

        init(digest: String? = nil, files: [String] = ["config.json", "model.safetensors"]) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "kaira-\(UUID().uuidString)")
            let manager = FileManager.default
            let hub = folder.appending(path: "hub"), programs = folder.appending(path: "bin")
            let list = hub.appending(path: "api/models/usyd-community/vitpose-plus-small/revision")
            let place = hub.appending(path: "usyd-community/vitpose-plus-small/resolve/\(commit)")
            for url in [programs, list, place] {
                try manager.createDirectory(at: url, withIntermediateDirectories: true)
            }
            for file in files { try manager.copyItem(at: model.appending(path: file), to: place.appending(path: file)) }
            let weights = try [UInt8](Data(contentsOf: model.appending(path: "model.safetensors")))
            let small = try Data(contentsOf: model.appending(path: "config.json")).count
            try Data(
                """
                {"id": "usyd-community/vitpose-plus-small", "sha": "\(commit)", "siblings": [
                 {"rfilename": ".gitattributes", "size": 10, "blobId": "a"},
                 {"rfilename": "config.json", "size": \(small), "blobId": "b"},
                 {"rfilename": "model.safetensors", "size": \(weights.count), "blobId": "c",
                  "lfs": {"sha256": "\(digest ?? SHA256.hex(weights))", "size": \(weights.count), "pointerSize": 134}}]}
                """.utf8
            ).write(to: list.appending(path: "main"))
            try makeProgram(
                """
                #!/bin/sh
                printf '%s\\n' "$*" >> "\(folder.path)/calls"
                while [ $# -gt 0 ]; do
                  case "$1" in --output) out=$2;; --url) url=$2;; esac
                  shift
                done
                url=${url%%\\?*}
                cp "\(hub.path)/${url#http://hub.example/}" "$out" 2>/dev/null ||
                  { echo "curl: (22) The requested URL returned error: 404" >&2; exit 22; }
                """,
                at: programs.appending(path: "curl"))
            environment = ["PATH": programs.path + ":/usr/bin:/bin", "HF_ENDPOINT": "http://hub.example/"]
            store = ModelStore(root: folder.appending(path: "models").path)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        var files: [String] {
            let all = FileManager.default.enumerator(atPath: store.root)?.compactMap { $0 as? String } ?? []
            return all.filter { !$0.hasSuffix(".lock") }.sorted()
        }
    }

    @Test("a pull takes the commit that the hub names, checks its digests, and is verified and removed like any other")
    func pull() throws {
        let sandbox = try Sandbox(), store = sandbox.store
        #expect(try !store.status(of: "vitpose-s").isPresent)
        guard case .fetched(let status) = try store.pull("vitpose-s", environment: sandbox.environment) else {
            Issue.record("nothing was fetched")
            return
        }
        #expect(status.isComplete && status.byteCount > 300_000)
        #expect(
            sandbox.files == ["vitpose-s"]
                + ["config.json", "kaira-model.json", "model.safetensors"].map { "vitpose-s/" + $0 })
        let manifest = try String(contentsOfFile: store.path(of: "vitpose-s") + "/kaira-model.json", encoding: .utf8)
        #expect(manifest.contains(Self.commit))
        #expect(try store.verify("vitpose-s").isComplete)
        guard case .alreadyThere = try store.pull("vitpose-s", offline: true, environment: [:]) else {
            Issue.record("fetched again")
            return
        }
        // A changed byte is found, and a pull mends it.
        let file = try store.path(of: "vitpose-s") + "/model.safetensors"
        var bytes = try Data(contentsOf: URL(filePath: file))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(filePath: file))
        #expect(try !store.verify("vitpose-s").isComplete)
        try store.pull("vitpose-s", environment: sandbox.environment)
        #expect(try store.verify("vitpose-s").isComplete)
        // Files without a manifest are vouched for by nobody.
        try FileManager.default.removeItem(atPath: store.path(of: "vitpose-s") + "/kaira-model.json")
        #expect(try !store.status(of: "vitpose-s").isComplete)
        try store.pull("vitpose-s", environment: sandbox.environment)
        #expect(try store.remove("vitpose-s"))
        #expect(sandbox.files.isEmpty)
    }

    @Test("a digest that is not the hub's is refused and leaves nothing")
    func wrongDigest() throws {
        let sandbox = try Sandbox(digest: String(repeating: "0", count: 64))
        let error = #expect(throws: PoseError.self) {
            try sandbox.store.pull("vitpose-s", environment: sandbox.environment)
        }
        #expect(error?.exitCode == 65 && error?.description.contains("SHA-256") == true)
        #expect(sandbox.files.isEmpty)
    }

    @Test("without network, file, or curl: what to do instead")
    func unavailable() throws {
        let missing = try Sandbox(files: ["config.json"])
        let error = #expect(throws: PoseError.self) {
            try missing.store.pull("vitpose-s", environment: missing.environment)
        }
        #expect(error?.exitCode == 69)
        #expect(error?.description.contains("404") == true && error?.description.contains("kaira models add") == true)
        let curl = #expect(throws: PoseError.self) {
            try missing.store.pull("vitpose-s", environment: ["PATH": "/nowhere"])
        }
        #expect(curl?.exitCode == 69 && curl?.description.contains("apt install curl") == true)
        #expect(missing.files.isEmpty)
    }

    @Test("an added model is listed, made, verified and removed by its name")
    func add() throws {
        let sandbox = try Sandbox(), store = sandbox.store
        let status = try store.add(Self.model.path, name: "mine")
        #expect(status.isComplete && store.added.map(\.name) == ["mine"])
        #expect(store.list().map(\.model.name).last == "mine")
        #expect(try store.verify("mine").isComplete)
        #expect(try ViTPoseFiles(contentsOf: URL(filePath: store.path(of: "mine"))).configuration.width == 40)
        let twice = #expect(throws: PoseError.self) { try store.add(Self.model.path, name: "mine") }
        #expect(twice?.description.contains("already") == true)
        try store.add(Self.model.path, name: "mine", replaces: true)
        let pulled = #expect(throws: PoseError.self) {
            try FileManager.default.removeItem(atPath: store.path(of: "mine") + "/config.json")
            try store.pull("mine")
        }
        #expect(pulled?.description.contains("added") == true)
        #expect(try store.remove("mine"))
        #expect(sandbox.files.isEmpty)
        #expect(throws: PoseError.self) { try store.path(of: "mine") }
        // By the folder's own name, a weight file alone, and in the place of a published model.
        #expect(try store.add(Self.model.path).model.name == "w40-h5-no-bias")
        #expect(
            try store.add(Self.model.appending(path: "model.safetensors").path, name: "vitpose-s").model.name
                == "vitpose-s")
        #expect(try store.status(of: "vitpose-s").isComplete)
    }

    @Test("what is no ViTPose model, or a name that cannot be, is refused and leaves nothing")
    func refusals() throws {
        let sandbox = try Sandbox(), store = sandbox.store
        for (path, name) in [
            (Self.model.path, "../up"), (Self.model.path, ""), (Self.model.path, ".hidden"),
            (Self.model.path, "blazepose"),
            (Self.model.path, "a/b"), (TestData.fixture("vitpose").path, "x"), ("/nowhere", "x"),
            (TestData.fixture("vitpose/README.md").path, "x"),
        ] {
            #expect(throws: PoseError.self, "\(path) as \(name)") { try store.add(path, name: name) }
        }
        #expect(sandbox.files.isEmpty)
    }

    /// Oracle: FIPS 180-4 by the digest of the bytes in memory.
    @Test("a file's digest is that of its bytes", arguments: [0, 1, 55, 64, 1000, 1 << 20, (1 << 20) + 63, 3 << 20])
    func digest(count: Int) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "kaira-\(UUID().uuidString)").path
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(SHA256.hex(file: path) == SHA256.hex(bytes))
    }
}
