extension Image {
    /// Decodes a PNG or JPEG file; the format is told from its first bytes.
    ///
    /// Profiles and gamma are ignored (glTF 2.0, section 3.8.2, asks for this too): bytes are taken as sRGB. JPEG is
    /// turned upright by its EXIF orientation.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - limits: checked before the pixels are allocated.
    ///   - alpha: `.straight` for textures.
    /// - Returns: the picture, in the asked form of alpha.
    /// - Throws: `ImageError`; any bytes at all give a picture or an error.
    public static func decode(
        _ bytes: [UInt8], limits: ImageLimits = ImageLimits(), alpha: AlphaForm = .premultiplied
    ) throws(ImageError) -> Image {
        switch ImageFormat(magicOf: bytes) {
        case .png: return try PNGCodec.decode(bytes, limits: limits, alpha: alpha)
        case .jpeg: return try JPEGCodec.decode(bytes, limits: limits)
        case nil: throw .unknownFormat(bytes.prefix(8).map { hexadecimal($0) }.joined())
        }
    }

    /// Encodes as PNG or JPEG.
    ///
    /// - Parameters:
    ///   - format: JPEG has no alpha: the picture is taken as lying over black (composite it before if it shall not).
    ///   - alpha: the form that this picture has.
    ///   - quality: of JPEG, 1...100.
    /// - Returns: the whole file.
    /// - Throws: `ImageError.encodingFailed`.
    public func encoded(
        as format: ImageFormat, alpha: AlphaForm = .premultiplied, quality: Int = 92
    ) throws(ImageError) -> [UInt8] {
        switch format {
        case .png: try PNGCodec.encode(self, alpha: alpha)
        case .jpeg: try JPEGCodec.encode(self, quality: quality)
        }
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
}
