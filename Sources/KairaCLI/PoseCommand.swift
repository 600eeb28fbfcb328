import ArgumentParser
import Kaira

struct PoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pose",
        abstract: "Read a person's keypoints from a video or picture.",
        discussion: """
            The keypoint file is JSON (kaira.keypoints/1, see docs/formats/keypoints.md) or CSV, by its name. Where \
            nobody is found the exit code is 2; of several people the largest is followed, with a ViTPose or RTMPose \
            model as many as --people says.

            Examples:
              kaira pose clip.mp4 -o keypoints.json --overlay seen.mp4
              kaira pose photo.jpg -o - | jq '.frames[0].people'
              kaira pose dance.mp4 -o keypoints.json --model vitpose-b --people 4
              kaira pose dance.mp4 -o keypoints.json --model rtmpose-m --detector rtmdet --people 4
            """)

    @Argument(help: "A video, a picture, a folder of pictures, or - for a video on stdin.", completion: .file())
    var input: String

    @Option(
        name: .shortAndLong, help: "The keypoints to write, .json or .csv, or - for JSON on stdout.",
        completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("Also write the video with the keypoints drawn over it.", valueName: "file"),
        completion: .file())
    var overlay: String?

    @Option(
        help: ArgumentHelp(
            "Also write the heatmaps of every person in every frame, .npz (ViTPose).", valueName: "file"),
        completion: .file(extensions: ["npz"]))
    var heatmaps: String?

    @Option(
        help: ArgumentHelp("The most people that are followed, each with an id (ViTPose, RTMPose).", valueName: "n"))
    var people = 1

    @OptionGroup var estimator: EstimatorOptions
    @OptionGroup var outputOptions: OutputOptions

    func validate() throws {
        if overlay == "-" { throw ValidationError("--overlay takes a file") }
        if heatmaps == "-" { throw ValidationError("--heatmaps takes a file") }
        guard 1...64 ~= people else { throw ValidationError("--people takes a number from 1 to 64") }
    }

    func run() async throws {
        var choice = estimator.choice
        choice.people = people
        let job = PoseJob(
            input: input, output: output, overlay: overlay, heatmaps: heatmaps, estimator: choice,
            replacesOutput: outputOptions.force)
        let (report, finish) = outputOptions.progress.handler()
        let result = try await Interruption.cancelling {
            defer { finish() }
            return try await job.run(progress: report)
        }
        try outputOptions.show(result, output: output)
    }
}
