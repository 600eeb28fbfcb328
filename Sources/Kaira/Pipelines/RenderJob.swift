import KairaFormats
import KairaImage
import KairaMedia
import KairaRender
import KairaScene

/// A scene in, a picture or a video of it out.
public struct RenderJob: Sendable {
    /// The scene or avatar.
    public var scene: String
    /// The picture or video, or `-`.
    public var output: String
    /// What `-` writes.
    public var format: StreamFormat
    /// A motion to play (`kaira.motion/1`, or the `.glb` of `RetargetJob`), or nil.
    public var motion: String?
    /// An animation of the file, by name or number, or nil.
    public var clip: String?
    /// The time of a picture, seconds; nil for the start.
    public var time: Double?
    /// Frames a second of a video.
    public var framesPerSecond: Double
    /// Expression weights by name.
    public var expressions: [String: Float]
    /// A picture to compare with, or nil.
    public var reference: String?
    /// How pictures are drawn.
    public var drawing: DrawingChoice
    /// What moves by itself.
    public var life: LifeChoice
    /// Seconds of a video; nil for the motion's or animation's own.
    public var duration: Double?
    /// Turns of the scene about the vertical over a video.
    public var turns: Double
    /// Whether an output that exists is replaced.
    public var replacesOutput: Bool

    /// A job from its parts.
    public init(
        scene: String, output: String, format: StreamFormat = .png, motion: String? = nil, clip: String? = nil,
        time: Double? = nil, framesPerSecond: Double = 30, expressions: [String: Float] = [:],
        reference: String? = nil, drawing: DrawingChoice = DrawingChoice(), life: LifeChoice = LifeChoice(),
        duration: Double? = nil, turns: Double = 0, replacesOutput: Bool = false
    ) {
        self.scene = scene
        self.output = output
        self.format = format
        self.motion = motion
        self.clip = clip
        self.time = time
        self.framesPerSecond = framesPerSecond
        self.expressions = expressions
        self.reference = reference
        self.drawing = drawing
        self.life = life
        self.duration = duration
        self.turns = turns
        self.replacesOutput = replacesOutput
    }

    /// Runs the job.
    ///
    /// - Throws: the errors of the stages; `KairaError.different` where the picture is not the reference.
    public func run(progress: ProgressHandler? = nil) async throws -> JobReport {
        if OutputPath.isLineDrawing(output) { return try drawLines() }
        let began = ContinuousClock.now
        try OutputPath.checkMedia(output, replaces: replacesOutput)
        let kind = output == "-" ? OutputFormat(format) : OutputFormat(path: output) ?? .png
        let holdsMany = output == "-" || (kind != .png && kind != .jpeg)
        let moves = (motion != nil || clip != nil || duration != nil) && time == nil && holdsMany
        try OutputPath.check(output, isNot: [scene, motion ?? "-", reference ?? "-"])
        let compared = try reference.map(Self.picture)
        if moves, reference != nil {
            throw KairaError.usage("--ref compares one picture: give --time, or a .png or .jpg as the output")
        }
        var animator = try SceneAnimator(
            scene: scene, motion: motion, clip: clip, expressions: expressions, life: life, duration: duration)
        animator.turns = turns
        let size =
            drawing.size ?? compared.map { PixelSize(width: $0.width, height: $0.height) }
            ?? PixelSize(width: 1280, height: 720)
        let first = animator.state(at: time ?? 0)
        let stage = try await Stage(
            scene: animator.scene, avatar: animator.avatar, state: first, drawing: drawing, size: size, output: output,
            leavesRoom: motion != nil && drawing.camera == nil)
        let rate = Rational(approximating: framesPerSecond)
        // A video that turns begins again where it ends: its last picture would be its first.
        let last = turns == 0 ? 1 : 0
        let count = moves ? max(Int((animator.duration * rate.value + 1e-3).rounded(.down)) + last, 1) : 1
        let sink = try MediaSink.open(
            output, format: kind, size: SIMD2(size.width, size.height), frameRate: rate,
            options: SinkOptions(force: replacesOutput))
        var image = Image(width: size.width, height: size.height)
        do {
            for index in 0..<count {
                try Task.checkCancellation()
                let seconds = moves ? Double(rate.nanoseconds(of: index)) * 1e-9 : time ?? 0
                image = try await stage.draw(animator.state(at: seconds))
                try sink.write(Frame(image: image, timeNanoseconds: rate.nanoseconds(of: index), index: index))
                progress?(PipelineProgress(unit: "frames", done: index + 1, total: count))
            }
            try sink.finish()
        } catch {
            sink.cancel()
            throw error
        }
        if let reference, let compared {
            try Self.compare(image, with: compared, named: reference, output: output)
        }
        return JobReport(
            "kaira.render/1", input: scene, output: output, count: count, unit: count == 1 ? "picture" : "frames",
            began: began, engine: stage.renderer.information.renderer,
            warnings: animator.scene.warnings + (await stage.notes()))
    }

