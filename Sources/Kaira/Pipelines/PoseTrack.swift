import KairaImage
import KairaMedia
import KairaMotion

/// Poses as they come in, sampled at an even output rate.
struct PoseTrack {
    private var last: HumanoidPose?

    /// The poses that are due up to a new one, between the last and it.
    mutating func push(_ pose: HumanoidPose, rate: Rational, due: inout Int) -> [HumanoidPose] {
        defer { last = pose }
        var out: [HumanoidPose] = []
        while true {
            let time = Double(rate.nanoseconds(of: due)) * 1e-9
            guard time < pose.time - 1e-9 || (last == nil && time <= pose.time) else { return out }
            var sample = pose
            if let last, pose.time > last.time {
                sample = .interpolate(last, pose, Float((time - last.time) / (pose.time - last.time)))
            }
            sample.time = time
            out.append(sample)
            due += 1
        }
    }

    /// The poses that are due at the time of the last one.
    mutating func finish(rate: Rational, due: inout Int) -> [HumanoidPose] {
        guard var pose = last else { return [] }
        last = nil
        let time = Double(rate.nanoseconds(of: due)) * 1e-9
        guard time <= pose.time + 1e-9 else { return [] }
        pose.time = time
        due += 1
        return [pose]
    }
}

extension KeypointPose {
    /// What the solver is given for a frame in which nobody is seen: no confidence anywhere, so that it fades to rest.
    static func unseen(_ layout: KeypointLayout, time: Double, frameSize: SIMD2<Int>) -> KeypointPose {
        let count = layout.joints.count
        return KeypointPose(
            layout: layout, score: 0, box: .zero, points: Array(repeating: .zero, count: count),
            world: Array(repeating: .zero, count: count), confidence: Array(repeating: 0, count: count),
            time: time, frameSize: frameSize)
    }
}
