import Foundation
import KairaFormats
import KairaScene
import KairaTestSupport
import Testing

/// Files that are wrong on purpose: each is refused by a typed error, or read with a warning that says what was repaired
/// (`docs/formats/gltf.md` lists them), within 5 s of work and 512 MB.
@Suite struct GLTFHostileTests {
    /// The codes of the faults that the glTF validator finds in its own test files, by path.
    private static let faults: [String: [String]] = {
        guard let data = try? Data(contentsOf: TestData.fixture("gltf/validator/faults.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: [String]].self, from: data)) ?? [:]
    }()

    /// The texts of the table of repairs in `docs/formats/gltf.md`, cut where they depend on the file.
    private static let repairs: [[String]] = {
        let page = try? String(contentsOf: TestData.root.appending(path: "docs/formats/gltf.md"), encoding: .utf8)
        return (page ?? "").split(separator: "\n").filter { $0.hasPrefix("| `") }
            .compactMap { $0.split(separator: "`").dropFirst().first?.components(separatedBy: "…") }
    }()

    private static func isDocumented(_ warning: String) -> Bool {
        repairs.contains { parts in
            var rest = warning[...]
            for (i, part) in parts.enumerated() where !part.isEmpty {
                guard let found = rest.range(of: part), i > 0 || found.lowerBound == rest.startIndex else {
                    return false
                }
                rest = rest[found.upperBound...]
            }
            return rest.isEmpty || parts.last == ""
        }
    }

    private func expectRefusalOrWarning(_ path: String, isFaulty: Bool) throws {
        let probe = try ReadProbe(URL(filePath: path))
        #expect(probe.peakMegabytes <= 512)
        switch probe.outcome {
        case .died(let reason): Issue.record("\(path): \(reason)")
        case .refused(let message): #expect(!message.isEmpty)
        case .read(let warnings):
            #expect(!isFaulty || !warnings.isEmpty)
            for warning in warnings { #expect(Self.isDocumented(warning), "docs/formats/gltf.md lacks: \(warning)") }
        }
    }

    /// Oracle: the reports of Khronos' glTF validator.
    @Test("every faulty file is refused or read with a warning, in 5 s and 512 MB", arguments: faults.keys.sorted())
    func validator(path: String) throws {
        let faults = try #require(Self.faults[path])
        try expectRefusalOrWarning(TestData.fixture("gltf/validator/" + path).path, isFaulty: !faults.isEmpty)
    }

    /// Oracle: their projects' word that they are wrong, but for the one whose scene has no nodes, which glTF 2.0 allows.
    @Test(
        "hostile files of other projects are refused or read with a warning, in 5 s and 512 MB",
        .enabled(if: TestData.hasShared("hostile")),
        arguments: ModelFiles.list(TestData.shared("hostile/assimp")) + ModelFiles.list(TestData.shared("hostile/vrm")))
    func others(path: String) throws {
        try expectRefusalOrWarning(path, isFaulty: !path.hasSuffix("SceneWithoutNodes.gltf"))
    }

    /// Oracle: the same reports. Refused are required extensions that this reader lacks, and two files whose pictures are
    /// in a buffer without data.
    @Test("files that the validator accepts are read")
    func valid() throws {
        var count = 0
        for (path, faults) in Self.faults where faults.isEmpty {
            do throws(FormatsError) {
                _ = try SceneFile.read(TestData.fixture("gltf/validator/" + path).path)
                count += 1
            } catch {
                if case .unsupportedExtension = error { continue }
                #expect(error.description.contains("/buffers/0: the buffer has no data"), "\(path): \(error)")
            }
        }
        #expect(count > 40)
    }

    // MARK: Files that ask for more than they hold

    /// Each is at most 10 MB of text that would become very much more, if a reader let it.
    @Test(
        "files that would swell stay within 5 s and 512 MB",
        arguments: [
            "nesting", "arrays", "objects", "nodes", "chain", "emptyAccessors", "sharedVertices", "sharedPictures",
            "sharedKeys", "sharedMatrices", "sharedIndices", "fan", "zeros", "unusedAccessors", "hugePicture",
        ])
    func swelling(kind: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-hostile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: kind + ".gltf")
        let make = try #require(Self.swelling[kind])
        let text = make()
        #expect(text.utf8.count <= 10 << 20)
        try Data(text.utf8).write(to: file)
        let probe = try ReadProbe(file)
        print(
            "swelling \(kind): \(text.utf8.count >> 10) KB, peak \(probe.peakMegabytes) MB,",
            "\(probe.outcome)".prefix(200))
        #expect(probe.peakMegabytes <= 512)
        if case .died(let reason) = probe.outcome { Issue.record("\(kind): \(reason)") }
    }

    private static func document(_ members: String, bytes: Int = 0) -> String {
        let data = String(repeating: "AAAA", count: bytes / 3)
        let buffers =
            bytes > 0
            ? """
            ,"buffers":[{"byteLength":\(bytes),"uri":"data:application/octet-stream;base64,\(data)"}],
            "bufferViews":[{"buffer":0,"byteLength":\(bytes)}]
            """ : ""
        return #"{"asset":{"version":"2.0"}\#(buffers),\#(members)}"#
    }
    private static func list(_ entry: String, _ count: Int) -> String {
        "[" + Array(repeating: entry, count: count).joined(separator: ",") + "]"
    }

    private static let swelling: [String: @Sendable () -> String] = [
        "nesting": { String(repeating: "[", count: 10_000_000) },
        "arrays": { document(#""extras":"# + list("[0]", 2_500_000)) },
        "objects": { document(#""extras":"# + list(#"{"a":0}"#, 1_250_000)) },
        "nodes": { document(#""nodes":"# + list("{}", 1 << 18)) },
        "chain": {
            let chain = (1..<200_000).map { #"{"children":[\#($0)]}"# }.joined(separator: ",")
            return document(#""nodes":[\#(chain),{}]"#)
        },
        "emptyAccessors": { document(#""accessors":"# + list("{}", 3_000_000)) },
        "sharedVertices": {
            document(
                #""accessors":[{"bufferView":0,"componentType":5126,"count":250000,"type":"VEC3"}],"meshes":"#
                    + list(
                        #"{"primitives":[{"mode":5,"attributes":{"POSITION":0,"NORMAL":0}},{"attributes":{"POSITION":0}}]}"#,
                        30_000), bytes: 3_000_000)
        },
        "sharedPictures": {
            document(#""images":"# + list(#"{"bufferView":0,"mimeType":"image/png"}"#, 30_000), bytes: 3_000_000)
        },
        "sharedKeys": {
            document(
                #""nodes":[{}],"accessors":[{"bufferView":0,"componentType":5126,"count":1000000,"type":"SCALAR"},"#
                    + #"{"componentType":5126,"count":1000000,"type":"VEC3"}],"animations":"#
                    + list(
                        #"{"samplers":[{"input":0,"output":1}],"channels":[{"sampler":0,"target":{"node":0,"path":"scale"}}]}"#,
                        20_000), bytes: 4_000_002)
        },
        "sharedMatrices": {
            document(
                #""nodes":[{}],"accessors":[{"bufferView":0,"componentType":5126,"count":60000,"type":"MAT4"}],"skins":"#
                    + list(#"{"joints":[0],"inverseBindMatrices":0}"#, 30_000), bytes: 3_900_000)
        },
        "sharedIndices": {
            document(
                #""accessors":[{"componentType":5126,"count":3,"type":"VEC3"},"#
                    + #"{"bufferView":0,"componentType":5121,"count":3000000,"type":"SCALAR"}],"meshes":"#
                    + list(#"{"primitives":[{"mode":6,"attributes":{"POSITION":0},"indices":1}]}"#, 30_000),
                bytes: 3_000_000)
        },
        // One vertex in a million triangles: what compares each with each never ends.
        "fan": {
            document(
                #""accessors":[{"componentType":5126,"count":3,"type":"VEC3"},"#
                    + #"{"bufferView":0,"componentType":5121,"count":3000000,"type":"SCALAR"}],"nodes":[{"mesh":0}],"#
                    + #""scenes":[{"nodes":[0]}],"meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}]"#,
                bytes: 3_000_000)
        },
        // Accessors without data, all zeros.
        "zeros": {
            document(
                #""accessors":"# + list(#"{"componentType":5126,"count":1000000000,"type":"VEC3"}"#, 100)
                    + #","meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}]"#)
        },
        "unusedAccessors": {
            document(
                #""accessors":"#
                    + list(#"{"bufferView":0,"componentType":5126,"count":250000,"type":"VEC3","min":[0,0,0]}"#, 60_000),
                bytes: 3_000_000)
        },
        // A PNG header of 60000 x 60000 pixels (PNG specification, 11.2.2) with no data behind it.
        "hugePicture": {
            document(
                #""images":[{"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgCAYAAAA="}]"#)
        },
    ]
}
