import KairaImage

/// A person that the pose detector saw; in units of its square input (0...1), or in pixels once placed in a frame.
public struct PersonDetection: Sendable, Hashable {
    /// 0...1.
    public var score: Float
    /// Top left corner of the box.
    public var low: SIMD2<Float>
    /// Bottom right corner of the box.
    public var high: SIMD2<Float>
    /// Middle of the hips, a point on the circle round the whole body, middle of the shoulders, a point on the circle
    /// round the upper body.
    public var keypoints: [SIMD2<Float>]

    /// A detection from its parts.
    public init(score: Float, low: SIMD2<Float>, high: SIMD2<Float>, keypoints: [SIMD2<Float>]) {
        self.score = score
        self.low = low
        self.high = high
        self.keypoints = keypoints
    }

    /// Intersection over union of the boxes, 0...1; 0 where both are empty.
    public func overlap(_ other: PersonDetection) -> Float {
        let width = min(high.x, other.high.x) - max(low.x, other.low.x)
        let height = min(high.y, other.high.y) - max(low.y, other.low.y)
        guard width > 0, height > 0 else { return 0 }
        let shared = width * height
        let (a, b) = (high - low, other.high - other.low)
        let union = a.x * a.y + b.x * b.y - shared
        return union > 0 ? shared / union : 0
    }

    /// Merges detections that overlap, the best first, into means weighted by score that keep the best's score.
    ///
    /// MediaPipe `NonMaxSuppressionCalculator`, weighted.
    ///
    /// - Parameters:
    ///   - detections: any order; equal scores keep it.
    ///   - threshold: overlap beyond which two boxes are one person.
    /// - Returns: by falling score.
    /// - Complexity: O(n^2) in the worst case.
    public static func merged(_ detections: [PersonDetection], threshold: Float) -> [PersonDetection] {
        var rest = detections.sorted { $0.score > $1.score }
        var results: [PersonDetection] = []
        while let best = rest.first {
            var sum = PersonDetection(
                score: 0, low: .zero, high: .zero,
                keypoints: Array(repeating: .zero, count: best.keypoints.count))
            var left: [PersonDetection] = []
            for other in rest {
                guard best.overlap(other) > threshold, other.keypoints.count == best.keypoints.count else {
                    left.append(other)
                    continue
                }
                sum.score += other.score
                sum.low += other.low * other.score
                sum.high += other.high * other.score
                for k in sum.keypoints.indices { sum.keypoints[k] += other.keypoints[k] * other.score }
            }
            // A box without area overlaps nothing, itself included: it goes alone.
            guard sum.score > 0 else {
                results.append(best)
                rest.removeFirst()
                continue
            }
            results.append(
                PersonDetection(
                    score: best.score, low: sum.low / sum.score, high: sum.high / sum.score,
                    keypoints: sum.keypoints.map { $0 / sum.score }))
            rest = left
        }
        return results
    }

    /// The detection in pixels of the frame whose letterboxed square the network saw.
    public func placed(in square: ImageRegion) -> PersonDetection {
        let origin = square.center - square.size / 2
        return PersonDetection(
            score: score, low: origin + low * square.size, high: origin + high * square.size,
            keypoints: keypoints.map { origin + $0 * square.size })
    }
}
