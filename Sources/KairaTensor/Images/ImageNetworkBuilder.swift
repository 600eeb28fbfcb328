/// Builds a convolutional network step by step: images `[batch, height, width, channels]` from one operation to the next.
///
///     var builder = ImageNetworkBuilder(batch: 4)
///     let picture = builder.input(height: 256, width: 192, channels: 3)
///     let features = try builder.convolution(picture, weights, stride: 2, activation: .silu)
///     let network = try ImageNetwork(builder, outputs: [features], threads: 2)
package struct ImageNetworkBuilder {
    /// An image, by its place in the builder that made it.
    package struct Value: Sendable, Hashable {
        fileprivate(set) var index: Int
    }

    /// What is applied to each result.
    package enum Activation: Sendable {
        case none
        /// x / (1 + exp(-x))
        case silu
        /// min(max(x / 6 + 1/2, 0), 1)
        case hardSigmoid
    }

    /// Images of the input.
    package let batch: Int
    private(set) var graph = Graph()

    /// A builder without any operation.
    package init(batch: Int) { self.batch = max(batch, 1) }

    /// Rows, columns and channels of an image.
    package func shape(_ value: Value) -> (height: Int, width: Int, channels: Int) {
        let shape = graph.tensors[value.index].shape
        return (shape[1], shape[2], shape[3])
    }

    // MARK: Images

    /// The picture that the network reads.
    package mutating func input(height: Int, width: Int, channels: Int) -> Value {
        let value = image(height: height, width: width, channels: channels, name: "input")
        graph.inputs.append(value.index)
        return value
    }

    /// Memory for an image that others fill part by part: a concatenation of channels without copies.
    package mutating func image(height: Int, width: Int, channels: Int, name: String = "") -> Value {
        graph.tensors.append(Graph.Tensor(name: name, shape: [batch, height, width, channels], constant: nil))
        return Value(index: graph.tensors.count - 1)
    }

    /// Some channels of an image that was made by `image(height:width:channels:)`.
    package mutating func part(of whole: Value, from channel: Int, channels: Int) -> Value {
        precondition(graph.tensors[whole.index].view == nil, "a part of a part")
        let shape = shape(whole)
        precondition(channel >= 0 && channels > 0 && channel + channels <= shape.channels, "no such channels")
        var tensor = Graph.Tensor(name: "", shape: [batch, shape.height, shape.width, channels], constant: nil)
        tensor.view = Graph.View(tensor: whole.index, channel: channel)
        graph.tensors.append(tensor)
        return Value(index: graph.tensors.count - 1)
    }

    /// Where an operation writes: the caller's image, which has to have this shape, or a new one.
    private mutating func target(_ given: Value?, _ height: Int, _ width: Int, _ channels: Int) throws(TensorError)
        -> Int
    {
        guard let given else { return image(height: height, width: width, channels: channels).index }
        guard graph.tensors[given.index].shape == [batch, height, width, channels] else {
            throw .shape("\([batch, height, width, channels]) into \(graph.tensors[given.index].shape)")
        }
        return given.index
    }

    // MARK: Operations

    /// A convolution with zeros around the image, so that stride 1 keeps its size.
    ///
    /// - Parameters:
    ///   - input: what it reads.
    ///   - weights: `inputs` 1 with as many outputs as the image has channels, and more than one, is a depthwise one.
    ///   - stride: along both axes.
    ///   - activation: what is applied to the results.
    ///   - residual: what is added after the activation.
    ///   - into: where it goes.
    /// - Returns: the result.
    /// - Throws: `TensorError.shape` where the weights do not fit the image.
    package mutating func convolution(
        _ input: Value, _ weights: ConvolutionWeights, stride: Int = 1, activation: Activation = .none,
        residual: Value? = nil, into: Value? = nil
    ) throws(TensorError) -> Value {
        let from = shape(input), side = weights.side, padding = side / 2
        let isDepthwise = weights.inputs == 1 && from.channels > 1 && weights.outputs == from.channels
        guard isDepthwise || weights.inputs == from.channels, side >= 1,
            weights.weight.count == weights.outputs * weights.inputs * side * side,
            weights.bias.count == weights.outputs
        else {
            throw .shape("a convolution \([weights.outputs, weights.inputs, side, side]) of \(from.channels) channels")
        }
        func length(_ size: Int) -> Int { (size + 2 * padding - side) / stride + 1 }
        let output = try target(into, length(from.height), length(from.width), weights.outputs)
        var node = Graph.Node(
            kind: isDepthwise ? .depthwise : .convolution, inputs: [input.index] + (residual.map { [$0.index] } ?? []),
            output: output)
        if let residual {
            guard !isDepthwise, graph.tensors[residual.index].shape == graph.tensors[output].shape else {
                throw .shape("a residual of \(graph.tensors[residual.index].shape)")
            }
        }
        node.window = Graph.Window(
            height: side, width: side, strideY: stride, strideX: stride, padTop: padding, padLeft: padding)
        node.weights = weights.channelsLast(isDepthwise: isDepthwise)
        node.bias = weights.bias
        switch activation {
        case .none: break
        case .silu: node.activation = .silu
        case .hardSigmoid:
            // The slope and the shift belong to the weights.
            node.weights = node.weights.map { $0 / 6 }
            node.bias = node.bias.map { $0 / 6 + 0.5 }
            node.activation = .clamp(low: 0, high: 1)
        }
        graph.nodes.append(node)
        return Value(index: output)
    }

    /// A convolution of stride 1 with a window as large as the image and few results: the products of all places as one
    /// matrix product, then their sums.
    package mutating func windowConvolution(_ input: Value, _ weights: ConvolutionWeights) throws(TensorError) -> Value
    {
        let from = shape(input), places = weights.side * weights.side
        guard weights.inputs == from.channels, weights.side % 2 == 1,
            weights.weight.count == weights.outputs * weights.inputs * places
        else { throw .shape("a convolution of \(from.channels) channels with \(weights.weight.count) weights") }
        // [out, in, place] to [place, out, in].
        var turned = [Float](repeating: 0, count: weights.weight.count)
        for output in 0..<weights.outputs {
            for channel in 0..<weights.inputs {
                for place in 0..<places {
                    turned[(place * weights.outputs + output) * weights.inputs + channel] =
                        weights.weight[(output * weights.inputs + channel) * places + place]
                }
            }
        }
        let products = try convolution(
            input,
            ConvolutionWeights(outputs: places * weights.outputs, inputs: weights.inputs, side: 1, weight: turned))
        var node = Graph.Node(
            kind: .sumWindows, inputs: [products.index],
            output: try target(nil, from.height, from.width, weights.outputs))
        node.window = Graph.Window(
            height: weights.side, width: weights.side, padTop: weights.side / 2, padLeft: weights.side / 2)
        node.bias = weights.bias
        graph.nodes.append(node)
        return Value(index: node.output)
    }

    /// The largest value of a window around each pixel, stride 1.
    package mutating func largest(_ input: Value, side: Int, into: Value? = nil) throws(TensorError) -> Value {
        let from = shape(input)
        var node = Graph.Node(
            kind: .maxPool, inputs: [input.index], output: try target(into, from.height, from.width, from.channels))
        node.window = Graph.Window(height: side, width: side, padTop: side / 2, padLeft: side / 2)
        graph.nodes.append(node)
        return Value(index: node.output)
    }

    /// The mean of each channel, one pixel.
    package mutating func mean(_ input: Value) throws(TensorError) -> Value {
        let from = shape(input)
        var node = Graph.Node(
            kind: .averagePool, inputs: [input.index], output: try target(nil, 1, 1, from.channels))
        node.window = Graph.Window(height: from.height, width: from.width)
        graph.nodes.append(node)
        return Value(index: node.output)
    }

    /// An image times `factors`, an image of one pixel; in its own place.
    package mutating func scale(_ input: Value, by factors: Value) throws(TensorError) -> Value {
        let from = shape(input)
        guard graph.tensors[factors.index].shape == [batch, 1, 1, from.channels] else {
            throw .shape("factors \(graph.tensors[factors.index].shape) of \(from.channels) channels")
        }
        let output = part(of: input, from: 0, channels: from.channels)
        graph.nodes.append(
            Graph.Node(kind: .scaleChannels, inputs: [input.index, factors.index], output: output.index))
        return output
    }

    /// Every pixel repeated `factor` times along both axes; 1 copies.
    package mutating func enlarge(_ input: Value, factor: Int, into: Value? = nil) throws(TensorError) -> Value {
        let from = shape(input)
        let output = try target(into, from.height * factor, from.width * factor, from.channels)
        graph.nodes.append(Graph.Node(kind: .enlarge(factor: factor), inputs: [input.index], output: output))
        return Value(index: output)
    }

    // MARK: Rows

    /// The channels as rows of their pixels: `[batch, 1, channels, height * width]`.
    package mutating func planes(_ input: Value) throws(TensorError) -> Value {
        let from = shape(input)
        let flat = image(height: 1, width: from.height * from.width, channels: from.channels)
        graph.nodes.append(Graph.Node(kind: .reshape, inputs: [input.index], output: flat.index))
        let output = try target(nil, 1, from.channels, from.height * from.width)
        graph.nodes.append(Graph.Node(kind: .transpose, inputs: [flat.index], output: output))
        return Value(index: output)
    }

    /// Each pixel's channels divided by the root of their mean square, at least `epsilon`, times `factor`.
    package mutating func scaleNorm(_ input: Value, factor: Float, epsilon: Float) throws(TensorError) -> Value {
        let from = shape(input)
        let output = try target(nil, from.height, from.width, from.channels)
        graph.nodes.append(
            Graph.Node(kind: .scaleNorm(epsilon: epsilon, factor: factor), inputs: [input.index], output: output))
        return Value(index: output)
    }

    /// Each channel times a constant.
    package mutating func multiply(_ input: Value, by factors: [Float]) throws(TensorError) -> Value {
        let from = shape(input)
        guard factors.count == from.channels else {
            throw .shape("\(factors.count) factors of \(from.channels) channels")
        }
        graph.tensors.append(Graph.Tensor(name: "factors", shape: [factors.count], constant: factors))
        let constant = graph.tensors.count - 1
        let output = try target(nil, from.height, from.width, from.channels)
        graph.nodes.append(Graph.Node(kind: .multiply, inputs: [input.index, constant], output: output))
        return Value(index: output)
    }

    /// The middle of a gated attention unit over the pixels of each image, which is one row: `relu(q k / sqrt(n))^2 v`
    /// times the gates (Hua et al. 2022).
    ///
    /// - Parameters:
    ///   - input: channels `[gates, values, features]`, of which there are `features` of the last.
    ///   - features: how wide queries and keys are.
    ///   - factors: `[2, features]`: of the queries, then of the keys.
    ///   - terms: `[2, features]`, likewise.
    ///   - distance: empty, or a term for each distance from -(pixels - 1) on.
    /// - Returns: the result, as wide as the values.
    /// - Throws: `TensorError.shape` where the numbers of channels do not fit.
    package mutating func gatedAttention(
        _ input: Value, features: Int, factors: [Float], terms: [Float], distance: [Float] = []
    ) throws(TensorError) -> Value {
        let from = shape(input)
        guard from.height == 1, features > 0, from.channels > features, (from.channels - features) % 2 == 0,
            factors.count == 2 * features, terms.count == 2 * features,
            distance.isEmpty || distance.count == 2 * from.width - 1
        else { throw .shape("gated attention of \(from.channels) channels with \(features) features") }
        var node = Graph.Node(
            kind: .gatedAttention(features: features), inputs: [input.index],
            output: try target(nil, 1, from.width, (from.channels - features) / 2))
        node.weights = factors + terms + distance
        graph.nodes.append(node)
        return Value(index: node.output)
    }
}

extension ConvolutionWeights {
    /// `[out, height, width, in]`, or `[height, width, channels]` of a depthwise convolution: the channel goes last.
    fileprivate func channelsLast(isDepthwise: Bool) -> [Float] {
        let places = side * side
        if places == 1 { return weight }
        var result = [Float](repeating: 0, count: weight.count)
        let (outer, inner) = isDepthwise ? (1, outputs) : (outputs, inputs)
        for output in 0..<outer {
            for channel in 0..<inner {
                let from = (output * inner + channel) * places
                for place in 0..<places { result[(output * places + place) * inner + channel] = weight[from + place] }
            }
        }
        return result
    }
}

extension ImageNetworkBuilder {
    /// The graph with its outputs.
    func finished(_ outputs: [Value]) -> Graph {
        var graph = graph
        graph.outputs = outputs.map(\.index)
        return graph
    }
}
