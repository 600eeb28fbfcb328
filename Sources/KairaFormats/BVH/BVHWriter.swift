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

    /// Writes a whole file: the clip sampled at even times.
    ///
    /// - Throws: `FormatsError.cannotWrite` for a skeleton without hips.
    public func write(_ clip: MotionClip) throws(FormatsError) -> [UInt8] {
        guard skeleton.has(.hips) else { throw .cannotWrite("a skeleton without hips cannot be written as BVH") }
        var text = "HIERARCHY\n"
        var order: [HumanBone] = []
        describe(.hips, depth: 0, into: &text, order: &order)
        let count = clip.poses.count
        let step = frameTime ?? (count > 1 ? clip.duration / Double(count - 1) : 1.0 / 30)
        let frames = count == 0 ? 0 : max(Int((clip.duration / step).rounded()) + 1, 1)
        text += "MOTION\nFrames: \(frames)\nFrame Time: \(Self.number(Float(step), digits: 8))\n"
        let start = clip.poses.first?.time ?? 0
        for index in 0..<frames {
            guard let pose = clip.pose(at: start + Double(index) * step) else { break }
            let hips = pose.hipsTranslation * (skeleton.hipsHeight / pose.restHipsHeight) * Self.centimetres
            var values = [hips.x, hips.y, hips.z]
            for bone in order {
                let angles = Self.angles(rotation(of: bone, in: pose))
                values += [angles.z, angles.x, angles.y].map { $0 * 180 / .pi }
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
        text += depth == 0
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

    /// The angles x, y, z of `Rz Rx Ry`, radians. At x = +-90 degrees z is taken as 0.
    private static func angles(_ q: Quaternion) -> SIMD3<Float> {
        let m = Matrix3(q)
        // Rows of Rz Rx Ry: m21 = sin x, m20 = -cos x sin y, m22 = cos x cos y, m01 = -sin z cos x, m11 = cos z cos x.
        let sine = min(max(m.y.z, -1), 1)
        if abs(sine) > 0.999_999 {
            return [asinf(sine), atan2f(m.z.x * (sine > 0 ? 1 : -1) * (sine > 0 ? 1 : -1), m.x.x), 0]
        }
        return [asinf(sine), atan2f(-m.x.z, m.z.z), atan2f(-m.y.x, m.y.y)]
    }

    private static func vector(_ v: SIMD3<Float>) -> String {
        [v.x, v.y, v.z].map { number($0, digits: 5) }.joined(separator: " ")
    }

    /// A decimal without exponent: many BVH readers know no other.
    private static func number(_ value: Float, digits: Int) -> String {
        guard value.isFinite else { return "0" }
        let scale = pow(10, Double(digits))
        let whole = Int64((Double(value) * scale).rounded())
        let text = String(abs(whole))
        let padded = String(repeating: "0", count: max(digits + 1 - text.count, 0)) + text
        let split = padded.index(padded.endIndex, offsetBy: -digits)
        return (whole < 0 ? "-" : "") + padded[..<split] + "." + padded[split...]
    }
}
