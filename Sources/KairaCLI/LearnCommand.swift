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
            LessonCommand<Gates>.self, LessonCommand<XOR>.self, LessonCommand<Activations>.self,
            LessonCommand<Objective>.self, LessonCommand<Descent>.self, LessonCommand<Derivatives>.self,
            LessonCommand<Overfit>.self, LearnDigits.self, LearnMNIST.self, LearnImages.self, LearnTable.self,
            LearnPredict.self,
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

extension LearnExperiment {
    /// What the help says about it.
    var abstract: String {
        switch self {
        case .gates: "Perceptrons as logic gates, and the rule that learns them."
        case .xor: "What one perceptron cannot do and two layers can."
        case .activations: "Activation functions and their slopes."
        case .objective: "Why a network is not trained on its accuracy."
        case .descent: "What the learning rate makes of gradient descent."
        case .derivatives: "Numeric slopes and the two ways in which the step can be wrong."
        case .overfit: "A network that learns its examples by heart, and one that is stopped early."
        case .digits: "Learn the 1797 digits of 8x8 pixels that are built in."
        case .mnist: "Learn MNIST, Fashion-MNIST or another set of their layout."
        case .images: "Learn pictures that lie in a folder a class."
        case .table: "Learn the classes in a table of comma-separated values."
        case .predict: "Show a picture to a network that kaira learn saved."
        }
    }

    /// The command that shows it.
    func command(discussion: String = "") -> CommandConfiguration {
        CommandConfiguration(commandName: rawValue, abstract: abstract, discussion: discussion)
    }
}

/// A lesson without data, as a type: the parser tells commands apart by theirs.
protocol Lesson {
    static var experiment: LearnExperiment { get }
}

/// `kaira learn` with the name of a lesson without data.
struct LessonCommand<Shown: Lesson>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { Shown.experiment.command() }

    @OptionGroup var seed: SeedOption
    @OptionGroup var output: LearnOutputOptions

    func run() async throws {
        let plot = try output.plot(), lesson = LessonRun(experiment: Shown.experiment, seed: seed.seed)
        let report = try await Interruption.cancelling { try lesson.run() }
        try output.show(report, plot)
    }
}

extension LearnCommand {
    enum Gates: Lesson { static let experiment = LearnExperiment.gates }
    enum XOR: Lesson { static let experiment = LearnExperiment.xor }
    enum Activations: Lesson { static let experiment = LearnExperiment.activations }
    enum Objective: Lesson { static let experiment = LearnExperiment.objective }
    enum Descent: Lesson { static let experiment = LearnExperiment.descent }
    enum Derivatives: Lesson { static let experiment = LearnExperiment.derivatives }
    enum Overfit: Lesson { static let experiment = LearnExperiment.overfit }
}
