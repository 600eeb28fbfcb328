import KairaTensor

/// Normalises the last axis (Ba, Kiros, Hinton 2016); the variance is divided by n.
public struct LayerNorm<Scalar: TensorReal>: Layer {
    /// `[width]`, starts at 1.
    public var weight: Parameter<Scalar>
    /// `[width]`, starts at 0.
    public var bias: Parameter<Scalar>
    /// Added to variances.
    public var epsilon: Double

    /// A layer for a last axis of this length.
    public init(_ width: Int, epsilon: Double = 1e-5) {
        weight = Parameter(Tensor(ones: [width]))
        bias = Parameter(Tensor(zeros: [width]))
        self.epsilon = epsilon
    }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        x.layerNorm(gain: weight.variable, bias: bias.variable, epsilon: epsilon)
    }

    /// Shows "weight" and "bias".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}
