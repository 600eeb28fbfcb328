import KairaImage

/// RGBA to planar 4:2:0 in video range, chroma in the middle of its four pixels.
///
/// Integer arithmetic of 8 fractional bits, within 1 of the rounded matrix of ITU-R BT.601 or BT.709. Own code because
/// a third of the bytes then goes through the pipe, and swscale's conversion costs as much as a fast encoder.
struct PlanarYUV: Sendable {
    /// Which coefficients.
    enum Matrix: Sendable {
        case bt601
        case bt709
    }

    let matrix: Matrix
    let width: Int
    let height: Int
    /// Size of the luma plane: the picture's, or the next even one with the last column and row repeated.
    let lumaWidth: Int
    let lumaHeight: Int
    let chromaWidth: Int
    let chromaHeight: Int

    init(width: Int, height: Int, matrix: Matrix, even: Bool) {
        (self.width, self.height, self.matrix) = (width, height, matrix)
        lumaWidth = even ? (width + 1) / 2 * 2 : width
        lumaHeight = even ? (height + 1) / 2 * 2 : height
        chromaWidth = (width + 1) / 2
        chromaHeight = (height + 1) / 2
    }

    /// Bytes of the three planes.
    var byteCount: Int { lumaWidth * lumaHeight + 2 * chromaWidth * chromaHeight }

    /// Coefficients times 256 of red, green, blue: luma, blue difference, red difference. Each chroma row sums to 0 and
    /// luma to 219/255 * 256, so that greys stay grey and white is 235.
    private var rows: (luma: SIMD3<Int32>, blue: SIMD3<Int32>, red: SIMD3<Int32>) {
        switch matrix {
        case .bt601: ([66, 129, 25], [-38, -74, 112], [112, -94, -18])
        case .bt709: ([47, 157, 16], [-26, -86, 112], [112, -102, -10])
        }
    }

    /// Converts; `planes` has `byteCount` bytes. Alpha is not looked at.
    func convert(_ image: Image, into planes: UnsafeMutableBufferPointer<UInt8>) {
        precondition(image.width == width && image.height == height && planes.count == byteCount)
        guard let base = planes.baseAddress else { return }
        unsafe image.bytes.withUnsafeBytes { source in
            for y in stride(from: 0, to: height, by: 2) {
                let below = min(y + 1, height - 1)
                unsafe luma(source, row: y, to: base + y * lumaWidth)
                if y + 1 < lumaHeight { unsafe luma(source, row: below, to: base + (y + 1) * lumaWidth) }
                let u = unsafe base + lumaWidth * lumaHeight + y / 2 * chromaWidth
                let v = unsafe u + chromaWidth * chromaHeight
                unsafe chroma(source, rows: (y, below), u: u, v: v)
            }
        }
    }

    private func luma(_ source: UnsafeRawBufferPointer, row: Int, to target: UnsafeMutablePointer<UInt8>) {
        let k = rows.luma
        // Pairs of bytes as 16-bit lanes: (red, blue) and (green, alpha); the sums stay below 2^16.
        let redBlue = Self.lanes(UInt16(k.x), UInt16(k.z)), green = Self.lanes(UInt16(k.y), 0)
        let start = row * width * 4
        var x = 0
        while x + 8 <= width {
            let pixels = unsafe source.loadUnaligned(fromByteOffset: start + x * 4, as: SIMD8<UInt32>.self)
            let rb = unsafe unsafeBitCast(pixels & 0x00FF_00FF, to: SIMD16<UInt16>.self)
            let ga = unsafe unsafeBitCast((pixels &>> 8) & 0x00FF_00FF, to: SIMD16<UInt16>.self)
            let sums = unsafe unsafeBitCast(rb &* redBlue &+ ga &* green, to: SIMD8<UInt32>.self)
            let total = (sums & 0xFFFF) &+ (sums &>> 16) &+ 128
            let bytes = SIMD8<UInt8>(truncatingIfNeeded: (total &>> 8) &+ 16)
            unsafe UnsafeMutableRawPointer(target).storeBytes(of: bytes, toByteOffset: x, as: SIMD8<UInt8>.self)
            x += 8
        }
        while x < width {
            let at = start + x * 4
            let sum = unsafe Int32(source[at]) * k.x + Int32(source[at + 1]) * k.y + Int32(source[at + 2]) * k.z
            unsafe target[x] = UInt8(truncatingIfNeeded: (sum + 128) >> 8 + 16)
            x += 1
        }
        if lumaWidth > width { unsafe target[width] = target[width - 1] }
    }

