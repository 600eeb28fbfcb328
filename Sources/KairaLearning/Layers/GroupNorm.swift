import KairaTensor

/// Normalises groups of channels of each sample of `[batch, channels, ...]` (Wu and He 2018).
public struct GroupNorm<Scalar: TensorReal>: Layer {
    /// `[channels]`, starts at 1.
    public var weight: Parameter<Scalar>
    /// `[channels]`, starts at 0.
    public var bias: Parameter<Scalar>
    /// How many groups.
    public var groups: Int
    /// Added to variances.
    public var epsilon: Double

    /// A layer for so many groups of channels.
    public init(groups: Int, _ channels: Int, epsilon: Double = 1e-5) {
        require(groups > 0 && channels % groups == 0, "\(groups) groups of \(channels) channels")
        weight = Parameter(Tensor(ones: [channels]))
        bias = Parameter(Tensor(zeros: [channels]))
        self.groups = groups
        self.epsilon = epsilon
    }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        require(
            x.rank >= 2 && [x.shape[1]] == weight.value.shape,
            "group norm of \(weight.value.count) channels on shape \(x.shape)")
        let h = x.reshaped([x.shape[0], groups, -1]).layerNorm(epsilon: epsilon).reshaped(x.shape)
        return h.channelAffine(scale: weight.variable, shift: bias.variable)
    }

    /// Shows "weight" and "bias".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}
