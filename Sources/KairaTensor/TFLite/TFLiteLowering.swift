/// Turns the operators of a `.tflite` file into a `Graph`, checking every shape and option on the way.
///
/// Nothing that the file says about shapes is believed: the shape of each result is worked out from its operands, and a
/// file that disagrees is refused. What is compiled from the graph may therefore rely on it.
struct TFLiteLowering {
    private var file: TFLiteFile
    private(set) var graph = Graph()
    /// Float constants behind DEQUANTIZE and DENSIFY, by the tensor that they end in.
    private var constantSource: [Int: Int] = [:]
    private var made: Set<Int> = []
    private var floats = 0

    init(_ file: TFLiteFile) { self.file = file }

    /// The graph of a file.
    static func lower(_ file: TFLiteFile) throws(TensorError) -> Graph {
        var lowering = TFLiteLowering(file)
        try lowering.run()
        return lowering.graph
    }

    private mutating func run() throws(TensorError) {
        graph.tensors = file.tensors.map { Graph.Tensor(name: $0.name, shape: $0.shape, constant: nil) }
        graph.inputs = file.inputs
        graph.outputs = file.outputs
        guard !graph.inputs.isEmpty, !graph.outputs.isEmpty else { throw .shape("a graph without inputs or outputs") }
        for input in graph.inputs {
            try checkFloat(input)
            guard try !file.isConstant(input), made.insert(input).inserted else {
                throw .shape("input \"\(graph.tensors[input].name)\" is a constant or listed twice")
            }
            try spend(input)
        }
        for index in file.operators.indices { try lower(file.operators[index]) }
        for output in graph.outputs {
            guard made.contains(output) else {
                throw .shape("output \"\(graph.tensors[output].name)\" is made by no operator")
            }
        }
    }

    // MARK: Checks

    private func name(_ tensor: Int) -> String { "\"\(graph.tensors[tensor].name)\"" }

    private func checkFloat(_ tensor: Int) throws(TensorError) {
        guard file.tensors[tensor].type == 0 else {
            throw .unsupported("number type \(file.tensors[tensor].type) of tensor \(name(tensor)); values are fp32")
        }
        let shape = graph.tensors[tensor].shape
        guard shape.allSatisfy({ $0 > 0 }) else { throw .shape("\(name(tensor)) is \(shape)") }
        guard shape.allSatisfy({ $0 <= Int(Int32.max) / 16 }) else { throw .tooLarge("\(name(tensor)) is \(shape)") }
    }

    private mutating func spend(_ tensor: Int) throws(TensorError) {
        floats += graph.tensors[tensor].count
        guard floats <= TFLiteFile.mostFloats else { throw .tooLarge("the graph's tensors need more than 256 MB") }
    }

    /// A value made before; a constant is loaded on the way.
    private mutating func value(_ op: TFLiteFile.Operator, _ index: Int) throws(TensorError) -> Int {
        let tensor = try operand(op, index)
        if made.contains(tensor) { return tensor }
        guard let constant = try constant(tensor) else {
            throw .shape("\(name(tensor)) is read before an operator makes it")
        }
        graph.tensors[tensor].constant = constant
        made.insert(tensor)
        return tensor
    }

    private func operand(_ op: TFLiteFile.Operator, _ index: Int) throws(TensorError) -> Int {
        guard index < op.inputs.count, op.inputs[index] >= 0 else {
            throw .shape("operator \(op.code) lacks operand \(index)")
        }
        return op.inputs[index]
    }

    /// The values of a constant, through DEQUANTIZE and DENSIFY.
    private mutating func constant(_ tensor: Int) throws(TensorError) -> [Float]? {
        var source = tensor
        // Two operators at most lie in front of a weight.
        for _ in 0..<4 { source = constantSource[source] ?? source }
        if source != tensor {
            guard file.tensors[source].shape == graph.tensors[tensor].shape else {
                throw .shape("constant \(name(tensor)) changes its shape when it is widened")
            }
        }
        return try file.floats(source)
    }

