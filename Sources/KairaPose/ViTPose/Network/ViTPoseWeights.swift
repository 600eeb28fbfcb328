import KairaTensor

/// The weights of a ViTPose network by meaning, whatever the names in the file.
///
/// Two namings are known: that of the transformers library and that of the authors' checkpoints.
package struct ViTPoseWeights {
    private let file: WeightFile
    private let prefix: String
    private let names: Naming
    private let configuration: ViTPoseConfiguration

    private enum Naming { case transformers, original }

    /// Finds out how the file names its tensors.
    package init(_ file: WeightFile, _ configuration: ViTPoseConfiguration) throws(TensorError) {
        self.file = file
        self.configuration = configuration
        guard let found = Self.naming(of: file) else {
            throw .weights("no tensor has a name of a ViTPose network")
        }
        (prefix, names) = (found.prefix, found.isOriginal ? .original : .transformers)
    }

    /// What is before the tensors' names, and whether they are the authors'; nil where the file holds no such network.
    static func naming(of file: WeightFile) -> (prefix: String, isOriginal: Bool)? {
        for prefix in ["", "state_dict.", "module.", "model.", "state_dict.module."] {
            if file[prefix + "backbone.embeddings.patch_embeddings.projection.weight"] != nil { return (prefix, false) }
            if file[prefix + "backbone.patch_embed.proj.weight"] != nil { return (prefix, true) }
        }
        return nil
    }

    /// The values of a tensor of the given shape.
    private func values(_ name: String, _ shape: [Int]) throws(TensorError) -> [Float] {
        let tensor = try file.tensor(prefix + name)
        guard tensor.shape == shape else {
            throw .shape("\"\(prefix + name)\" is \(tensor.shape), the configuration asks for \(shape)")
        }
        let values = try tensor.floats()
        // Infinity and NaN have the largest exponent; as integers, because the compiler turns that into vector code.
        var most: UInt32 = 0
        for value in values { most = max(most, value.bitPattern & 0x7fff_ffff) }
        guard most < 0x7f80_0000 else {
            throw .weights("\"\(prefix + name)\" holds values that are not finite (NaN or infinity)")
        }
        return values
    }

    private func linear(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool = true) throws(TensorError)
        -> LinearWeights
    {
        LinearWeights(
            outputs: outputs, inputs: inputs, weight: try values(name + ".weight", [outputs, inputs]),
            bias: bias ? try values(name + ".bias", [outputs]) : [])
    }

    private func norm(_ name: String) throws(TensorError) -> NormWeights {
        NormWeights(
            scale: try values(name + ".weight", [configuration.width]),
            shift: try values(name + ".bias", [configuration.width]), epsilon: configuration.layerNormEpsilon)
    }

    // MARK: Backbone

    /// The patch embedding for patches of `[channels][height][width]` or `[height][width][channels]`.
    package func patches(layout: PixelLayout) throws(TensorError) -> LinearWeights {
        let c = configuration, pixels = c.patchHeight * c.patchWidth, depth = c.channels * pixels
        let name =
            names == .transformers ? "backbone.embeddings.patch_embeddings.projection" : "backbone.patch_embed.proj"
        var weight = try values(name + ".weight", [c.width, c.channels, c.patchHeight, c.patchWidth])
        if layout == .interleaved {
            let planar = weight
            for output in 0..<c.width {
                for channel in 0..<c.channels {
                    for pixel in 0..<pixels {
                        weight[output * depth + pixel * c.channels + channel] =
                            planar[output * depth + channel * pixels + pixel]
                    }
                }
            }
        }
        return LinearWeights(
            outputs: c.width, inputs: depth, weight: weight, bias: try values(name + ".bias", [c.width]))
    }

    /// What is added to each token: `[tokens, width]`; that of the class token, which does not exist, is folded in.
    package func positions() throws(TensorError) -> [Float] {
        let c = configuration, tokens = c.tokenRows * c.tokenColumns
        let name = names == .transformers ? "backbone.embeddings.position_embeddings" : "backbone.pos_embed"
        let all = try values(name, [1, tokens + 1, c.width])
        return (0..<tokens * c.width).map { all[c.width + $0] + all[$0 % c.width] }
    }

    /// Block `index`, with the given expert's rows under those of the shared network.
    package func block(_ index: Int, expert: Int) throws(TensorError) -> EncoderBlock {
        let c = configuration, d = c.width, wide = d * c.expansion
        let shared = c.experts > 1 ? d - c.expertFeatures : d
        switch names {
        case .transformers:
            let base = "backbone.encoder.layer.\(index)."
            var narrow = try linear(base + "mlp.fc2", shared, wide)
            if c.experts > 1 {
                narrow = .joined([narrow, try linear(base + "mlp.experts.\(expert)", c.expertFeatures, wide)])
            }
            let attention = base + "attention.attention."
            return EncoderBlock(
                order: .preNorm, heads: c.heads, attentionNorm: try norm(base + "layernorm_before"),
                networkNorm: try norm(base + "layernorm_after"),
                query: try linear(attention + "query", d, d, bias: c.queryBias),
                key: try linear(attention + "key", d, d, bias: c.queryBias),
                value: try linear(attention + "value", d, d, bias: c.queryBias),
                output: try linear(base + "attention.output.dense", d, d), widen: try linear(base + "mlp.fc1", wide, d),
                narrow: narrow)
        case .original:
            let base = "backbone.blocks.\(index)."
            let joint = try values(base + "attn.qkv.weight", [3 * d, d])
            let bias = c.queryBias ? try values(base + "attn.qkv.bias", [3 * d]) : []
            func part(_ index: Int) -> LinearWeights {
                LinearWeights(
                    outputs: d, inputs: d, weight: Array(joint[index * d * d..<(index + 1) * d * d]),
                    bias: bias.isEmpty ? [] : Array(bias[index * d..<(index + 1) * d]))
            }
            var narrow = try linear(base + "mlp.fc2", shared, wide)
            if c.experts > 1 {
                narrow = .joined([narrow, try linear(base + "mlp.experts.\(expert)", c.expertFeatures, wide)])
            }
            return EncoderBlock(
                order: .preNorm, heads: c.heads, attentionNorm: try norm(base + "norm1"),
                networkNorm: try norm(base + "norm2"), query: part(0), key: part(1), value: part(2),
                output: try linear(base + "attn.proj", d, d), widen: try linear(base + "mlp.fc1", wide, d),
                narrow: narrow)
        }
    }

    /// The norm after the last block.
    package func lastNorm() throws(TensorError) -> NormWeights {
        try norm(names == .transformers ? "backbone.layernorm" : "backbone.last_norm")
    }

    // MARK: Head

    /// The last convolution, `[keypoints, channels, side, side]`.
    package func lastConvolution(channels: Int, side: Int) throws(TensorError) -> (weight: [Float], bias: [Float]) {
        let name = names == .transformers ? "head.conv" : "keypoint_head.final_layer"
        return (
            try values(name + ".weight", [configuration.keypoints, channels, side, side]),
            try values(name + ".bias", [configuration.keypoints])
        )
    }

    /// Transposed convolution 0 or 1 of the classic head with its batch norm folded in.
    package func doubling(_ index: Int) throws(TensorError) -> Doubling {
        let inputs = index == 0 ? configuration.width : 256, outputs = 256
        let (weights, batchNorm) =
            names == .transformers
            ? ("head.deconv\(index + 1)", "head.batchnorm\(index + 1)")
            : ("keypoint_head.deconv_layers.\(3 * index)", "keypoint_head.deconv_layers.\(3 * index + 1)")
        var weight = try values(weights + ".weight", [inputs, outputs, 4, 4])
        let scale = try values(batchNorm + ".weight", [outputs]), shift = try values(batchNorm + ".bias", [outputs])
        let mean = try values(batchNorm + ".running_mean", [outputs])
        let variance = try values(batchNorm + ".running_var", [outputs])
        // Its epsilon is no field of any configuration: both implementations leave it at 1e-5.
        let factor = zip(scale, variance).map { $0 / ($1 + 1e-5).squareRoot() }
        for index in weight.indices { weight[index] *= factor[index / 16 % outputs] }
        return Doubling(
            inputs: inputs, outputs: outputs, weight: weight,
            bias: (0..<outputs).map { shift[$0] - mean[$0] * factor[$0] })
    }
}
