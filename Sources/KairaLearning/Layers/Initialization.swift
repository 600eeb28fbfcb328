import KairaTensor

/// How weights start.
public enum Initialization: Sendable, Hashable, Codable {
    /// Uniform within 1 / sqrt(inputs): PyTorch's for linear and convolution layers.
    case uniform
    /// Normal with deviation sqrt(2 / inputs): for ReLU (He et al. 2015).
    case he
    /// Normal with deviation sqrt(2 / (inputs + outputs)): for sigmoid and tanh (Glorot and Bengio 2010).
    case xavier
    /// Normal with a given deviation.
    case normal(Double)
    /// Zeros.
    case zeros

    /// Weights of a shape.
    ///
    /// - Parameters:
    ///   - shape: of the weights.
    ///   - inputs: how many numbers go into one result.
    ///   - outputs: how many results one number goes into.
    ///   - generator: where they come from.
    /// - Returns: the weights.
    public func tensor<Scalar: TensorReal>(
        _ shape: [Int], inputs: Int, outputs: Int, using generator: inout RandomGenerator
    ) -> Tensor<Scalar> {
        switch self {
        case .uniform:
            let bound = Scalar(nearest: 1 / Double(max(inputs, 1)).squareRoot())
            return generator.uniform(shape, in: -bound..<bound)
        case .he:
            return Self.normal((2 / Double(max(inputs, 1))).squareRoot()).tensor(
                shape, inputs: inputs, outputs: outputs, using: &generator)
        case .xavier:
            return Self.normal((2 / Double(max(inputs + outputs, 1))).squareRoot())
                .tensor(shape, inputs: inputs, outputs: outputs, using: &generator)
        case .normal(let deviation):
            return generator.normal(shape, standardDeviation: Scalar(nearest: deviation))
        case .zeros: return Tensor(zeros: shape)
        }
    }
}
