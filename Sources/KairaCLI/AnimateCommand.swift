import ArgumentParser
import Kaira

struct AnimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "animate",
        abstract: "Move an avatar as the person in a video moves, and write the video.",
        discussion: """
            The output's kind follows its name: .mp4, .webm (with alpha), .gif, .y4m, a folder pattern such as \
            frames/{frame:05d}.png, or - for stdout with --format.
            """)

    @Argument(help: "A video, a picture, a folder of pictures, or - for a video on stdin.")
    var input: String

    @Option(help: "The avatar, .vrm or .glb.")
    var avatar: String

    @Option(name: .shortAndLong, help: "The video to write, or - for stdout.")
    var output: String

    @Option(help: "What -o - writes: y4m, rgba or png.")
    var format: StreamFormat = .y4m

    @Option(help: "Also write the motion: .bvh, .glb or .json.")
    var motionOut: String?

    @Option(help: "Output frames a second; the source's own rate if absent. Poses between frames are interpolated.")
    var fps: Double?

    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var estimator: EstimatorOptions
    @OptionGroup var outputOptions: OutputOptions

    func validate() throws {
        if let fps, !(fps >= 1 && fps <= 240) { throw ValidationError("--fps takes a number from 1 to 240") }
    }

    func run() async throws {
        let job = AnimateJob(
            input: input, avatar: avatar, output: output, format: format, motionOutput: motionOut, framesPerSecond: fps,
            drawing: drawing.choice, estimator: estimator.choice, replacesOutput: outputOptions.force)
        let (report, finish) = outputOptions.progress.handler()
        let result = try await Interruption.cancelling {
            defer { finish() }
            return try await job.run(progress: report)
        }
        for warning in result.warnings { Console.standard.note("kaira: \(warning)") }
        if outputOptions.json {
            try Console.standard.result(result, toStandardError: output == "-")
        } else {
            Console.standard.note(result.sentence)
        }
        try Exit.partial(result.failures)
    }
}
