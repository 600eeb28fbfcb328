import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// Writes pickles operation by operation, sound and unsound, after `Lib/pickletools.py` of CPython.
struct PickleWriter {
    var bytes: [UInt8]

    init(protocol version: UInt8 = 2) { bytes = [0x80, version] }

    static func u32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }

    mutating func op(_ character: Character, _ payload: [UInt8] = []) {
        bytes.append(character.asciiValue ?? 0)
        bytes += payload
    }

    mutating func code(_ code: UInt8, _ payload: [UInt8] = []) { bytes += [code] + payload }
    mutating func global(_ module: String, _ name: String) { op("c", Array("\(module)\n\(name)\n".utf8)) }
    mutating func text(_ text: String) { op("X", Self.u32(text.utf8.count) + Array(text.utf8)) }
    mutating func int(_ value: Int) { op("J", Self.u32(value)) }
    mutating func raw(_ data: [UInt8]) { op("B", Self.u32(data.count) + data) }

    /// The bytes with STOP behind them.
    var ended: [UInt8] { bytes + [0x2e] }
}

@Suite("Pickles")
struct PickleTests {
    private func read(_ bytes: [UInt8]) throws -> PickleValue {
        var reader = PickleReader(bytes: bytes)
        let value = try reader.next()
        #expect(reader.isAtEnd)
        return value
    }

    /// Oracle: CPython's pickle module wrote these values (`Tests/Support/make_weight_fixtures.py`).
    @Test("every plain value, in every protocol", arguments: 2...5)
    func values(version: Int) throws {
        let value = try read(WeightFixtures.bytes("values\(version).pkl"))
        #expect(value.kind == .dictionary)
        #expect(value["none"]?.kind == PickleValue.Kind.none)
        #expect(value["true"]?.bool == true)
        #expect(value["false"]?.bool == false)
        #expect(value["small"]?.int == 7)
        #expect(value["word"]?.int == 300)
        #expect(value["negative"]?.int == -5)
        #expect(value["large"]?.int == 1 << 40)
        #expect(value["least"]?.int == .min)
        #expect(value["huge"]?.kind == .int)
        #expect(value["huge"]?.int == nil)
        #expect(value["float"]?.double == -0.1)
        #expect(value["text"]?.string == "na\u{ef}ve \u{1f44b}")
        #expect(value["bytes"]?.bytes == [0, 255])
        #expect(value["tuple"]?.items?[0].int == 1)
        #expect(value["tuple"]?.items?[1].items?[1].string == "x")
        #expect(value["tuple"]?.items?[2].items?.count == 0)
        #expect(value["list"]?.items?[1].items?[0].int == 2)
        #expect(value["again"]?.items?[1].items?[0].int == 2)
        #expect(value["nested"]?["a"]?["b"]?.items?[0].double == 1.5)
        #expect(value[3]?.string == "three")
        #expect(value["complex"]?.typeName == "complex")
        #expect(value["complex"]?.arguments?.items?.map(\.double) == [1, 2])
        let array = try #require(try value["array"]?.array())
        #expect(array.type == .int16 && array.shape == [2, 3] && array.floats() == [0, 1, 2, 3, 4, 5])
        #expect(try value["columns"]?.array()?.doubles() == [0, 1, 2, 3, 4, 5])
        let number = try #require(try value["number"]?.array())
        #expect(number.shape == [] && number.floats() == [1.25])
        #expect(value["ordered"]?["z"]?.int == 1)
        #expect(value["ordered"]?.typeName == "collections.OrderedDict")
        let cycle = try #require(value["cycle"])
        #expect(cycle.items?[0].items?[0].items?.count == 1)
    }

    /// Oracle: NumPy 2.4 wrote the arrays both ways.
    @Test("archives of dictionaries of arrays can be walked")
    func objects() throws {
        let archive = try PickledArchive(bytes: WeightFixtures.bytes("objects.npz"))
        #expect(archive.names == ["positions_3d", "metadata", "plain"])
        #expect(archive.holdsObjects("metadata") && !archive.holdsObjects("plain"))
        #expect(try archive.array("plain").doubles() == [0, 1, 2])
        let expected = try WeightFixtures.arrays("expected_objects.npz")
        let positions = try archive.object("positions_3d")
        var seen: [String] = []
        for (subject, actions) in positions.entries ?? [] {
            for (action, value) in actions.entries ?? [] {
                let name = "\(subject.string ?? "")/\(action.string ?? "")"
                seen.append(name)
                #expect(try value.array() == expected.array(name))
            }
        }
        #expect(seen == expected.names)
        #expect(try archive.object("metadata")["keypoints_symmetry"]?.items?[1].items?[0].int == 3)
        #expect(throws: TensorError.noTensor("x")) { try archive.object("x") }
        #expect(throws: TensorError.self) { try archive.object("plain") }
        #expect(throws: TensorError.self) { try archive.array("metadata") }

        let ragged = try PickledArchive(bytes: WeightFixtures.bytes("ragged.npy"))
        let (shape, elements) = try #require(try ragged.object("").objects())
        #expect(shape == [2, 2])
        #expect(try elements[0].array()?.shape == [3, 4, 3])
        #expect(elements[1].kind == .none)
        #expect(elements[2].string == "text" && elements[3].int == 7)
    }

