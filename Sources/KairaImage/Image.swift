/// A picture of 8-bit RGBA pixels, sRGB-encoded, rows top to bottom.
///
/// Inside Kaira alpha is premultiplied everywhere; PNG files hold it straight, and the codecs convert at the border.
public struct Image: Sendable, Equatable {
    /// Pixels a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `height * width * 4` bytes, red, green, blue, alpha.
    public var bytes: [UInt8]

    /// The bytes from one row to the next.
    public var rowBytes: Int { width * 4 }

    /// A picture of one colour, transparent black by default.
    public init(width: Int, height: Int, filledWith color: SIMD4<UInt8> = .zero) {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        self.width = width
        self.height = height
        if color == .zero {
            bytes = [UInt8](repeating: 0, count: width * height * 4)
        } else {
            bytes = unsafe [UInt8](unsafeUninitializedCapacity: width * height * 4) { buffer, count in
                for i in 0..<width * height * 4 { unsafe buffer.initializeElement(at: i, to: color[i & 3]) }
                count = width * height * 4
            }
        }
    }

    /// A picture from its bytes, or nil where their number is not `width * height * 4` or a side is not positive.
    public init?(width: Int, height: Int, bytes: [UInt8]) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, pixels <= Int.max / 4, bytes.count == pixels * 4 else { return nil }
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    /// One pixel; `x` to the right, `y` down.
    public subscript(x: Int, y: Int) -> SIMD4<UInt8> {
        get {
            let i = (y * width + x) * 4
            return SIMD4(bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3])
        }
        set {
            let i = (y * width + x) * 4
            for c in 0..<4 { bytes[i + c] = newValue[c] }
        }
    }
}
