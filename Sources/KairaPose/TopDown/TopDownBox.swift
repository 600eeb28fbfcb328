import KairaMotion

/// The boxes (x, y, width, height, pixels) that people are looked for in.
enum TopDownBox {
    /// The box of a person that BlazePose's detector saw, within the picture.
    ///
    /// The detector gives a circle round the whole body and a point on it above the head: a person who stands is higher
    /// than wide, one who lies is wider than high.
    static func box(of detection: PersonDetection, in size: SIMD2<Int>) -> SIMD4<Float> {
        guard detection.keypoints.count >= 2 else { return .zero }
        let middle = detection.keypoints[0], arm = detection.keypoints[1] - middle
        let radius = (arm * arm).sum().squareRoot()
        guard radius > 0, radius.isFinite else { return .zero }
        let across = SIMD2(abs(arm.x), abs(arm.y)) / radius
        let half = radius * (0.7 + 0.3 * across)
        return clipped(SIMD4(lowHalf: middle - half, highHalf: 2 * half), to: size)
    }

    /// The box for the frame after the one of a pose: round its sure joints, a share larger, within the picture.
    ///
    /// - Returns: nil where too few joints are sure.
    static func box(
        around pose: KeypointPose, minimumConfidence: Float, minimumJoints: Int, growth: Float, in size: SIMD2<Int>
    ) -> SIMD4<Float>? {
        var low = SIMD2<Float>(repeating: .infinity), high = -low, count = 0
        for joint in pose.points.indices where pose.confidence[joint] >= minimumConfidence {
            low = pointwiseMin(low, pose.points[joint])
            high = pointwiseMax(high, pose.points[joint])
            count += 1
        }
        guard count >= max(minimumJoints, 1) else { return nil }
        // All joints in one line, as seen from the side, is still a body of some width.
        var side = high - low
        let longest = max(side.x, side.y)
        side = pointwiseMax(side, SIMD2(repeating: longest / 4))
        let grown = side * (1 + growth), middle = (low + high) / 2
        let box = clipped(SIMD4(lowHalf: middle - grown / 2, highHalf: grown), to: size)
        return isUsable(box, in: size) ? box : nil
    }

    /// Whether a box is finite, at least 4 pixels wide and high, not wildly larger than the picture, and touches it.
    static func isUsable(_ box: SIMD4<Float>, in size: SIMD2<Int>) -> Bool {
        let size = SIMD2<Float>(size)
        guard box.x.isFinite, box.y.isFinite, box.z.isFinite, box.w.isFinite else { return false }
        return box.z >= 4 && box.w >= 4 && box.z <= 8 * size.max() && box.w <= 8 * size.max() && box.x < size.x
            && box.y < size.y && box.x + box.z > 0 && box.y + box.w > 0
    }

    /// Intersection over union, 0...1.
    static func overlap(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> Float {
        let shared = intersection(a, b), union = a.z * a.w + b.z * b.w - shared
        return union > 0 ? shared / union : 0
    }

    /// Whether a rough box is that of a person who is followed: they overlap well, or one lies mostly within the other
    /// with its middle.
    static func holdsSamePerson(_ rough: SIMD4<Float>, _ known: SIMD4<Float>) -> Bool {
        if overlap(rough, known) > 0.3 { return true }
        let middle = rough.lowHalf + rough.highHalf / 2, from = middle - known.lowHalf
        let isInside = from.x > 0 && from.y > 0 && from.x < known.z && from.y < known.w
        return isInside && intersection(rough, known) > 0.7 * min(rough.z * rough.w, known.z * known.w)
    }

    private static func intersection(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> Float {
        let low = pointwiseMax(a.lowHalf, b.lowHalf)
        let high = pointwiseMin(a.lowHalf + a.highHalf, b.lowHalf + b.highHalf)
        let side = pointwiseMax(high - low, .zero)
        return side.x * side.y
    }

    private static func clipped(_ box: SIMD4<Float>, to size: SIMD2<Int>) -> SIMD4<Float> {
        let low = pointwiseMax(box.lowHalf, .zero)
        let high = pointwiseMin(box.lowHalf + box.highHalf, SIMD2<Float>(size))
        return SIMD4(lowHalf: low, highHalf: high - low)
    }
}
