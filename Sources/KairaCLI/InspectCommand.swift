import ArgumentParser
import Kaira

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what is in a scene, avatar, video, picture, keypoint or motion file.",
        discussion: """
            Examples:
              kaira inspect kaira-kun.vrm
              kaira inspect clip.mp4 --json
            """)

    @Argument(help: "The file.", completion: .file())
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let report = try Inspection.of(file)
        if json {
            try Console.result(report)
        } else {
            try Console.print(report.text)
        }
    }
}
