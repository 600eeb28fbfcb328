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
        require(
            inputs > 0 && outputs > 0 && groups > 0 && inputs % groups == 0 && outputs % groups == 0,
            "a transposed convolution from \(inputs) to \(outputs) channels in \(groups) groups")
        let size = window.kernelHeight * window.kernelWidth, seen = outputs / groups * size
        weight = Parameter(
            initialization.tensor(
                [inputs, outputs / groups, window.kernelHeight, window.kernelWidth], inputs: seen,
                outputs: inputs / groups * size, using: &generator))
        if bias {
            let start = initialization == .uniform ? initialization : .zeros
            self.bias = Parameter(start.tensor([outputs], inputs: seen, outputs: outputs, using: &generator))
        }
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
