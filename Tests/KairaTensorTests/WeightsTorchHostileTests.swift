import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// Writes zip files after PKWARE's APPNOTE 6.3, sound and unsound.
struct ZipWriter {
    struct Entry {
        var name: String
        var data: [UInt8]
        var method = 0
        /// What the directory says where it lies.
        var size: Int?
        var packed: Int?
        var offset: Int?
        var localName: String?
    }

    var entries: [Entry] = []
    var count: Int?
    var comment: [UInt8] = []

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xffff_ffff as UInt32) { value, byte in
            (0..<8).reduce(value ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1
            }
        }
    }

    var bytes: [UInt8] {
        func u16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
        func u32(_ value: Int) -> [UInt8] { u16(value & 0xffff) + u16(value >> 16 & 0xffff) }
        var file: [UInt8] = [], directory: [UInt8] = []
        for entry in entries {
            let offset = file.count, name = Array(entry.name.utf8), local = Array((entry.localName ?? entry.name).utf8)
            // As PyTorch writes it: no sizes in the local header.
            file += [0x50, 0x4b, 3, 4] + u16(20) + u16(0x808) + u16(entry.method) + u32(0) + u32(0) + u32(0) + u32(0)
            file += u16(local.count) + u16(0) + local + entry.data
            directory += [0x50, 0x4b, 1, 2] + u16(20) + u16(20) + u16(0x808) + u16(entry.method) + u32(0)
            directory += u32(Int(Self.checksum(entry.data))) + u32(entry.packed ?? entry.data.count)
            directory += u32(entry.size ?? entry.data.count) + u16(name.count) + u16(0) + u16(0) + u16(0) + u16(0)
            directory += u32(0) + u32(entry.offset ?? offset) + name
        }
        let start = file.count, number = count ?? entries.count
        file += directory + [0x50, 0x4b, 5, 6] + u32(0) + u16(number) + u16(number)
        return file + u32(directory.count) + u32(start) + u16(comment.count) + comment
    }
}

/// Makes PyTorch files with one tensor or two, sound and unsound.
struct TorchWriter {
    struct Tensor {
        var name = "w"
        var type = "FloatStorage"
        var key = "0"
        var count = 6
        var offset = 0
        var shape = [2, 3]
        var strides = [3, 1]
    }

    var tensors = [Tensor()]
    var storages: [(key: String, data: [UInt8])] = [("0", [UInt8](repeating: 0, count: 24))]
    var function = "_rebuild_tensor_v2"
    var entries: [ZipWriter.Entry] = []
    var prefix = "archive/"

    private func tuple(_ numbers: [Int], _ writer: inout PickleWriter) {
        writer.op("(")
        for number in numbers {
            writer.code(0x8a, [8] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
        }
        writer.op("t")
    }

    /// A dictionary of the tensors.
    var pickle: [UInt8] {
        var writer = PickleWriter()
        writer.op("}")
        for tensor in tensors {
            writer.text(tensor.name)
            writer.global("torch._utils", function)
            writer.op("(")
            writer.op("(")
            writer.text("storage")
            writer.global("torch", tensor.type)
            writer.text(tensor.key)
            writer.text("cpu")
            writer.code(0x8a, [8] + (0..<8).map { UInt8(truncatingIfNeeded: tensor.count >> (8 * $0)) })
            writer.op("t")
            writer.op("Q")
            writer.code(0x8a, [8] + (0..<8).map { UInt8(truncatingIfNeeded: tensor.offset >> (8 * $0)) })
            tuple(tensor.shape, &writer)
            tuple(tensor.strides, &writer)
            writer.code(0x89)
            writer.global("collections", "OrderedDict")
            writer.op(")")
            writer.op("R")
            writer.op("t")
            writer.op("R")
            writer.op("s")
        }
        return writer.ended
    }

    var zip: ZipWriter {
        var zip = ZipWriter()
        zip.entries = [ZipWriter.Entry(name: prefix + "data.pkl", data: pickle)]
        zip.entries += storages.map { ZipWriter.Entry(name: "\(prefix)data/\($0.key)", data: $0.data) }
        zip.entries += entries
        return zip
    }

    /// The layout before version 1.6.
    var legacy: [UInt8] {
        var bytes: [UInt8] = [
            0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80, 2, 0x4d, 0xe9,
            3, 0x2e,
        ]
        var system = PickleWriter()
        system.op("}")
        system.text("little_endian")
        system.code(0x88)
        system.op("s")
        bytes += system.ended + pickle
        var keys = PickleWriter()
        keys.op("]")
        for storage in storages {
            keys.text(storage.key)
            keys.op("a")
        }
        bytes += keys.ended
        for storage in storages {
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: (storage.data.count / 4) >> (8 * $0)) } + storage.data
        }
        return bytes
    }
}

