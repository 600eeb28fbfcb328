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

extension Initialization {
    /// What a convolution starts with: weights `[outputs, inputs / groups, kernel height, kernel width]`, and a bias
    /// `[biased]` if that is not nil, random where the weights are uniform and else 0.
    ///
    /// A transposed convolution has the weights of the one that it transposes, but as many biases as that has inputs.
    func convolution<Scalar: TensorReal>(
        from inputs: Int, to outputs: Int, window: WindowShape, groups: Int, biased: Int?,
        using generator: inout RandomGenerator
    ) -> (weight: Parameter<Scalar>, bias: Parameter<Scalar>?) {
        require(
            inputs > 0 && outputs > 0 && groups > 0 && inputs % groups == 0 && outputs % groups == 0,
            "a convolution between \(inputs) and \(outputs) channels in \(groups) groups")
        let size = window.kernelHeight * window.kernelWidth, seen = inputs / groups * size
        let weight: Tensor<Scalar> = tensor(
            [outputs, inputs / groups, window.kernelHeight, window.kernelWidth], inputs: seen,
            outputs: outputs / groups * size, using: &generator)
        guard let biased else { return (Parameter(weight), nil) }
        let start = self == .uniform ? self : .zeros
        return (
            Parameter(weight), Parameter(start.tensor([biased], inputs: seen, outputs: biased, using: &generator))
        )
    }
}