    /// Draws one picture as exact lines into a vector file.
    private func drawLines() throws -> JobReport {
        let began = ContinuousClock.now
        try OutputPath.check(output, replaces: replacesOutput)
        try OutputPath.check(output, isNot: [scene, motion ?? "-"])
        try drawing.check(isVector: true)
        guard reference == nil else {
            throw KairaError.usage("--ref compares pictures of pixels: give a .png or .jpg as the output")
        }
        guard drawing.mode == .hiddenLine || drawing.mode == .wire else {
            throw KairaError.usage("\(output): a vector file takes lines only; add --mode hidden-line or --mode wire")
        }
        var paper: SIMD3<UInt8>?
        switch drawing.background {
        case nil, .some(.none): break
        case .color(let color): paper = SIMD3(color.x, color.y, color.z)
        case .image: throw KairaError.usage("--background: a vector file takes none or a colour")
        }
        var animator = try SceneAnimator(scene: scene, motion: motion, clip: clip, expressions: expressions)
        let state = animator.state(at: time ?? 0)
        let view = try Stage.view(
            of: animator.scene, avatar: animator.avatar, state: state, drawing: drawing,
            size: drawing.size ?? PixelSize(width: 1280, height: 720),
            leavesRoom: motion != nil && drawing.camera == nil)
        let solver = HiddenLineSolver(animator.scene, skinning: drawing.skinning)
        var lines = try solver.solve(state, view: view, title: OutputPath.name(scene))
        lines.background = paper
        let bytes = OutputPath.kind(output) == "svg" ? Array(lines.svg().utf8) : lines.pdf()
        try OutputPath.write(bytes, to: output, replaces: replacesOutput)
        return JobReport(
            "kaira.render/1", input: scene, output: output, count: 1, unit: "picture", began: began,
            engine: "exact hidden lines", warnings: animator.scene.warnings + lines.notes)
    }

    /// The picture in a file.
    private static func picture(_ path: String) throws -> Image {
        do { return try Image.decode(try OutputPath.read(path)) } catch let error as ImageError {
            throw KairaError.badData(path: path, reason: "\(error)")
        }
    }

    /// Throws where two pictures differ, and leaves a picture of the difference beside the output.
    private static func compare(_ image: Image, with reference: Image, named path: String, output: String) throws {
        guard reference.width == image.width, reference.height == image.height else {
            throw KairaError.different(
                "\(path) is \(reference.width)x\(reference.height), the picture \(image.width)x\(image.height):"
                    + " give --size \(reference.width)x\(reference.height)")
        }
        let result = try ImageComparison(image, reference, tolerance: 5, shift: 1)
        if result.passes() { return }
        let difference = output == "-" ? "difference.png" : output + ".difference.png"
        try OutputPath.write(try result.difference.encoded(as: .png), to: difference, replaces: true)
        throw KairaError.different(
            "the picture differs from \(path) in \(result.differingPixels) pixels"
                + " (\(rounded(result.differingShare * 100)) %), by up to \(result.largestDifference); see \(difference)"
        )
    }
}
