import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// Files that PyTorch, safetensors and NumPy wrote, and what these libraries read from them.
enum WeightFixtures {
    static func url(_ name: String) -> URL { TestData.fixture("weights/\(name)") }
    static func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url(name))) }
    static func arrays(_ name: String) throws -> NumPyArchive { try NumPyArchive(npz: bytes(name)) }

    /// Compares every tensor with the array of its name, element by element and bit by bit.
    static func compare(_ file: WeightFile, with expected: NumPyArchive) throws {
        #expect(Set(file.names) == Set(expected.names))
        for name in expected.names {
            let array = try expected.array(name), tensor = try file.tensor(name)
            #expect(tensor.shape == array.shape, "\(name)")
            #expect(tensor.count == array.count)
            if tensor.type != .bfloat16 {
                #expect(tensor.type == array.type, "\(name)")
                #expect(tensor.array.bytes == array.bytes, "\(name)")
            }
            #expect(try tensor.floats().map(\.bitPattern) == array.floats().map(\.bitPattern), "\(name)")
        }
    }
}

@Suite("Weight files of every format")
struct WeightsFileTests {
    /// Oracle: PyTorch 2.15, safetensors 0.8 and NumPy 2.4 (`Tests/Support/make_weight_fixtures.py`).
    @Test(
        "tensors of every type, view and sharing",
        arguments: [
            ("zip.pt", WeightFormat.pytorch), ("legacy.pt", .pytorchLegacy), ("single.safetensors", .safetensors),
        ])
    func everyType(name: String, format: WeightFormat) throws {
        let file = try WeightFile(contentsOf: WeightFixtures.url(name))
        #expect(file.format == format)
        #expect(try file.tensor("bfloat16").type == .bfloat16)
        try WeightFixtures.compare(file, with: WeightFixtures.arrays("expected.npz"))
        try WeightFixtures.compare(
            WeightFile(bytes: WeightFixtures.bytes(name)), with: WeightFixtures.arrays("expected.npz"))
        #expect(try file.tensor("float16_bits").containsNonFinite)
        #expect(try !file.tensor("float32").containsNonFinite)
    }

    /// Oracle: `state_dict()` of the module in PyTorch 2.15.
    @Test(
        "checkpoints, whole modules, plain pickles and shards give the state dictionary's names",
        arguments: [
            "checkpoint.pth", "checkpoint_legacy.pth", "module.pt", "module_legacy.pt", "module_protocol2.pkl",
            "module_protocol4.pkl", "shards", "bins", "shards/model.safetensors.index.json",
        ])
    func names(name: String) throws {
        let file = try WeightFile(contentsOf: WeightFixtures.url(name))
        try WeightFixtures.compare(file, with: WeightFixtures.arrays("expected_net.npz"))
    }

    /// Oracle: NumPy 2.4 for the arrays that PyTorch made, closed form for the others.
    @Test("NumPy archives, stored and deflated", arguments: ["arrays.npz", "arrays_deflated.npz"])
    func numpy(name: String) throws {
        let file = try WeightFile(contentsOf: WeightFixtures.url(name))
        #expect(file.format == .npz)
        #expect(try file.tensor("fortran").floats() == [0, 1, 2, 3, 4, 5])
        #expect(try file.tensor("big").floats() == [1.5, -2.5])
        #expect(try file.tensor("uint16").floats() == [65535])
        #expect(try file.tensor("uint64").floats() == [0x1p40])
        let expected = try WeightFixtures.arrays("expected.npz")
        for name in expected.names {
            #expect(try file.tensor(name).array.bytes == expected.array(name).bytes, "\(name)")
        }
    }