    private mutating func constant(_ op: TFLiteFile.Operator, _ index: Int, _ what: String) throws(TensorError)
        -> [Float]
    {
        let tensor = try operand(op, index)
        guard !made.contains(tensor), let values = try constant(tensor) else {
            if made.contains(tensor), let values = graph.tensors[tensor].constant { return values }
            throw .unsupported("\(what) \(name(tensor)) that are not constant")
        }
        return values
    }

    private mutating func integers(_ op: TFLiteFile.Operator, _ index: Int) throws(TensorError) -> [Int] {
        let tensor = try operand(op, index)
        guard let values = try file.integers(tensor) else { throw .unsupported("a computed list \(name(tensor))") }
        return values
    }

    private func shape(_ tensor: Int) -> [Int] { graph.tensors[tensor].shape }

    /// The shape of an image, `[batch, height, width, channels]`.
    private func image(_ tensor: Int) throws(TensorError) -> (batch: Int, height: Int, width: Int, channels: Int) {
        let shape = shape(tensor)
        guard shape.count == 4 else { throw .shape("\(name(tensor)) is \(shape), not an image of four axes") }
        return (shape[0], shape[1], shape[2], shape[3])
    }

    /// The one result of an operator, whose shape has to be `expected`.
    private mutating func result(_ op: TFLiteFile.Operator, _ expected: [Int]) throws(TensorError) -> Int {
        guard op.outputs.count == 1 else { throw .shape("operator \(op.code) with \(op.outputs.count) results") }
        let output = op.outputs[0]
        try checkFloat(output)
        guard shape(output) == expected else {
            throw .shape("\(name(output)) is declared \(shape(output)) where its operator makes \(expected)")
        }
        guard made.insert(output).inserted, try !file.isConstant(output) else {
            throw .shape("\(name(output)) is made twice")
        }
        try spend(output)
        return output
    }

    private func int32(_ op: TFLiteFile.Operator, _ field: Int, default value: Int32 = 0) throws(TensorError) -> Int {
        guard let options = op.options else { return Int(value) }
        return try file.buffer.int32(options, field, default: value)
    }

    private func uint8(_ op: TFLiteFile.Operator, _ field: Int) throws(TensorError) -> Int {
        guard let options = op.options else { return 0 }
        return Int(try file.buffer.uint8(options, field))
    }

    private func activation(_ op: TFLiteFile.Operator, _ field: Int) throws(TensorError) -> Graph.Activation {
        switch try uint8(op, field) {
        case 0: return .none
        case 1: return .clamp(low: 0, high: .infinity)
        case 2: return .clamp(low: -1, high: 1)
        case 3: return .clamp(low: 0, high: 6)
        case let code: throw .unsupported("fused activation \(code)")
        }
    }

    // MARK: Operators

    private mutating func lower(_ op: TFLiteFile.Operator) throws(TensorError) {
        switch op.code {
        case 0: try binary(op, .add)
        case 1: try pool(op, .averagePool)
        case 2: try concatenation(op)
        case 3: try convolution(op)
        case 4: try depthwise(op)
        case 5: try depthToSpace(op)
        case 6, 124:
            guard op.inputs.count == 1, op.outputs.count == 1, op.inputs[0] >= 0 else {
                throw .shape("a widening of \(op.inputs.count) tensors")
            }
            constantSource[op.outputs[0]] = op.inputs[0]
        case 9: try fullyConnected(op)
        case 14: try unary(op, .logistic)
        case 17: try pool(op, .maxPool)
        case 18: try binary(op, .multiply)
        case 19: try unary(op, .clamp(low: 0, high: .infinity))
        case 21: try unary(op, .clamp(low: 0, high: 6))
        case 22: try reshape(op)
        case 23: try resize(op)
        case 34: try pad(op)
        case 40: try mean(op)
        case 45: try stridedSlice(op)
        case 54: try prelu(op)
        case 117: try unary(op, .hardSwish)
        case 32 where op.custom == "Convolution2DTransposeBias": try transposedConvolution(op)
        case 32: throw .unsupported("custom operator \"\(op.custom)\"")
        default: throw .unsupported("operator \(op.code) of .tflite")
        }
    }