    /// Oracle: what CPython would do with these is to run a program; the marker file shows whether anything did.
    @Test("calls are recorded, not made", arguments: ["os.system", "posix.system", "builtins.eval", "subprocess.run"])
    func inert(name: String) throws {
        let marker = FileManager.default.temporaryDirectory.appending(path: "kaira-pickle-\(UUID().uuidString)")
        let parts = name.split(separator: ".").map(String.init)
        var writer = PickleWriter()
        writer.global(parts[0], parts[1])
        writer.text("touch \(marker.path)")
        writer.code(0x85)
        writer.op("R")
        let value = try read(writer.ended)
        #expect(value.kind == .object)
        #expect(value.typeName == (parts[0] == "builtins" ? parts[1] : name))
        #expect(value.arguments?.items?[0].string == "touch \(marker.path)")
        #expect(!FileManager.default.fileExists(atPath: marker.path))
        #expect(throws: Never.self) { try WeightFile(bytes: writer.ended) }
        #expect(!FileManager.default.fileExists(atPath: marker.path))
    }

    /// Oracle: the operations' names in `Lib/pickletools.py`.
    @Test(
        "operations without a place here are refused by name",
        arguments: [
            ("i", "INST"), ("o", "OBJ"), ("P", "PERSID"), ("I", "INT"), ("L", "LONG"), ("F", "FLOAT"), ("S", "STRING"),
            ("V", "UNICODE"), ("g", "GET"), ("p", "PUT"), ("\u{7f}", "127"),
        ] as [(Character, String)])
    func refused(code: Character, name: String) {
        var writer = PickleWriter()
        writer.op(code)
        #expect(throws: TensorError.unsupported("pickle operation \(name) (byte 2)")) { try read(writer.ended) }
    }

    @Test(
        "damaged programs are refused",
        arguments: [
            [], [0x2e], [0x4e], [0x80, 6, 0x4e, 0x2e], [0x4e, 0x4e, 0x2e], [0x28, 0x4e, 0x2e], [0x28, 0x2e],
            [0x30, 0x2e], [0x31, 0x2e], [0x32, 0x2e], [0x85, 0x2e], [0x28, 0x30, 0x30, 0x2e], [0x28, 0x85, 0x2e],
            [0x68, 9, 0x2e],  // a memo that was never stored
            [0x29, 0x4e, 0x4e, 0x73, 0x2e],  // SETITEM on a tuple
            [0x29, 0x4e, 0x61, 0x2e], [0x4e, 0x4e, 0x62, 0x2e], [0x4e, 0x29, 0x52, 0x2e],
            [0x7d, 0x5d, 0x4e, 0x73, 0x2e],  // a list as a key
            [0x7d, 0x28, 0x4e, 0x75, 0x2e],  // a key without a value
            [0x95, 255, 255, 255, 255, 255, 255, 255, 255, 0x4e, 0x2e],
            [0x8d, 255, 255, 255, 255, 255, 255, 255, 127, 0x2e], [0x8e, 255, 255, 255, 255, 255, 255, 255, 255, 0x2e],
            [0x58, 255, 255, 255, 255, 0x2e], [0x54, 255, 255, 255, 255, 0x2e], [0x8b, 255, 255, 255, 255, 0x2e],
            [0x58, 1, 0, 0, 0, 0xff, 0x2e],  // no UTF-8
            [0x63, 0x61, 0x2e], [0x4e, 0x4e, 0x93, 0x2e],
        ] as [[UInt8]])
    func damaged(bytes: [UInt8]) {
        var reader = PickleReader(bytes: bytes)
        #expect(throws: TensorError.self) { try reader.next() }
    }

