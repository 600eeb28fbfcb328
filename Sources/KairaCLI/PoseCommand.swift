import ArgumentParser
import Kaira

struct PoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pose",
        abstract: "Read a person's keypoints from a video or picture.",
        discussion: "The keypoint file is JSON (kaira.keypoints/1, see docs/formats/keypoints.md) or CSV, by its name.")

    @Argument(help: "A video, a picture, a folder of pictures, or - for a video on stdin.")
    var input: String

    @Option(name: .shortAndLong, help: "The keypoints to write, .json or .csv, or - for JSON on stdout.")
    var output: String

    @Option(help: "Also write the video with the keypoints drawn over it.")
    var overlay: String?

    @OptionGroup var estimator: EstimatorOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let job = PoseJob(
            input: input, output: output, overlay: overlay, estimator: estimator.choice,
            replacesOutput: outputOptions.force)
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
