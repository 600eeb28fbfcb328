import KairaTensor

/// max(x, 0).
public struct ReLU<Scalar: TensorReal>: Layer {
    /// The layer, which has no parameters.
    public init() {}

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { x.relu() }

    /// Shows nothing.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {}
}
