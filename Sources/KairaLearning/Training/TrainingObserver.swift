/// What a training tells while it runs, and who may stop it.
public struct TrainingObserver: Sendable {
    /// After each step: how many were made, how many there will be.
    public var onStep: @Sendable (_ done: Int, _ total: Int) -> Void
    /// After each epoch.
    public var onEpoch: @Sendable (EpochMetrics) throws -> Void
    /// A check-point, after each epoch with finite weights and when it is cancelled: the bytes of a file. Nil where none is
    /// wanted, so that none is made.
    public var onCheckpoint: (@Sendable ([UInt8]) throws -> Void)?
    /// Asked before each step; true ends the training after a check-point.
    public var isCancelled: @Sendable () -> Bool

    /// An observer from its parts; it stops when the task around it is cancelled.
    public init(
        onStep: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
        onEpoch: @escaping @Sendable (EpochMetrics) throws -> Void = { _ in },
        onCheckpoint: (@Sendable ([UInt8]) throws -> Void)? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { Task.isCancelled }
    ) {
        (self.onStep, self.onEpoch, self.onCheckpoint, self.isCancelled) = (onStep, onEpoch, onCheckpoint, isCancelled)
    }
}
