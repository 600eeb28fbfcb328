import Glibc

/// What lies outside a picture.
public enum ImageBorder: Sendable, Hashable {
    /// The nearest pixel of the edge, for ever.
    case replicate
    /// Black: bilinear sampling fades into it over one pixel.
    case zero
}

extension Image {
    /// Samples a turned rectangle of the picture into a tensor of `height * width * 3` values, row-major: red, green,
    /// blue.
    ///
    /// Sample (u, v) reads the source at `center + R(rotation) ((u / width - 1/2) size.x, (v / height - 1/2) size.y)`,
    /// in pixel indices and without a half-pixel offset, which is how MediaPipe feeds its networks. Bilinear, the
    /// position in steps of 1/32 pixel and the colour rounded to a byte as OpenCV's `warpPerspective` does, because a
    /// detector that reads every fifth pixel turns such fractions into pixels. Each value is `byte * scale + bias`.
    /// Alpha is left out, so transparent pixels show their premultiplied colour.
    ///
    /// - Parameters:
    ///   - region: what to read; where it is not finite the result is an edge pixel or the border.
    ///   - width: columns of the result.
    ///   - height: rows of the result.
    ///   - border: what lies outside of the picture.
    ///   - scale: factor on the bytes 0...255.
    ///   - bias: added after `scale`.
    ///   - output: at least `height * width * 3` values; the rest is left alone.
    /// - Complexity: O(width * height), no allocation.
    public func sample(
        _ region: ImageRegion, width: Int, height: Int, border: ImageBorder, scale: Float, bias: Float,
        into output: inout MutableSpan<Float>
    ) {
        precondition(width > 0 && height > 0 && output.count >= width * height * 3, "the tensor is too small")
        // Corners in float, then steps in double: the order of OpenCV's `RotatedRect::points`.
        let sine = Float(sin(Double(region.rotation))) * 0.5, cosine = Float(cos(Double(region.rotation))) * 0.5
        let (center, size) = (region.center, region.size)
        let bottomLeft = SIMD2(
            center.x - sine * size.y - cosine * size.x, center.y + cosine * size.y - sine * size.x)
        let topLeft = SIMD2(center.x + sine * size.y - cosine * size.x, center.y - cosine * size.y - sine * size.x)
        let topRight = 2 * center - bottomLeft
        let origin = SIMD2<Double>(topLeft)
        let sampler = Sampler(
            origin: origin * 32, right: (SIMD2<Double>(topRight) - origin) * (32 / Double(width)),
            down: (SIMD2<Double>(bottomLeft) - origin) * (32 / Double(height)),
            imageWidth: self.width, imageHeight: self.height, width: width, height: height)
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { table in
            for byte in 0..<256 { unsafe table[byte] = Float(byte) * scale + bias }
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe output.withUnsafeMutableBufferPointer { target in
                    // All three outlive the call. `Image` holds width * height * 4 bytes and every index is clamped into
                    // the picture; the writes stay below width * height * 3 values, which the precondition checked; the
                    // table's index is a byte.
                    guard let source = source.baseAddress, let target = target.baseAddress,
                        let table = table.baseAddress
                    else { return }
                    switch border {
                    case .replicate: unsafe sampler.run(UnsafeRawPointer(source), table, target, fades: false)
                    case .zero: unsafe sampler.run(UnsafeRawPointer(source), table, target, fades: true)
                    }
                }
            }
        }
    }
}

/// One pass of `Image.sample`: an affine map from samples to 1/32 pixels.
private struct Sampler {
    var origin: SIMD2<Double>
    /// The step in the picture for one sample to the right, and one down.
    var right: SIMD2<Double>
    var down: SIMD2<Double>
    var imageWidth: Int
    var imageHeight: Int
    var width: Int
    var height: Int

    /// The nearest integer, ties to even, of a value held within the bounds; `low` for NaN.
    @inline(__always)
    static func round(_ value: Double, _ low: Double, _ high: Double) -> Int {
        let held = value > low ? (value < high ? value : high) : low
        // 1.5 * 2^52 leaves no room for a fraction, so the addition rounds; without SSE 4.1 `rounded()` is a call.
        return Int(Int32(truncatingIfNeeded: (held + 6_755_399_441_055_744).bitPattern))
    }

    /// Red, green and blue in lanes of 21 bits, which hold a byte times a weight of 1,024.
    @inline(__always)
    static func lanes(_ source: UnsafeRawPointer, _ index: Int) -> UInt64 {
        let pixel = UInt64(unsafe source.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self).littleEndian)
        return pixel & 0xff | (pixel & 0xff00) &<< 13 | (pixel & 0xff_0000) &<< 26
    }

    @inline(__always)
    func run(
        _ source: UnsafeRawPointer, _ table: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, fades: Bool
    ) {
        let farX = imageWidth &- 1, farY = imageHeight &- 1
        // Further out than this the taps no longer change.
        let limitX = Double(imageWidth &+ 1) * 32, limitY = Double(imageHeight &+ 1) * 32
        let half: UInt64 = 512 | 512 << 21 | 512 << 42
        var place = unsafe target
        for v in 0..<height {
            let start = origin + down * Double(v)
            for u in 0..<width {
                let x = Self.round(start.x + right.x * Double(u), -64, limitX)
                let y = Self.round(start.y + right.y * Double(u), -64, limitY)
                let column = x &>> 5, row = y &>> 5
                let fx = UInt64(truncatingIfNeeded: x & 31), fy = UInt64(truncatingIfNeeded: y & 31)
                var weights = ((32 &- fx), fx, (32 &- fy), fy)
                if fades {
                    if column < 0 || column > farX { weights.0 = 0 }
                    if column &+ 1 < 0 || column &+ 1 > farX { weights.1 = 0 }
                    if row < 0 || row > farY { weights.2 = 0 }
                    if row &+ 1 < 0 || row &+ 1 > farY { weights.3 = 0 }
                }
                let left = min(max(column, 0), farX), next = min(max(column &+ 1, 0), farX)
                let top = min(max(row, 0), farY) &* imageWidth, bottom = min(max(row &+ 1, 0), farY) &* imageWidth
                let upper =
                    unsafe Self.lanes(source, top &+ left) &* weights.0
                    &+ Self.lanes(source, top &+ next) &* weights.1
                let lower =
                    unsafe Self.lanes(source, bottom &+ left) &* weights.0
                    &+ Self.lanes(source, bottom &+ next) &* weights.1
                let sum = upper &* weights.2 &+ lower &* weights.3 &+ half
                unsafe place[0] = table[Int(truncatingIfNeeded: sum &>> 10 & 0xff)]
                unsafe place[1] = table[Int(truncatingIfNeeded: sum &>> 31 & 0xff)]
                unsafe place[2] = table[Int(truncatingIfNeeded: sum &>> 52 & 0xff)]
                unsafe place += 3
            }
        }
    }
}
