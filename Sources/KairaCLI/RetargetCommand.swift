import ArgumentParser
import Kaira

struct RetargetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retarget", abstract: "Turn keypoints into the motion of an avatar's bones.")

    @Argument(help: "Keypoints as 'kaira pose' writes them, or - for stdin.")
    var keypoints: String

    @Option(help: "The avatar, .vrm or .glb.")
    var avatar: String

    @Option(name: .shortAndLong, help: "The motion to write: .bvh, .glb or .json, or - for JSON on stdout.")
    var output: String

    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let job = RetargetJob(
            keypoints: keypoints, avatar: avatar, output: output, replacesOutput: outputOptions.force)
        let result = try await Interruption.cancelling { try await job.run() }
        for warning in result.warnings { Console.standard.note("kaira: \(warning)") }
        if outputOptions.json {
            try Console.standard.result(result, toStandardError: output == "-")
        } else {
            Console.standard.note(result.sentence)
        }
    }
}
