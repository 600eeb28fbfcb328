import KairaTensor

/// A model's source of random numbers in training.
public struct Noise<Scalar: TensorReal>: Sendable {
    var core: TapeCore<Scalar>?

    /// A source that is silent until its model is bound to a tape.
    public init() {}

    /// 0 with a probability, else 1 / (1 - p); nil outside training.
    public func mask(_ shape: [Int], probability: Double) -> Tensor<Scalar>? {
        guard let core, core.isTraining else { return nil }
        return core.dropoutMask(shape, probability: probability)
    }
}
