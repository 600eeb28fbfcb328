import KairaTensor

/// e^x / sum e^x over the last axis.
public struct Softmax<Scalar: TensorReal>: Layer {
    /// The layer, which has no parameters.
    public init() {}

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { x.softmax() }

    /// Shows nothing.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {}
}
