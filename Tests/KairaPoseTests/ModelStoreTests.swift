import Foundation
import KairaPose
import KairaTestSupport
import Testing

@Suite("Model store")
struct ModelStoreTests {
    /// Oracle: FIPS 180-4 / NIST's examples, and one million letters a.
    @Test("SHA-256 agrees with the standard's examples")
    func digests() {
        #expect(SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256.hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.hex(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            SHA256.hex([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// A folder, a catalogue of one small model, and a `python3` that plays pip: it copies a zip file.
    final class Sandbox {
        let folder: URL
        var environment: [String: String]
        var store: ModelStore

        init(sha256: String = SHA256.hex(Array("weights".utf8)), script: String? = nil) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "kaira-\(UUID().uuidString)")
            let programs = folder.appending(path: "bin")
            try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
            try Data(Self.zip).write(to: folder.appending(path: "archive"))
            let python = programs.appending(path: "python3")
            let copy = """
                #!/bin/sh
                printf '%s\\n' "$*" >> "\(folder.path)/calls"
                while [ "$1" != --dest ]; do shift; done
                cp "\(folder.path)/archive" "$2/net-1.0-py3-none-any.whl"
                """
            try makeProgram(script ?? copy, at: python)
            environment = ["PATH": programs.path + ":/usr/bin:/bin"]
            store = ModelStore(
                root: folder.appending(path: "models").path,
                catalogue: ModelCatalogue(models: [
                    .init(
                        name: "net", summary: "", license: "Apache-2.0",
                        source: .pythonWheel(package: "net", version: "1.0", pythonVersion: "3.11", platforms: ["any"]),
                        files: [.init(name: "net.bin", member: "net/net.bin", byteCount: 7, sha256: sha256)])
                ]))
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        var calls: Int {
            (try? String(contentsOf: folder.appending(path: "calls"), encoding: .utf8))?
                .split(separator: "\n").count ?? 0
        }

        /// What lies in the store's folder, the lock left out.
        var files: [String] {
            let all = FileManager.default.enumerator(atPath: store.root)?.compactMap { $0 as? String } ?? []
            return all.filter { !$0.hasSuffix(".lock") }.sorted()
        }

        /// Python's `zipfile` made it: `net/net.bin` = "weights", stored.
        static let zip: [UInt8] = [
            80, 75, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 33, 0, 88, 115, 210, 26, 7, 0, 0, 0, 7, 0,
            0, 0, 11, 0, 0, 0, 110, 101, 116, 47, 110, 101, 116, 46, 98, 105, 110, 119, 101, 105, 103, 104, 116, 115,
            80, 75, 1, 2, 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 33, 0, 88, 115, 210, 26, 7, 0, 0, 0,
            7, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 1, 0, 0, 0, 0, 110, 101,
            116, 47, 110, 101, 116, 46, 98, 105, 110, 80, 75, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 57, 0, 0,
            0, 48, 0, 0, 0, 0, 0,
        ]
    }

