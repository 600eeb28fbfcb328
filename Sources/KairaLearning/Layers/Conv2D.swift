import KairaTensor

/// Convolution of pictures `[batch, channels, height, width]`; as everywhere in the field, a correlation.
public struct Conv2D<Scalar: TensorReal>: Layer {
    /// `[outputs, inputs / groups, kernel height, kernel width]`.
    public var weight: Parameter<Scalar>
    /// `[outputs]`; nil: none.
    public var bias: Parameter<Scalar>?
    /// Kernel, stride, padding and dilation.
    public var window: WindowShape
    /// Groups of channels that are convolved separately.
    public var groups: Int
    /// What is applied to the results.
    public var activation: Activation

    /// A layer with random weights.
    ///
    /// - Parameters:
    ///   - inputs: channels of the pictures.
    ///   - outputs: channels of the results.
    ///   - window: kernel, stride, padding and dilation.
    ///   - groups: groups of channels that are convolved separately.
    ///   - activation: what is applied to the results.
    ///   - bias: whether a number is added to each channel.
    ///   - initialization: how the weights start.
    ///   - generator: where they come from.
    public init(
        _ inputs: Int, _ outputs: Int, window: WindowShape, groups: Int = 1, activation: Activation = .identity,
        bias: Bool = true, initialization: Initialization = .uniform, using generator: inout RandomGenerator
    ) {
        (weight, self.bias) = initialization.convolution(
            from: inputs, to: outputs, window: window, groups: groups, biased: bias ? outputs : nil, using: &generator)
        self.window = window
        self.groups = groups
        self.activation = activation
    }

    /// A layer with a square kernel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
        activation: Activation = .identity, bias: Bool = true, initialization: Initialization = .uniform,
        using generator: inout RandomGenerator
    ) {
        self.init(
            inputs, outputs, window: WindowShape(kernel: kernel, stride: stride, padding: padding), groups: groups,
            activation: activation, bias: bias, initialization: initialization, using: &generator)
    }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        let y = x.conv2d(
            weight.variable, bias: bias?.variable, window: window, groups: groups, relu: activation == .relu)
        return activation == .relu ? y : activation(y)
    }

    /// Shows "weight" and "bias".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}
