import Foundation
import KairaImage
import Testing

@Suite("PNG and JPEG") struct CodecTests {
    private func pattern(_ width: Int, _ height: Int, opaque: Bool) -> Image {
        var image = Image(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                let alpha = opaque ? 255 : (x * 37 + y * 11) % 256
                image[x, y] = [
                    UInt8(alpha * (x % 16) / 15), UInt8(alpha * (y % 16) / 15), UInt8(alpha / 2), UInt8(alpha),
                ]
            }
        }
        return image
    }

    @Test("PNG gives back the same premultiplied bytes", arguments: [true, false]) func roundTrip(opaque: Bool) throws {
        let image = pattern(53, 41, opaque: opaque)
        let bytes = try image.encoded(as: .png)
        #expect(ImageFormat(magicOf: bytes) == .png)
        // Byte 25 of a PNG is its colour type: 2 is RGB, 6 RGBA (PNG specification, 11.2.1).
        #expect(bytes[25] == (opaque ? 2 : 6))
        #expect(try Image.decode(bytes) == image)
        let straight = try Image.decode(image.encoded(as: .png, alpha: .straight), alpha: .straight)
        #expect(straight == image)
    }

    /// Oracle: the bytes of the files themselves (written by hand: stored deflate blocks, PNG specification).
    @Test("grey of 1 and 16 bits, palette with transparency") func colorTypes() throws {
        let one = png(width: 2, height: 1, depth: 1, type: 0, raw: [0, 0b0100_0000])
        #expect(try Image.decode(one).bytes == [0, 0, 0, 255, 255, 255, 255, 255])
        // 0x8080 / 257 = 128.5 - 0.5: 16 bits are scaled, 0x80FF rounds up to 129.
        let deep = png(width: 2, height: 1, depth: 16, type: 4, raw: [0, 0x80, 0x80, 0xFF, 0xFF, 0x80, 0xFF, 0x00, 0x00])
        #expect(try Image.decode(deep, alpha: .straight).bytes == [128, 128, 128, 255, 129, 129, 129, 0])
        let palette = png(
            width: 2, height: 1, depth: 8, type: 3, raw: [0, 1, 0],
            extra: [("PLTE", [10, 20, 30, 200, 100, 50]), ("tRNS", [255, 128])])
        #expect(try Image.decode(palette, alpha: .straight).bytes == [200, 100, 50, 128, 10, 20, 30, 255])
        #expect(try Image.decode(palette).bytes == [100, 50, 25, 128, 10, 20, 30, 255])
    }

    @Test("sizes are checked before memory is taken") func limits() throws {
        let huge = png(width: 16000, height: 16000, depth: 8, type: 6, raw: [0])
        #expect(throws: ImageError.self) { try Image.decode(huge) }
        #expect(throws: ImageError.self) { try Image.decode(huge, limits: ImageLimits(maximumBytes: 2 << 30)) }
        #expect(throws: ImageError.self) {
            try Image.decode(Image(width: 64, height: 64).encoded(as: .png), limits: ImageLimits(maximumSide: 63))
        }
        #expect(throws: ImageError.unknownFormat("")) { try Image.decode([]) }
    }

    @Test("a file cut anywhere is an error", arguments: ImageFormat.allCases) func cut(format: ImageFormat) throws {
        let bytes = try pattern(33, 21, opaque: true).encoded(as: format)
        // JPEG's last two bytes only say that it ends.
        for count in 0..<bytes.count - (format == .jpeg ? 2 : 0) {
            #expect(throws: ImageError.self, "\(count) of \(bytes.count)") { try Image.decode(Array(bytes[..<count])) }
        }
    }

    @Test("flipped bits give a picture or an error, never a trap", arguments: ImageFormat.allCases)
    func flips(format: ImageFormat) throws {
        let bytes = try pattern(33, 21, opaque: false).encoded(as: format)
        var state = UInt64(2024)
        var errors = 0
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<2 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let at = Int(state >> 33) % (damaged.count * 8)
                damaged[at / 8] ^= 1 << UInt8(at % 8)
            }
            do {
                let image = try Image.decode(damaged, limits: ImageLimits(maximumBytes: 16 << 20))
                #expect(image.bytes.count == image.width * image.height * 4)
            } catch { errors += 1 }
        }
        // CRCs find every flip in a PNG; a JPEG has none.
        #expect(format == .png ? errors > 2900 : errors > 50)
    }

    /// Oracle: EXIF 2.32, tag 0x0112: where the stored first row and column are to be shown.
    @Test(
        "EXIF turns a JPEG upright",
        arguments: [
            (1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1), (5, 0, 0), (6, 1, 0), (7, 1, 1), (8, 0, 1),
        ])
    func orientation(value: Int, x: Int, y: Int) throws {
        var image = Image(width: 64, height: 32, filledWith: [0, 0, 255, 255])
        for v in 0..<16 { for u in 0..<32 { image[u, v] = [255, 0, 0, 255] } }
        var bytes = try image.encoded(as: .jpeg)
        let tiff: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(value), 0, 0, 0, 0, 0, 0]
        let payload = Array("Exif".utf8) + [0, 0] + tiff
        bytes.insert(contentsOf: [0xFF, 0xE1, 0, UInt8(payload.count + 2)] + payload, at: 2)
        let shown = try Image.decode(bytes)
        #expect([shown.width, shown.height] == (value >= 5 ? [32, 64] : [64, 32]))
        for (u, v) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let pixel = shown[shown.width / 4 + u * shown.width / 2, shown.height / 4 + v * shown.height / 2]
            #expect((pixel.x > 128) == (u == x && v == y))
        }
    }

    // MARK: A PNG writer of its own, as simple as the specification allows.

    private func png(
        width: Int, height: Int, depth: UInt8, type: UInt8, raw: [UInt8], extra: [(String, [UInt8])] = []
    ) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(name.utf8) + data
            var crc = UInt32.max
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
            return number(data.count) + body + number(Int(~crc))
        }
        var (a, b) = (1, 0)
        for byte in raw {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        let count = raw.count
        let stored: [UInt8] = [1, UInt8(count & 255), UInt8(count >> 8), ~UInt8(count & 255), ~UInt8(count >> 8)]
        let zlib = [0x78, 1] + stored + raw + number(b << 16 | a)
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", number(width) + number(height) + [depth, type, 0, 0, 0])
            + extra.flatMap { chunk($0.0, $0.1) } + chunk("IDAT", zlib) + chunk("IEND", [])
    }
}
