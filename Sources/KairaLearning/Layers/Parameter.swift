import KairaTensor

/// Numbers of a model that training changes.
public struct Parameter<Scalar: TensorReal>: Sendable {
    /// The numbers. Another value has the same shape.
    public var value: Tensor<Scalar> {
        get { numbers }
        // In place: an observer with the old value would hold a second reference, and every step copy the weights.
        _modify {
            let shape = numbers.shape
            yield &numbers
            require(numbers.shape == shape, "a parameter of shape \(shape) became \(numbers.shape)")
            require(
                link == nil,
                "a parameter was changed while its model is bound to a tape, whose rules hold the numbers from before: "
                    + "change it after the gradients, in the model that was bound")
        }
    }
    private var numbers: Tensor<Scalar>
    /// Whether training leaves it as it is; no gradient is computed for it then.
    public var isFrozen = false
    var link: Variable<Scalar>.Link?

    /// A parameter that starts with these numbers.
    public init(_ value: Tensor<Scalar>) { numbers = value }

    /// The numbers as a variable: on the tape that the model is bound to, else a constant.
    public var variable: Variable<Scalar> { Variable(value, link: link) }
}
