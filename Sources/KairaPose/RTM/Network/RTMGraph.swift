import KairaTensor

/// Finds the modules of an RTMPose or RTMDet in an exported ONNX graph, whose tensors have lost their names.
///
/// The exporter writes operations in the order in which the training code runs them, so the convolutions of the graph are
/// read against the network's own grammar; tensors then get the names that a checkpoint would give them. Nothing is run:
/// what the graph does between its weights is not looked at, but for the presence of an exponential.
struct RTMGraph {
    private let file: WeightFile
    private var named: [(name: String, tensor: WeightTensor)] = []
    /// The convolutions that are left, in order.
    private var convolutions: ArraySlice<Found>

    /// A convolution of the graph.
    private struct Found {
        var weight: WeightTensor
        var bias: WeightTensor?
        /// Where among the nodes it is.
        var node: Int

        var side: Int { weight.shape[2] }
        var outputs: Int { weight.shape[0] }
        var inputs: Int { weight.shape[1] }
        var isDepthwise: Bool { inputs == 1 && outputs > 1 }
    }

    /// The file with the names of the training code.
    ///
    /// - Throws: `TensorError.weights` where the graph is not that of such a network.
    static func named(_ file: WeightFile) throws(TensorError) -> WeightFile {
        // An export that kept the names and the norms is a checkpoint in another wrapping.
        if file["backbone.stem.0.conv.weight"] != nil, file["backbone.stem.0.bn.weight"] != nil {
            return try WeightFile(
                file,
                named: file.names.compactMap { name in
                    guard let tensor = file[name], Self.isParameter(name) else { return nil }
                    let isMatrix = name.hasPrefix("onnx::MatMul")
                    return isMatrix ? nil : (name, tensor)
                })
        }
        var graph = RTMGraph(file)
        try graph.backbone()
        if graph.hasHead { try graph.pose() } else { try graph.detector() }
        return try WeightFile(file, named: graph.named)
    }

    private static func isParameter(_ name: String) -> Bool {
        ["backbone.", "neck.", "head.", "bbox_head."].contains { name.hasPrefix($0) }
    }

    private init(_ file: WeightFile) {
        self.file = file
        convolutions =
            file.nodes.enumerated().compactMap { index, node in
                guard node.operation == "Conv", node.inputs.count >= 2, let weight = file[node.inputs[1]],
                    weight.shape.count == 4
                else { return nil }
                return Found(weight: weight, bias: node.inputs.count > 2 ? file[node.inputs[2]] : nil, node: index)
            }[...]
    }

    /// Whether joints come out of matrix products, as in RTMPose's head.
    private var hasHead: Bool {
        file.nodes.contains { $0.operation == "MatMul" && $0.inputs.contains { file[$0]?.shape.count == 2 } }
    }

    private func refused(_ what: String) -> TensorError {
        .weights(
            "the ONNX graph is not that of an RTMPose or RTMDet as mmdeploy exports it: \(what); a checkpoint (.pth) of the "
                + "same network can be used")
    }

    // MARK: Convolutions

    private mutating func next(_ name: String) throws(TensorError) -> Found {
        guard let found = convolutions.popFirst() else { throw refused("it ends before \(name)") }
        return found
    }

    private mutating func take(_ name: String, side: Int, depthwise: Bool? = nil) throws(TensorError) -> Found {
        let found = try next(name)
        guard found.side == side, depthwise.map({ $0 == found.isDepthwise }) ?? true else {
            throw refused("a convolution of shape \(found.weight.shape) stands where \(name) belongs")
        }
        return found
    }

    private mutating func add(_ name: String, _ found: Found) throws(TensorError) {
        guard let bias = found.bias else { throw refused("\(name) has no bias, so its norm was not folded in") }
        named.append((name + ".weight", found.weight))
        named.append((name + ".bias", bias))
    }

    /// A convolution with its norm, whole or in two.
    private mutating func module(_ name: String, side: Int) throws(TensorError) {
        let found = try take(name, side: side)
        guard found.isDepthwise else { return try add(name + ".conv", found) }
        try add(name + ".depthwise_conv.conv", found)
        try add(name + ".pointwise_conv.conv", try take(name, side: 1))
    }

    /// `CSPLayer`; all backbones have the attention, no feature pyramid has.
    private mutating func layer(_ name: String, attention: Bool) throws(TensorError) {
        try add(name + ".short_conv.conv", try take(name, side: 1))
        try add(name + ".main_conv.conv", try take(name, side: 1))
        var index = 0
        while let following = convolutions.first, following.side == 3 {
            try module("\(name).blocks.\(index).conv1", side: 3)
            try module("\(name).blocks.\(index).conv2", side: 5)
            index += 1
        }
        if attention { try add(name + ".attention.fc", try take(name + ".attention", side: 1)) }
        try add(name + ".final_conv.conv", try take(name + ".final_conv", side: 1))
    }

