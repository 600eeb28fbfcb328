/// A dense layer without activation, `x' = W x + b`, with the rules of back-propagation written out as in the chapter.
///
/// The rules follow from the chain rule alone. With d for the loss's slope at x': what is added passes d on, what is
/// multiplied gets d times its partner, so `dL/db = d`, `dL/dW = d x^T`, `dL/dx = W^T d`; and dL/dx is the d of the layer
/// before. For the half sum of squares as for softmax with cross entropy `d = y - t`, what came out minus what should.
///
/// This is for reading and checking by hand: the layers of a network run on tensors and record a tape.
public struct AffineNode: Sendable, Hashable {
    /// W, one row an output.
    public var weights: [[Double]]
    /// b, one number an output.
    public var bias: [Double]

    /// The slopes of the loss.
    public struct Gradients: Sendable, Hashable {
        /// dL/dW, shaped as W.
        public var weights: [[Double]]
        /// dL/db, shaped as b.
        public var bias: [Double]
        /// dL/dx for each input vector of the batch.
        public var inputs: [[Double]]
    }

    /// A layer from its parts.
    ///
    /// - Precondition: a bias for each row of weights, and rows of one length.
    public init(weights: [[Double]], bias: [Double]) {
        precondition(weights.count == bias.count, "\(weights.count) rows of weights and \(bias.count) biases")
        precondition(weights.allSatisfy { $0.count == weights[0].count }, "rows of several lengths")
        self.weights = weights
        self.bias = bias
    }

    /// `W x + b`
    ///
    /// - Precondition: as many inputs as columns of W.
    public func callAsFunction(_ x: [Double]) -> [Double] {
        zip(weights, bias).map { row, b in
            precondition(row.count == x.count, "\(x.count) inputs for \(row.count) columns")
            return zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } + b
        }
    }

    /// Goes back through the layer for one input.
    ///
    /// - Parameters:
    ///   - delta: dL/dx', one number an output.
    ///   - x: the input of the forward pass.
    /// - Returns: the slopes of the loss.
    public func backward(_ delta: [Double], input x: [Double]) -> Gradients { backward([delta], inputs: [x]) }

    /// Goes back through the layer for a batch: `dL/dW = D^T X`, `dL/db` the column sums of D, `dL/dX = D W`.
    ///
    /// - Parameters:
    ///   - deltas: dL/dx', a row an example. For the mean over a batch of N, divide by N beforehand.
    ///   - inputs: the inputs of the forward pass, a row an example.
    /// - Returns: the slopes of the loss.
    /// - Precondition: as many rows of both, as wide as the layer asks.
    public func backward(_ deltas: [[Double]], inputs: [[Double]]) -> Gradients {
        precondition(deltas.count == inputs.count, "\(deltas.count) deltas and \(inputs.count) inputs")
        let width = weights.first?.count ?? 0
        var gradients = Gradients(
            weights: weights.map { $0.map { _ in 0 } }, bias: bias.map { _ in 0 },
            inputs: inputs.map { $0.map { _ in 0 } })
        for (n, (delta, x)) in zip(deltas, inputs).enumerated() {
            precondition(delta.count == bias.count && x.count == width, "a batch of other widths than the layer's")
            for k in delta.indices {
                gradients.bias[k] += delta[k]
                for i in x.indices {
                    gradients.weights[k][i] += delta[k] * x[i]
                    gradients.inputs[n][i] += weights[k][i] * delta[k]
                }
            }
        }
        return gradients
    }
}
