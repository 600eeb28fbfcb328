import Glibc
import KairaGeometry
import KairaMotion

/// Biovision hierarchy files: the skeleton in its T-pose and a frame of angles for each pose.
///
/// Lengths are centimetres, +Y up, facing +Z; channels are Z, X, Y rotations in degrees, `R = Rz Rx Ry` on column vectors;
/// the hips also have a position. Bones are named as VRM 1.0 names them.
public struct BVHWriter: Sendable {
    /// The skeleton.
    public var skeleton: HumanoidSkeleton
    /// Seconds a frame; nil for the clip's mean step.
    public var frameTime: Double?

    /// A writer for a skeleton.
    public init(skeleton: HumanoidSkeleton, frameTime: Double? = nil) {
        self.skeleton = skeleton
        self.frameTime = frameTime
    }

    private static let centimetres: Float = 100

    /// More frames than this are refused: a mistaken frame time would fill the disk.
    private static let mostFrames = 1_000_000.0

    /// Writes a whole file: the clip sampled at even times.
    ///
    /// Angles go on from frame to frame without jumps of 360 degrees, so that editors interpolate them well.
    ///
    /// - Throws: `FormatsError.cannotWrite` for a skeleton without hips, or a frame time that is not positive or makes
    ///   more than a million frames.
    public func write(_ clip: MotionClip) throws(FormatsError) -> [UInt8] {
        guard skeleton.has(.hips) else { throw .cannotWrite("a skeleton without hips cannot be written as BVH") }
        var text = "HIERARCHY\n"
        var order: [HumanBone] = []
        describe(.hips, depth: 0, into: &text, order: &order)
        let count = clip.poses.count
        let mean = count > 1 ? clip.duration / Double(count - 1) : 1.0 / 30
        let step = frameTime ?? mean
        guard step > 0, step.isFinite, clip.duration / step < Self.mostFrames else {
            throw .cannotWrite("a BVH frame of \(step) s does not fit a motion of \(clip.duration) s")
        }
        let frames = count == 0 ? 0 : Int((clip.duration / step).rounded()) + 1
        text += "MOTION\nFrames: \(frames)\nFrame Time: \(Self.number(step, digits: 8))\n"
        let start = clip.poses.first?.time ?? 0
        var last = [SIMD3<Double>](repeating: .zero, count: order.count)
        for index in 0..<frames {
            guard let pose = clip.pose(at: start + Double(index) * step) else { break }
            let hips = pose.hipsTranslation * (skeleton.hipsHeight / pose.restHipsHeight) * Self.centimetres
            var values = [Double(hips.x), Double(hips.y), Double(hips.z)]
            for (k, bone) in order.enumerated() {
                last[k] = Self.angles(rotation(of: bone, in: pose), near: last[k])
                values += [last[k].z, last[k].x, last[k].y]
            }
            text += values.map { Self.number($0, digits: 5) }.joined(separator: " ") + "\n"
        }
        return Array(text.utf8)
    }

    /// A bone's rotation with those of the absent bones between it and its parent.
    private func rotation(of bone: HumanBone, in pose: HumanoidPose) -> Quaternion {
        var rotation = pose[bone]
        var above = bone.parent
        while let candidate = above, !skeleton.has(candidate) {
            rotation = pose[candidate] * rotation
            above = candidate.parent
        }
        return rotation
    }

    private func describe(_ bone: HumanBone, depth: Int, into text: inout String, order: inout [HumanBone]) {
        guard let place = skeleton[bone] else { return }
        order.append(bone)
        let indent = String(repeating: "\t", count: depth)
        let parent = skeleton.parent(of: bone)
        let offset = (place - (parent.flatMap { skeleton[$0] } ?? place)) * Self.centimetres
        text += "\(indent)\(depth == 0 ? "ROOT" : "JOINT") \(bone.rawValue)\n\(indent){\n"
        text += "\(indent)\tOFFSET \(Self.vector(offset))\n"
        text +=
            depth == 0
            ? "\(indent)\tCHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation\n"
            : "\(indent)\tCHANNELS 3 Zrotation Xrotation Yrotation\n"
        let children = HumanBone.allCases.filter { skeleton.has($0) && skeleton.parent(of: $0) == bone }
        for child in children { describe(child, depth: depth + 1, into: &text, order: &order) }
        if children.isEmpty {
            // Some tip, so that the last bone has a length: as far again as from its parent, at most 10 cm.
            let size = length(offset)
            let tip = size > 0 ? offset * min(1, 10 / size) : SIMD3(0, 10, 0)
            text += "\(indent)\tEnd Site\n\(indent)\t{\n\(indent)\t\tOFFSET \(Self.vector(tip))\n\(indent)\t}\n"
        }
        text += "\(indent)}\n"
    }

    /// The angles x, y, z of `Rz Rx Ry`, degrees; of all that make the same rotation the ones nearest to `last`.
    private static func angles(_ q: Quaternion, near last: SIMD3<Double>) -> SIMD3<Double> {
        let v = SIMD4<Double>(q.isFinite ? q.vector : SIMD4(0, 0, 0, 1))
        let n = (v * v).sum()
        let s = n > 0 ? 2 / n : 0
        // Of Rz Rx Ry: m21 = sin x, m20 = -cos x sin y, m22 = cos x cos y, m01 = -sin z cos x, m11 = cos z cos x.
        let m20 = s * (v.x * v.z - v.w * v.y), m21 = s * (v.y * v.z + v.w * v.x), m22 = 1 - s * (v.x * v.x + v.y * v.y)
        let m01 = s * (v.x * v.y - v.w * v.z), m11 = 1 - s * (v.x * v.x + v.z * v.z)
        let cosine = (m20 * m20 + m22 * m22).squareRoot()
        let x = atan2(m21, cosine)
        let degrees = 180 / Double.pi
        guard cosine > 1e-6 else {
            // At x = +-90 degrees only y + z, or y - z, is told: z stays as it was.
            let m02 = s * (v.x * v.z + v.w * v.y), m00 = 1 - s * (v.y * v.y + v.z * v.z)
            let sum = atan2(m02, m00) * degrees
            return near(SIMD3(x * degrees, m21 > 0 ? sum - last.z : sum + last.z, last.z), last)
        }
        let first = near(SIMD3(x, atan2(-m20, m22), atan2(-m01, m11)) * degrees, last)
        let second = near(SIMD3(180 - first.x, first.y + 180, first.z + 180), last)
        let (a, b) = (first - last, second - last)
        return (a * a).sum() <= (b * b).sum() ? first : second
    }

    /// Each angle less the whole turns that lead away from `last`, degrees.
    private static func near(_ angles: SIMD3<Double>, _ last: SIMD3<Double>) -> SIMD3<Double> {
        angles - ((angles - last) / 360).rounded(.toNearestOrAwayFromZero) * 360
    }

    private static func vector(_ v: SIMD3<Float>) -> String {
        [v.x, v.y, v.z].map { number(Double($0), digits: 5) }.joined(separator: " ")
    }

    /// A decimal without exponent: many BVH readers know no other.
    private static func number(_ value: Double, digits: Int) -> String {
        let scale = pow(10, Double(digits))
        guard let whole = Int64(exactly: (value * scale).rounded()) else { return "0.0" }
        let text = String(whole.magnitude)
        let padded = String(repeating: "0", count: max(digits + 1 - text.count, 0)) + text
        let split = padded.index(padded.endIndex, offsetBy: -digits)
        return (whole < 0 ? "-" : "") + padded[..<split] + "." + padded[split...]
    }
}
