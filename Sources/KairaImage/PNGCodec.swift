import CKairaPNG
import Glibc

/// PNG in and out through libpng, behind a C shim that keeps its longjmp to itself.
public enum PNGCodec {
    /// Decodes any colour type and bit depth; 16-bit samples are scaled to 8 bits with rounding.
    ///
    /// - Throws: `ImageError.malformed` for damaged or cut data, `.tooLarge` over the limits.
    public static func decode(
        _ bytes: [UInt8], limits: ImageLimits = ImageLimits(), alpha: AlphaForm = .premultiplied
    ) throws(ImageError) -> Image {
        var message = [CChar](repeating: 0, count: Int(KAIRA_PNG_MESSAGE))
        var (width, height) = (UInt32(0), UInt32(0))
        guard unsafe kaira_png_header(bytes, bytes.count, &width, &height, &message) == 0 else {
            throw .malformed(.png, text(message))
        }
        try limits.check(width: Int(width), height: Int(height))
        guard width > 0, height > 0 else { throw .malformed(.png, "a side of 0 pixels") }
        // Deflate shrinks at most 1032 times, the smallest row has a filter byte and a bit a pixel: a header that
        // promises more than its file can hold is refused before memory is taken for it.
        let leastBytes = Int(height) * (1 + (Int(width) + 7) / 8)
        guard leastBytes / 1032 <= bytes.count else {
            throw .malformed(.png, "\(bytes.count) bytes can't hold \(width)x\(height) pixels")
        }
        var failed = false
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: Int(width) * Int(height) * 4) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            // Rows that a damaged file never reaches must not show old memory.
            unsafe memset(base, 0, buffer.count)
            failed = unsafe kaira_png_decode(bytes, bytes.count, base, width, height, &message) != 0
            count = Int(width) * Int(height) * 4
        }
        guard !failed, var image = Image(width: Int(width), height: Int(height), bytes: pixels) else {
            throw .malformed(.png, text(message))
        }
        if alpha == .premultiplied { image.premultiply() }
        return image
    }

    /// Encodes with straight alpha, zlib level 1 and the UP filter; an opaque picture is written without its alpha
    /// channel.
    ///
    /// - Parameters:
    ///   - image: what to write.
    ///   - alpha: the form that `image` has.
    ///   - level: zlib's, 0...9.
    /// - Returns: the whole file.
    /// - Throws: `ImageError.encodingFailed`.
    public static func encode(_ image: Image, alpha: AlphaForm = .premultiplied, level: Int = 1) throws(ImageError)
        -> [UInt8]
    {
        let opaque = image.isOpaque
        var straight = image
        if alpha == .premultiplied, !opaque { straight.unpremultiply() }
        var message = [CChar](repeating: 0, count: Int(KAIRA_PNG_MESSAGE))
        var output: UnsafeMutablePointer<UInt8>?
        var count = 0
        let result = unsafe kaira_png_encode(
            straight.bytes, UInt32(image.width), UInt32(image.height), opaque ? 1 : 0,
            Int32(min(max(level, 0), 9)), &output, &count, &message)
        defer { unsafe free(output) }
        guard result == 0, let start = unsafe output else { throw .encodingFailed(.png, text(message)) }
        return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
