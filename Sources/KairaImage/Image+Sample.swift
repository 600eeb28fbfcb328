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
    /// in pixel indices and without a half-pixel offset, which is how MediaPipe feeds its networks; bilinear. Each value
    /// is `byte * scale + bias`. Alpha is left out, so transparent pixels show their premultiplied colour.
    ///
    /// - Parameters:
    ///   - region: what to read; a region that is not finite reads the top left pixel or the border.
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
        let (sine, cosine) = (Float(sin(Double(region.rotation))), Float(cos(Double(region.rotation))))
        let step = SIMD2(region.size.x / Float(width), region.size.y / Float(height))
        let sampler = Sampler(
            origin: SIMD2(
                region.center.x - (cosine * region.size.x - sine * region.size.y) / 2,
                region.center.y - (sine * region.size.x + cosine * region.size.y) / 2),
            right: SIMD2(cosine * step.x, sine * step.x), down: SIMD2(-sine * step.y, cosine * step.y),
            scale: scale, bias: bias, imageWidth: self.width, imageHeight: self.height, width: width, height: height)
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                // Both outlive the call. `Image` holds width * height * 4 bytes, and every index below is clamped into
                // the picture; the writes stay below width * height * 3 values, which the precondition checked.
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                switch border {
                case .replicate: unsafe sampler.replicate(source, target)
                case .zero: unsafe sampler.fade(source, target)
                }
            }
        }
    }
}

/// One pass of `Image.sample`: an affine map from samples to pixels.
private struct Sampler {
    var origin: SIMD2<Float>
    /// The step in the picture for one sample to the right, and one down.
    var right: SIMD2<Float>
    var down: SIMD2<Float>
    var scale: Float
    var bias: Float
    var imageWidth: Int
    var imageHeight: Int
    var width: Int
    var height: Int

    /// `value` within the bounds, and `low` for NaN.
    @inline(__always)
    static func clamp(_ value: Float, _ low: Float, _ high: Float) -> Float {
        value > low ? (value < high ? value : high) : low
    }

    @inline(__always)
    static func pixel(_ source: UnsafePointer<UInt8>, _ offset: Int) -> SIMD4<Float> {
        let packed = unsafe UnsafeRawPointer(source + offset).loadUnaligned(as: UInt32.self)
        // Widening by shifts and masks stays in vector registers on every instruction set.
        let lanes = SIMD4<UInt32>(repeating: packed) &>> SIMD4(0, 8, 16, 24) & 255
        return SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: lanes))
    }

    @inline(__always)
    func put(_ value: SIMD4<Float>, _ target: UnsafeMutablePointer<Float>, _ index: Int) {
        let scaled = value * scale + bias
        let place = unsafe target + index * 3
        unsafe place[0] = scaled.x
        unsafe place[1] = scaled.y
        unsafe place[2] = scaled.z
    }

    func replicate(_ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<Float>) {
        let (maxX, maxY) = (imageWidth - 1, imageHeight - 1)
        let (farX, farY) = (Float(maxX), Float(maxY))
        for v in 0..<height {
            let start = origin + down * Float(v)
            for u in 0..<width {
                // A clamped coordinate reads the replicated edge, and makes the conversion below safe.
                let x = Self.clamp(start.x + right.x * Float(u), 0, farX)
                let y = Self.clamp(start.y + right.y * Float(u), 0, farY)
                let column = Int(Int32(x)), row = Int(Int32(y))
                let fx = x - Float(column), fy = y - Float(row)
                let top = row &* imageWidth
                let bottom = (row < maxY ? row &+ 1 : row) &* imageWidth
                let next = column < maxX ? column &+ 1 : column
                let a = unsafe Self.pixel(source, (top &+ column) &* 4), b = unsafe Self.pixel(source, (top &+ next) &* 4)
                let c = unsafe Self.pixel(source, (bottom &+ column) &* 4)
                let d = unsafe Self.pixel(source, (bottom &+ next) &* 4)
                let upper = a + (b - a) * fx, lower = c + (d - c) * fx
                unsafe put(upper + (lower - upper) * fy, target, v &* width &+ u)
            }
        }
    }

    func fade(_ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<Float>) {
        let (farX, farY) = (Float(imageWidth), Float(imageHeight))
        for v in 0..<height {
            let start = origin + down * Float(v)
            for u in 0..<width {
                // Between -1 and the size both taps that lie outside weigh nothing or are black.
                let x = Self.clamp(start.x + right.x * Float(u), -1, farX)
                let y = Self.clamp(start.y + right.y * Float(u), -1, farY)
                // Truncation is the floor of what is not negative.
                let column = Int(Int32(x + 1)) &- 1, row = Int(Int32(y + 1)) &- 1
                let fx = x - Float(column), fy = y - Float(row)
                let leftWeight = column >= 0 && column < imageWidth ? 1 - fx : 0
                let rightWeight = column &+ 1 >= 0 && column &+ 1 < imageWidth ? fx : 0
                let topWeight = row >= 0 && row < imageHeight ? 1 - fy : 0
                let bottomWeight = row &+ 1 >= 0 && row &+ 1 < imageHeight ? fy : 0
                let x0 = min(max(column, 0), imageWidth &- 1), x1 = min(max(column &+ 1, 0), imageWidth &- 1)
                let y0 = min(max(row, 0), imageHeight &- 1) &* imageWidth
                let y1 = min(max(row &+ 1, 0), imageHeight &- 1) &* imageWidth
                let a = unsafe Self.pixel(source, (y0 &+ x0) &* 4), b = unsafe Self.pixel(source, (y0 &+ x1) &* 4)
                let c = unsafe Self.pixel(source, (y1 &+ x0) &* 4), d = unsafe Self.pixel(source, (y1 &+ x1) &* 4)
                let upper = a * leftWeight + b * rightWeight, lower = c * leftWeight + d * rightWeight
                unsafe put(upper * topWeight + lower * bottomWeight, target, v &* width &+ u)
            }
        }
    }
}
