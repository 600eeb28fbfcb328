import ArgumentParser
import Kaira

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what works on this machine, and how to mend what does not.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let report = await Doctor.examine()
        if json {
            try Console.standard.result(report)
        } else {
            try Console.standard.print(report.text)
        }
        if !report.isHealthy { throw ExitStatus.unavailable }
    }
}
