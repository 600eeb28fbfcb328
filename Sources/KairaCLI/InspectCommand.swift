import ArgumentParser
import Kaira

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what is in a scene, avatar, video or picture.")

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let report = try Inspection.of(file)
        if json {
            try Console.standard.result(report)
        } else {
            try Console.standard.print(report.text)
        }
    }
}
