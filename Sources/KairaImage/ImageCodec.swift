/// Reads PNG and JPEG pictures, whichever the bytes are.
public enum ImageCodec {
    /// How alpha is handed over.
    public enum Alpha: Sendable, Hashable {
        /// Colours multiplied by alpha: Kaira's own way.
        case premultiplied
        /// Colours as the file has them: for textures.
        case straight
    }

    /// More pixels than any video frame; 268 MB decoded.
    public static let defaultMaximumPixels = 1 << 26

    /// Decodes a picture; the kind is told by the first bytes, not by a name.
    ///
    /// - Throws: `ImageError`; a size above `maximumPixels` is refused before any pixel is allocated.
    public static func decode(
        _ bytes: [UInt8], alpha: Alpha = .premultiplied, maximumPixels: Int = defaultMaximumPixels
    ) throws(ImageError) -> Image {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            return try PNGCodec.decode(bytes, alpha: alpha, maximumPixels: maximumPixels)
        }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            return try JPEGCodec.decode(bytes, maximumPixels: maximumPixels)
        }
        throw .unknownFormat
    }

    static func check(width: Int, height: Int, maximumPixels: Int) throws(ImageError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, pixels <= maximumPixels else {
            throw .tooLarge(width: width, height: height, maximumPixels: maximumPixels)
        }
    }
}
