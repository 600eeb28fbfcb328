import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// Makes safetensors files from text, sound and unsound, by the format's description.
enum Safetensors {
    static func file(_ header: String, data: [UInt8], length: UInt64? = nil) -> [UInt8] {
        let text = Array(header.utf8)
        let count = length ?? UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + text + data
    }

    static func entry(_ name: String, _ type: String, _ shape: String, _ begin: String, _ end: String) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
    }
}

@Suite("safetensors files")
struct WeightsSafetensorsTests {
    /// Oracle: bytes written by hand after the format's description; 0x3c00 is 1, 0x0001 the least half, 2^-24.
    @Test("tensors of every width, in any order, behind a header of odd length")
    func sound() throws {
        let e = Safetensors.entry
        let header =
            "{\"__metadata__\":{\"format\":\"pt\"},\(e("late", "F16", "2", "8", "12")),"
            + "\(e("na\\u00efve", "F32", "1,2", "0", "8")),\(e("empty", "I64", "0,7", "12", "12")),"
            + "\(e("one", "BF16", "", "12", "14")),\(e("flags", "BOOL", "3", "14", "17"))}   "
        let data: [UInt8] = [0, 0, 0xc0, 0x3f, 0, 0, 0x80, 0xff, 0, 0x3c, 1, 0, 0xc0, 0x3f, 0, 1, 1]
        let file = try WeightFile(bytes: Safetensors.file(header, data: data))
        #expect(file.format == .safetensors)
        #expect(file.names == ["late", "naïve", "empty", "one", "flags"])
        #expect(file.metadata == ["format": "pt"])
        let pair = try file.tensor("naïve")
        #expect(pair.type == .float32 && pair.shape == [1, 2] && pair.count == 2)
        #expect(try pair.floats() == [1.5, -.infinity])
        #expect(pair.containsNonFinite)
        #expect(try file.tensor("late").floats() == [1, 0x1p-24])
        #expect(try !file.tensor("late").containsNonFinite)
        #expect(try file.tensor("empty").floats() == [])
        #expect(try file.tensor("one").floats() == [1.5])
        #expect(try file.tensor("one").shape == [])
        #expect(try file.tensor("flags").floats() == [0, 1, 1])
        #expect(pair.array.bytes == Array(data[..<8]))
        #expect(file["other"] == nil)
        #expect(throws: TensorError.noTensor("other")) { try file.tensor("other") }
    }

    /// Oracle: the list of refusals of the format's own library and of its outside audit (2023).
    @Test(
        "what the format forbids is refused",
        arguments: [
            "", "{", "[]", "{}x", "{\"a\":1}", "{\"a\":{}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":0}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e0],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[01],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}",
            "{\"a\":{\"dtype\":\"Q9\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},}",
            "{\"__metadata__\":{\"a\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            "{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        ])
    func badHeaders(header: String) {
        #expect(throws: TensorError.self) { try WeightFile(bytes: Safetensors.file(header, data: [0, 0, 0, 0])) }
    }

    @Test("tensors that overlap, leave gaps, repeat, or claim what is not there are refused, with the reason")
    func badCover() {
        let e = Safetensors.entry, data = [UInt8](repeating: 0, count: 16)
        for (entries, reason) in [
            ([e("a", "F32", "2", "0", "8"), e("b", "F32", "3", "4", "16")], "overlaps another or leaves a gap"),
            ([e("a", "F32", "1", "0", "4"), e("b", "F32", "2", "8", "16")], "overlaps another or leaves a gap"),
            ([e("a", "F32", "3", "4", "16")], "overlaps another or leaves a gap"),
            ([e("a", "F32", "3", "0", "12")], "belong to no tensor"),
            ([e("a", "F32", "5", "0", "20")], "reaches past the end"),
            ([e("a", "F32", "4", "0", "16"), e("b", "F32", "0", "8", "8")], "overlaps another or leaves a gap"),
            ([e("a", "F32", "4", "0", "16"), e("a", "F32", "4", "0", "16")], "is there twice"),
            ([e("a", "F32", "3", "0", "16")], "has 16 bytes for float32 of shape [3]"),
            ([e("a", "F32", "4611686018427387904,4", "0", "16")], "has 16 bytes for float32"),
            ([e("a", "F32", "4294967296,4294967296", "0", "16")], "has 16 bytes for float32"),
            ([e("a", "F32", "0,4294967296,4294967296", "0", "0"), e("b", "F32", "4", "0", "16")], "has 0 bytes for"),
            ([e("a", "F32", "99999999999999999999", "0", "16")], "beyond 2^63"),
            ([e("a", "F32", "4", "16", "0")], "ends before it begins"),
        ] {
            let file = Safetensors.file("{\(entries.joined(separator: ","))}", data: data)
            #expect { try WeightFile(bytes: file) } throws: { error in
                guard case .malformed(let what, _) = error as? TensorError else { return false }
                return what.contains(reason)
            }
        }
    }

    @Test("lengths that lie are refused", arguments: [0, 1, 100, 1 << 31, 1 << 62, 1 << 63, UInt64.max])
    func badLength(length: UInt64) {
        let header = "{\(Safetensors.entry("a", "F32", "1", "0", "4"))}"
        #expect(throws: TensorError.self) {
            try WeightFile(bytes: Safetensors.file(header, data: [0, 0, 0, 0], length: length))
        }
    }

    @Test("a file cut at any byte, or with bytes behind its end, is refused")
    func cut() {
        let header =
            "{\(Safetensors.entry("a", "F32", "1", "0", "4")),\(Safetensors.entry("b", "I8", "5", "4", "9"))}"
        let file = Safetensors.file(header, data: [UInt8](repeating: 1, count: 9))
        #expect((try? WeightFile(bytes: file)) != nil)
        for count in 0..<file.count {
            #expect(throws: TensorError.self) { try WeightFile(bytes: Array(file[..<count])) }
        }
        #expect(throws: TensorError.self) { try WeightFile(bytes: file + [0]) }
    }

    @Test("flipped bits give an error or tensors, never a trap")
    func flipped() {
        let header = "{\"é\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]}}"
        let file = Safetensors.file(header, data: [UInt8](repeating: 7, count: 12))
        var refused = 0
        for place in file.indices {
            for bit in 0..<8 {
                var damaged = file
                damaged[place] ^= 1 << UInt8(bit)
                guard let read = try? WeightFile(bytes: damaged) else {
                    refused += 1
                    continue
                }
                for name in read.names { _ = try? read[name]?.floats() }
            }
        }
        #expect(refused > file.count * 4)
    }

    /// Oracle: `io.npz`'s sibling `made.json` lists nothing of the tensors; shapes are those of the notes beside it.
    @Test(
        "published parity files open from their folder", .enabled(if: TestData.hasShared("vitpose-parity")),
        arguments: ["tiny-classic", "tiny-simple", "tiny-plus-moe6"])
    func parity(name: String) throws {
        let file = try WeightFile(contentsOf: TestData.shared("vitpose-parity/\(name)"))
        #expect(file.names.count > 20)
        for name in file.names { #expect(try !file.tensor(name).floats().contains { !$0.isFinite }) }
    }
}
