import KairaGeometry
import KairaMotion

/// Smooths a pose's rotations by slerp with one One-Euro weight a limb; off unless a caller runs it.
///
/// BlazePose's keypoints are filtered already; estimators that are not may want it. All bones of a limb share the largest of
/// their own cut-offs, so that hip, knee and foot keep in step when they move fast.
public struct PoseSmoother: Sendable, Hashable {
    /// The cut-off at rest, Hz.
    public var minimumCutoff: Float = 1.5
    /// How much the cut-off rises, Hz per radian a second.
    public var beta: Float = 1.2
    /// The cut-off of the speed's own low pass, Hz.
    public var derivativeCutoff: Float = 1
    /// A gap longer than this starts anew, seconds.
    public var longestGap: Double = 0.5

    /// A smoother with the constants above.
    public init() {}

    /// What is remembered between poses.
    public struct State: Sendable, Hashable {
        var last: HumanoidPose?
        var raw: [Quaternion] = []
        var speeds = [Float](repeating: 0, count: 7)

        /// Nothing seen yet.
        public init() {}
    }

    // Trunk, head, arms, legs and all that is left, by the place of the bone in `HumanBone`.
    private static let limbs: [Int] = HumanBone.allCases.map { bone in
        var at: HumanBone? = bone
        while let b = at {
            switch b {
            case .neck, .head: return 1
            case .leftUpperArm: return 2
            case .rightUpperArm: return 3
            case .leftUpperLeg: return 4
            case .rightUpperLeg: return 5
            case .hips, .spine, .chest, .upperChest: return 0
            default: at = b.parent
            }
        }
        return 6
    }

    /// The smoothed pose; translation, expressions and gaze pass unchanged.
    public func smooth(_ pose: HumanoidPose, state: inout State) -> HumanoidPose {
        guard let last = state.last, pose.time > last.time, pose.time - last.time <= longestGap else {
            state = State()
            (state.last, state.raw) = (pose, pose.rotations)
            return pose
        }
        let dt = Float(pose.time - last.time)
        var fastest = [Float](repeating: 0, count: state.speeds.count)
        for i in pose.rotations.indices {
            let limb = Self.limbs[i]
            fastest[limb] = max(fastest[limb], state.raw[i].angle(to: pose.rotations[i]) / dt)
        }
        var result = pose
        for limb in fastest.indices {
            state.speeds[limb] += (fastest[limb] - state.speeds[limb]) * OneEuroFilter.gain(derivativeCutoff, dt)
        }
        for i in pose.rotations.indices {
            let gain = OneEuroFilter.gain(minimumCutoff + beta * state.speeds[Self.limbs[i]], dt)
            result.rotations[i] = Quaternion.slerp(last.rotations[i], pose.rotations[i], gain).near(last.rotations[i])
        }
        (state.last, state.raw) = (result, pose.rotations)
        return result
    }
}
