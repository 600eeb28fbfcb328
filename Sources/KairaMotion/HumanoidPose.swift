import KairaGeometry

/// The pose of a humanoid at one time: the currency that every motion reader makes and every writer takes.
///
/// Rotations are *normalised*: each is the bone's rotation relative to its parent bone, in axes that are those of the
/// world in the T-pose (+Y up, the avatar faces +Z, its left at +X), so that one pose fits any skeleton. For a node with
/// rest rotation `L` (local) and `W` (world), the local rotation is `L * W^-1 * n * W`.
public struct HumanoidPose: Sendable, Hashable {
    /// One rotation a bone, in the order of `HumanBone.allCases`; the T-pose is all identity.
    public var rotations: [Quaternion]
    /// Where the hips are in world space, metres, for a skeleton whose hips rest at `restHipsHeight`.
    public var hipsTranslation: SIMD3<Float>
    /// The height of the hips above the ground in the T-pose of the skeleton that `hipsTranslation` speaks of, metres.
    public var restHipsHeight: Float
    /// Weights 0...1 by VRM 1.0 expression name: `blink`, `aa`, `happy`...
    public var expressions: [String: Float]
    /// Where the eyes look, yaw (positive to the avatar's left) and pitch (positive down), radians, or nil for straight.
    public var gaze: SIMD2<Float>?
    /// How far each bone's rotation was measured, 0 (authored) to 1 (seen), in the order of `HumanBone.allCases`.
    public var confidence: [Float]
    /// Seconds from the start of the source.
    public var time: Double

    /// The T-pose of a skeleton whose hips rest at a height.
    public init(time: Double = 0, restHipsHeight: Float = 1) {
        rotations = Array(repeating: .identity, count: HumanBone.count)
        hipsTranslation = [0, restHipsHeight, 0]
        self.restHipsHeight = restHipsHeight
        expressions = [:]
        gaze = nil
        confidence = Array(repeating: 0, count: HumanBone.count)
        self.time = time
    }

    /// The normalised rotation of a bone.
    public subscript(bone: HumanBone) -> Quaternion {
        get { rotations[bone.index] }
        set { rotations[bone.index] = newValue }
    }

    /// Between two poses: rotations by slerp, the rest linearly; `a` at 0 and `b` at 1.
    public static func interpolate(_ a: HumanoidPose, _ b: HumanoidPose, _ t: Float) -> HumanoidPose {
        var pose = a
        for i in 0..<HumanBone.count {
            pose.rotations[i] = .slerp(a.rotations[i], b.rotations[i], t)
            pose.confidence[i] = lerp(a.confidence[i], b.confidence[i], t)
        }
        pose.hipsTranslation = lerp(a.hipsTranslation, b.hipsTranslation * (a.restHipsHeight / b.restHipsHeight), t)
        for name in Set(a.expressions.keys).union(b.expressions.keys) {
            pose.expressions[name] = lerp(a.expressions[name] ?? 0, b.expressions[name] ?? 0, t)
        }
        switch (a.gaze, b.gaze) {
        case (nil, nil): pose.gaze = nil
        case (let p, let q): pose.gaze = lerp(p ?? .zero, q ?? .zero, t)
        }
        pose.time = a.time + (b.time - a.time) * Double(t)
        return pose
    }
}
