import Foundation
import KairaImage
import KairaTensor

/// RTMDet as a finder of people: the picture is made to fit the network's square, keeping its shape, as mmdet's `Resize` and
/// `Pad` do it.
public final class RTMDetector: PeopleFinder {
    /// Its boxes enclose the person.
    public var isRough: Bool { false }
    /// How boxes are read.
    public var decoder: RTMDetDecoder
    private let model: RTMDetModel
    private var columns: [Tap] = []
    private var rows: [Tap] = []
    private var fitted = SIMD2(0, 0)
    private var fittedFrom = SIMD2(0, 0)

    /// Blue, green, red: mmdet's published detectors read colours in this order.
    private static let mean = SIMD4<Float>(103.53, 116.28, 123.675, 0)
    private static let deviation = SIMD4<Float>(57.375, 57.12, 58.395, 1)
    /// The grey beside the picture.
    private static let padding: Float = 114

    /// Where a column or row of the fitted picture is read: two neighbours, and the second's weight.
    private struct Tap {
        var low: Int
        var high: Int
        var weight: Float
    }

    /// A finder of a compiled network.
    ///
    /// - Parameters:
    ///   - model: the network.
    ///   - minimumScore: people below it are not there; mmpose's demonstration takes 0.3.
    public init(_ model: RTMDetModel, minimumScore: Float = 0.3) {
        self.model = model
        decoder = RTMDetDecoder()
        decoder.minimumScore = minimumScore
    }

    /// The people in a picture, in its pixels, surest first.
    ///
    /// - Throws: nothing; a picture without pixels holds nobody.
    public func people(in image: Image) throws(PoseError) -> [PersonBox] {
        let c = model.configuration
        guard image.width > 0, image.height > 0 else { return [] }
        let size = fit(image.width, image.height)
        var boxes: [RTMDetDecoder.Box] = []
        model.run {
            fill(&$0, image, size)
        } read: { level, scores, distances in
            let stride = c.strides[level]
            boxes += decoder.candidates(
                scores, distances, columns: c.imageWidth / stride, stride: stride, configuration: c)
        }
        let factor = SIMD2(Float(size.x), Float(size.y)) / SIMD2(Float(image.width), Float(image.height))
        return decoder.suppressed(boxes).map { found in
            PersonBox(
                box: SIMD4(lowHalf: found.box.lowHalf / factor, highHalf: found.box.highHalf / factor),
                score: found.score)
        }
    }

    /// The picture's size within the network's.
    private func fit(_ width: Int, _ height: Int) -> SIMD2<Int> {
        let c = model.configuration
        let factor = min(Double(c.imageWidth) / Double(width), Double(c.imageHeight) / Double(height))
        // mmcv's rescale_size rounds half up.
        let size = SIMD2(
            min(max(Int(Double(width) * factor + 0.5), 1), c.imageWidth),
            min(max(Int(Double(height) * factor + 0.5), 1), c.imageHeight))
        if size != fitted || fittedFrom != SIMD2(width, height) {
            columns = Self.taps(size.x, from: width)
            rows = Self.taps(size.y, from: height)
            (fitted, fittedFrom) = (size, SIMD2(width, height))
        }
        return size
    }

    /// OpenCV's `INTER_LINEAR`: half-pixel centres, edges repeated, weights in 1/2048.
    private static func taps(_ count: Int, from limit: Int) -> [Tap] {
        let scale = Double(limit) / Double(count)
        return (0..<count).map { index in
            let at = (Double(index) + 0.5) * scale - 0.5, floor = at.rounded(.down)
            let low = min(max(Int(floor), 0), limit - 1)
            guard floor >= 0, Int(floor) < limit - 1 else { return Tap(low: low, high: low, weight: 0) }
            return Tap(low: low, high: low + 1, weight: Float(((at - floor) * 2048).rounded(.toNearestOrEven) / 2048))
        }
    }

    private func fill(_ span: inout MutableSpan<Float>, _ image: Image, _ size: SIMD2<Int>) {
        let c = model.configuration, scale = 1 / Self.deviation, bias = -Self.mean / Self.deviation
        let outside = Self.padding * scale + bias
        let stride = image.width
        unsafe image.bytes.withUnsafeBytes { source in
            unsafe span.withUnsafeMutableBufferPointer { target in
                // Both outlive the call. Taps lie within the picture, whose bytes are width * height * 4; the network's
                // input has imageHeight * imageWidth * 3 values.
                guard let from = source.baseAddress, var to = target.baseAddress,
                    target.count >= c.imageHeight * c.imageWidth * 3
                else { return }
                func colour(_ index: Int) -> SIMD4<Float> {
                    let word = unsafe from.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self).littleEndian
                    // Blue first.
                    let lanes = SIMD4<UInt32>(word &>> 16, word &>> 8, word, 0) & 255
                    return SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: lanes))
                }
                for y in 0..<c.imageHeight {
                    guard y < size.y else {
                        for _ in 0..<c.imageWidth {
                            unsafe (to[0], to[1], to[2]) = (outside.x, outside.y, outside.z)
                            unsafe to += 3
                        }
                        continue
                    }
                    let row = rows[y]
                    for x in 0..<c.imageWidth {
                        var value = outside
                        if x < size.x {
                            let tap = columns[x]
                            let top =
                                colour(row.low * stride + tap.low) * (1 - tap.weight)
                                + colour(row.low * stride + tap.high) * tap.weight
                            let bottom =
                                colour(row.high * stride + tap.low) * (1 - tap.weight)
                                + colour(row.high * stride + tap.high) * tap.weight
                            let mixed = top * (1 - row.weight) + bottom * row.weight
                            value = (mixed + 0.5).rounded(.down) * scale + bias
                        }
                        unsafe (to[0], to[1], to[2]) = (value.x, value.y, value.z)
                        unsafe to += 3
                    }
                }
            }
        }
    }
}