    private func windowSize(
        _ size: Int, kernel: Int, stride: Int, same: Bool
    ) throws(TensorError) -> (out: Int, pad: Int) {
        guard stride >= 1, kernel >= 1, stride <= 1024, kernel <= 1024 else {
            throw .unsupported("a window of \(kernel) with stride \(stride)")
        }
        if same {
            let out = (size + stride - 1) / stride
            return (out, max((out - 1) * stride + kernel - size, 0) / 2)
        }
        guard size >= kernel else { throw .shape("a window of \(kernel) on an image of \(size)") }
        return ((size - kernel) / stride + 1, 0)
    }

    private func window(
        _ op: TFLiteFile.Operator, on input: Int, height: Int, width: Int
    ) throws(TensorError) -> (window: Graph.Window, outHeight: Int, outWidth: Int) {
        let image = try image(input)
        let same = try uint8(op, 0) == 0
        let strideX = try int32(op, 1), strideY = try int32(op, 2)
        let y = try windowSize(image.height, kernel: height, stride: strideY, same: same)
        let x = try windowSize(image.width, kernel: width, stride: strideX, same: same)
        let window = Graph.Window(
            height: height, width: width, strideY: strideY, strideX: strideX, padTop: y.pad, padLeft: x.pad)
        return (window, y.out, x.out)
    }

    private mutating func bias(_ op: TFLiteFile.Operator, count: Int) throws(TensorError) -> [Float] {
        guard op.inputs.count > 2, op.inputs[2] >= 0 else { return [Float](repeating: 0, count: count) }
        let bias = try constant(op, 2, "biases")
        guard bias.count == count else { throw .shape("\(bias.count) biases for \(count) channels") }
        return bias
    }

    private mutating func convolution(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        let kernel = shape(try operand(op, 1))
        guard kernel.count == 4, kernel[3] == image.channels else {
            throw .shape("weights \(kernel) for an image \(shape(input))")
        }
        guard try int32(op, 4, default: 1) == 1, try int32(op, 5, default: 1) == 1 else {
            throw .unsupported("dilated convolutions")
        }
        let (window, height, width) = try window(op, on: input, height: kernel[1], width: kernel[2])
        var node = Graph.Node(
            kind: .convolution, inputs: [input], output: try result(op, [image.batch, height, width, kernel[0]]))
        node.window = window
        node.weights = try constant(op, 1, "weights")
        node.bias = try bias(op, count: kernel[0])
        node.activation = try activation(op, 3)
        graph.nodes.append(node)
    }

    private mutating func depthwise(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        let kernel = shape(try operand(op, 1))
        guard kernel.count == 4, kernel[0] == 1, kernel[3] == image.channels else {
            throw .unsupported("depthwise weights \(kernel) for an image \(shape(input))")
        }
        guard try int32(op, 5, default: 1) == 1, try int32(op, 6, default: 1) == 1 else {
            throw .unsupported("dilated convolutions")
        }
        let (window, height, width) = try window(op, on: input, height: kernel[1], width: kernel[2])
        var node = Graph.Node(
            kind: .depthwise, inputs: [input], output: try result(op, [image.batch, height, width, image.channels]))
        node.window = window
        node.weights = try constant(op, 1, "weights")
        node.bias = try bias(op, count: image.channels)
        node.activation = try activation(op, 4)
        graph.nodes.append(node)
    }

