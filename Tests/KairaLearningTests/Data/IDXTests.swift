import Foundation
import KairaLearning
import Testing

@Suite struct IDXTests {
    /// Two pictures of 2x3 bytes, written by hand from the format's description.
    private let file: [UInt8] = [
        0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 250, 0, 9, 8, 7, 255,
    ]

    @Test("bytes, by hand from the format") func bytes() throws {
        let array = try IDXArray(idx: file)
        #expect(array.element == .uint8)
        #expect(array.shape == [2, 2, 3])
        #expect(array.doubles() == [1, 2, 3, 4, 5, 6, 250, 0, 9, 8, 7, 255])
        #expect(array.idx() == file)
    }

    /// Oracle: the same bytes through gzip of Python 3.11.
    @Test("gzipped") func gzipped() throws {
        let packed: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 96, 224, 96, 102, 96, 96, 96, 130, 98, 102, 70, 38, 102, 22, 86, 182,
            95, 12, 156, 28, 236, 255, 1, 138, 104, 245, 150, 28, 0, 0, 0,
        ]
        #expect(try IDXArray(idx: packed) == IDXArray(idx: file))
        #expect(throws: LearningError.self) { try IDXArray(idx: packed, limit: 27) }
    }

    /// Oracle: big-endian two's complement and IEEE 754, by hand.
    @Test(
        "every number type",
        arguments: [
            (0x09, [0x80], -128), (0x0b, [0xff, 0xfe], -2), (0x0c, [0x80, 0, 0, 1], -2_147_483_647),
            (0x0d, [0xc0, 0x49, 0x0f, 0xdb], -3.1415927410125732),
            (0x0e, [0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18], Double.pi),
        ] as [(UInt8, [UInt8], Double)])
    func types(code: UInt8, bytes: [UInt8], value: Double) throws {
        let array = try IDXArray(idx: [0, 0, code, 1, 0, 0, 0, 1] + bytes)
        #expect(array.doubles() == [value])
    }

    @Test("cut at every byte, and one byte too many: an error, never a trap") func cut() {
        for end in 0..<file.count { #expect(throws: LearningError.self) { try IDXArray(idx: Array(file[..<end])) } }
        #expect(throws: LearningError.self) { try IDXArray(idx: file + [0]) }
    }

    @Test("every flipped bit of the header is found or changes sizes that no longer fit") func flipped() {
        for bit in 0..<16 * 8 {
            var damaged = file
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            // Signed bytes have the size of unsigned ones: the one flip that leaves a sound file.
            guard damaged[2] != 9 else { continue }
            #expect(throws: LearningError.self, "bit \(bit)") { try IDXArray(idx: damaged) }
        }
    }

    @Test("sizes whose product overflows, with and without a zero among them", arguments: [false, true])
    func overflow(zero: Bool) {
        let big: [UInt8] = [0xff, 0xff, 0xff, 0xff]
        let file: [UInt8] = [0, 0, 14, 4] + big + big + big + (zero ? [0, 0, 0, 0] : big)
        #expect(throws: LearningError.self) { try IDXArray(idx: file) }
    }

    @Test("messages say what and where")
    func messages() {
        func message(_ bytes: [UInt8]) -> String {
            do { return "\(try IDXArray(idx: bytes).shape)" } catch { return "\(error)" }
        }
        #expect(message([0, 0]).contains("2 bytes"))
        #expect(message([1, 0, 8, 1]).contains("no IDX file"))
        #expect(message([0, 0, 10, 1, 0, 0, 0, 0]).contains("number type 10"))
        #expect(message([0, 0, 8, 0]).contains("rank"))
        #expect(message([0, 0, 8, 2, 0, 0, 0, 1]).contains("header is cut short"))
        #expect(message([0, 0, 8, 1, 0, 0, 0, 9, 1]).contains("ask for 9 bytes after the header, there are 1"))
    }

    @Test("a set from two files") func set() throws {
        let images = try IDXArray(idx: file)
        func labels(_ values: [UInt8]) -> IDXArray { IDXArray(element: .uint8, shape: [values.count], bytes: values) }
        let set = try DataSet(name: "two", images: images, labels: labels([1, 0]), classNames: ["a", "b"])
        #expect(set.inputShape == [1, 2, 3])
        #expect(set.labels == [1, 0])
        #expect(set.input(1)[5] == 1)
        #expect(throws: LearningError.labelOutOfRange(label: 2, classes: 2, at: 1)) {
            try DataSet(name: "two", images: images, labels: labels([1, 2]), classNames: ["a", "b"])
        }
        #expect(throws: LearningError.shape("two: 2 pictures and 3 labels")) {
            try DataSet(name: "two", images: images, labels: labels([1, 0, 0]), classNames: ["a", "b"])
        }
        #expect(
            throws: LearningError.data("two: pictures are IDX of bytes with three sizes (0x803); this is uint8, [2]")
        ) {
            try DataSet(name: "two", images: labels([1, 0]), labels: labels([1, 0]), classNames: ["a", "b"])
        }
        let none = IDXArray(element: .uint8, shape: [0, 2, 3], bytes: [])
        #expect(throws: LearningError.emptySet("none")) {
            try DataSet(name: "none", images: none, labels: labels([]), classNames: ["a", "b"])
        }
    }
}
