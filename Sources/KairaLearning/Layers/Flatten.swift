import KairaTensor

/// All axes but the first joined to one.
public struct Flatten<Scalar: TensorReal>: Layer {
    /// The layer, which has no parameters.
    public init() {}

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { x.flattened() }

    /// Shows nothing.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {}
}