    private mutating func fullyConnected(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let kernel = shape(try operand(op, 1))
        guard kernel.count == 2, kernel[1] > 0, graph.tensors[input].count % kernel[1] == 0 else {
            throw .shape("weights \(kernel) for \(shape(input))")
        }
        guard try uint8(op, 1) == 0 else { throw .unsupported("shuffled weights of FULLY_CONNECTED") }
        let rows = graph.tensors[input].count / kernel[1]
        let keeps = try uint8(op, 2) != 0
        let expected = keeps ? Array(shape(input).dropLast()) + [kernel[0]] : [rows, kernel[0]]
        if keeps, shape(input).last != kernel[1] { throw .shape("weights \(kernel) for \(shape(input))") }
        // A row is a pixel to the convolution: views of both tensors as [1, 1, rows, channels].
        let from = view(input, [1, 1, rows, kernel[1]])
        let output = try result(op, expected)
        let flat = append(name: graph.tensors[output].name, [1, 1, rows, kernel[0]])
        var node = Graph.Node(kind: .convolution, inputs: [from], output: flat)
        node.weights = try constant(op, 1, "weights")
        node.bias = try bias(op, count: kernel[0])
        node.activation = try activation(op, 0)
        graph.nodes.append(node)
        graph.nodes.append(Graph.Node(kind: .reshape, inputs: [flat], output: output))
    }

    private mutating func append(name: String, _ shape: [Int]) -> Int {
        graph.tensors.append(Graph.Tensor(name: name, shape: shape, constant: nil))
        return graph.tensors.count - 1
    }

    private mutating func view(_ tensor: Int, _ shape: [Int]) -> Int {
        let view = append(name: graph.tensors[tensor].name, shape)
        graph.nodes.append(Graph.Node(kind: .reshape, inputs: [tensor], output: view))
        return view
    }

    private mutating func binary(_ op: TFLiteFile.Operator, _ kind: Graph.Kind) throws(TensorError) {
        guard op.inputs.count == 2 else { throw .shape("a sum or product of \(op.inputs.count) tensors") }
        var operands = [try value(op, 0), try value(op, 1)]
        if graph.tensors[operands[0]].count < graph.tensors[operands[1]].count { operands.reverse() }
        let large = shape(operands[0]), small = shape(operands[1])
        // The smaller one repeats: its shape without leading ones is the end of the larger one's, or it is one value.
        let core = Array(small.drop { $0 == 1 })
        guard core.isEmpty || (core.count <= large.count && Array(large.suffix(core.count)) == core),
            small.count <= large.count, !large.isEmpty
        else { throw .unsupported("a sum or product of \(large) and \(small)") }
        guard graph.tensors[operands[0]].constant == nil else { throw .unsupported("operators on constants alone") }
        let output = try result(op, large)
        var node = Graph.Node(kind: kind, inputs: operands, output: output)
        node.activation = try activation(op, 0)
        graph.nodes.append(node)
    }

    private mutating func unary(_ op: TFLiteFile.Operator, _ activation: Graph.Activation) throws(TensorError) {
        let input = try value(op, 0)
        guard !shape(input).isEmpty else { throw .shape("an activation of a single number") }
        var node = Graph.Node(kind: .unary, inputs: [input], output: try result(op, shape(input)))
        node.activation = activation
        graph.nodes.append(node)
    }

    private mutating func prelu(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        guard let channels = shape(input).last else { throw .shape("an activation of a single number") }
        let alpha = try constant(op, 1, "PReLU slopes")
        guard alpha.count == channels, shape(try operand(op, 1)).last == channels else {
            throw .unsupported("PReLU slopes \(shape(try operand(op, 1))) for \(shape(input))")
        }
        var node = Graph.Node(kind: .unary, inputs: [input], output: try result(op, shape(input)))
        node.activation = .prelu(alpha)
        graph.nodes.append(node)
    }

