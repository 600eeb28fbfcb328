/// How a network is trained.
public struct TrainingSettings: Sendable, Hashable, Codable {
    /// Rounds through the training examples.
    public var epochs: Int
    /// Examples a step; the last step of an epoch takes what is left.
    public var batchSize: Int
    /// Of everything random: the order of the examples in each epoch, and what layers drop.
    public var seed: UInt64
    /// What the network answers: it settles the loss.
    public var task: LearningTask
    /// How far one-hot targets are drawn towards equal shares, 0 to 1; for classes alone.
    public var smoothing: Double
    /// The longest gradient; longer ones are shortened to it. Nil for any.
    public var clipNorm: Double?
    /// After how many epochs without a lower validation loss it stops; the best network is kept. Nil to go on.
    public var patience: Int?

    /// Settings from their parts.
    public init(
        epochs: Int, batchSize: Int = 100, seed: UInt64 = 1, task: LearningTask = .multiclassClassification,
        smoothing: Double = 0, clipNorm: Double? = nil, patience: Int? = nil
    ) {
        (self.epochs, self.batchSize, self.seed, self.task) = (epochs, batchSize, seed, task)
        (self.smoothing, self.clipNorm, self.patience) = (smoothing, clipNorm, patience)
    }

    func check() throws(LearningError) {
        guard epochs >= 1, batchSize >= 1 else {
            throw .configuration("\(epochs) epochs with \(batchSize) examples a step: both must be 1 or more")
        }
        guard 0.0..<1 ~= smoothing, smoothing == 0 || task == .multiclassClassification else {
            throw .configuration("smoothing \(smoothing): 0 or more and below 1, and for several classes alone")
        }
        if let clipNorm, !(clipNorm > 0) { throw .configuration("gradients of length \(clipNorm): take more than 0") }
        if let patience, patience < 1 { throw .configuration("a patience of \(patience) epochs: take 1 or more") }
    }
}
