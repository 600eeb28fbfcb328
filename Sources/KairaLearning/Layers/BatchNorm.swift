import KairaTensor

/// Normalises each channel of `[batch, channels, ...]`: in training by the batch's own mean and variance, of which running
/// averages are kept; in evaluation by these (Ioffe and Szegedy 2015; conventions as PyTorch's).
public struct BatchNorm<Scalar: TensorReal>: Layer {
    /// `[channels]`, starts at 1.
    public var weight: Parameter<Scalar>
    /// `[channels]`, starts at 0.
    public var bias: Parameter<Scalar>
    /// `[channels]`, starts at 0.
    public var runningMean: Buffer<Scalar>
    /// `[channels]`, starts at 1; of variances divided by n - 1.
    public var runningVariance: Buffer<Scalar>
    /// How much of each batch goes into the running averages.
    public var momentum: Double
    /// Added to variances.
    public var epsilon: Double

    /// A layer for so many channels.
    public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) {
        weight = Parameter(Tensor(ones: [channels]))
        bias = Parameter(Tensor(zeros: [channels]))
        runningMean = Buffer(Tensor(zeros: [channels]))
        runningVariance = Buffer(Tensor(ones: [channels]))
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        require(
            x.rank >= 2 && [x.shape[1]] == weight.value.shape,
            "batch norm of \(weight.value.count) channels on shape \(x.shape)")
        guard runningMean.isTraining else {
            let inverse = Variable((runningVariance.value + Scalar(nearest: epsilon)).squareRoot().reciprocal())
            let scale = weight.variable * inverse
            return x.channelAffine(scale: scale, shift: bias.variable - Variable(runningMean.value) * scale)
        }
        let (y, mean, variance) = x.batchNorm(gain: weight.variable, bias: bias.variable, epsilon: epsilon)
        let n = Double(x.count / x.shape[1])
        var newMean = runningMean.current, newVariance = runningVariance.current
        newMean.blend(towards: mean, factor: momentum)
        newVariance.blend(towards: variance * Scalar(nearest: n / Swift.max(n - 1, 1)), factor: momentum)
        runningMean.update(newMean)
        runningVariance.update(newVariance)
        return y
    }

    /// Shows "weight", "bias", "runningMean" and "runningVariance".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
        visitor.visit(&runningMean, "runningMean")
        visitor.visit(&runningVariance, "runningVariance")
    }
}
