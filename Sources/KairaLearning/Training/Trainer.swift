import KairaTensor

/// Trains a network by gradient descent on batches, and can be stopped and taken up again without a bit of difference.
///
/// Everything random comes from the seed: the order of the examples of epoch n from its stream `shuffleStream + n`, what
/// layers drop from its stream `layerStream`, whose position goes into the check-point. So the same seed gives the same
/// bits, on any number of threads, and so does a training that was interrupted and resumed.
///
/// ```swift
/// let set = try DataSet.digits().split(validation: 0.1, test: 0.2, seed: 1)
/// let network = try TrainedNetwork(.dense(inputShape: [1, 8, 8], hidden: [100], outputs: 10, classNames: set.training.classNames), seed: 1)
/// var trainer = try Trainer(network.layers, optimizer: Adam(learningRate: 1e-3), settings: TrainingSettings(epochs: 20))
/// try trainer.train(on: set.training, validation: set.validation)
/// let accuracy = try trainer.model.evaluate(on: set.test, task: .multiclassClassification).accuracy
/// ```
public struct Trainer<Model: Layer<Float>, Rule: Optimizer<Float>>: Sendable {
    /// The network as it is now.
    public var model: Model
    /// How gradients become steps, with what it remembers.
    public var optimizer: Rule
    /// How it is trained.
    public let settings: TrainingSettings
    /// The learning rate of each step; nil to leave it to the optimiser.
    public let schedule: (any LearningRateSchedule)?
    /// What each epoch so far came to.
    public internal(set) var history: [EpochMetrics] = []

    /// Where in the training it stands.
    var position = Position()
    /// Of what layers drop.
    var random: RandomGenerator
    /// The network of the lowest validation loss, where one is looked for.
    var best: Best?

    /// Where in the training it stands: the epoch that runs, and what it came to until now.
    struct Position: Sendable, Hashable, Codable {
        var epoch = 0
        var step = 0
        var examples = 0
        var lossSum = 0.0
        var right = 0
        var normSum = 0.0
        var rate = 0.0
    }

    struct Best: Sendable {
        var epoch: Int
        var loss: Double
        var model: StateDictionary<Float>
    }

    /// The stream of the order of epoch 0.
    static var shuffleStream: UInt64 { 1 << 32 }
    /// The stream of what layers drop.
    static var layerStream: UInt64 { 1 << 33 }

    /// A training that has not begun.
    ///
    /// - Throws: `LearningError.configuration` for settings that make no sense.
    public init(
        _ model: Model, optimizer: Rule, settings: TrainingSettings, schedule: (any LearningRateSchedule)? = nil
    ) throws(LearningError) {
        try settings.check()
        (self.model, self.optimizer, self.settings, self.schedule) = (model, optimizer, settings, schedule)
        random = RandomGenerator(seed: settings.seed, stream: Self.layerStream)
    }

    /// Whether there is nothing left to do: all epochs are through, or it stopped early.
    public var isFinished: Bool { position.epoch >= settings.epochs || hasStopped }

    /// The epoch, from 1, whose network was best on the validation set; nil where none is looked for.
    public var bestEpoch: Int? { best?.epoch }

    private var hasStopped: Bool {
        guard let patience = settings.patience, let best else { return false }
        return position.step == 0 && position.epoch - best.epoch >= patience
    }

    /// Trains until the epochs are through or the validation loss no longer falls; goes on where it stopped before.
    ///
    /// With a patience and a validation set, the model is at the end the one of the best epoch.
    ///
    /// - Parameters:
    ///   - set: what is learned from.
    ///   - validation: what is looked at after each epoch; nil or empty for nothing.
    ///   - observer: is told.
    /// - Throws: `LearningError.emptySet`, `.shape` and `.configuration` where set and network do not go together;
    ///   `.notFinite` where loss, gradient or weights are no longer numbers: the check-points before are left as they are,
    ///   the model is the one before that step; `.cancelled` after a check-point; what the observer throws.
    public mutating func train(
        on set: DataSet, validation: DataSet? = nil, observer: TrainingObserver = TrainingObserver()
    ) throws {
        guard set.count > 0 else { throw LearningError.emptySet(set.name) }
        let validation = validation.flatMap { $0.count > 0 ? $0 : nil }
        if settings.patience != nil, validation == nil {
            throw LearningError.configuration("stopping early needs a validation set: give it a share of the examples")
        }
        let steps = (set.count + settings.batchSize - 1) / settings.batchSize
        let clock = ContinuousClock()
        while !isFinished {
            let begun = clock.now
            let order = RandomGenerator(
                seed: settings.seed, stream: Self.shuffleStream + UInt64(position.epoch)
            ).shuffled(set.count)
            while position.step < steps {
                if observer.isCancelled() {
                    if let save = observer.onCheckpoint { try save(try checkpoint()) }
                    throw LearningError.cancelled
                }
                let first = position.step * settings.batchSize
                try step(set, order[first..<min(first + settings.batchSize, set.count)], of: steps)
                observer.onStep(position.epoch * steps + position.step, settings.epochs * steps)
            }
            try finishEpoch(steps: steps, validation: validation, seconds: Double((clock.now - begun) / .seconds(1)))
            if let metrics = history.last { try observer.onEpoch(metrics) }
            if let save = observer.onCheckpoint { try save(try checkpoint()) }
        }
        if settings.patience != nil, let best { try model.load(best.model) }
    }

