import KairaTensor

/// In training, sets each value to 0 with a probability and scales the others by 1 / (1 - p); else does nothing.
public struct Dropout<Scalar: TensorReal>: Layer {
    /// The probability, 0 ..< 1.
    public var probability: Double
    private var noise = Noise<Scalar>()

    /// A layer that drops values with this probability.
    public init(_ probability: Double) {
        require(probability >= 0 && probability < 1, "a dropout probability of \(probability)")
        self.probability = probability
    }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        guard probability > 0, let mask = noise.mask(x.shape, probability: probability) else { return x }
        return x * Variable(mask)
    }

    /// Shows its source of random numbers.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) { visitor.visit(&noise) }
}
