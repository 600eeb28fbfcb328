import Glibc

/// How alike two premultiplied pictures are, alpha included.
///
/// The pictures are compared as they look over black, white and a checkerboard, so that a difference of alpha counts
/// where it would be seen.
public struct ImageComparison: Sendable {
    /// Pixels that differ by more than the tolerance.
    public let differingPixels: Int
    /// All pixels.
    public let pixelCount: Int
    /// The largest difference of any channel, 0...255, over any background.
    public let largestDifference: Int
    /// The mean of the squared differences over channels and backgrounds, in byte units.
    public let meanSquaredError: Double
    /// Where the pictures differ: the difference of each channel times 8, opaque; pixels out of tolerance are red.
    public let difference: Image

    /// The share of differing pixels, 0...1.
    public var differingShare: Double { Double(differingPixels) / Double(pixelCount) }

    /// Peak signal-to-noise ratio in dB; infinite for equal pictures.
    public var peakSignalToNoiseRatio: Double {
        meanSquaredError == 0 ? .infinity : 10 * log10(255 * 255 / meanSquaredError)
    }

    /// Whether no more than this share of the pixels differs.
    public func passes(share: Double = 0.001) -> Bool { differingShare <= share }

    /// Compares two pictures.
    ///
    /// - Parameters:
    ///   - a: one picture.
    ///   - b: the other, of the same size.
    ///   - tolerance: the largest difference of a channel that is let pass, 0...255.
    ///   - shift: how far in pixels the same colour may have moved: a pixel passes if any pixel of the other picture
    ///     within this distance is within tolerance, both ways round (edges land on either side of a pixel).
    /// - Throws: `ImageError.sizeMismatch`.
    /// - Complexity: O(pixels), times (2 shift + 1)^2 where they differ.
    public init(_ a: Image, _ b: Image, tolerance: Int = 5, shift: Int = 0) throws(ImageError) {
        guard a.width == b.width, a.height == b.height else {
            throw .sizeMismatch([a.width, a.height], [b.width, b.height])
        }
        let (width, height) = (a.width, a.height)
        var picture = Image(width: width, height: height, filledWith: [0, 0, 0, 255])
        var (differing, largest, squares) = (0, 0, 0.0)
        unsafe a.bytes.withUnsafeBufferPointer { a in
            unsafe b.bytes.withUnsafeBufferPointer { b in
                for y in 0..<height {
                    for x in 0..<width {
                        let at = (y * width + x) * 4
                        let delta = unsafe Self.delta(a, at, b, at, dark: Self.isDark(x, y))
                        if delta.largest == 0 { continue }
                        squares += delta.meanSquare
                        largest = max(largest, delta.largest)
                        for c in 0..<3 { picture.bytes[at + c] = UInt8(min(255, delta.channels[c] * 8)) }
                        if delta.largest <= tolerance { continue }
                        if shift > 0 {
                            let near = unsafe Self.hasNear(a, b, x, y, width, height, shift, tolerance)
                            if near, unsafe Self.hasNear(b, a, x, y, width, height, shift, tolerance) { continue }
                        }
                        differing += 1
                        picture[x, y] = [255, 0, 0, 255]
                    }
                }
            }
        }
        differingPixels = differing
        pixelCount = width * height
        largestDifference = largest
        meanSquaredError = squares / Double(width * height)
        difference = picture
    }

    /// 8-pixel squares.
    private static func isDark(_ x: Int, _ y: Int) -> Bool { (x >> 3 + y >> 3) & 1 == 0 }

    private struct Delta {
        var largest: Int
        var channels: SIMD4<Int32>
        var meanSquare: Double
    }

    private static func delta(
        _ a: UnsafeBufferPointer<UInt8>, _ i: Int, _ b: UnsafeBufferPointer<UInt8>, _ j: Int, dark: Bool
    ) -> Delta {
        var difference = SIMD4<Int32>.zero
        for c in 0..<4 { difference[c] = unsafe Int32(a[i + c]) - Int32(b[j + c]) }
        if difference == .zero { return Delta(largest: 0, channels: .zero, meanSquare: 0) }
        // Over grey g a premultiplied c with alpha a shows as c + g (255 - a) / 255.
        var (channels, squares) = (SIMD4<Int32>.zero, Double(0))
        let check: Int32 = dark ? 102 : 153
        let grays: SIMD3<Int32> = [0, 255, check]
        for g in 0..<3 {
            for c in 0..<3 {
                let seen = difference[c] - (difference.w * grays[g]) / 255
                channels[c] = max(channels[c], abs(seen))
                squares += Double(seen * seen)
            }
        }
        return Delta(largest: Int(channels.max()), channels: channels, meanSquare: squares / 9)
    }

    private static func hasNear(
        _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>, _ x: Int, _ y: Int, _ width: Int,
        _ height: Int, _ shift: Int, _ tolerance: Int
    ) -> Bool {
        for v in max(0, y - shift)...min(height - 1, y + shift) {
            for u in max(0, x - shift)...min(width - 1, x + shift) {
                let d = unsafe delta(a, (y * width + x) * 4, b, (v * width + u) * 4, dark: isDark(x, y))
                if d.largest <= tolerance { return true }
            }
        }
        return false
    }
}
