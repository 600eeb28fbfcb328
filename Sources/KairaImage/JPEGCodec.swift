import CTurboJPEG

/// JPEG in and out through libturbojpeg.
public enum JPEGCodec {
    /// Decodes to opaque RGBA, upright by the EXIF orientation.
    ///
    /// - Throws: `ImageError.malformed` for damaged or cut data (a picture with a grey lower half is not returned),
    ///   `.tooLarge` over the limits.
    public static func decode(_ bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws(ImageError) -> Image {
        guard let handle = unsafe tjInitDecompress() else { throw .malformed(.jpeg, "no decoder") }
        defer { unsafe tjDestroy(handle) }
        var (width, height, subsampling, colorspace) = (Int32(0), Int32(0), Int32(0), Int32(0))
        guard
            unsafe tjDecompressHeader3(
                handle, bytes, CUnsignedLong(bytes.count), &width, &height, &subsampling, &colorspace) == 0
        else { throw unsafe .malformed(.jpeg, message(of: handle)) }
        guard width > 0, height > 0 else { throw .malformed(.jpeg, "a side of 0 pixels") }
        try limits.check(width: Int(width), height: Int(height))
        // Even an empty 8x8 block takes bits: under 1 bit for 16x16 pixels the file cannot be whole.
        guard Int(width) * Int(height) / (256 * 8) <= bytes.count else {
            throw .malformed(.jpeg, "\(bytes.count) bytes can't hold \(width)x\(height) pixels")
        }
        let isCMYK = colorspace == Int32(TJCS_CMYK.rawValue) || colorspace == Int32(TJCS_YCCK.rawValue)
        let format = isCMYK ? Int32(TJPF_CMYK.rawValue) : Int32(TJPF_RGBA.rawValue)
        var failed = false
        let count = Int(width) * Int(height) * 4
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            unsafe base.initialize(repeating: 0, count: count)
            filled = count
            // Scans are limited since each costs a pass over the whole picture.
            let result = unsafe tjDecompress2(
                handle, bytes, CUnsignedLong(bytes.count), base, width, 0, height, format, TJFLAG_LIMITSCANS)
            // Stray bytes between markers are only warned of, as every viewer does; missing ones are an error.
            let isWarning = unsafe tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue)
            let isWhole = unsafe !message(of: handle).contains("remature end")
            failed = result != 0 && !(isWarning && isWhole)
            if isCMYK { unsafe convertCMYK(base, count: count) }
        }
        guard !failed, let image = Image(width: Int(width), height: Int(height), bytes: pixels) else {
            throw unsafe .malformed(.jpeg, message(of: handle))
        }
        return image.oriented(by: EXIFOrientation.read(bytes))
    }

    /// Encodes the colour channels, 4:2:0 below quality 90, 4:4:4 from there on.
    public static func encode(_ image: Image, quality: Int = 92) throws(ImageError) -> [UInt8] {
        guard let handle = unsafe tjInitCompress() else { throw .encodingFailed(.jpeg, "no encoder") }
        defer { unsafe tjDestroy(handle) }
        guard image.width <= 65535, image.height <= 65535 else {
            throw .encodingFailed(.jpeg, "a side of more than 65535 pixels")
        }
        let quality = min(max(quality, 1), 100)
        var output: UnsafeMutablePointer<UInt8>?
        var size = CUnsignedLong(0)
        let subsampling = Int32(quality >= 90 ? TJSAMP_444.rawValue : TJSAMP_420.rawValue)
        let result = unsafe tjCompress2(
            handle, image.bytes, Int32(image.width), 0, Int32(image.height), Int32(TJPF_RGBX.rawValue), &output, &size,
            subsampling, Int32(quality), 0)
        defer { unsafe tjFree(output) }
        guard result == 0, let start = unsafe output else { throw unsafe .encodingFailed(.jpeg, message(of: handle)) }
        return unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(size)))
    }

    private static func message(of handle: tjhandle) -> String {
        guard let text = unsafe tjGetErrorStr2(handle) else { return "unknown error" }
        return unsafe String(cString: text)
    }

    /// To RGBA in place; as Adobe writes it, 255 means no ink.
    private static func convertCMYK(_ pixels: UnsafeMutablePointer<UInt8>, count: Int) {
        for i in stride(from: 0, to: count, by: 4) {
            let black = unsafe UInt32(pixels[i + 3])
            for c in 0..<3 { unsafe pixels[i + c] = UInt8((UInt32(pixels[i + c]) * black + 127) / 255) }
            unsafe pixels[i + 3] = 255
        }
    }
}