@Suite("Damaged and hostile PyTorch and NumPy files")
struct WeightsTorchHostileTests {
    private func message(_ bytes: [UInt8]) -> String {
        do {
            let file = try WeightFile(bytes: bytes)
            for name in file.names { _ = try file[name]?.floats() }
            return "read \(file.names)"
        } catch { return error.description }
    }

    @Test("the undamaged files open")
    func sound() {
        #expect(message(TorchWriter().zip.bytes) == "read [\"w\"]")
        #expect(message(TorchWriter().legacy) == "read [\"w\"]")
    }

    /// Oracle: closed form; every view must lie within its storage and no file may make more memory than it has bytes.
    @Test("tensors that reach out of their storage or claim too much are refused")
    func views() {
        let most = Int.max
        let cases: [(TorchWriter.Tensor, String)] = [
            (.init(count: 7), "has 24 bytes for 7 elements"),
            (.init(count: most), "has 24 bytes for"),
            (.init(count: -1), "description is damaged"),
            (.init(type: "DoubleStorage"), "has 24 bytes for 6 elements"),
            (.init(type: "QUInt8Storage"), "storage type"),
            (.init(key: "1"), "storage \"1\" is missing"),
            (.init(key: "../0"), "storage \"../0\" is missing"),
            (.init(offset: 1), "reaches past its storage"),
            (.init(offset: -1), "has a shape of"),
            (.init(offset: most), "reaches past its storage"),
            (.init(strides: [-3, 1]), "has a shape of"),
            (.init(strides: [4, 1]), "reaches past its storage"),
            (.init(strides: [most, most]), "reaches past its storage"),
            (.init(shape: [2, 3, 1]), "has a shape of"),
            (.init(shape: [-2, 3]), "has a shape of"),
            (.init(shape: [1 << 32, 1 << 32], strides: [0, 0]), "has a shape of"),
            (.init(shape: [1 << 40, 1], strides: [0, 0]), "too large"),
            (.init(shape: [0, 1 << 62], strides: [0, 0]), "has a shape of"),
        ]
        for (tensor, reason) in cases {
            var writer = TorchWriter()
            writer.tensors = [tensor]
            #expect(message(writer.zip.bytes).contains(reason), "\(tensor)")
            #expect(!message(writer.legacy).hasPrefix("read"), "\(tensor)")
        }
    }

    @Test("odd but legal views are read", arguments: [[1, Int.max], [3, Int.max], [0, 1]])
    func oddViews(strides: [Int]) throws {
        var writer = TorchWriter()
        writer.tensors = [.init(shape: strides[1] == 1 ? [4, 3] : [2, 1], strides: strides)]
        #expect(message(writer.zip.bytes) == "read [\"w\"]")
        writer.tensors[0].shape = [0, 3]
        writer.tensors[0].offset = 99
        #expect(message(writer.zip.bytes) == "read [\"w\"]")
    }

    @Test("two types on one storage, two tensors of one name, an unknown rebuilder")
    func contradictions() {
        var writer = TorchWriter()
        writer.tensors = [.init(), .init(name: "v", type: "IntStorage")]
        #expect(message(writer.zip.bytes).contains("storage \"0\" has two types"))
        #expect(!message(writer.legacy).hasPrefix("read"))
        writer.tensors = [.init(), .init()]
        #expect(message(writer.zip.bytes).contains("\"w\" is there twice"))
        writer.tensors = [.init()]
        writer.function = "_rebuild_qtensor"
        #expect(message(writer.zip.bytes).contains("not supported: tensor \"w\" made by torch._utils._rebuild_qtensor"))
        // What is not a tensor is ignored data, and so is a call of any other name.
        writer.function = "_rebuild_everything"
        #expect(message(writer.zip.bytes) == "read []")
    }

