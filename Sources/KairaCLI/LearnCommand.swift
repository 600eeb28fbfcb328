import ArgumentParser
import Kaira

struct LearnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn", abstract: "Learn with networks: from one perceptron to a trained classifier.",
        discussion: """
            Start with:
              kaira learn gates -o gates.png
              kaira learn digits -o digits.png --save digits.safetensors
              kaira learn mnist --data ~/mnist --epochs 5 --save mnist.safetensors
              kaira learn predict mnist.safetensors seven.png

            The same seed gives the same figures, bit for bit.
            """,
        subcommands: [
            LearnGates.self, LearnXOR.self, LearnActivations.self, LearnObjective.self, LearnDescent.self,
            LearnDerivatives.self, LearnOverfit.self, LearnDigits.self, LearnMNIST.self, LearnImages.self,
            LearnTable.self, LearnPredict.self,
        ])
}

/// Where the results of `kaira learn` go.
struct LearnOutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Draw what was found as a .png.")
    var output: String?

    @Flag(name: .long, help: "Replace outputs that exist.")
    var force = false

    @Flag(help: "Print JSON (schema kaira.learn/1).")
    var json = false

    /// Checks the picture's path before any work is done.
    func plot() throws -> PlotFile? { try output.map { try PlotFile(path: $0, replaces: force) } }

    /// Writes the picture and prints the report.
    func show(_ report: LearnReport, _ plot: PlotFile?) throws {
        for warning in report.warnings { Console.warn(warning) }
        if let plot { try plot.write(try report.picture()) }
        if json {
            try Console.result(report, keepsKeys: true)
        } else {
            try Console.print(report.text)
        }
    }
}

/// The seed of an experiment.
struct SeedOption: ParsableArguments {
    @Option(help: "Of everything random.")
    var seed: UInt64 = 1
}

/// A lesson without data: its name and what `kaira learn` says about it.
protocol LessonCommand: AsyncParsableCommand {
    static var experiment: LearnExperiment { get }
    var seed: SeedOption { get }
    var output: LearnOutputOptions { get }
}

extension LessonCommand {
    func run() async throws {
        let plot = try output.plot(), lesson = LessonRun(experiment: Self.experiment, seed: seed.seed)
        let report = try await Interruption.cancelling { try lesson.run() }
        try output.show(report, plot)
    }
}

struct LearnGates: LessonCommand {
    static let experiment = LearnExperiment.gates
    static let configuration = CommandConfiguration(
        commandName: "gates", abstract: "Perceptrons as logic gates, and the rule that learns them.")
    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions
}

struct LearnXOR: LessonCommand {
    static let experiment = LearnExperiment.xor
    static let configuration = CommandConfiguration(
        commandName: "xor", abstract: "What one perceptron cannot do and two layers can.")
    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions
}

struct LearnActivations: LessonCommand {
    static let experiment = LearnExperiment.activations
    static let configuration = CommandConfiguration(
        commandName: "activations", abstract: "Activation functions and their slopes.")
    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions
}

struct LearnObjective: LessonCommand {
    static let experiment = LearnExperiment.objective
    static let configuration = CommandConfiguration(
        commandName: "objective", abstract: "Why a network is not trained on its accuracy.")
    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions
}

struct LearnDescent: LessonCommand {
    static let experiment = LearnExperiment.descent
    static let configuration = CommandConfiguration(
        commandName: "descent", abstract: "What the learning rate makes of gradient descent.")
    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions
}

struct LearnDerivatives: LessonCommand {
    static let experiment = LearnExperiment.derivatives
    static let configuration = CommandConfiguration(
        commandName: "derivatives", abstract: "Numeric slopes and the two ways in which the step can be wrong.")
    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions
}

struct LearnOverfit: LessonCommand {
    static let experiment = LearnExperiment.overfit
    static let configuration = CommandConfiguration(
        commandName: "overfit", abstract: "A network that learns its examples by heart, and one that is stopped early.")
    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions
}
