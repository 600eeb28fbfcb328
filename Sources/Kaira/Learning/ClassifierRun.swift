import Foundation
import KairaImage
import KairaLearning
import KairaMedia
import KairaTensor

/// Trains a network to tell classes apart, tests it, and saves it.
public struct ClassifierRun: Sendable {
    /// Which kind of network.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Dense layers.
        case mlp
        /// Convolutions, pooling and dense layers; for pictures.
        case cnn
    }

    /// Where examples come from.
    public var data: TrainingData
    /// Which kind of network.
    public var kind = Kind.mlp
    /// The widths of the hidden dense layers; nil for the data's own.
    public var hidden: [Int]?
    /// Rounds through the training examples; nil for the data's own.
    public var epochs: Int?
    /// Examples a step; nil for the data's own.
    public var batchSize: Int?
    /// The largest learning rate of the one-cycle schedule; nil for the kind's own.
    public var rate: Double?
    /// The share of training examples that is kept for validation.
    public var validation = 0.0
    /// After how many epochs without a lower validation loss it stops; nil to go on.
    public var patience: Int?
    /// Of everything random.
    public var seed: UInt64 = 1
    /// How many trainings are made, with this seed and those after it; the first is reported in full.
    public var seeds = 1
    /// Where a check-point is kept; nil for none.
    public var checkpoint: String?
    /// Whether it goes on from the check-point.
    public var resumes = false
    /// Where the metrics of each epoch go, a JSON object a line; nil for nowhere.
    public var metrics: String?
    /// Where the network goes, .safetensors; nil for nowhere.
    public var model: String?
    /// Where the learning curve alone goes, .png; nil for nowhere.
    public var curve: String?
    /// Whether files that exist may be replaced; the check-point always is.
    public var replaces = false

    /// A run with the data's own settings.
    public init(data: TrainingData) { self.data = data }

    /// Reads the data, trains and tests.
    ///
    /// - Parameter progress: told after each step.
    /// - Returns: what was found, with its picture.
    /// - Throws: `KairaError`, `LearningError`, `MediaError`; `LearningError.cancelled` when the task around it is
    ///   cancelled, after a check-point where one is kept.
    public func run(progress: @escaping ProgressHandler = { _ in }) throws -> LearnReport {
        try check()
        var accuracies: [Double] = []
        var first: Result?
        for number in 0..<seeds {
            let result = try train(seed: seed &+ UInt64(number), isFirst: number == 0, number: number, progress)
            accuracies.append(result.evaluation.accuracy ?? 0)
            if number == 0 { first = result }
        }
        guard let first else { throw KairaError.usage("--seeds takes 1 or more") }
        let report = report(first, accuracies)
        if let curve {
            try OutputPath.write(
                try ClassifierPicture(result: first).curve().encoded(as: .png), to: curve, replaces: replaces)
        }
        return report
    }

    /// What one training came to.
    struct Result: Sendable {
        var network: TrainedNetwork
        var history: [EpochMetrics]
        var bestEpoch: Int?
        var evaluation: Evaluation
        var test: DataSet
        var trainingCount: Int
        var validationCount: Int
        var seconds: Double
        var smoothing: Double
    }

    private func check() throws(KairaError) {
        guard seeds >= 1 else { throw .usage("--seeds takes 1 or more") }
        guard seeds == 1 || checkpoint == nil else {
            throw .usage("a check-point is of one training: leave out --checkpoint or give --seeds 1")
        }
        if resumes, checkpoint == nil {
            throw .usage("--resume goes on from a check-point: name it with --checkpoint FILE")
        }
        if let checkpoint, !resumes, !replaces, FileManager.default.fileExists(atPath: checkpoint) {
            throw .usage("\(checkpoint) exists already: go on from it with --resume, or begin anew with --force")
        }
        if let checkpoint, resumes { try OutputPath.requireFile(checkpoint) }
        if let checkpoint { try OutputPath.check(checkpoint, replaces: true) }
        if let metrics { try OutputPath.check(metrics, replaces: replaces || resumes) }
        if let model { try OutputPath.check(model, replaces: replaces) }
        if let curve {
            guard OutputPath.kind(curve) == "png" else { throw .usage("\(curve): name a .png") }
            try OutputPath.check(curve, replaces: replaces)
        }
        guard 0.0..<1 ~= validation else { throw .usage("--validation takes a share from 0 to below 1") }
    }

    /// The network, the optimiser's rate and the epochs that suit the data.
    private func plan(for set: DataSet) throws -> (
        description: NetworkDescription, settings: TrainingSettings, rate: Double
    ) {
        let names = set.classNames
        let isSmall = set.count < 20_000
        switch kind {
        case .mlp:
            var hidden = self.hidden
            if hidden == nil {
                switch data {
                case .digits: hidden = [128, 64]
                case .mnist: hidden = [100]
                case .images: hidden = [128, 64]
                case .table: hidden = [64]
                }
            }
            var description = NetworkDescription.dense(
                inputShape: set.inputShape, hidden: hidden ?? [], outputs: names.count, classNames: names)
            if case .table = data {
                // Columns of a table have units of their own: the network brings them to one scale itself.
                description.layers.insert(.batchNorm(channels: set.inputShape[0]), at: 0)
            }
            let settings = TrainingSettings(
                epochs: epochs ?? (isSmall ? 60 : 5), batchSize: batchSize ?? (isSmall ? 50 : 64), seed: 0,
                smoothing: isSmall ? 0.05 : 0, patience: patience)
            return (description, settings, rate ?? 4e-3)
        case .cnn:
            guard set.inputShape.count == 3, set.inputShape[1] >= 4, set.inputShape[2] >= 4 else {
                throw KairaError.usage("convolutions need pictures of 4x4 pixels or more: take --network mlp")
            }
            let description = NetworkDescription.convolutional(
                inputShape: set.inputShape, hidden: hidden?.first ?? 64, classNames: names)
            let settings = TrainingSettings(
                epochs: epochs ?? (isSmall ? 30 : 3), batchSize: batchSize ?? (isSmall ? 50 : 100), seed: 0,
                smoothing: 0.05, patience: patience)
            return (description, settings, rate ?? 4e-3)
        }
    }

    private func train(seed: UInt64, isFirst: Bool, number: Int, _ progress: @escaping ProgressHandler) throws -> Result
    {
        let clock = ContinuousClock(), begun = clock.now
        let split = try data.split(validation: validation, seed: seed)
        var (description, settings, rate) = try plan(for: split.training)
        settings.seed = seed
        var network = try TrainedNetwork(description, seed: seed)
        let steps = (split.training.count + settings.batchSize - 1) / settings.batchSize * settings.epochs
        var trainer = try Trainer(
            network.layers, optimizer: AdamW(learningRate: rate, weightDecay: 0.01), settings: settings,
            schedule: OneCycle(peak: rate, steps: max(steps, 2)))
        if resumes, let checkpoint {
            do { try trainer.resume(from: try OutputPath.read(checkpoint)) } catch let error as LearningError {
                throw KairaError.badData(path: checkpoint, reason: "\(error)")
            }
        }
        let log = try isFirst ? metrics.map { try MetricsFile(path: $0, appends: resumes) } : nil
        let total = steps * seeds, before = steps * number
        var observer = TrainingObserver(
            onStep: { done, _ in progress(PipelineProgress(unit: "steps", done: before + done, total: total)) },
            onEpoch: { metrics in try log?.write(metrics) })
        if isFirst, let checkpoint {
            observer.onCheckpoint = { bytes in
                do { try OutputPath.write(bytes, to: checkpoint, replaces: true) } catch {
                    // Ctrl-C removes what is half written at that moment; this file is to be left behind.
                    guard Task.isCancelled else { throw error }
                    try OutputPath.write(bytes, to: checkpoint, replaces: true)
                }
            }
        }
        try trainer.train(on: split.training, validation: split.validation, observer: observer)
        network.layers = trainer.model
        let evaluation = try network.layers.evaluate(on: split.test, task: description.task)
        network.notes = [
            "data": split.test.name, "test_accuracy": "\(evaluation.accuracy ?? 0)", "seed": "\(seed)",
            "epochs": "\(trainer.history.count)",
        ]
        if isFirst, let model {
            try OutputPath.write(try network.safetensors(), to: model, replaces: replaces)
        }
        return Result(
            network: network, history: trainer.history, bestEpoch: trainer.bestEpoch, evaluation: evaluation,
            test: split.test, trainingCount: split.training.count, validationCount: split.validation.count,
            seconds: Double((clock.now - begun) / .seconds(1)), smoothing: settings.smoothing)
    }

    private func report(_ first: Result, _ accuracies: [Double]) -> LearnReport {
        let test = first.test, names = test.classNames, accuracy = first.evaluation.accuracy ?? 0
        let confusion = first.evaluation.confusion(labels: test.labels, classes: names.count)
        let wrong = test.labels.indices.filter { test.labels[$0] != first.evaluation.predictions[$0] }
        let last = first.history.last
        var lines = [
            "\(first.trainingCount) examples to learn from, \(first.validationCount) to validate, \(test.count) to test; "
                + "\(names.count) classes; \(first.network.description.parameterCount ?? 0) weights"
        ]
        let shown =
            first.history.count <= 12
            ? first.history
            : first.history.enumerated().filter {
                $0.offset % (first.history.count / 10) == 0 || $0.offset == first.history.count - 1
            }.map(\.element)
        for one in shown {
            var line = "  epoch \(Spoken.padded("\(one.epoch)", 4)) loss \(Spoken.fixed(one.loss, 4))"
            if let share = one.accuracy { line += "  right \(Spoken.percent(share))" }
            if let loss = one.validationLoss, let share = one.validationAccuracy {
                line += "  validation: loss \(Spoken.fixed(loss, 4)), right \(Spoken.percent(share))"
            }
            lines.append(line)
        }
        if let best = first.bestEpoch, patience != nil { lines.append("  the best epoch was \(best)") }
        lines.append(
            "Test: \(Spoken.fixed(accuracy * 100, 2)) % right (\(wrong.count) of \(test.count) wrong), loss "
                + "\(Spoken.fixed(first.evaluation.loss, 4)); \(Spoken.fixed(first.seconds, 1)) s")
        var figures: [String: LearnReport.Figure] = [
            "test_accuracy": .number(accuracy), "test_loss": .number(first.evaluation.loss),
            "test_wrong": .whole(wrong.count), "test_examples": .whole(test.count),
            "training_examples": .whole(first.trainingCount), "validation_examples": .whole(first.validationCount),
            "weights": .whole(first.network.description.parameterCount ?? 0), "network": .text(kind.rawValue),
            "epochs": .whole(first.history.count), "seed": .whole(Int(truncatingIfNeeded: seed)),
            "training_loss": .number(last?.loss ?? .nan), "training_accuracy": .number(last?.accuracy ?? .nan),
            "confusion": .list(confusion.map { .wholes($0) }), "classes": .list(names.map { .text($0) }),
        ]
        if let validation = last?.validationAccuracy { figures["validation_accuracy"] = .number(validation) }
        if let best = first.bestEpoch { figures["best_epoch"] = .whole(best) }
        if accuracies.count > 1 {
            let mean = accuracies.reduce(0, +) / Double(accuracies.count)
            figures["test_accuracies"] = .numbers(accuracies)
            figures["mean_test_accuracy"] = .number(mean)
            lines.append(
                "Seeds \(seed) to \(seed &+ UInt64(accuracies.count - 1)): mean \(Spoken.fixed(mean * 100, 2)) % ("
                    + accuracies.map { Spoken.fixed($0 * 100, 2) }.joined(separator: ", ") + ")")
        }
        if let model { lines.append("Saved: \(model); show it a picture with: kaira learn predict \(model) PICTURE") }
        return LearnReport(experiment: data.experiment, figures: figures, lines: lines) {
            try ClassifierPicture(result: first).sheet()
        }
    }
}
