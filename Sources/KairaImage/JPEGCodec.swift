import CTurboJPEG

/// JPEG, by libjpeg-turbo.
public enum JPEGCodec {
    /// Decodes to opaque RGBA, turned as the EXIF orientation says.
    public static func decode(
        _ bytes: [UInt8], maximumPixels: Int = ImageCodec.defaultMaximumPixels
    ) throws(ImageError) -> Image {
        guard let decoder = unsafe tjInitDecompress() else {
            throw .damaged(format: "JPEG", reason: "the decoder did not start")
        }
        defer { unsafe _ = tjDestroy(decoder) }
        var (width, height, subsampling, colorspace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard
            unsafe tjDecompressHeader3(
                decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colorspace) == 0
        else { throw .damaged(format: "JPEG", reason: unsafe message(of: decoder)) }
        try ImageCodec.check(width: Int(width), height: Int(height), maximumPixels: maximumPixels)
        var image = Image(width: Int(width), height: Int(height))
        let result = unsafe tjDecompress2(
            decoder, bytes, UInt(bytes.count), &image.bytes, width, 0, height, Int32(TJPF_RGBA.rawValue),
            TJFLAG_ACCURATEDCT)
        // A warning (a file cut short) still gives a picture, but not the one that was saved.
        guard result == 0 else { throw .damaged(format: "JPEG", reason: unsafe message(of: decoder)) }
        return image.oriented(EXIFOrientation.read(bytes))
    }

    /// Encodes over black where the picture is not opaque; `quality` 1...100.
    public static func encode(_ image: Image, quality: Int = 92) throws(ImageError) -> [UInt8] {
        guard let encoder = unsafe tjInitCompress() else {
            throw .cannotEncode(format: "JPEG", reason: "the encoder did not start")
        }
        defer { unsafe _ = tjDestroy(encoder) }
        var out: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        // Premultiplied colours are the colours over black.
        let result = unsafe tjCompress2(
            encoder, image.bytes, Int32(image.width), 0, Int32(image.height), Int32(TJPF_RGBX.rawValue), &out, &count,
            Int32(TJSAMP_444.rawValue), Int32(min(max(quality, 1), 100)), 0)
        defer { unsafe tjFree(out) }
        guard result == 0, let start = unsafe out else {
            throw .cannotEncode(format: "JPEG", reason: unsafe message(of: encoder))
        }
        return unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(count)))
    }

    private static func message(of handle: tjhandle) -> String {
        guard let text = unsafe tjGetErrorStr2(handle) else { return "unknown" }
        return unsafe String(cString: text)
    }
}
