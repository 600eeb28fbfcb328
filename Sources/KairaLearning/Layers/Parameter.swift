import KairaTensor

/// Numbers of a model that training changes.
public struct Parameter<Scalar: TensorReal>: Sendable {
    /// The numbers.
    public var value: Tensor<Scalar> {
        didSet {
            require(value.shape == oldValue.shape, "a parameter of shape \(oldValue.shape) became \(value.shape)")
        }
    }
    /// Whether training leaves it as it is; no gradient is computed for it then.
    public var isFrozen = false
    var link: Variable<Scalar>.Link?

    /// A parameter that starts with these numbers.
    public init(_ value: Tensor<Scalar>) { self.value = value }

    /// The numbers as a variable: on the tape that the model is bound to, else a constant.
    public var variable: Variable<Scalar> { Variable(value, link: link) }
}