    /// Oracle: the arrays that onnx 1.23 was given.
    @Test("ONNX initialisers, raw, typed, constant, and beside the model", arguments: ["model.onnx", "onnx"])
    func onnx(name: String) throws {
        let file = try WeightFile(contentsOf: WeightFixtures.url(name))
        #expect(file.format == .onnx)
        try WeightFixtures.compare(file, with: WeightFixtures.arrays("expected_onnx.npz"))
        if name == "onnx" {
            let bytes = try WeightFixtures.bytes("onnx/outside.onnx")
            #expect(throws: TensorError.self, "without a folder") { try WeightFile(bytes: bytes) }
            // The name "outside.data" becomes one of the same length that leads out of the folder.
            let name = Array("outside.data".utf8), out = Array("../zip.pt\0\0\0".utf8)
            var changed = bytes
            for start in bytes.indices where bytes[start...].starts(with: name) {
                changed.replaceSubrange(start..<start + name.count, with: out)
            }
            let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-onnx-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try Data(changed).write(to: folder.appending(path: "a.onnx"))
            #expect {
                try WeightFile(contentsOf: folder)
            } throws: {
                "\($0)".contains("is no plain file name")
            }
        }
    }

    @Test("what is no weight file is refused with its reason")
    func foreign() throws {
        func message(_ bytes: [UInt8]) -> String {
            do { return try "read: \(WeightFile(bytes: bytes).names)" } catch { return error.description }
        }
        #expect(message([]).contains("no weight file that Kaira knows"))
        #expect(message([UInt8](repeating: 0, count: 64)).contains("no weight file that Kaira knows"))
        var tar = [UInt8](repeating: 0x61, count: 512)
        tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
        #expect(message(tar).contains("tar archives"))
        #expect(message([0x89] + Array("HDF\r\n\u{1a}\n".utf8)).contains("HDF5"))
        #expect(message(Array("version https://git-lfs.github.com/spec/v1\n".utf8)).contains("Git LFS pointer"))
        #expect(throws: TensorError.self) { try WeightFile(contentsOf: URL(filePath: "/dev/null")) }
        #expect(throws: TensorError.self) { try WeightFile(contentsOf: URL(filePath: "/nowhere/at/all")) }
        #expect(throws: TensorError.unreadable("\"\(TestData.root.path)\" holds no weight file")) {
            try WeightFile(contentsOf: TestData.root)
        }
    }

    @Test("an index leads nowhere but to plain files of its folder")
    func index() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-shards-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let single = WeightFixtures.url("single.safetensors")
        try FileManager.default.copyItem(at: single, to: folder.appending(path: "a.safetensors"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "link.safetensors"), withDestinationURL: single)
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "near.safetensors"),
            withDestinationURL: folder.appending(path: "a.safetensors"))
        let index = folder.appending(path: "model.safetensors.index.json")
        func open(_ text: String) throws -> [String] {
            try Data(text.utf8).write(to: index)
            return try WeightFile(contentsOf: folder).names
        }
        #expect(try open("{\"weight_map\":{\"scalar\":\"a.safetensors\"},\"other\":[1,{\"x\":null}]}") == ["scalar"])
        #expect(try open("{\"weight_map\":{\"scalar\":\"near.safetensors\"}}") == ["scalar"])
        for file in [
            "link.safetensors", "../a.safetensors", single.path, "", ".", "..", "missing.safetensors",
            "model.safetensors.index.json", "a.safetensors\\u0000",
        ] {
            #expect(throws: TensorError.self, "\(file)") { try open("{\"weight_map\":{\"scalar\":\"\(file)\"}}") }
        }
        for text in [
            "", "{}", "{\"weight_map\":{}}", "{\"weight_map\":[]}", "{\"weight_map\":{\"nothing\":\"a.safetensors\"}}",
            "{\"weight_map\":{\"scalar\":\"a.safetensors\",\"scalar\":\"a.safetensors\"}}",
            String(repeating: "[", count: 100_000),
        ] {
            #expect(throws: TensorError.self) { try open(text) }
        }
        try FileManager.default.removeItem(at: index)
        #expect {
            try WeightFile(contentsOf: folder)
        } throws: {
            "\($0)".contains("several weight files (a.safetensors, link.safetensors, near.safetensors): name one")
        }
        // The layout of the hub's cache: links from a snapshot to blobs beside it.
        let cache = folder.appending(path: "cache"), snapshot = cache.appending(path: "snapshots/abc")
        try FileManager.default.createDirectory(at: snapshot, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            at: cache.appending(path: "blobs"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: single, to: cache.appending(path: "blobs/0123"))
        try FileManager.default.createSymbolicLink(
            atPath: snapshot.appending(path: "m.safetensors").path, withDestinationPath: "../../blobs/0123")
        try Data("{\"weight_map\":{\"scalar\":\"m.safetensors\"}}".utf8)
            .write(to: snapshot.appending(path: "model.safetensors.index.json"))
        #expect(
            try WeightFile(contentsOf: snapshot.appending(path: "model.safetensors.index.json")).names == ["scalar"])
    }

    @Test("one message lists all that does not fit")
    func binder() throws {
        let file = try WeightFile(contentsOf: WeightFixtures.url("checkpoint.pth"))
        var binder = WeightBinder()
        binder.ignored = ["*.num_batches_tracked", "2.*", "1.running_mean"]
        binder.expect("first.weight", [4, 3], orElse: ["0.weight"])
        binder.expect("0.bias", [4])
        binder.expect("1.weight", [4])
        binder.expect("1.bias", [4])
        binder.expect("1.running_var", [4])
        binder.expect("nothing", [1], isOptional: true)
        let bound = try binder.bind(file)
        #expect(Set(bound.keys) == ["first.weight", "0.bias", "1.weight", "1.bias", "1.running_var"])
        #expect(bound["first.weight"]?.name == "0.weight")
        binder.ignored.removeLast()
        binder.expect("absent", [2])
        binder.expect("2.0.weight", [4, 2])
        #expect(
            throws: TensorError.weights(
                "1 missing: absent; 1 unexpected: 1.running_mean; "
                    + "1 of wrong shape: 2.0.weight is [2, 4] instead of [4, 2]")
        ) { try binder.bind(file) }
        var prefixed = WeightBinder()
        prefixed.prefixes = ["float"]
        prefixed.ignored = ["*"]
        prefixed.expect("32", [2, 3, 4])
        let all = try WeightFile(contentsOf: WeightFixtures.url("zip.pt"))
        #expect(try prefixed.bind(all)["32"]?.name == "float32")
        prefixed.requiresFinite = true
        prefixed.expect("16_bits", [8])
        #expect(throws: TensorError.weights("1 with values that are not finite: float16_bits")) {
            try prefixed.bind(all)
        }
    }
}
