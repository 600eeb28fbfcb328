import KairaTensor

/// The mean of each channel: `[batch, channels, height, width]` to `[batch, channels]`.
public struct GlobalAveragePool2D<Scalar: TensorReal>: Layer {
    /// The layer, which has no parameters.
    public init() {}

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { x.mean(axes: [2, 3]) }

    /// Shows nothing.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {}
}
