import CPNG
import Glibc

/// PNG, by libpng.
public enum PNGCodec {
    /// Decodes any colour type and depth to 8-bit RGBA.
    public static func decode(
        _ bytes: [UInt8], alpha: ImageCodec.Alpha = .premultiplied,
        maximumPixels: Int = ImageCodec.defaultMaximumPixels
    ) throws(ImageError) -> Image {
        var (width, height): (UInt32, UInt32) = (0, 0)
        guard unsafe kaira_png_size(bytes, bytes.count, &width, &height) != 0 else {
            throw .damaged(format: "PNG", reason: "its header cannot be read")
        }
        try ImageCodec.check(width: Int(width), height: Int(height), maximumPixels: maximumPixels)
        var image = Image(width: Int(width), height: Int(height))
        var message = [CChar](repeating: 0, count: 64)
        guard unsafe kaira_png_decode(bytes, bytes.count, &image.bytes, &message) != 0 else {
            let reason = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .damaged(format: "PNG", reason: String(decoding: reason, as: UTF8.self))
        }
        if alpha == .premultiplied { image.premultiply() }
        return image
    }

    /// Encodes a picture with straight alpha in the file; without alpha where every pixel is opaque.
    public static func encode(
        _ image: Image, alpha: ImageCodec.Alpha = .premultiplied
    ) throws(ImageError) -> [UInt8] {
        let isOpaque = image.isOpaque
        var source = image
        if alpha == .premultiplied, !isOpaque { source.unpremultiply() }
        var out: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard
            unsafe kaira_png_encode(
                source.bytes, UInt32(image.width), UInt32(image.height), isOpaque ? 1 : 0, &out, &count) != 0,
            let start = unsafe out
        else { throw .cannotEncode(format: "PNG", reason: "libpng ran out of memory") }
        defer { unsafe free(start) }
        return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    }
}
