import KairaFormats
import KairaGeometry
import KairaImage
import KairaMedia
import KairaMotion
import KairaPose
import KairaRender
import KairaRetarget
import KairaScene

/// The whole path: a video in, a video of the avatar that moves as the person does out.
///
/// Frames n and n + 1 wait to be drawn while the pose of frame n + 2 is estimated; the output does not depend on that.
public struct AnimateJob: Sendable {
    /// A video, a picture, a folder of pictures, or `-`.
    public var input: String
    /// The avatar's file.
    public var avatar: String
    /// The video to write, or `-`.
    public var output: String
    /// What `-` writes.
    public var format: StreamFormat
    /// The motion to write as well, or nil.
    public var motionOutput: String?
    /// Output frames a second; nil for the source's.
    public var framesPerSecond: Double?
    /// How pictures are drawn.
    public var drawing: DrawingChoice
    /// The estimator.
    public var estimator: EstimatorChoice
    /// What moves by itself.
    public var life: LifeChoice
    /// Whether outputs that exist are replaced.
    public var replacesOutput: Bool
    /// Whether and how the mouth follows the sound.
    public var lipSync = LipSyncChoice()

    /// A job from its parts.
    public init(
        input: String, avatar: String, output: String, format: StreamFormat = .y4m, motionOutput: String? = nil,
        framesPerSecond: Double? = nil, drawing: DrawingChoice = DrawingChoice(),
        estimator: EstimatorChoice = EstimatorChoice(), life: LifeChoice = LifeChoice(idle: true),
        replacesOutput: Bool = false
    ) {
        self.input = input
        self.avatar = avatar
        self.output = output
        self.format = format
        self.motionOutput = motionOutput
        self.framesPerSecond = framesPerSecond
        self.drawing = drawing
        self.estimator = estimator
        self.life = life
        self.replacesOutput = replacesOutput
    }

    /// Longer sides of the source are reduced to this before the estimator sees them: its nets look at 256 pixels.
    private static let maximumSourceSize = 1280

