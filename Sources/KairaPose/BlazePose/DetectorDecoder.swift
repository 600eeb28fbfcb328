import Glibc

/// Turns the pose detector's two tensors into detections.
struct DetectorDecoder {
    /// Values a box: centre, size, four keypoints.
    static let stride = 12
    let anchors = DetectorAnchors.pose
    let inputSize: Float = 224
    var minScore: Float

    /// The anchors whose score is high enough, in the anchors' order.
    func candidates(scores: Span<Float>) -> [(index: Int, score: Float)] {
        var found: [(index: Int, score: Float)] = []
        for i in 0..<min(anchors.count, scores.count) {
            let score = logistic(min(max(scores[i], -100), 100))
            if score >= minScore { found.append((i, score)) }
        }
        return found
    }

    /// The detections of some anchors, in units of the input square.
    func detections(_ candidates: [(index: Int, score: Float)], boxes: Span<Float>) -> [PersonDetection] {
        var detections: [PersonDetection] = []
        for (index, score) in candidates where (index + 1) * Self.stride <= boxes.count {
            func point(_ offset: Int) -> SIMD2<Float> {
                SIMD2(boxes[index * Self.stride + offset], boxes[index * Self.stride + offset + 1]) / inputSize
            }
            let center = anchors[index] + point(0), half = point(2) / 2
            // The published decoder drops inverted and undefined boxes.
            guard half.x >= 0, half.y >= 0, center.x.isFinite, center.y.isFinite else { continue }
            detections.append(
                PersonDetection(
                    score: score, low: center - half, high: center + half,
                    keypoints: (0..<4).map { anchors[index] + point(4 + 2 * $0) }))
        }
        return detections
    }
}

/// 1 / (1 + exp(-x)).
@inline(__always)
func logistic(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
