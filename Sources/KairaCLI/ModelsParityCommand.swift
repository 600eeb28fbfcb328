import ArgumentParser
import Kaira

struct ModelsParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Compare a network's answers with those that another implementation stored.",
        discussion: """
            The folder holds config.json, weights, and io.npz with pixel_values and heatmaps (or heatmaps_0, heatmaps_1, \
            ... of a network with experts) as the transformers library gives them; of an RTMPose network the weights, \
            and io.npz with pixel_values, simcc_x and simcc_y as mmpose gives them; of an RTMDet scores_0, distances_0, ... \
            as its head gives them before sigmoid and exponential, channels last. Of all arrays the worst is reported: \
            the largest difference (max_abs), the reference's largest value (range), their quotient (relative), and the \
            largest distance between decoded keypoints in pixels of the network's input (keypoint_px).

            Example:
              kaira models parity vitpose-b --json
            """)

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @Option(help: "The number type.")
    var precision = Precision.float32

    @Option(help: "CPU threads of the network; 0 chooses.")
    var threads = 0

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard 0...256 ~= threads else { throw ValidationError("--threads takes a number from 0 to 256") }
    }

    func run() async throws {
        let report = try ModelParityJob(folder: folder, precision: precision, threads: threads).run()
        if json { try Console.result(report, keepsKeys: true) } else { try Console.print(report.text) }
    }
}
