import KairaTensor

/// Numbers of a model that are kept with it but not trained, such as running means.
public struct Buffer<Scalar: TensorReal>: Sendable {
    /// The numbers as of the last finished step.
    public var value: Tensor<Scalar>
    var core: TapeCore<Scalar>?
    var slot = 0

    /// A buffer that starts with these numbers.
    public init(_ value: Tensor<Scalar>) { self.value = value }

    /// Whether the model is bound to a tape in training.
    public var isTraining: Bool { core?.isTraining ?? false }

    /// The numbers, changes of the step that is under way included.
    public var current: Tensor<Scalar> { core?.update(slot) ?? value }

    /// Sets the numbers from the end of this step on. Without effect outside `lossAndGradients`.
    public func update(_ value: Tensor<Scalar>) { core?.update(slot, value) }
}