    /// Runs the job.
    ///
    /// - Throws: `KairaError`, `MediaError`, `FormatsError`, `PoseError`, `RenderError`, `CancellationError`; nothing
    ///   half-written is left then.
    public func run(progress: ProgressHandler? = nil) async throws -> AnimateReport {
        let began = ContinuousClock.now
        try OutputPath.checkMedia(output, replaces: replacesOutput)
        if let motionOutput { try MotionOutput.check(motionOutput, replaces: replacesOutput) }
        for path in [output, motionOutput ?? "-"] { try OutputPath.check(path, isNot: [input, avatar]) }
        var figure = try AvatarFile.avatar(avatar)
        if life.physics { figure.secondaryMotion = ScenePhysics(figure.scene) }
        let idle = life.idle ? IdleMotion(seed: life.seed) : nil
        let source = try MediaSource.open(input, options: SourceOptions(maximumSide: Self.maximumSourceSize))
        defer { source.close() }
        let information = source.information
        let rate = framesPerSecond.map { Rational(approximating: $0) } ?? information.outputFrameRate
        let size = drawing.size ?? Self.defaultSize(information)
        // Shaders are built while the network's weights are read.
        let rest = figure
        async let opened = Stage(
            scene: rest.scene, avatar: rest, drawing: drawing, size: size, output: output, leavesRoom: true)
        let network = try estimator.make()
        let stage = try await opened
        var report = AnimateReport(model: network.information, renderer: stage.renderer.information.renderer)
        report.size = [size.width, size.height]
        let mouth = try lipSync.track(of: information, warnings: &report.warnings)
        // One encoder thread: the networks and the renderer want the others.
        let sink = try MediaSink.open(
            output, format: output == "-" ? OutputFormat(format) : nil, size: SIMD2(size.width, size.height),
            frameRate: rate, options: SinkOptions(force: replacesOutput, audio: information.audio, threads: 1))
        report.startupSeconds = (ContinuousClock.now - began).seconds

        do {
            let solver = try HumanoidSolver(skeleton: figure.skeleton, layout: network.layout)
            var state = HumanoidSolver.State()
            var track = PoseTrack()
            var clip: [HumanoidPose] = []
            var written = 0
            var drawings: [Task<(Image, Duration), any Error>] = []
            var rendering: Task<(Image, Duration), any Error>?
            var decode = StageTimes()
            var estimate = StageTimes()
            var solve = StageTimes()
            var evaluate = StageTimes()
            var render = StageTimes()
            var encode = StageTimes()
            var lastTime = 0.0

            /// Waits for the oldest picture that is being drawn and hands it to the encoder.
            func deliver() async throws {
                guard !drawings.isEmpty else { return }
                let task = drawings.removeFirst()
                let (image, duration) = try await task.value
                render.add(duration)
                let frame = Frame(image: image, timeNanoseconds: rate.nanoseconds(of: written), index: written)
                try encode.measure { () throws(MediaError) in try sink.write(frame) }
                written += 1
                progress?(
                    PipelineProgress(
                        unit: "frames", done: written,
                        total: information.frameCount.map {
                            max(Int((Double($0) * rate.value / information.frameRate.value).rounded()), 1)
                        }))
            }
            /// Starts drawing a pose.
            func draw(_ pose: HumanoidPose) async throws {
                var pose = pose
                idle?.apply(to: &pose)
                evaluate.measure { figure.evaluate(pose, deltaTime: max(pose.time - lastTime, 0)) }
                lastTime = pose.time
                let snapshot = figure.state
                // Two at a time: while the one's pixels are put over the background, the other's triangles are drawn.
                if drawings.count >= 2 { try await deliver() }
                let before = rendering
                let next = Task {
                    // One after the other, whatever order the tasks begin in.
                    _ = await before?.result
                    let start = ContinuousClock.now
                    let image = try await stage.render(snapshot)
                    return (image, ContinuousClock.now - start)
                }
                rendering = next
                drawings.append(
                    Task {
                        let (image, duration) = try await next.value
                        return (try stage.finished(image), duration)
                    })
            }

            var due = 0
            while let frame = try decode.measure({ () throws(MediaError) in try source.next() }) {
                try Task.checkCancellation()
                let people = try estimate.measure { () throws(PoseError) in try network.estimate(frame) }
                report.count(frame, people: people, seen: network.peopleSeen)
                let keypoints =
                    people.first
                    ?? .unseen(
                        network.layout, time: frame.time,
                        frameSize: SIMD2(frame.image.width, frame.image.height))
                var pose = solve.measure { solver.solve(keypoints, state: &state) }
                mouth?.apply(to: &pose)
                if motionOutput != nil { clip.append(pose) }
                if framesPerSecond == nil, !information.hasVariableFrameRate {
                    try await draw(pose)
                } else {
                    for sampled in track.push(pose, rate: rate, due: &due) { try await draw(sampled) }
                }
            }
            for sampled in track.finish(rate: rate, due: &due) { try await draw(sampled) }
            while !drawings.isEmpty { try await deliver() }
            try Task.checkCancellation()
            try encode.measure { () throws(MediaError) in try sink.finish() }
            if let damage = source.damage { report.addDamage(damage.description) }
            report.warnings += await stage.notes()
            report.frames = written
            report.stages = [
                "decode": decode.summary, "pose": estimate.summary, "solve": solve.summary,
                "evaluate": evaluate.summary, "render": render.summary, "encode": encode.summary,
            ]
            if let motionOutput {
                try MotionOutput.write(
                    MotionClip(name: input, poses: clip), avatar: figure, to: motionOutput, replaces: replacesOutput)
            }
        } catch {
            sink.cancel()
            throw error
        }
        report.finish(input: input, output: output, seconds: (ContinuousClock.now - began).seconds)
        return report
    }

    /// 720p, lying or standing as the source does.
    private static func defaultSize(_ information: MediaInformation) -> PixelSize {
        information.size.y > information.size.x
            ? PixelSize(width: 720, height: 1280) : PixelSize(width: 1280, height: 720)
    }
}