    private func chroma(
        _ source: UnsafeRawBufferPointer, rows pair: (Int, Int), u: UnsafeMutablePointer<UInt8>,
        v: UnsafeMutablePointer<UInt8>
    ) {
        let (top, bottom) = (pair.0 * width * 4, pair.1 * width * 4)
        let (b, r) = (rows.blue, rows.red)
        func lane(_ value: Int32) -> UInt16 { UInt16(truncatingIfNeeded: value) }
        let blueRB = Self.lanes(lane(b.x), lane(b.z)), blueG = Self.lanes(lane(b.y), 0)
        let redRB = Self.lanes(lane(r.x), lane(r.z)), redG = Self.lanes(lane(r.y), 0)
        var x = 0
        while x + 16 <= width {
            // Vertical sums, then horizontal ones of neighbours: 16 pixels of two rows make 8 averages.
            let (rb0, ga0) = unsafe Self.sums(source, top + x * 4, bottom + x * 4)
            let (rb1, ga1) = unsafe Self.sums(source, top + x * 4 + 32, bottom + x * 4 + 32)
            let rb = Self.average(rb0, rb1), ga = Self.average(ga0, ga1)
            // Lanes hold negative numbers in two's complement: the low 16 bits of the products are right anyway.
            let blue = Self.fold(rb &* blueRB &+ ga &* blueG), red = Self.fold(rb &* redRB &+ ga &* redG)
            unsafe UnsafeMutableRawPointer(u).storeBytes(of: blue, toByteOffset: x / 2, as: SIMD8<UInt8>.self)
            unsafe UnsafeMutableRawPointer(v).storeBytes(of: red, toByteOffset: x / 2, as: SIMD8<UInt8>.self)
            x += 16
        }
        while x < width {
            let right = min(x + 1, width - 1) - x
            var mean = SIMD3<Int32>.zero
            for c in 0..<3 {
                let (p, q) = (top + x * 4 + c, bottom + x * 4 + c)
                let sum =
                    unsafe Int32(source[p]) + Int32(source[p + right * 4]) + Int32(source[q])
                    + Int32(source[q + right * 4])
                mean[c] = (sum + 2) >> 2
            }
            unsafe u[x / 2] = UInt8(truncatingIfNeeded: ((mean &* b).wrappedSum() + 128) >> 8 + 128)
            unsafe v[x / 2] = UInt8(truncatingIfNeeded: ((mean &* r).wrappedSum() + 128) >> 8 + 128)
            x += 2
        }
    }

    @inline(__always) private static func lanes(_ even: UInt16, _ odd: UInt16) -> SIMD16<UInt16> {
        let pair = UInt32(odd) << 16 | UInt32(even)
        return unsafe unsafeBitCast(SIMD8<UInt32>(repeating: pair), to: SIMD16<UInt16>.self)
    }

    /// Two rows added, red and blue apart from green and alpha, 16 bits each.
    @inline(__always) private static func sums(_ source: UnsafeRawBufferPointer, _ top: Int, _ bottom: Int) -> (
        SIMD8<UInt32>, SIMD8<UInt32>
    ) {
        let a = unsafe source.loadUnaligned(fromByteOffset: top, as: SIMD8<UInt32>.self)
        let b = unsafe source.loadUnaligned(fromByteOffset: bottom, as: SIMD8<UInt32>.self)
        let mask: UInt32 = 0x00FF_00FF
        return ((a & mask) &+ (b & mask), ((a &>> 8) & mask) &+ ((b &>> 8) & mask))
    }

    /// Neighbours added, rounded, divided by 4; no lane reaches 2^16, so 32-bit additions do for both halves.
    @inline(__always) private static func average(_ a: SIMD8<UInt32>, _ b: SIMD8<UInt32>) -> SIMD16<UInt16> {
        let even = SIMD8(lowHalf: a.evenHalf, highHalf: b.evenHalf),
            odd = SIMD8(lowHalf: a.oddHalf, highHalf: b.oddHalf)
        let sum = even &+ odd &+ SIMD8(repeating: 0x0002_0002)
        return unsafe unsafeBitCast((sum &>> 2) & 0x00FF_00FF, to: SIMD16<UInt16>.self)
    }

    /// The two lanes of each pair added as signed numbers, rounded, shifted, around 128.
    @inline(__always) private static func fold(_ pairs: SIMD16<UInt16>) -> SIMD8<UInt8> {
        let words = unsafe unsafeBitCast(pairs, to: SIMD8<Int32>.self)
        let sum = ((words &<< 16) &>> 16) &+ (words &>> 16) &+ 128
        return SIMD8<UInt8>(truncatingIfNeeded: (sum &>> 8) &+ 128)
    }
}
