import Glibc
import KairaMotion

/// Object keypoint similarity, COCO's measure of how alike two poses are: 1 for equal ones, falling to 0.
///
/// `sum exp(-d^2 / (2 area (2 sigma)^2)) / n` over the labelled joints, `d` in pixels, `area` the person's in square
/// pixels (<https://cocodataset.org/#keypoints-eval>; pycocotools `COCOeval.computeOks`).
public struct ObjectKeypointSimilarity: Sendable, Hashable {
    /// How far annotators differ on each joint, as a share of the person's size.
    public let sigmas: [Double]

    /// A measure for joints of these sigmas.
    public init(sigmas: [Double]) { self.sigmas = sigmas }

    /// The measure for a layout's joints: COCO's sigmas where the names are COCO's, and near ones for other joints.
    public init(_ layout: KeypointLayout) {
        if layout.joints.count == Self.coco17.sigmas.count, layout.name == "coco17" {
            self = .coco17
        } else if layout.joints.count == Self.wholeBody133.sigmas.count {
            self = .wholeBody133
        } else {
            self.init(
                sigmas: layout.joints.map { name in
                    if let same = KeypointLayout.coco17.index(of: name) { return Self.coco17.sigmas[same] }
                    if name.contains("eye") || name.contains("mouth") { return 0.025 }
                    if name.contains("heel") || name.contains("foot") || name.contains("toe") { return 0.079 }
                    if name.contains("neck") { return 0.026 }
                    return 0.062  // fingers and what else there is: as the wrist
                })
        }
    }

    /// The 17 joints of COCO.
    public static let coco17 = ObjectKeypointSimilarity(sigmas: perMille(body))

    /// The 133 joints of COCO-WholeBody: body, feet, face, left and right hand.
    public static let wholeBody133 = ObjectKeypointSimilarity(sigmas: perMille(body + feet + face + hand + hand))

    private static func perMille(_ values: [Double]) -> [Double] { values.map { $0 / 1000 } }
    private static let body: [Double] = [26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]
    private static let feet: [Double] = [68, 66, 66, 92, 94, 94]
    private static let face: [Double] = [
        42, 43, 44, 43, 40, 35, 31, 25, 20, 23, 29, 32, 37, 38, 43, 41, 45, 13, 12, 11, 11, 12, 12, 11, 11, 13, 15, 9,
        7,
        7, 7, 12, 9, 8, 16, 10, 17, 11, 9, 11, 9, 7, 13, 8, 11, 12, 10, 34, 8, 8, 9, 8, 8, 7, 10, 8, 9, 9, 9, 7, 7, 8,
        11,
        8, 8, 8, 10, 8,
    ]
    private static let hand: [Double] = [
        29, 22, 35, 37, 47, 26, 25, 24, 35, 18, 24, 22, 26, 17, 21, 21, 32, 20, 19, 22, 31,
    ]

    /// The similarity of a detection to an annotated person.
    ///
    /// A person without a labelled joint is compared by how far the joints lie outside of its box grown to three
    /// times its sides.
    ///
    /// - Parameters:
    ///   - points: the detection's joints, pixels.
    ///   - person: whom it may show.
    /// - Returns: 0...1; 0 where the numbers of joints differ from that of the sigmas.
    public func similarity(_ points: [SIMD2<Double>], to person: CocoKeypointAnnotation) -> Double {
        let count = sigmas.count
        guard count > 0, points.count == count, person.keypoints.count == count else { return 0 }
        let area = person.area + Double.ulpOfOne
        let low = SIMD2(person.box.x - person.box.z, person.box.y - person.box.w)
        let high = SIMD2(person.box.x + person.box.z * 2, person.box.y + person.box.w * 2)
        let isLabelled = person.keypoints.contains { $0.z > 0 }
        var sum = 0.0, compared = 0
        for joint in 0..<count {
            let keypoint = person.keypoints[joint]
            let d: SIMD2<Double>
            if isLabelled {
                guard keypoint.z > 0 else { continue }
                d = points[joint] - SIMD2(keypoint.x, keypoint.y)
            } else {
                let below = low - points[joint], above = points[joint] - high
                d = pointwiseMax(below, .zero) + pointwiseMax(above, .zero)
            }
            let spread = 2 * sigmas[joint]
            sum += exp(-(d * d).sum() / (spread * spread) / area / 2)
            compared += 1
        }
        return sum / Double(compared)
    }

    /// The similarity of two poses of one layout, over the joints that both are sure of.
    ///
    /// - Parameters:
    ///   - a: one pose, pixels.
    ///   - b: the other.
    ///   - area: of the person, square pixels; mmpose takes the mean of both boxes.
    ///   - minimumConfidence: joints below it in either pose are left out.
    /// - Returns: 0...1; 0 where no joint is left or the area is not positive.
    public func similarity(
        _ a: KeypointPose, _ b: KeypointPose, area: Double, minimumConfidence: Float = 0
    ) -> Double {
        guard area > 0, a.points.count == sigmas.count, b.points.count == sigmas.count else { return 0 }
        var sum = 0.0, compared = 0
        for joint in sigmas.indices {
            guard a.confidence[joint] >= minimumConfidence, b.confidence[joint] >= minimumConfidence else { continue }
            let d = SIMD2<Double>(a.points[joint]) - SIMD2<Double>(b.points[joint])
            let spread = 2 * sigmas[joint]
            let term = exp(-(d * d).sum() / (2 * area * spread * spread))
            if term.isFinite { sum += term }
            compared += 1
        }
        return compared > 0 ? sum / Double(compared) : 0
    }
}
