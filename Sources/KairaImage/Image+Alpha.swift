extension Image {
    /// Whether every alpha is 255.
    public var isOpaque: Bool {
        unsafe bytes.withUnsafeBytes { raw in
            let words = unsafe raw.bindMemory(to: SIMD8<UInt32>.self)
            let whole = words.count * 8
            var all = SIMD8<UInt32>(repeating: .max)
            for i in 0..<words.count {
                unsafe all &= words[i]
                // Stop early, but not so often that it costs.
                if i & 1023 == 1023, (all & 0xFF00_0000) != SIMD8(repeating: 0xFF00_0000) { return false }
            }
            if (all & 0xFF00_0000) != SIMD8(repeating: 0xFF00_0000) { return false }
            for i in whole..<raw.count / 4 where unsafe raw[i * 4 + 3] != 255 { return false }
            return true
        }
    }

    /// Multiplies colour by alpha, rounded to the nearest: `c * a / 255`.
    public mutating func premultiply() {
        if isOpaque { return }
        unsafe bytes.withUnsafeMutableBufferPointer { pixels in
            for i in stride(from: 0, to: pixels.count, by: 4) {
                let alpha = unsafe UInt32(pixels[i + 3])
                if alpha == 255 { continue }
                for c in 0..<3 {
                    // Exact rounded division by 255 for products of two bytes.
                    let t = unsafe UInt32(pixels[i + c]) * alpha + 128
                    unsafe pixels[i + c] = UInt8(truncatingIfNeeded: (t + t >> 8) >> 8)
                }
            }
        }
    }

    /// Divides colour by alpha, rounded and clamped; transparent pixels become transparent black.
    ///
    /// Premultiplying again gives back the same bytes for any valid premultiplied picture (colour <= alpha).
    public mutating func unpremultiply() {
        if isOpaque { return }
        unsafe bytes.withUnsafeMutableBufferPointer { pixels in
            for i in stride(from: 0, to: pixels.count, by: 4) {
                let alpha = unsafe UInt32(pixels[i + 3])
                if alpha == 255 { continue }
                for c in 0..<3 {
                    let value = unsafe UInt32(pixels[i + c])
                    unsafe pixels[i + c] = alpha == 0 ? 0 : UInt8(min(255, (value * 255 + alpha / 2) / alpha))
                }
            }
        }
    }

    /// This premultiplied picture over one colour (opaque: red, green, blue), in sRGB-encoded values; opaque.
    public func composited(over color: SIMD3<UInt8>) -> Image {
        var result = Image(width: width, height: height, filledWith: SIMD4(color, 255))
        result.draw(self, atX: 0, y: 0)
        return result
    }

    /// This premultiplied picture over another, in sRGB-encoded values: `source + destination * (1 - alpha)`.
    ///
    /// - Throws: `ImageError.sizeMismatch`.
    public func composited(over background: Image) throws(ImageError) -> Image {
        guard width == background.width, height == background.height else {
            throw .sizeMismatch([width, height], [background.width, background.height])
        }
        var result = background
        result.draw(self, atX: 0, y: 0)
        return result
    }

    /// Draws a premultiplied picture over this one with its first pixel at (x, y); what lies outside is cut off.
    public mutating func draw(_ source: Image, atX x: Int, y: Int) {
        guard let columns = Self.overlap(x, source.width, width), let rows = Self.overlap(y, source.height, height)
        else { return }
        let targetWidth = width
        unsafe source.bytes.withUnsafeBufferPointer { from in
            unsafe bytes.withUnsafeMutableBufferPointer { to in
                for row in rows {
                    var s = ((row - y) * source.width + columns.lowerBound - x) * 4
                    var t = (row * targetWidth + columns.lowerBound) * 4
                    let end = s + columns.count * 4
                    // Sixteen bytes, four pixels, at a time; what is transparent or opaque there is not computed.
                    while s + 16 <= end {
                        let over = unsafe UnsafeRawBufferPointer(from)
                            .loadUnaligned(fromByteOffset: s, as: SIMD4<UInt32>.self)
                        if over != .zero {
                            let target = UnsafeMutableRawBufferPointer(to)
                            let under = unsafe target.loadUnaligned(fromByteOffset: t, as: SIMD4<UInt32>.self)
                            unsafe target.storeBytes(
                                of: Self.blend(over, over: under), toByteOffset: t, as: SIMD4<UInt32>.self)
                        }
                        s += 16
                        t += 16
                    }
                    while s < end {
                        let rest = unsafe 255 - UInt32(from[s + 3])
                        for c in 0..<4 {
                            let under = unsafe UInt32(to[t + c]) * rest + 128
                            unsafe to[t + c] = UInt8(min(255, UInt32(from[s + c]) + (under + under >> 8) >> 8))
                        }
                        s += 4
                        t += 4
                    }
                }
            }
        }
    }

    /// Four premultiplied pixels over four others: `source + destination * (1 - alpha)` a byte, rounded to the nearest, at
    /// most 255; the same bytes as one at a time.
    private static func blend(_ over: SIMD4<UInt32>, over under: SIMD4<UInt32>) -> SIMD4<UInt32> {
        let alpha = over &>> 24
        if alpha == SIMD4(repeating: 255) { return over }
        // A channel of 16 bits: red and blue of a pixel, or green and alpha.
        let rest = unsafe unsafeBitCast((255 &- alpha) &* 0x1_0001, to: SIMD8<UInt16>.self)
        func channels(_ pixels: SIMD4<UInt32>, _ shift: UInt32) -> SIMD8<UInt16> {
            unsafe unsafeBitCast(pixels &>> shift & 0x00FF_00FF, to: SIMD8<UInt16>.self)
        }
        func blended(_ shift: UInt32) -> SIMD4<UInt32> {
            // 255 * 255 + 128 + 254 still holds in 16 bits.
            let product = channels(under, shift) &* rest &+ 128
            var sum = channels(over, shift) &+ (product &+ product &>> 8) &>> 8
            sum.replace(with: 255, where: sum .> 255)
            return unsafe unsafeBitCast(sum, to: SIMD4<UInt32>.self) &<< shift
        }
        return blended(0) | blended(8)
    }

    /// The part of `length` pixels placed at `start` that lies in 0..<limit.
    private static func overlap(_ start: Int, _ length: Int, _ limit: Int) -> Range<Int>? {
        let (end, overflow) = start.addingReportingOverflow(length)
        guard !overflow, end > 0, start < limit else { return nil }
        return max(start, 0)..<min(end, limit)
    }
}
