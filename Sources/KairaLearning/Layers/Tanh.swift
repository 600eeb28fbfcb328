import KairaTensor

/// The hyperbolic tangent.
public struct Tanh<Scalar: TensorReal>: Layer {
    /// The layer, which has no parameters.
    public init() {}

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { x.tanh() }

    /// Shows nothing.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {}
}
