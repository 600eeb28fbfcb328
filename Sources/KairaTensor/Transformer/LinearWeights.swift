/// The weights of a linear layer as files hold them: `weight` [outputs, inputs], row-major.
package struct LinearWeights: Sendable {
    package var outputs: Int
    package var inputs: Int
    package var weight: [Float]
    /// Empty: none.
    package var bias: [Float]

    /// - Precondition: the arrays' sizes fit the shape.
    package init(outputs: Int, inputs: Int, weight: [Float], bias: [Float] = []) {
        precondition(weight.count == outputs * inputs && (bias.isEmpty || bias.count == outputs))
        self.outputs = outputs
        self.inputs = inputs
        self.weight = weight
        self.bias = bias
    }

    /// Several layers that read the same values as one whose outputs follow each other.
    package static func joined(_ layers: [LinearWeights]) -> LinearWeights {
        var result = LinearWeights(outputs: 0, inputs: layers.first?.inputs ?? 0, weight: [])
        result.weight.reserveCapacity(layers.reduce(0) { $0 + $1.weight.count })
        for layer in layers {
            precondition(layer.inputs == result.inputs)
            result.outputs += layer.outputs
            result.weight += layer.weight
            result.bias += layer.bias.isEmpty ? [Float](repeating: 0, count: layer.outputs) : layer.bias
        }
        return result
    }

    /// The layer with its outputs multiplied.
    package func scaled(by factor: Float) -> LinearWeights {
        var result = self
        for index in result.weight.indices { result.weight[index] *= factor }
        for index in result.bias.indices { result.bias[index] *= factor }
        return result
    }
}

/// The weights of a layer norm.
package struct NormWeights: Sendable {
    package var scale: [Float]
    package var shift: [Float]
    /// Added to the variance inside the root.
    package var epsilon: Float

    package init(scale: [Float], shift: [Float], epsilon: Float) {
        self.scale = scale
        self.shift = shift
        self.epsilon = epsilon
    }
}
