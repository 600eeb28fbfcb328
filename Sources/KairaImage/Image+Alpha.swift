extension Image {
    /// Whether every pixel is opaque.
    public var isOpaque: Bool {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var all: UInt8 = 255
            for i in stride(from: 3, to: buffer.count, by: 4) { all &= unsafe buffer[i] }
            return all == 255
        }
    }

    /// Multiplies colours by alpha, rounded to nearest.
    public mutating func premultiply() {
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            for i in stride(from: 0, to: buffer.count, by: 4) {
                let alpha = unsafe UInt32(buffer[i + 3])
                if alpha == 255 { continue }
                for c in 0..<3 { unsafe buffer[i + c] = UInt8((UInt32(buffer[i + c]) * alpha + 127) / 255) }
            }
        }
    }

    /// Divides colours by alpha, rounded to nearest; fully transparent pixels become 0.
    public mutating func unpremultiply() {
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            for i in stride(from: 0, to: buffer.count, by: 4) {
                let alpha = unsafe UInt32(buffer[i + 3])
                if alpha == 255 { continue }
                for c in 0..<3 {
                    unsafe buffer[i + c] =
                        alpha == 0 ? 0 : UInt8(min((UInt32(buffer[i + c]) * 255 + alpha / 2) / alpha, 255))
                }
            }
        }
    }

    /// Puts this premultiplied picture over one colour (sRGB); the result is opaque.
    public mutating func composite(over color: SIMD3<UInt8>) {
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            for i in stride(from: 0, to: buffer.count, by: 4) {
                let rest = unsafe 255 - UInt32(buffer[i + 3])
                if rest == 0 { continue }
                for c in 0..<3 {
                    unsafe buffer[i + c] = UInt8(
                        min(UInt32(buffer[i + c]) + (UInt32(color[c]) * rest + 127) / 255, 255))
                }
                unsafe buffer[i + 3] = 255
            }
        }
    }

    /// Puts this premultiplied picture over another of the same size.
    public mutating func composite(over below: Image) {
        precondition(below.width == width && below.height == height, "both pictures have the same size")
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe below.bytes.withUnsafeBufferPointer { under in
                for i in stride(from: 0, to: buffer.count, by: 4) {
                    let rest = unsafe 255 - UInt32(buffer[i + 3])
                    if rest == 0 { continue }
                    for c in 0..<4 {
                        unsafe buffer[i + c] = UInt8(
                            min(UInt32(buffer[i + c]) + (UInt32(under[i + c]) * rest + 127) / 255, 255))
                    }
                }
            }
        }
    }
}
