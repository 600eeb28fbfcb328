import KairaImage
import KairaMotion

/// Draws people's keypoints over a picture: limbs, joints, box, id and score.
///
/// The person's left is orange, the right blue, the middle white; what the estimator is unsure of is drawn fainter.
public struct KeypointOverlay: Sendable {
    /// Joints below this confidence, and limbs with such an end, are left out.
    public var minimumConfidence: Float
    /// Width of a limb in pixels; nil chooses by the size of the picture.
    public var lineWidth: Float?
    /// Whether the person's box is drawn, with id and score.
    public var drawsBox: Bool
    /// The person's left, right and middle, straight RGB 0...1.
    public var colors: (left: SIMD3<Float>, right: SIMD3<Float>, middle: SIMD3<Float>)

    /// An overlay with the usual colours.
    public init(minimumConfidence: Float = 0.1, lineWidth: Float? = nil, drawsBox: Bool = true) {
        self.minimumConfidence = minimumConfidence
        self.lineWidth = lineWidth
        self.drawsBox = drawsBox
        colors = (left: [1, 0.55, 0.1], right: [0.15, 0.6, 1], middle: [1, 1, 1])
    }

    /// The picture with the people drawn over it.
    ///
    /// Points are scaled from the poses' own frame size to the picture's; points that are not finite are left out.
    /// - Throws: `PlotError`.
    public func draw(_ poses: [KeypointPose], over image: Image) throws(PlotError) -> Image {
        if poses.isEmpty { return image }
        let canvas = try Canvas(image)
        let width = Double(lineWidth ?? max(1.5, Float(min(image.width, image.height)) / 160))
        for pose in poses {
            let scale = SIMD2(
                Float(image.width) / Float(max(pose.frameSize.x, 1)),
                Float(image.height) / Float(max(pose.frameSize.y, 1)))
            draw(pose, on: canvas, scale: scale, width: width)
        }
        return try canvas.image()
    }

    private func draw(_ pose: KeypointPose, on canvas: Canvas, scale: SIMD2<Float>, width: Double) {
        let sides = sides(of: pose.layout)
        /// The place of a joint in the picture, if it is to be drawn; far points would overflow cairo's fixed point.
        func place(_ joint: Int) -> SIMD2<Float>? {
            let point = pose.points[joint] * scale
            guard pose.confidence[joint] >= minimumConfidence, abs(point.x) < 1e5, abs(point.y) < 1e5 else {
                return nil
            }
            return point
        }
        for limb in pose.layout.limbs {
            guard let a = place(limb.x), let b = place(limb.y) else { continue }
            let sure = min(pose.confidence[limb.x], pose.confidence[limb.y], 1)
            canvas.setColor([0, 0, 0, 0.5 * sure])
            canvas.line(a, b, width: width * 1.8)
            canvas.setColor(SIMD4(sides[limb.x] == sides[limb.y] ? sides[limb.x] : colors.middle, 0.3 + 0.7 * sure))
            canvas.line(a, b, width: width)
        }
        for joint in pose.points.indices {
            guard let point = place(joint) else { continue }
            let sure = min(pose.confidence[joint], 1)
            canvas.setColor([0, 0, 0, 0.7 * sure])
            canvas.disc(point, radius: width * 1.35)
            canvas.setColor(SIMD4(sides[joint], 0.3 + 0.7 * sure))
            canvas.disc(point, radius: width)
        }
        if drawsBox { drawBox(of: pose, on: canvas, scale: scale, width: width) }
    }

    private func drawBox(of pose: KeypointPose, on canvas: Canvas, scale: SIMD2<Float>, width: Double) {
        let box = pose.box * SIMD4(scale.x, scale.y, scale.x, scale.y)
        guard abs(box.x) < 1e5, abs(box.y) < 1e5, box.z > 0, box.z < 1e5, box.w > 0, box.w < 1e5 else { return }
        canvas.setColor([1, 1, 1, 0.8])
        canvas.rectangle(box, lineWidth: max(1, width / 2))
        let percent = pose.score.isFinite ? Int((min(max(pose.score, 0), 1) * 100).rounded()) : 0
        let label = "#\(pose.id)  \(percent) %"
        let size = max(11, width * 4)
        let tall = Float(size * 1.4), wide = Float(canvas.width(of: label, size: size) + size * 0.8)
        // Above the box where there is room, else inside it.
        let y = box.y - tall >= 0 ? box.y - tall : max(box.y, 0)
        let x = min(max(box.x, 0), max(0, Float(canvas.width) - wide))
        canvas.setColor([0, 0, 0, 0.6])
        canvas.rectangle([x, y, wide, tall])
        canvas.setColor([1, 1, 1, 1])
        canvas.text(label, x: Double(x) + size * 0.4, y: Double(y) + size * 1.05, size: size)
    }

    /// The colour of each joint, by the side in its name.
    private func sides(of layout: KeypointLayout) -> [SIMD3<Float>] {
        layout.joints.map { name in
            if name.hasPrefix("left_") || name.hasSuffix("_left") { return colors.left }
            if name.hasPrefix("right_") || name.hasSuffix("_right") { return colors.right }
            return colors.middle
        }
    }
}
