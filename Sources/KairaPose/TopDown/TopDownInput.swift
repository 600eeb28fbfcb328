import KairaImage
import KairaTensor

/// Fills the input of a top-down network: crops of people as planar, normalised floats.
public struct TopDownInput: Sendable, Hashable {
    /// Columns of the network's input, at least 2.
    public var width: Int
    /// Rows of the network's input, at least 2.
    public var height: Int
    /// How the picture is sampled.
    public var border: CropBorder
    /// What is done to the bytes.
    public var normalization: PixelNormalization
    /// Where the samples lie.
    public var sampling: CropSampling
    /// The order of the axes.
    public var layout: PixelLayout

    /// An input; by default that of the ViTPose files as `transformers` runs them.
    public init(
        width: Int = 192, height: Int = 256, border: CropBorder = .transformers,
        normalization: PixelNormalization = .imageNet, sampling: CropSampling = .unbiased, layout: PixelLayout = .planar
    ) {
        precondition(width >= 2 && height >= 2, "unbiased sampling needs two samples a side")
        self.width = width
        self.height = height
        self.border = border
        self.normalization = normalization
        self.sampling = sampling
        self.layout = layout
    }

    /// Values that one person takes.
    public var count: Int { 3 * height * width }

    /// Samples crops of a picture into a batch `[crops, 3, height, width]`, or `[crops, height, width, 3]` of the
    /// interleaved layout; red, green, blue.
    ///
    /// Sampled colours are rounded to bytes before they are normalised, as both references do. Alpha is left out, so
    /// transparent pixels show their premultiplied colour.
    ///
    /// - Parameters:
    ///   - crops: one a person; where one is not finite its samples are black.
    ///   - image: the picture.
    ///   - mirrored: whether left and right are swapped, for the flip test.
    ///   - first: the place in the batch of the first crop.
    ///   - output: at least `(first + crops.count) * count` values; the rest is left alone.
    /// - Complexity: O(crops * width * height); allocates two tables of `width` entries.
    public func fill(
        _ crops: [PersonCrop], of image: Image, mirrored: Bool = false, at first: Int = 0,
        into output: inout MutableSpan<Float>
    ) {
        precondition(first >= 0 && output.count >= (first + crops.count) * count, "the batch is too small")
        let scale = 1 / (255 * normalization.deviation), bias = -normalization.mean / normalization.deviation
        let levels = (0..<256).map { byte in
            SIMD4(Float(byte) * scale + bias, 0)
        }
        var columns = [Tap](repeating: Tap(), count: width), rows = [Tap](repeating: Tap(), count: height)
        for (person, crop) in crops.enumerated() {
            for u in 0..<width {
                let place = mirrored ? width - 1 - u : u
                columns[u] = tap(crop.center.x, crop.size.x, place, of: width, limit: image.width)
            }
            for v in 0..<height { rows[v] = tap(crop.center.y, crop.size.y, v, of: height, limit: image.height) }
            unsafe image.bytes.withUnsafeBytes { source in
                unsafe output.withUnsafeMutableBufferPointer { target in
                    // Both outlive the call. Taps are clamped into the picture, whose bytes are width * height * 4; the
                    // writes stay within the person's own `count` values, which the precondition checked.
                    guard let source = source.baseAddress, let base = target.baseAddress else { return }
                    unsafe run(columns, rows, levels, source, image.width, base + (first + person) * count)
                }
            }
        }
    }

    /// Where one row or column is read: two neighbours and their weights, which sum to 1 or less.
    private struct Tap {
        var low: Int32 = 0
        var high: Int32 = 0
        var weights = SIMD2<Float>.zero
    }

    private func tap(_ center: Double, _ size: Double, _ index: Int, of count: Int, limit: Int) -> Tap {
        let start = center - size / 2, offset = Double(index) * size / Double(sampling == .plain ? count : count - 1)
        var position = start + offset
        // Also false for NaN.
        guard position > -1, position < Double(limit) else { return Tap() }
        switch border {
        case .transformers: if position < 0 || position > Double(limit - 1) { return Tap() }
        case .openCV:
            // Both terms in 1/1024 pixel, their sum rounded to 1/32, as `warpAffine` does.
            let fine = (start * 1024).rounded(.toNearestOrEven) + (offset * 1024).rounded(.toNearestOrEven)
            position = (fine / 32 + 0.5).rounded(.down) / 32
        }
        let floor = position.rounded(.down)
        let fraction = Float(position - floor)
        var tap = Tap(low: Int32(floor), high: Int32(floor) + 1, weights: SIMD2(1 - fraction, fraction))
        if tap.low < 0 || tap.low >= limit { (tap.low, tap.weights.x) = (0, 0) }
        if tap.high < 0 || tap.high >= limit { (tap.high, tap.weights.y) = (0, 0) }
        return tap
    }

    @inline(__always)
    private static func pixel(_ source: UnsafeRawPointer, _ index: Int) -> SIMD4<Float> {
        SIMD4<Float>(truncatingIfNeeded: unsafe source.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
    }

    private func run(
        _ columns: [Tap], _ rows: [Tap], _ levels: [SIMD4<Float>], _ source: UnsafeRawPointer, _ stride: Int,
        _ target: UnsafeMutablePointer<Float>
    ) {
        let (plane, step) = layout == .planar ? (width * height, 1) : (1, 3)
        unsafe columns.withUnsafeBufferPointer { columns in
            unsafe levels.withUnsafeBufferPointer { levels in
                for v in 0..<height {
                    let row = rows[v]
                    let top = Int(row.low) &* stride, bottom = Int(row.high) &* stride
                    var place = unsafe target + v &* width &* step
                    for u in 0..<width {
                        let tap = unsafe columns[u]
                        let low = Int(tap.low), high = Int(tap.high)
                        let upper =
                            unsafe Self.pixel(source, top &+ low) * (tap.weights.x * row.weights.x)
                            + Self.pixel(source, top &+ high) * (tap.weights.y * row.weights.x)
                        let lower =
                            unsafe Self.pixel(source, bottom &+ low) * (tap.weights.x * row.weights.y)
                            + Self.pixel(source, bottom &+ high) * (tap.weights.y * row.weights.y)
                        // Weights are not negative and sum to 1 at most, so this is a byte.
                        let bytes = upper + lower + 0.5
                        unsafe place[0] = levels[Int(bytes.x) & 255].x
                        unsafe place[plane] = levels[Int(bytes.y) & 255].y
                        unsafe place[2 &* plane] = levels[Int(bytes.z) & 255].z
                        unsafe place += step
                    }
                }
            }
        }
    }
}

extension SIMD4<Float> {
    /// The four bytes of a little-endian word.
    @inline(__always)
    fileprivate init(truncatingIfNeeded word: UInt32) {
        let word = word.littleEndian
        let lanes = SIMD4<UInt32>(word, word &>> 8, word &>> 16, word &>> 24) & 255
        self = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: lanes))
    }
}