    @Test("a million levels of tuples are built and freed without recursion")
    func deep() throws {
        let bytes = [0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: 1_000_000) + [0x2e]
        var value = try read(bytes)
        var depth = 0
        while let inner = value.items?.first {
            value = inner
            depth += 1
        }
        #expect(depth == 1_000_000)
        // A checkpoint that deep is no checkpoint.
        #expect(throws: TensorError.tooLarge("values nested more than 64 deep in a checkpoint")) {
            try WeightFile(bytes: bytes)
        }
    }

    @Test("bombs of the stack, the marks, the memo and the heap end at the limits")
    func bombs() {
        func fails(_ body: [UInt8], _ count: Int, after start: [UInt8] = []) {
            var reader = PickleReader(bytes: start + Array(repeatElement(body, count: count).joined()) + [0x2e])
            #expect {
                try reader.next()
            } throws: {
                if case .tooLarge = $0 as? TensorError { true } else { false }
            }
        }
        fails([0x4e], 1_000_001)
        fails([0x28], 1_000_001)
        fails([0x32], 1_000_001, after: [0x4e])
        fails([0x5d, 0x30], 8_000_001)
        var limits = PickleLimits()
        limits.depth = 10
        let memo = [0x4e] + Array((0..<20).flatMap { [0x71, UInt8($0)] }) + [0x2e] as [UInt8]
        var reader = PickleReader(bytes: memo, limits: limits)
        #expect(throws: TensorError.tooLarge("a pickle that remembers 10 values")) { try reader.next() }
    }

    @Test("a value that doubles forty times is no work to build and an error to list")
    func doubling() throws {
        var writer = PickleWriter()
        writer.op("]")
        for _ in 0..<40 {
            // A list that holds the last one twice.
            writer.op("q", [0])
            writer.op("0")
            writer.op("]")
            writer.op("(")
            writer.op("h", [0])
            writer.op("h", [0])
            writer.op("e")
        }
        let value = try read(writer.ended)
        #expect(value.items?.count == 2)
        #expect(throws: TensorError.tooLarge("more than 1000000 values in a checkpoint")) {
            try WeightFile(bytes: writer.ended)
        }
    }

    /// Oracle: the fields that `torch_utils/persistence.py` of StyleGAN's authors pickles; its source text is never read.
    @Test("a persistent module gives its buffers, and its source is left alone")
    func persistent() throws {
        var writer = PickleWriter(protocol: 4)
        func field(_ name: String, _ value: (inout PickleWriter) -> Void) {
            writer.text(name)
            value(&writer)
            writer.op("s")
        }
        writer.global("torch_utils.persistence", "_reconstruct_persistent_obj")
        writer.op("(")
        writer.op("}")
        field("type") { $0.text("class") }
        field("module_src") { $0.text("import os; os.system('false')") }
        writer.text("state")
        writer.op("}")
        field("_parameters") { $0.op("}") }
        field("_modules") { $0.op("}") }
        field("_buffers") { writer in
            writer.op("}")
            writer.text("b")
            writer.global("numpy.core.numeric", "_frombuffer")
            writer.op("(")
            writer.raw([0, 0, 0xc0, 0x3f])
            writer.global("numpy", "dtype")
            writer.op("(")
            writer.text("f4")
            writer.code(0x89)
            writer.code(0x88)
            writer.op("t")
            writer.op("R")
            writer.int(1)
            writer.code(0x85)
            writer.text("C")
            writer.op("t")
            writer.op("R")
            writer.op("s")
        }
        writer.op("s")
        writer.op("t")
        writer.op("R")
        let file = try WeightFile(bytes: writer.ended)
        #expect(file.names == ["b"])
        #expect(try file.tensor("b").floats() == [1.5])
    }

    @Test("cycles are errors where a checkpoint is listed")
    func cycles() {
        var writer = PickleWriter()
        writer.op("}")
        writer.op("q", [0])
        writer.text("a")
        writer.op("h", [0])
        writer.op("s")
        #expect(throws: TensorError.tooLarge("values nested more than 64 deep in a checkpoint")) {
            try WeightFile(bytes: writer.ended)
        }
    }

    @Test("a pickle cut at any byte is refused; flipped bits never trap", arguments: ["values2", "values5", "objects"])
    func flipped(name: String) throws {
        let bytes = try WeightFixtures.bytes(name == "objects" ? "ragged.npy" : "\(name).pkl")
        func attempt(_ bytes: [UInt8]) -> Bool {
            if name == "objects" {
                guard let archive = try? PickledArchive(bytes: bytes), let value = try? archive.object("") else {
                    return false
                }
                for element in (try? value.objects())?.elements ?? [] { _ = try? element.array() }
                return true
            }
            var reader = PickleReader(bytes: bytes)
            guard let value = try? reader.next() else { return false }
            for (_, item) in value.entries ?? [] { _ = try? item.array() }
            return true
        }
        #expect(attempt(bytes))
        for count in 0..<bytes.count { #expect(!attempt(Array(bytes[..<count]))) }
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                _ = attempt(damaged)
            }
        }
    }
}
