import KairaTensor

/// A model from one variable to another.
public protocol Layer<Scalar>: Module {
    /// Applies the layer. Bound to a tape in training it behaves so; else as in evaluation.
    func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar>
}

extension Layer {
    /// Applies the layer to a constant.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Variable<Scalar> { self(Variable(x)) }
}