    private mutating func backbone() throws(TensorError) {
        for index in 0..<3 { try module("backbone.stem.\(index)", side: 3) }
        var stage = 1
        while let following = convolutions.first, following.side == 3, stage <= 8 {
            let name = "backbone.stage\(stage)"
            try module(name + ".0", side: 3)
            // Windows of several sizes stand before the layer where the second convolution reads four times what the first
            // one makes.
            let pair = convolutions.prefix(2)
            if let first = pair.first, let second = pair.last, pair.count == 2, second.inputs == 4 * first.outputs {
                try add(name + ".1.conv1.conv", try take(name, side: 1))
                try add(name + ".1.conv2.conv", try take(name, side: 1))
                try layer(name + ".2", attention: true)
            } else {
                try layer(name + ".1", attention: true)
            }
            stage += 1
        }
    }

    private mutating func detector() throws(TensorError) {
        var steps = 0
        // Reductions and layers take turns; then halvings, which have windows of 3, and layers.
        while steps < 4, convolutions.first?.side == 1 {
            try module("neck.reduce_layers.\(steps)", side: 1)
            try layer("neck.top_down_blocks.\(steps)", attention: false)
            steps += 1
        }
        for step in 0..<steps {
            try module("neck.downsamples.\(step)", side: 3)
            try layer("neck.bottom_up_blocks.\(step)", attention: false)
        }
        guard steps > 0 else { throw refused("there is no feature pyramid") }
        for index in 0...steps { try module("neck.out_convs.\(index)", side: 3) }
        for level in 0...steps {
            for (list, last) in [("cls_convs", "rtm_cls"), ("reg_convs", "rtm_reg")] {
                var index = 0
                while let following = convolutions.first, following.side == 3 {
                    try module("bbox_head.\(list).\(level).\(index)", side: 3)
                    index += 1
                }
                try add("bbox_head.\(last).\(level)", try take("bbox_head.\(last)", side: 1))
            }
        }
        guard convolutions.isEmpty else { throw refused("\(convolutions.count) convolutions are left over") }
    }

    // MARK: The head

    private mutating func pose() throws(TensorError) {
        let last = try next("head.final_layer")
        try add("head.final_layer", last)
        guard convolutions.isEmpty else { throw refused("\(convolutions.count) convolutions are left over") }
        // What follows by the operation and its constant, in the order in which mmpose's head runs.
        var matrices = ["head.mlp.1", "head.gau.uv", "head.gau.o", "head.cls_x", "head.cls_y"][...]
        var lengths = ["head.mlp.0.g", "head.gau.ln.g"][...]
        var hasFactors = false, hasTerms = false, hasScale = false
        for node in file.nodes[(last.node + 1)...] {
            guard let tensor = node.inputs.compactMap({ file[$0] }).first(where: { $0.type.isFloat }) else { continue }
            switch node.operation {
            case "MatMul":
                guard tensor.shape.count == 2, let name = matrices.popFirst() else {
                    throw refused("there are more matrix products than a head has")
                }
                // The exporter has turned them.
                named.append((name + ".weight", tensor.transposed))
            case "Mul" where tensor.shape == [1] && matrices.count >= 4:
                guard let name = lengths.popFirst() else { break }
                named.append((name, tensor))
            case "Mul" where matrices.count == 3 && !hasFactors && tensor.shape.count >= 2:
                guard tensor.shape.suffix(2).first == 2, let wide = tensor.shape.last, tensor.count == 2 * wide else {
                    throw refused("the factors of queries and keys are \(tensor.shape)")
                }
                named.append(("head.gau.gamma", tensor.reshaped([2, wide])))
                hasFactors = true
            case "Add" where matrices.count == 3 && !hasTerms:
                guard tensor.shape.suffix(2).first == 2, let wide = tensor.shape.last, tensor.count == 2 * wide else {
                    throw refused("the terms of queries and keys are \(tensor.shape)")
                }
                named.append(("head.gau.beta", tensor.reshaped([2, wide])))
                hasTerms = true
            case "Add" where matrices.count == 3 && hasTerms && tensor.count > 1:
                throw refused("the attention has terms by distance")
            case "Mul" where matrices.count <= 2 && !hasScale && tensor.shape.count == 1 && tensor.count > 1:
                named.append(("head.gau.res_scale.scale", tensor))
                hasScale = true
            default: break
            }
        }
        guard matrices.isEmpty, lengths.isEmpty, hasFactors, hasTerms, hasScale else {
            throw refused("the head's weights are not all there")
        }
    }
}
