import KairaFormats
import KairaMotion
import KairaRetarget
import KairaScene

/// Keypoints in, the motion of an avatar's bones out.
public struct RetargetJob: Sendable {
    /// Keypoints as `PoseJob` writes them (JSON), or `-`.
    public var keypoints: String
    /// The avatar's file.
    public var avatar: String
    /// The motion, `.bvh`, `.glb` or `.json`, or `-` for JSON on stdout.
    public var output: String
    /// Whether an output that exists is replaced.
    public var replacesOutput: Bool

    /// A job from its parts.
    public init(keypoints: String, avatar: String, output: String, replacesOutput: Bool = false) {
        self.keypoints = keypoints
        self.avatar = avatar
        self.output = output
        self.replacesOutput = replacesOutput
    }

    /// Runs the job.
    ///
    /// - Throws: the errors of the stages; nothing half-written is left then.
    public func run() async throws -> JobReport {
        let began = ContinuousClock.now
        try MotionOutput.check(output, replaces: replacesOutput)
        try OutputPath.check(output, isNot: [keypoints, avatar])
        let figure = try AvatarFile.avatar(avatar)
        let name = keypoints == "-" ? "stdin" : keypoints
        let sequence = try KeypointJSON.read(try OutputPath.read(keypoints), file: name)
        guard !sequence.frames.isEmpty else { throw KairaError.badData(path: name, reason: "it holds no frames") }
        let clip = try Self.solve(sequence, avatar: figure)
        try MotionOutput.write(clip, avatar: figure, to: output, replaces: replacesOutput)
        let seen = sequence.frames.count { !$0.people.isEmpty }
        return JobReport(
            "kaira.retarget/1", input: keypoints, output: output, count: clip.poses.count, unit: "poses", began: began,
            failures: seen == 0 ? ["\(name): nobody is in any of its frames; the motion is the resting pose"] : [])
    }

    /// The motion of the first person of each frame.
    static func solve(_ sequence: KeypointSequence, avatar: Avatar) throws -> MotionClip {
        let solver = try HumanoidSolver(skeleton: avatar.skeleton, layout: sequence.layout)
        var state = HumanoidSolver.State()
        var poses: [HumanoidPose] = []
        for frame in sequence.frames {
            try Task.checkCancellation()
            let person =
                frame.people.first
                ?? .unseen(sequence.layout, time: frame.time, frameSize: sequence.size)
            poses.append(solver.solve(person, state: &state))
        }
        return MotionClip(name: "motion", poses: poses)
    }
}
