import KairaImage

/// YUV4MPEG2: a text header, then `FRAME` and planar 4:2:0 pictures, BT.709 limited range, alpha put over black.
///
/// Chroma is the mean of each 2x2 block (sited between the pixels, `C420jpeg`'s place); the header says plain `C420`, which
/// every reader takes. Odd sides are rounded up, as the format has it.
public struct Y4MWriter: Sendable {
    /// Pixels a row.
    public let width: Int
    /// Rows.
    public let height: Int
    private let rate: FrameRate

    /// A writer for pictures of one size.
    public init(width: Int, height: Int, rate: FrameRate) {
        (self.width, self.height, self.rate) = (width, height, rate)
    }

    /// The bytes before the first frame.
    public var header: [UInt8] {
        Array(
            "YUV4MPEG2 W\(width) H\(height) F\(rate.numerator):\(rate.denominator) Ip A1:1 C420 XCOLORRANGE=LIMITED\n"
                .utf8)
    }

    /// One frame with its marker; premultiplied colours are the colours over black.
    public func frame(_ image: Image) -> [UInt8] {
        let (chromaWidth, chromaHeight) = ((width + 1) / 2, (height + 1) / 2)
        let mark = Array("FRAME\n".utf8)
        var out = [UInt8](repeating: 0, count: mark.count + width * height + 2 * chromaWidth * chromaHeight)
        out.replaceSubrange(0..<mark.count, with: mark)
        unsafe image.bytes.withUnsafeBufferPointer { rgba in
            unsafe out.withUnsafeMutableBufferPointer { out in
                // BT.709 (ITU-R BT.709-6, 3.2 to 3.4) in 16-bit fixed point: 219 steps of luma, 224 of chroma.
                var at = mark.count
                for i in 0..<width * height {
                    let (r, g, b) = unsafe (Int32(rgba[i * 4]), Int32(rgba[i * 4 + 1]), Int32(rgba[i * 4 + 2]))
                    unsafe out[at] = UInt8((11966 * r + 40254 * g + 4064 * b + 1_048_576 + 32768) >> 16)
                    at += 1
                }
                for y in 0..<chromaHeight {
                    for x in 0..<chromaWidth {
                        var sum = SIMD4<Int32>.zero
                        for dy in 0..<2 {
                            for dx in 0..<2 {
                                let i = (min(y * 2 + dy, height - 1) * width + min(x * 2 + dx, width - 1)) * 4
                                unsafe sum &+= SIMD4(Int32(rgba[i]), Int32(rgba[i + 1]), Int32(rgba[i + 2]), 0)
                            }
                        }
                        let i = at + y * chromaWidth + x
                        unsafe out[i] = UInt8(
                            (-6596 * sum.x - 22189 * sum.y + 28784 * sum.z + 33_554_432 + 131072) >> 18)
                        unsafe out[i + chromaWidth * chromaHeight] = UInt8(
                            (28784 * sum.x - 26145 * sum.y - 2639 * sum.z + 33_554_432 + 131072) >> 18)
                    }
                }
            }
        }
        return out
    }
}
