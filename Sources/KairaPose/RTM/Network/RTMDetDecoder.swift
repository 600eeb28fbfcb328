import Foundation

/// Reads boxes of people from RTMDet's answer: anchor points, distances to the four sides, and non-maximum suppression, as
/// mmdet 3's `RTMDetHead.predict_by_feat` and `batched_nms`.
public struct RTMDetDecoder: Sendable, Hashable {
    /// Boxes with a lower score are left out; mmdet's configuration of the person detector has 0.05 for evaluation.
    public var minimumScore: Float = 0.05
    /// Of two boxes that overlap by more than this (intersection over union) the surer one stays.
    public var suppressionThreshold: Float = 0.6
    /// The surest candidates of a level that are looked at.
    public var mostCandidates = 1000
    /// The most boxes of an answer.
    public var most = 100

    /// A decoder with the values of mmdet's person detector.
    public init() {}

    /// A box and how sure it is.
    public struct Box: Sendable, Hashable {
        /// x, y, width, height.
        public var box: SIMD4<Float>
        /// 0...1.
        public var score: Float
    }

    /// The candidates of one level.
    ///
    /// - Parameters:
    ///   - scores: `[rows, columns, classes]`, before the sigmoid; the first class is people.
    ///   - distances: `[rows, columns, 4]` in strides, or their logarithm.
    ///   - columns: of the level.
    ///   - stride: pixels from one point to the next.
    ///   - c: classes, exponential, and the picture's size.
    /// - Returns: boxes in pixels of the network's picture, the surest first, clipped to it.
    public func candidates(
        _ scores: Span<Float>, _ distances: Span<Float>, columns: Int, stride: Int, configuration c: RTMDetConfiguration
    ) -> [Box] {
        let points = distances.count / 4
        guard columns > 0, minimumScore > 0, minimumScore < 1 else { return [] }
        let least = log(minimumScore / (1 - minimumScore)) - 1e-3
        var found: [(point: Int, score: Float)] = []
        for point in 0..<points where scores[point * c.classes] > least {
            let score = 1 / (1 + exp(-scores[point * c.classes]))
            if score > minimumScore { found.append((point, score)) }
        }
        // Equal scores keep the points' order.
        found.sort { ($1.score, $0.point) < ($0.score, $1.point) }
        let size = SIMD2(Float(c.imageWidth), Float(c.imageHeight)), step = Float(stride)
        return found.prefix(mostCandidates).compactMap { point, score in
            let at = SIMD2(Float(point % columns), Float(point / columns)) * step
            var sides = SIMD4(
                distances[4 * point], distances[4 * point + 1], distances[4 * point + 2], distances[4 * point + 3])
            if c.isExponential { sides = SIMD4(exp(sides.x), exp(sides.y), exp(sides.z), exp(sides.w)) }
            sides *= step
            let low = (at - sides.lowHalf).clamped(lowerBound: .zero, upperBound: size)
            let high = (at + sides.highHalf).clamped(lowerBound: .zero, upperBound: size)
            // Sides may have changed places, and a damaged network gives NaNs.
            guard high.x > low.x, high.y > low.y, !sides.sum().isNaN else { return nil }
            return Box(box: SIMD4(lowHalf: low, highHalf: high - low), score: score)
        }
    }

    /// The boxes that no surer one overlaps by more than the threshold, surest first.
    ///
    /// - Complexity: O(n * m) for n boxes of which m are kept.
    public func suppressed(_ boxes: [Box]) -> [Box] {
        var kept: [Box] = []
        let order = boxes.indices.sorted { (boxes[$1].score, $0) < (boxes[$0].score, $1) }
        for index in order where kept.count < most {
            let box = boxes[index]
            if !kept.contains(where: { TopDownBox.overlap($0.box, box.box) > suppressionThreshold }) {
                kept.append(box)
            }
        }
        return kept
    }
}
