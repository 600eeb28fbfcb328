import KairaTensor

/// An activation as a layer.
public struct ActivationLayer<Scalar: TensorReal>: Layer {
    /// Which.
    public var kind: Activation

    /// A layer that applies an activation.
    public init(_ kind: Activation) { self.kind = kind }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { kind(x) }

    /// Shows nothing.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {}
}
