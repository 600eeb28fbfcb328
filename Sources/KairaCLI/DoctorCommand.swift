import ArgumentParser
import Kaira

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what works on this machine, and how to mend what does not.",
        discussion: """
            The exit code is 69 where something is missing that Kaira cannot do without.

            Example:
              kaira doctor
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let report = await Doctor.examine()
        if json {
            try Console.result(report)
        } else {
            try Console.print(report.text)
        }
        if !report.isHealthy { throw ExitStatus.unavailable }
    }
}