    @Test("a pull fetches, checks and places; a second one only looks")
    func pull() throws {
        let sandbox = try Sandbox()
        #expect(sandbox.store.list().map(\.isComplete) == [false])
        #expect(throws: PoseError.missingModel("net", file: sandbox.store.root + "/net/net.bin")) {
            try sandbox.store.path(of: "net")
        }
        guard case .fetched(let status) = try sandbox.store.pull("net", environment: sandbox.environment) else {
            Issue.record("nothing was fetched")
            return
        }
        #expect(status.isComplete && status.byteCount == 7)
        #expect(sandbox.files == ["net", "net/net.bin"])
        #expect(try sandbox.store.contents(of: "net.bin", in: "net") == Array("weights".utf8))
        #expect(try sandbox.store.path(of: "net") == sandbox.store.root + "/net")
        #expect(try sandbox.store.verify("net").isComplete)
        guard case .alreadyThere = try sandbox.store.pull("net", offline: true, environment: [:]) else {
            Issue.record("fetched again")
            return
        }
        #expect(sandbox.calls == 1)
        #expect(try sandbox.store.remove("net"))
        #expect(try !sandbox.store.remove("net"))
        #expect(sandbox.files.isEmpty)
    }

    @Test("a wrong digest is refused and leaves nothing")
    func wrongDigest() throws {
        let sandbox = try Sandbox(sha256: String(repeating: "0", count: 64))
        let error = #expect(throws: PoseError.self) {
            try sandbox.store.pull("net", environment: sandbox.environment)
        }
        #expect(error?.exitCode == 65)
        #expect(error?.description.contains("SHA-256") == true)
        #expect(sandbox.files.isEmpty)
    }

    @Test(
        "a download that fails leaves nothing and says why",
        arguments: [
            ("echo 'ERROR: No matching distribution found' >&2; exit 1", "No matching distribution"),
            ("echo '/usr/bin/python3: No module named pip' >&2; exit 1", "python3-pip"), ("exit 0", "0 archives"),
        ])
    func failure(script: String, words: String) throws {
        let sandbox = try Sandbox(script: "#!/bin/sh\n\(script)\n")
        let error = #expect(throws: PoseError.self) {
            try sandbox.store.pull("net", environment: sandbox.environment)
        }
        #expect(error?.exitCode == 69)
        #expect(error?.description.contains(words) == true)
        #expect(sandbox.files.isEmpty)
    }

    @Test("an archive that is damaged is refused and leaves nothing")
    func damagedArchive() throws {
        let sandbox = try Sandbox()
        try Data("not a zip".utf8).write(to: sandbox.folder.appending(path: "archive"))
        let error = #expect(throws: PoseError.self) {
            try sandbox.store.pull("net", environment: sandbox.environment)
        }
        #expect(error?.exitCode == 65)
        #expect(sandbox.files.isEmpty)
    }

    @Test("offline and without Python: clear refusals")
    func offline() throws {
        let sandbox = try Sandbox()
        let offline = #expect(throws: PoseError.self) {
            try sandbox.store.pull("net", offline: true, environment: sandbox.environment)
        }
        #expect(offline?.exitCode == 69 && offline?.description.contains("--offline") == true)
        #expect(sandbox.calls == 0)
        let python = #expect(throws: PoseError.self) {
            try sandbox.store.pull("net", environment: ["PATH": "/nowhere"])
        }
        #expect(python?.exitCode == 69 && python?.description.contains("python3") == true)
        let unknown = #expect(throws: PoseError.self) { try sandbox.store.pull("no-such-net") }
        #expect(unknown == .unknownModel("no-such-net", known: ["net"]) && unknown?.exitCode == 69)
    }

    @Test("damage in the store is seen, and a pull mends it")
    func damage() throws {
        let sandbox = try Sandbox()
        try sandbox.store.pull("net", environment: sandbox.environment)
        let file = sandbox.store.root + "/net/net.bin"
        try Data("weighty".utf8).write(to: URL(filePath: file))
        #expect(sandbox.store.list()[0].isComplete, "the size is right")
        #expect(try !sandbox.store.verify("net").isComplete)
        try sandbox.store.pull("net", environment: sandbox.environment)
        #expect(try sandbox.store.verify("net").isComplete)
        try Data("short".utf8).write(to: URL(filePath: file))
        let error = #expect(throws: PoseError.self) { try sandbox.store.contents(of: "net.bin", in: "net") }
        #expect(error?.exitCode == 65)
        #expect(throws: PoseError.self) { try sandbox.store.path(of: "net") }
    }

    @Test("pulls at the same time fetch once")
    func concurrent() async throws {
        let sandbox = try Sandbox()
        let (store, environment) = (sandbox.store, sandbox.environment)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { try store.pull("net", environment: environment).status.isComplete } }
            for try await isComplete in group { #expect(isComplete) }
        }
        #expect(sandbox.calls == 1)
        #expect(sandbox.files == ["net", "net/net.bin"])
    }

    /// Oracle: the XDG base directory specification.
    @Test("the folder follows XDG_CACHE_HOME, unless that is relative")
    func root() {
        #expect(ModelStore.defaultRoot(environment: ["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/kaira/models")
        #expect(ModelStore.defaultRoot(environment: ["HOME": "/h"]) == "/h/.cache/kaira/models")
        #expect(ModelStore.defaultRoot(environment: ["XDG_CACHE_HOME": "x", "HOME": "/h"]) == "/h/.cache/kaira/models")
    }

    @Test("the catalogue makes estimators by name, and says what is missing")
    func catalogue() throws {
        let sandbox = try Sandbox()
        let empty = ModelStore(root: sandbox.store.root)
        let missing = #expect(throws: PoseError.self) { try PoseEstimatorCatalogue.make("blazepose", store: empty) }
        #expect(missing?.exitCode == 69)
        #expect(missing?.description.contains("kaira models pull blazepose") == true)
        #expect(throws: PoseError.unknownModel("openpose", known: PoseEstimatorCatalogue.all.map(\.name))) {
            try PoseEstimatorCatalogue.make("openpose", store: empty)
        }
        for entry in PoseEstimatorCatalogue.all {
            #expect(throws: Never.self) { try empty.catalogue.model(entry.model) }
        }
    }

    @Test("bytes that are no network are refused")
    func noNetwork() {
        let error = #expect(throws: PoseError.self) { try BlazePoseEstimator(detector: [1, 2, 3], landmarks: []) }
        #expect(error?.exitCode == 65)
    }

    /// Needs a network, so it runs on request: the real archive through the real pip.
    @Test(
        "blazepose can be pulled from the package index",
        .enabled(if: ProcessInfo.processInfo.environment["KAIRA_TEST_DOWNLOADS"] == "1"))
    func realPull() throws {
        let sandbox = try Sandbox()
        let store = ModelStore(root: sandbox.store.root)
        try store.pull("blazepose")
        #expect(try store.verify("blazepose").isComplete)
        #expect(
            sandbox.files == ["blazepose", "blazepose/pose_detection.tflite", "blazepose/pose_landmark_full.tflite"])
    }
}