    private mutating func pool(_ op: TFLiteFile.Operator, _ kind: Graph.Kind) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        let (window, height, width) = try window(
            op, on: input, height: try int32(op, 4), width: try int32(op, 3))
        var node = Graph.Node(
            kind: kind, inputs: [input], output: try result(op, [image.batch, height, width, image.channels]))
        node.window = window
        node.activation = try activation(op, 5)
        graph.nodes.append(node)
    }

    private mutating func mean(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        guard Set(try integers(op, 1).map { $0 < 0 ? $0 + 4 : $0 }) == [1, 2] else {
            throw .unsupported("MEAN over other axes than height and width")
        }
        let keeps = try uint8(op, 0) != 0
        let output = try result(
            op, keeps ? [image.batch, 1, 1, image.channels] : [image.batch, image.channels])
        let pooled = append(name: graph.tensors[output].name, [image.batch, 1, 1, image.channels])
        var node = Graph.Node(kind: .averagePool, inputs: [input], output: pooled)
        node.window = Graph.Window(
            height: image.height, width: image.width, strideY: 1, strideX: 1, padTop: 0, padLeft: 0)
        graph.nodes.append(node)
        graph.nodes.append(Graph.Node(kind: .reshape, inputs: [pooled], output: output))
    }

    private mutating func reshape(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        guard let output = op.outputs.first, graph.tensors[output].count == graph.tensors[input].count else {
            throw .shape("a reshape of \(shape(input)) to another number of values")
        }
        graph.nodes.append(
            Graph.Node(kind: .reshape, inputs: [input], output: try result(op, shape(output))))
    }

    private mutating func resize(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        let size = try integers(op, 1)
        guard size.count == 2, size.allSatisfy({ $0 >= 1 && $0 <= 1 << 20 }) else {
            throw .shape("a resize to \(size)")
        }
        let output = try result(op, [image.batch, size[0], size[1], image.channels])
        graph.nodes.append(
            Graph.Node(
                kind: .resize(halfPixelCenters: try uint8(op, 3) != 0, alignCorners: try uint8(op, 2) != 0),
                inputs: [input], output: output))
    }

    private mutating func depthToSpace(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        let block = try int32(op, 0)
        guard block >= 1, block <= 64, image.channels % (block * block) == 0 else {
            throw .shape("DEPTH_TO_SPACE by \(block) of \(image.channels) channels")
        }
        let output = try result(
            op, [image.batch, image.height * block, image.width * block, image.channels / (block * block)])
        graph.nodes.append(Graph.Node(kind: .depthToSpace(block: block), inputs: [input], output: output))
    }

    private mutating func pad(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        let amounts = try integers(op, 1)
        guard amounts.count == 8, amounts.allSatisfy({ $0 >= 0 && $0 <= 1 << 20 }), amounts[0] == 0, amounts[1] == 0
        else { throw .unsupported("padding \(amounts)") }
        let output = try result(
            op,
            [
                image.batch, image.height + amounts[2] + amounts[3], image.width + amounts[4] + amounts[5],
                image.channels + amounts[6] + amounts[7],
            ])
        graph.nodes.append(
            Graph.Node(
                kind: .pad(top: amounts[2], left: amounts[4], channel: amounts[6]), inputs: [input], output: output))
    }

    private mutating func concatenation(_ op: TFLiteFile.Operator) throws(TensorError) {
        guard op.inputs.count >= 1, try activation(op, 1).isNone else {
            throw .unsupported("a concatenation of nothing or with an activation")
        }
        var inputs: [Int] = []
        for index in op.inputs.indices { inputs.append(try value(op, index)) }
        var expected = shape(inputs[0])
        var axis = try int32(op, 0)
        if axis < 0 { axis += expected.count }
        guard axis >= 0, axis < expected.count else { throw .shape("a concatenation along axis \(axis)") }
        expected[axis] = 0
        for input in inputs {
            var other = shape(input)
            guard other.count == expected.count else { throw .shape("a concatenation of \(other)") }
            let size = other[axis]
            other[axis] = expected[axis]
            guard other == expected else { throw .shape("a concatenation of \(shape(input))") }
            expected[axis] += size
        }
        let output = try result(op, expected)
        let outer = expected[..<axis].reduce(1, *), inner = expected[(axis + 1)...].reduce(1, *)
        var copies: [Graph.Copy] = []
        var at = 0
        for (index, input) in inputs.enumerated() {
            let length = shape(input)[axis] * inner
            copies.append(
                Graph.Copy(
                    input: index, from: 0, to: at, count: outer, length: length, inStride: length,
                    outStride: expected[axis] * inner))
            at += length
        }
        graph.nodes.append(Graph.Node(kind: .copy(copies), inputs: inputs, output: output))
    }

    private mutating func stridedSlice(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let source = shape(input)
        let begin = try integers(op, 1), end = try integers(op, 2), steps = try integers(op, 3)
        let beginMask = try int32(op, 0), endMask = try int32(op, 1), shrink = try int32(op, 4)
        guard try int32(op, 2) == 0, try int32(op, 3) == 0 else {
            throw .unsupported("STRIDED_SLICE with an ellipsis or new axes")
        }
        guard begin.count == source.count, end.count == source.count, steps.allSatisfy({ $0 == 1 }),
            steps.count == source.count, source.count <= 4
        else { throw .unsupported("STRIDED_SLICE of \(source) with steps \(steps)") }
        var from: [Int] = [], sizes: [Int] = [], kept: [Int] = []
        for axis in source.indices {
            func place(_ value: Int) -> Int { min(max(value < 0 ? value + source[axis] : value, 0), source[axis]) }
            let shrinks = shrink >> axis & 1 == 1
            let low = beginMask >> axis & 1 == 1 ? 0 : place(begin[axis])
            let high = shrinks ? low + 1 : endMask >> axis & 1 == 1 ? source[axis] : place(end[axis])
            guard high > low, high <= source[axis] else { throw .shape("an empty STRIDED_SLICE of \(source)") }
            from.append(low)
            sizes.append(high - low)
            if !shrinks { kept.append(high - low) }
        }
        let output = try result(op, kept)
        // As four axes: the last is a run, the third a strided copy, the outer two are written out.
        let pad = 4 - source.count
        let s = [Int](repeating: 1, count: pad) + source, n = [Int](repeating: 1, count: pad) + sizes
        let f = [Int](repeating: 0, count: pad) + from
        guard n[0] * n[1] <= 4096 else { throw .tooLarge("STRIDED_SLICE of \(source)") }
        var copies: [Graph.Copy] = []
        for a in 0..<n[0] {
            for b in 0..<n[1] {
                copies.append(
                    Graph.Copy(
                        from: (((f[0] + a) * s[1] + f[1] + b) * s[2] + f[2]) * s[3] + f[3],
                        to: (a * n[1] + b) * n[2] * n[3], count: n[2], length: n[3], inStride: s[3], outStride: n[3]))
            }
        }
        graph.nodes.append(Graph.Node(kind: .copy(copies), inputs: [input], output: output))
    }

    /// MediaPipe's custom operator: weights `[out, 2, 2, in]`, stride 2.
    private mutating func transposedConvolution(_ op: TFLiteFile.Operator) throws(TensorError) {
        let input = try value(op, 0)
        let image = try image(input)
        let kernel = shape(try operand(op, 1))
        guard kernel.count == 4, kernel[1] == 2, kernel[2] == 2, kernel[3] == image.channels else {
            throw .unsupported("a transposed convolution with weights \(kernel)")
        }
        var node = Graph.Node(
            kind: .transposed2x2, inputs: [input],
            output: try result(op, [image.batch, image.height * 2, image.width * 2, kernel[0]]))
        node.weights = try constant(op, 1, "weights")
        node.bias = try bias(op, count: kernel[0])
        graph.nodes.append(node)
    }
}
