import KairaImage
import Testing

@Suite("Pixels") struct PixelTests {
    /// Oracle: exhaustive, exact rounding in floating point.
    @Test("premultiplied colours survive the way to straight and back") func premultiply() {
        for alpha in 0...255 {
            var image = Image(width: 256, height: 1)
            for c in 0...255 { image[c, 0] = [UInt8(c), 0, 0, UInt8(alpha)] }
            image.premultiply()
            for c in 0...255 { #expect(Int(image[c, 0].x) == Int((Double(c * alpha) / 255).rounded())) }
            var back = image
            back.unpremultiply()
            back.premultiply()
            #expect(back == image)
        }
    }

    /// Oracle: closed form; a halving of a triangle filter of support 2 weighs 1, 3, 3, 1 eighths.
    @Test("a step is halved by the triangle filter") func resize() {
        var image = Image(width: 8, height: 2, filledWith: [0, 0, 0, 255])
        for y in 0..<2 { for x in 4..<8 { image[x, y] = [160, 160, 160, 255] } }
        let half = image.resized(width: 4, height: 1)
        #expect((0..<4).map { half[$0, 0].x } == [0, 20, 140, 160])
        let flat = Image(width: 37, height: 23, filledWith: [10, 77, 200, 255])
        #expect(flat.resized(width: 11, height: 40).bytes.chunked4.allSatisfy { $0 == [10, 77, 200, 255] })
        #expect(
            Image(width: 1, height: 1, filledWith: [1, 2, 3, 4]).resized(width: 3, height: 3)[2, 2] == [1, 2, 3, 4])
    }

    @Test("reducing keeps the mean: no pixel is skipped") func mean() {
        var image = Image(width: 640, height: 480, filledWith: [0, 0, 0, 255])
        var total = 0
        for y in 0..<480 {
            for x in 0..<640 where (x * 7919 + y * 104_729) % 13 == 0 {
                image[x, y] = [255, 255, 255, 255]
                total += 255
            }
        }
        let small = image.resized(width: 64, height: 48)
        let mean = Double(small.bytes.chunked4.reduce(0) { $0 + Int($1[0]) }) / Double(64 * 48)
        #expect(abs(mean - Double(total) / Double(640 * 480)) < 0.7)
    }

    @Test("letterbox tells where the picture lies") func letterbox() {
        let (image, scale, offset) = Image(width: 200, height: 100, filledWith: [255, 0, 0, 255])
            .letterboxed(width: 64, height: 64)
        #expect(offset == [0, 16] && scale == [0.32, 0.32])
        #expect(image[32, 15] == [0, 0, 0, 255] && image[32, 16] == [255, 0, 0, 255])
        #expect(image[32, 47] == [255, 0, 0, 255] && image[32, 48] == [0, 0, 0, 255])
    }

    @Test("a crop may lie outside") func crop() {
        var image = Image(width: 4, height: 3)
        image[0, 0] = [1, 1, 1, 1]
        let part = image.cropped(x: -2, y: -1, width: 4, height: 3)
        #expect(part[2, 1] == [1, 1, 1, 1] && part[0, 0] == .zero)
        #expect(image.cropped(x: 10, y: 10, width: 2, height: 2) == Image(width: 2, height: 2))
    }

    /// Oracle: the closed form c + b (255 - a) / 255.
    @Test("compositing over a colour") func composite() {
        let image = Image(width: 1, height: 1, filledWith: [100, 0, 50, 128])
        #expect(image.composited(over: [255, 255, 0])[0, 0] == [227, 127, 50, 255])
    }

    /// Oracle: the closed form s + d (255 - a) / 255, rounded to the nearest and at most 255, for every alpha and many colours, at
    /// widths that are no multiple of four; colours above their alpha come from light that adds.
    @Test("compositing of many pixels rounds as that of one", arguments: [1, 3, 4, 7, 16, 61])
    func compositeMany(width: Int) {
        var over = Image(width: width, height: 256)
        var under = Image(width: width + 2, height: 258)
        for y in 0..<256 {
            for x in 0..<width {
                let seed = UInt32(truncatingIfNeeded: (y * 61 + x) &* 2_654_435_761)
                over[x, y] = SIMD4(
                    UInt8(truncatingIfNeeded: seed), UInt8(truncatingIfNeeded: seed >> 9), UInt8(y / 2), UInt8(y))
            }
        }
        for y in 0..<258 {
            for x in 0..<width + 2 {
                let seed = UInt32(truncatingIfNeeded: (y * 97 + x) &* 2_246_822_519)
                under[x, y] = SIMD4(
                    UInt8(truncatingIfNeeded: seed >> 3), UInt8(truncatingIfNeeded: seed >> 11), 255,
                    UInt8(truncatingIfNeeded: seed >> 20))
            }
        }
        var result = under
        result.draw(over, atX: 1, y: 1)
        var wrong = 0
        for y in 0..<256 {
            for x in 0..<width {
                let (s, d, r) = (over[x, y], under[x + 1, y + 1], result[x + 1, y + 1])
                for c in 0..<4 {
                    let exact = Double(s[c]) + (Double(d[c]) * Double(255 - s.w) / 255).rounded()
                    if Double(r[c]) != min(exact, 255) { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
        #expect(result[0, 0] == under[0, 0] && result[width + 1, 257] == under[width + 1, 257])
    }

    @Test("a comparison sees colour, alpha and a shift") func compare() throws {
        let a = Image(width: 40, height: 40, filledWith: [0, 0, 0, 255])
        #expect(try ImageComparison(a, a).peakSignalToNoiseRatio == .infinity)
        var b = a
        b[5, 5] = [6, 0, 0, 255]
        #expect(try ImageComparison(a, b, tolerance: 5).differingPixels == 1)
        #expect(try ImageComparison(a, b, tolerance: 6).differingPixels == 0)
        // Black and nothing look alike over black only.
        var clear = a
        clear[5, 5] = .zero
        let difference = try ImageComparison(a, clear)
        #expect(difference.largestDifference == 255 && difference.difference[5, 5] == [255, 0, 0, 255])
        var (left, right) = (a, a)
        for y in 0..<40 {
            for x in 0..<20 { left[x, y] = [200, 200, 200, 255] }
            for x in 0..<21 { right[x, y] = [200, 200, 200, 255] }
        }
        #expect(try ImageComparison(left, right).differingPixels == 40)
        #expect(try ImageComparison(left, right, shift: 1).differingPixels == 0)
        #expect(throws: ImageError.self) { try ImageComparison(a, Image(width: 1, height: 1)) }
    }

    /// Oracle: IEC 61966-2-1; 188 is the byte of half the light.
    @Test("sRGB table and back") func sRGB() {
        #expect(SRGB.byte(0.5) == 188 && abs(SRGB.linearTable[188] - 0.5029) < 1e-4)
        for i in 0...255 { #expect(Int(SRGB.byte(SRGB.linearTable[i])) == i) }
        #expect(SRGB.byte(.nan) == 0 && SRGB.byte(7) == 255)
    }
}

extension [UInt8] {
    fileprivate var chunked4: [[UInt8]] { stride(from: 0, to: count, by: 4).map { Array(self[$0..<$0 + 4]) } }
}
