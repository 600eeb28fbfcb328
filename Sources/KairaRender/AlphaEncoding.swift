import Glibc
import KairaImage

/// The framebuffer multiplies by alpha in linear light and encodes then; Kaira's pictures are encoded first. The two differ
/// where alpha is neither 0 nor 1: at edges, which would shine when put over a dark background.
enum AlphaEncoding {
    /// Linear value of each sRGB byte, and the byte of each linear value in steps of 1/4095.
    private static let decode: [Float] = (0..<256).map { FrameUniforms.linear(UInt8($0)) }
    private static let encode: [Float] = (0..<4096).map { i in
        let c = Float(i) / 4095
        return 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * powf(c, 1 / 2.4) - 0.055)
    }

    /// Repairs the pixels of a rectangle.
    static func correct(_ image: inout Image, x: Int, y: Int, width: Int, height: Int) {
        let rowPixels = image.width
        unsafe image.bytes.withUnsafeMutableBufferPointer { bytes in
            for row in y..<(y + height) {
                for column in x..<(x + width) {
                    let i = (row * rowPixels + column) * 4
                    let alpha = unsafe bytes[i + 3]
                    if alpha == 0 || alpha == 255 { continue }
                    let a = Float(alpha) / 255
                    for c in 0..<3 {
                        let straight = unsafe decode[Int(bytes[i + c])] / a
                        let encoded = encode[Int(min(straight, 1) * 4095 + 0.5)]
                        unsafe bytes[i + c] = UInt8(encoded * a + 0.5)
                    }
                }
            }
        }
    }
}