    @Test("archives that are not as PyTorch writes them are refused")
    func archives() {
        func zip(_ change: (inout TorchWriter) -> Void, _ then: (inout ZipWriter) -> Void = { _ in }) -> String {
            var writer = TorchWriter()
            change(&writer)
            var zip = writer.zip
            then(&zip)
            return message(zip.bytes)
        }
        func entry(_ name: String, _ text: String = "") -> ZipWriter.Entry { .init(name: name, data: Array(text.utf8)) }
        #expect(zip { $0.entries = [entry("archive/byteorder", "big")] }.contains("big-endian"))
        #expect(zip { $0.entries = [entry("archive/byteorder", "little")] } == "read [\"w\"]")
        #expect(zip { $0.entries = [entry("archive/constants.pkl")] }.contains("TorchScript"))
        #expect(zip { $0.entries = [entry("archive/code/a.py")] }.contains("TorchScript"))
        #expect(zip { $0.entries = [entry("archive/x/data.pkl")] }.contains("2 entries end in /data.pkl"))
        #expect(zip { $0.entries = [entry("../../etc/passwd")] }.contains("lies beside the folder"))
        #expect(zip { $0.entries = [entry("archive/data/0")] }.contains("is there twice"))
        #expect(zip({ _ in }) { $0.entries[1].method = 8 }.contains("compressed entry"))
        #expect(zip({ _ in }) { $0.entries[0].method = 8 }.contains("compressed entry"))
        #expect(zip({ _ in }) { $0.entries[1].size = 25 }.contains("has two sizes"))
        #expect(zip({ _ in }) { $0.entries[1].packed = 1 << 30 }.contains("disagrees with the directory"))
        #expect(zip({ _ in }) { $0.entries[1].localName = "archive/data/1" }.contains("disagrees with the directory"))
        #expect(zip({ _ in }) { $0.entries[1].offset = 0 }.contains("disagrees with the directory"))
        #expect(zip({ _ in }) { $0.entries[1].offset = 1 << 31 }.contains("is not where the directory says"))
        #expect(zip({ _ in }) { $0.count = 9 }.contains("directory"))
        #expect(zip({ _ in }) { $0.comment = [0x50, 0x4b, 5, 6] + [UInt8](repeating: 0, count: 30) } == "read [\"w\"]")
        // Two entries of one name and place share their bytes.
        let overlap = zip({ _ in }) { zip in
            let name = zip.entries[1].name
            zip.entries.append(.init(name: name + "0", data: [], size: 24, packed: 24, offset: 0, localName: nil))
        }
        #expect(overlap.contains("disagrees with the directory") || overlap.contains("overlaps"))
    }

    @Test("entries that share bytes are refused")
    func overlap() {
        // An entry whose data is another whole entry, which the directory lists as well.
        var inner = ZipWriter()
        inner.entries = [.init(name: "a.npy", data: [1, 2, 3, 4])]
        let local = Array(inner.bytes.prefix(30 + 5 + 4))
        var outer = ZipWriter()
        outer.entries = [
            .init(name: "b.npy", data: local), .init(name: "a.npy", data: [], size: 4, packed: 4, offset: 35),
        ]
        #expect(message(outer.bytes).contains("overlaps another"))
    }

    @Test("old files with wrong counts, other machines' order or bytes behind their end are refused")
    func legacy() {
        var writer = TorchWriter()
        let sound = writer.legacy
        #expect(message(sound + [0]).contains("bytes behind the last storage"))
        var big = sound
        let at = big.indices.first { Array(big[$0...].prefix(14)) == Array("little_endian".utf8) + [0x88] }
        if let at { big[at + 13] = 0x89 }
        #expect(message(big).contains("big-endian"))
        writer.storages[0].data = [UInt8](repeating: 0, count: 28)
        #expect(message(writer.legacy).contains("storage \"0\" has 7 elements"))
        writer.storages = [("0", [UInt8](repeating: 0, count: 24)), ("9", [])]
        #expect(message(writer.legacy).contains("a storage that nothing uses"))
        writer.storages = []
        #expect(message(writer.legacy).contains("storage \"0\" is missing"))
    }

