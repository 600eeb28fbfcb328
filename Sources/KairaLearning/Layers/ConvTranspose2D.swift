import KairaTensor

/// Transposed convolution: what maps a convolution's results back to the size of its pictures.
public struct ConvTranspose2D<Scalar: TensorReal>: Layer {
    /// `[inputs, outputs / groups, kernel height, kernel width]`.
    public var weight: Parameter<Scalar>
    /// `[outputs]`; nil: none.
    public var bias: Parameter<Scalar>?
    /// Kernel, stride, padding and dilation of the convolution that this transposes.
    public var window: WindowShape
    /// Rows and columns added at the bottom and the right.
    public var outputPadding: Int
    /// Groups of channels that are treated separately.
    public var groups: Int

    /// A layer with random weights, within 1 / sqrt(outputs / groups * kernel area) as PyTorch's.
    public init(
        _ inputs: Int, _ outputs: Int, window: WindowShape, outputPadding: Int = 0, groups: Int = 1, bias: Bool = true,
        initialization: Initialization = .uniform, using generator: inout RandomGenerator
    ) {
        (weight, self.bias) = initialization.convolution(
            from: outputs, to: inputs, window: window, groups: groups, biased: bias ? outputs : nil, using: &generator)
        self.window = window
        self.outputPadding = outputPadding
        self.groups = groups
    }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        x.convTranspose2d(
            weight.variable, bias: bias?.variable, window: window, outputPadding: (outputPadding, outputPadding),
            groups: groups)
    }

    /// Shows "weight" and "bias".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}
