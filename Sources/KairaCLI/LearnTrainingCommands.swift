import ArgumentParser
import Kaira

extension ClassifierRun.Kind: ExpressibleByArgument {}

/// How a classifier is trained.
struct TrainingOptions: ParsableArguments {
    @Option(help: "The kind of network: mlp has dense layers, cnn convolutions.")
    var network = ClassifierRun.Kind.mlp

    @Option(help: ArgumentHelp("Widths of the hidden dense layers, with commas.", valueName: "n,n"))
    var hidden: LayerWidths?

    @Option(help: ArgumentHelp("Rounds through the training examples; the data's own if left out.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Examples a step.", valueName: "n"))
    var batch: Int?

    @Option(help: ArgumentHelp("The largest learning rate.", valueName: "x"))
    var rate: Double?

    @Option(help: ArgumentHelp("Share of the training examples that is kept for validation.", valueName: "f"))
    var validation = 0.0

    @Option(
        help: ArgumentHelp("Stop after n epochs without a lower validation loss and keep the best.", valueName: "n"))
    var patience: Int?

    @Option(help: "Of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Keep a check-point in this file after each epoch, and when interrupted.")
    var checkpoint: String?

    @Flag(help: "Go on from the check-point; the result has the same bits as without the break.")
    var resume = false

    @Option(help: "Write the metrics of each epoch to this file, a JSON object a line.")
    var metrics: String?

    @Option(help: "Save the network, .safetensors.")
    var save: String?

    @Option(help: "Draw the learning curve alone as a .png.")
    var curve: String?

    @Option(help: "CPU threads; 0 chooses. The result does not depend on it.")
    var threads = 0

    @Option(help: "How progress is shown on stderr: auto is a bar on a terminal, json an object a line.")
    var progress = ProgressOption.auto

    func validate() throws {
        guard 0...256 ~= threads else { throw ValidationError("--threads takes a number from 0 to 256") }
        if let epochs, !(1...100_000 ~= epochs) { throw ValidationError("--epochs takes a number from 1 to 100000") }
        if let batch, !(1...1_000_000 ~= batch) { throw ValidationError("--batch takes a number from 1 to 1000000") }
        if let rate, !(rate > 0 && rate.isFinite) { throw ValidationError("--rate takes a number above 0") }
        if patience != nil, validation <= 0 {
            throw ValidationError("--patience looks at validation examples: add --validation 0.1")
        }
    }

    /// Trains, draws and prints.
    func run(_ data: TrainingData, seeds: Int, _ output: LearnOutputOptions) async throws {
        let plot = try output.plot()
        if threads > 0 { Compute.threads = threads }
        var job = ClassifierRun(data: data)
        (job.kind, job.hidden, job.epochs, job.batchSize) = (network, hidden?.widths, epochs, batch)
        (job.rate, job.validation, job.patience, job.seed, job.seeds) = (rate, validation, patience, seed, seeds)
        (job.checkpoint, job.resumes, job.metrics, job.model) = (checkpoint, resume, metrics, save)
        (job.curve, job.replaces) = (curve, output.force)
        let (report, finish) = progress.handler(), work = job, place = checkpoint
        let found: LearnReport
        do {
            defer { finish() }
            found = try await Interruption.cancelling {
                do { return try work.run(progress: report) } catch LearningError.cancelled {
                    if let place { Console.warn("stopped; a check-point is in \(place): go on with --resume") }
                    throw CancellationError()
                }
            }
        }
        try output.show(found, plot)
    }
}

/// Widths of layers, as `128,64`.
struct LayerWidths: ExpressibleByArgument {
    let widths: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let widths = parts.compactMap { $0 }
        guard !widths.isEmpty, widths.count == parts.count, widths.allSatisfy({ 1...65536 ~= $0 }) else { return nil }
        self.widths = widths
    }
}

struct LearnDigits: AsyncParsableCommand {
    static let configuration = LearnExperiment.digits.command(
        discussion: "They are scikit-learn's; a fifth of each class, chosen by the seed, is the test set.")

    @OptionGroup var training: TrainingOptions
    @Option(help: "How many trainings are made, with this seed and those after it.")
    var seeds: Int?
    @OptionGroup var output: LearnOutputOptions

    func run() async throws {
        // A check-point is of one training.
        try await training.run(.digits, seeds: seeds ?? (training.checkpoint == nil ? 5 : 1), output)
    }
}

struct LearnMNIST: AsyncParsableCommand {
    static let configuration = LearnExperiment.mnist.command(
        discussion: """
            The folder holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and \
            t10k-labels-idx1-ubyte, plain or .gz. The network is 784-100-10 unless --hidden or --network says otherwise.
            """)

    @Option(help: "The folder with the four files.", completion: .directory)
    var data: String
    @OptionGroup var training: TrainingOptions
    @OptionGroup var output: LearnOutputOptions

    func run() async throws { try await training.run(.mnist(folder: data), seeds: 1, output) }
}

struct LearnImages: AsyncParsableCommand {
    static let configuration = LearnExperiment.images.command()

    @Option(help: "The folder of the classes' folders, with .png and .jpg.", completion: .directory)
    var data: String
    @Option(help: "To which every picture is scaled.")
    var size = PixelSize(width: 28, height: 28)
    @Flag(help: "Look at the colours too.")
    var color = false
    @OptionGroup var training: TrainingOptions
    @OptionGroup var output: LearnOutputOptions

    func validate() throws {
        guard size.width <= 512, size.height <= 512 else { throw ValidationError("--size takes sides up to 512") }
    }

    func run() async throws {
        try await training.run(.images(folder: data, size: size, isColored: color), seeds: 1, output)
    }
}

struct LearnTable: AsyncParsableCommand {
    static let configuration = LearnExperiment.table.command()

    @Option(help: "The table, .csv: numbers and a column of classes.", completion: .file(extensions: ["csv"]))
    var data: String
    @Option(help: "The column of the classes: its name, its number from 0, or -1 for the last.")
    var label = "-1"
    @Flag(inversion: .prefixedNo, help: "Whether the first row holds the names of the columns.")
    var header = true
    @OptionGroup var training: TrainingOptions
    @OptionGroup var output: LearnOutputOptions

    func run() async throws {
        try await training.run(.table(path: data, label: label, hasHeader: header), seeds: 1, output)
    }
}

/// Which is darker on a picture of a sign.
enum InkOption: String, ExpressibleByArgument, CaseIterable {
    case auto, bright, dark
}

struct LearnPredict: AsyncParsableCommand {
    static let configuration = LearnExperiment.predict.command(
        discussion: """
            A picture of another size than the network's is treated as MNIST's were: the ink is cut out, scaled to \
            fit and centred by its mass.
            """)

    @Argument(help: "The network, .safetensors.", completion: .file(extensions: ["safetensors"]))
    var model: String
    @Argument(help: "A .png or .jpg, or an IDX file of pictures.")
    var picture: String
    @Option(help: "Which picture of an IDX file, from 0.")
    var index = 0
    @Option(help: "Whether the ink is bright or dark; auto tells it from the picture's rim.")
    var ink = InkOption.auto
    @OptionGroup var output: LearnOutputOptions

    func run() async throws {
        let plot = try output.plot()
        var job = PredictionRun(model: model, picture: picture)
        job.index = index
        job.isInverted = ink == .auto ? nil : ink == .dark
        try output.show(try job.run(), plot)
    }
}
