/// The weights of a convolution of images, in PyTorch's order, with a batch norm folded in where there was one.
package struct ConvolutionWeights: Sendable {
    /// Channels of the result.
    package var outputs: Int
    /// Channels that each result reads: all of the input's, or 1 of a depthwise convolution.
    package var inputs: Int
    /// Side of the square window.
    package var side: Int
    /// `[outputs, inputs, side, side]`.
    package var weight: [Float]
    /// One a result.
    package var bias: [Float]

    /// Weights from their parts; no `bias` means zeros.
    package init(outputs: Int, inputs: Int, side: Int, weight: [Float], bias: [Float] = []) {
        self.outputs = outputs
        self.inputs = inputs
        self.side = side
        self.weight = weight
        self.bias = bias.isEmpty ? [Float](repeating: 0, count: outputs) : bias
    }

    /// With a batch norm behind it: scale, shift, mean, variance, one of each a result (Ioffe and Szegedy 2015, at rest).
    package func normalized(
        scale: [Float], shift: [Float], mean: [Float], variance: [Float], epsilon: Float
    ) -> ConvolutionWeights {
        var result = self
        let count = inputs * side * side
        for output in 0..<outputs {
            let factor = Double(scale[output]) / (Double(variance[output]) + Double(epsilon)).squareRoot()
            for index in output * count..<(output + 1) * count {
                result.weight[index] = Float(Double(weight[index]) * factor)
            }
            result.bias[output] = Float((Double(bias[output]) - Double(mean[output])) * factor + Double(shift[output]))
        }
        return result
    }
}