    /// One step on the examples at some places.
    private mutating func step(_ set: DataSet, _ places: ArraySlice<Int>, of steps: Int) throws {
        let batch = set.batch(places), task = settings.task, smoothing = settings.smoothing
        if let schedule {
            optimizer.learningRate = schedule.rate(at: position.epoch * steps + position.step)
        }
        var right = 0
        // A step that cannot be used must leave nothing behind, running statistics neither. Nothing is copied: tensors are
        // shared until they are written, and it is let go before they are.
        var before: Model? = model
        let (loss, gradients) = try model.lossAndGradients(using: &random) {
            (model) throws(LearningError) -> Variable<Float> in
            let sums = model(Variable(batch.inputs))
            let width = sums.count / max(batch.count, 1)
            try task.check(width: width, for: set)
            switch task {
            case .regression:
                return try halfSquaredError(sums, target: batch.values ?? Tensor(zeros: sums.shape))
            case .binaryClassification:
                let values = sums.value.values
                right = zip(values, batch.labels).count { ($0 > 0 ? 1 : 0) == $1 }
                let targets = Tensor<Float>(batch.labels.map(Float.init), shape: sums.shape)
                return try binaryCrossEntropy(logits: sums, targets: targets)
            case .multiclassClassification:
                right = zip(sums.value.argMax(axis: 1), batch.labels).count { $0 == $1 }
                return try crossEntropy(sums, labels: batch.labels, smoothing: smoothing)
            }
        }
        let norm = gradients.norm, value = Double(loss)
        guard value.isFinite, norm.isFinite else {
            if let before { model = before }
            let what = value.isFinite ? "the gradient" : "the loss"
            throw LearningError.notFinite(
                "\(what) of epoch \(position.epoch + 1), step \(position.step + 1), at a learning rate of "
                    + "\(optimizer.learningRate) (check-points from before are kept)")
        }
        before = nil
        if let limit = settings.clipNorm {
            optimizer.update(&model, along: gradients.clipped(norm: limit))
        } else {
            optimizer.update(&model, along: gradients)
        }
        position.step += 1
        position.examples += batch.count
        position.lossSum += value * Double(batch.count)
        position.normSum += norm
        position.right += right
        position.rate = optimizer.learningRate
    }

    /// Sums the epoch up and goes to the next.
    private mutating func finishEpoch(steps: Int, validation: DataSet?, seconds: Double) throws {
        if let bad = model.parameters.first(where: { !$0.value.isFinite })?.name {
            throw LearningError.notFinite(
                "\(bad) after epoch \(position.epoch + 1), at a learning rate of \(optimizer.learningRate) (check-points "
                    + "from before are kept)")
        }
        let examples = Double(position.examples)
        var metrics = EpochMetrics(
            epoch: position.epoch + 1, steps: (position.epoch + 1) * steps, learningRate: position.rate,
            loss: position.lossSum / examples,
            accuracy: settings.task == .regression ? nil : Double(position.right) / examples,
            gradientNorm: position.normSum / Double(steps), validationLoss: nil, validationAccuracy: nil,
            seconds: seconds)
        if let validation {
            let found = try model.evaluate(on: validation, task: settings.task)
            (metrics.validationLoss, metrics.validationAccuracy) = (found.loss, found.accuracy)
            if settings.patience != nil, found.loss < best?.loss ?? .infinity {
                best = Best(epoch: position.epoch + 1, loss: found.loss, model: model.state)
            }
        }
        history.append(metrics)
        position = Position(epoch: position.epoch + 1)
    }
}

extension RandomGenerator {
    /// A permutation by a copy of the generator.
    fileprivate func shuffled(_ count: Int) -> [Int] {
        var copy = self
        return copy.permutation(count)
    }
}
