import ArgumentParser
import Kaira

struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab", abstract: "Run an experiment of physics and print the closed form beside it.",
        discussion: """
            Experiments: spring, pendulum, chain, cantilever, helix, swimmer, friction.

            Parameters are SI units, angles in degrees; --set amplitude=150 changes one. An unknown name is answered \
            with those that there are.

            Examples:
              kaira lab pendulum --set amplitude=150 -o pendulum.png --video pendulum.mp4
              kaira lab spring --method explicit
              kaira lab chain --convergence -o chain.png
            """)

    @Argument(help: "The experiment: spring, pendulum, chain, cantilever, helix, swimmer or friction.")
    var experiment: LabExperiment

    @Option(help: "How positions are stepped: explicit, symplectic or xpbd.")
    var method = IntegrationMethod.xpbd

    @Option(help: "Seconds a step; the experiment's own if left out.")
    var step: Double?

    @Option(name: .customLong("set"), help: "A parameter, NAME=VALUE; may be given more than once.")
    var parameters: [LabParameter] = []

    @Option(name: .shortAndLong, help: "Draw the motion or shape as a .png.")
    var output: String?

    @Option(help: "Draw the motion beside its closed form as a video, .mp4, .webm or .gif.", completion: .file())
    var video: String?

    @Flag(help: "Measure the error over the step with every method instead (spring, pendulum, chain, cantilever).")
    var convergence = false

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @Flag(help: "Print JSON (schema kaira.lab/1).")
    var json = false

    func run() async throws {
        let values = Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let lab = LabRun(
            experiment: experiment, method: method, step: step, overrides: values, output: output, video: video,
            converges: convergence, replacesOutput: force)
        let report = try await Interruption.cancelling { try lab.run() }
        if json {
            try Console.result(report)
        } else {
            try Console.print(report.text)
        }
    }
}

/// A parameter of an experiment, as `NAME=VALUE`.
struct LabParameter: ExpressibleByArgument {
    let name: String
    let value: Double

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let value = Double(parts[1]), value.isFinite else { return nil }
        name = String(parts[0])
        self.value = value
    }
}

extension LabExperiment: ExpressibleByArgument {}
extension IntegrationMethod: ExpressibleByArgument {}
