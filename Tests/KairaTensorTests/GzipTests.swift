import Foundation
import KairaTensor
import Testing

@Suite("Gzip files") struct GzipTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0..<$0 + 2]), radix: 16) }
    }

    /// "kaira " twenty times, then the bytes 0 to 255, by Python's gzip at level 9.
    private static let dynamic = bytes(
        "1f8b0800000000000203cb4ecc2c4a54c8a63bc9c0c8c4ccc2cac6cec1c9c5cdc3cbc72f2028242c222a262e2129252d232b27afa0a8a4aca2aaa6aea1a9a5ada3aba76f6068646c626a666e6169656d636b67efe0e8e4ece2eae6eee1e9e5ede3ebe71f1018141c121a161e1119151d131b179f9098949c929a969e9199959d939b975f5058545c525a565e5159555d535b57dfd0d8d4dcd2dad6ded1d9d5ddd3dbd73f61e2a4c953a64e9b3e63e6acd973e6ce9bbf60e1a2c54b962e5bbe62e5aad56bd6ae5bbf61e3a6cd5bb66edbbe63e7aedd7bf6eedb7fe0e0a1c3478e1e3b7ee2e4a9d367ce9e3b7fe1e2a5cb57ae5ebb7ee3e6addb77eedebbffe0e1a3c74f9e3e7bfee2e5abd76fdebe7bffe1e3a7cf5fbe7efbfee3e7afdf7ffefefb0f00cb9c306078010000"
    )

    /// Oracle: files that Python's gzip and zlib wrote: dynamic codes, a stored block, fixed codes, a name in the header.
    @Test("files as zlib writes them") func published() throws {
        #expect(
            try Gzip.unpack(Self.dynamic) == Array(String(repeating: "kaira ", count: 20).utf8)
                + (0...255).map(UInt8.init))
        let stored = "1f8b0800000000000403010600f9ff73746f7265640bf9435606000000"
        #expect(try Gzip.unpack(Self.bytes(stored)) == Array("stored".utf8))
        let fixed = Self.bytes("1f8b08000000000002034bcbac484d5148ce4f492dd65148437000566c303218000000")
        #expect(try Gzip.unpack(fixed) == Array("fixed codes, fixed codes".utf8))
        let named = Self.bytes("1f8b08080100000002ff6e616d652e74787400cb4bcc4d4d010087cce07105000000")
        #expect(try Gzip.unpack(named) == Array("named".utf8))
        // Members in a row are one file (RFC 1952, 2.2), and tapes fill up with zeros.
        #expect(try Gzip.unpack(fixed + named + [0, 0, 0]) == Array("fixed codes, fixed codesnamed".utf8))
        #expect(try Gzip.unpack(Self.bytes(stored) + named) == Array("storednamed".utf8))
    }

    @Test("cut at every byte") func cut() {
        for end in 0..<Self.dynamic.count {
            #expect(throws: TensorError.self) { try Gzip.unpack(Array(Self.dynamic[..<end])) }
        }
    }

    @Test("every flipped bit of the data and of the sums is found") func flipped() throws {
        let whole = try Gzip.unpack(Self.dynamic)
        for bit in 0..<Self.dynamic.count * 8 {
            var damaged = Self.dynamic
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            // Time, extra flags and system say nothing about the contents; flags 1 is a hint that the file is text.
            let harmless = 4..<10 ~= bit / 8 || bit == 24
            // The last byte of the stream is filled up with bits that say nothing either.
            let maybeHarmless = bit / 8 == Self.dynamic.count - 9
            if harmless || maybeHarmless && (try? Gzip.unpack(damaged)) != nil {
                let same = try Gzip.unpack(damaged) == whole
                #expect(same, "bit \(bit)")
            } else {
                #expect(throws: TensorError.self, "bit \(bit)") { try Gzip.unpack(damaged) }
            }
        }
    }

    @Test("something after the end, other compressions and too much are refused") func refused() {
        #expect(throws: TensorError.self) { try Gzip.unpack(Self.dynamic + [1]) }
        var other = Self.dynamic
        other[2] = 7
        #expect(throws: TensorError.unsupported("gzip with compression 7; only DEFLATE (8) is in use")) {
            try Gzip.unpack(other)
        }
        #expect(throws: TensorError.tooLarge("compressed data of more than 375 bytes")) {
            try Gzip.unpack(Self.dynamic, limit: 375)
        }
        #expect((try? Gzip.unpack(Self.dynamic, limit: 376))?.count == 376)
    }
}