    @Test("NumPy headers that claim what is not there are refused before memory is taken")
    func numpy() {
        func npy(_ dictionary: String, _ data: [UInt8] = [0, 0, 0, 0]) -> [UInt8] {
            let text = Array(dictionary.utf8) + [0x0a]
            return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text + data
        }
        func archive(_ entry: ZipWriter.Entry) -> String {
            var zip = ZipWriter()
            zip.entries = [entry]
            return message(zip.bytes)
        }
        let sound = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}")
        #expect(archive(.init(name: "a.npy", data: sound)) == "read [\"a\"]")
        for (shape, reason) in [
            ("(4294967296, 4294967296)", "has 4 bytes for"), ("(1073741824,)", "has 4 bytes for"),
            ("(2,)", "has 4 bytes for"), ("(0, 9223372036854775807)", "has 4 bytes for"),
            ("(-1,)", "a number is missing"),
            ("(1,) * 9", "a comma is missing"), ("1", "not a tuple"),
        ] {
            let data = npy("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape)}")
            #expect(archive(.init(name: "a.npy", data: data)).contains(reason), "\(shape)")
        }
        for (type, reason) in [
            ("|O", "Python objects"), ("<U4", "number type"), ("<V2", "number type"), ("f4", "type"),
        ] {
            let data = npy("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,)}")
            #expect(archive(.init(name: "a.npy", data: data)).contains(reason), "\(type)")
        }
        #expect(archive(.init(name: "../a", data: sound)).contains("is no array"))
        #expect(archive(.init(name: "a.npy", data: sound, method: 8, size: 1 << 31)).contains("cannot hold"))
        #expect(archive(.init(name: "a.npy", data: sound, method: 12)).contains("compression 12"))
        #expect(archive(.init(name: "a.npy", data: [0x93], method: 0)).contains("not a .npy file"))
    }

    @Test(
        "files cut at any byte are refused; flipped bits never trap",
        arguments: [
            "zip.pt", "legacy.pt", "module_protocol4.pkl", "arrays.npz", "arrays_deflated.npz", "objects.npz",
            "model.onnx",
        ])
    func damaged(name: String) throws {
        let bytes = try WeightFixtures.bytes(name)
        // Of an ONNX model, what follows the graph may be missing: the versions of the operators.
        let needed = name == "model.onnx" ? bytes.count - 16 : bytes.count
        for count in 0..<needed where message(Array(bytes[..<count])).hasPrefix("read") {
            Issue.record("\(name) cut to \(count) bytes was read")
        }
        var random = SeededNumbers(5)
        let bits = random.values(bytes.count).map { UInt8(abs($0 * 1000).truncatingRemainder(dividingBy: 8)) }
        for place in bytes.indices {
            var flipped = bytes
            flipped[place] ^= 1 << bits[place]
            _ = message(flipped)
        }
        for place in stride(from: 0, to: bytes.count - 8, by: 3) {
            for value: UInt8 in [0, 127, 255] {
                var inflated = bytes
                for index in place..<place + 4 { inflated[index] = value }
                _ = message(inflated)
            }
        }
    }

    /// Files of other formats, from the shared set of hostile files: none is a weight file, none may do harm.
    @Test("hostile files of other formats are refused", .enabled(if: TestData.hasShared("hostile")))
    func foreign() throws {
        let folder = TestData.shared("hostile")
        var tried = 0
        for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            ?? .init()
        {
            guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { continue }
            tried += 1
            #expect(throws: TensorError.self, "\(file.path)") { try WeightFile(contentsOf: file) }
            if let bytes = try? [UInt8](Data(contentsOf: file)) {
                var reader = PickleReader(bytes: bytes)
                _ = try? reader.next()
                _ = try? PickledArchive(bytes: bytes)
            }
        }
        #expect(tried > 50)
    }
}
