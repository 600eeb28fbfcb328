import KairaTensor

extension ViTPoseConfiguration {
    /// What the shapes of a weight file's tensors say of the network: for checkpoints without `config.json`.
    ///
    /// The number of attention heads is in no shape: it is that of the published network of the same width (S and B 12, L
    /// and H 16). The picture is assumed to be 4 to 3, as all published ones are.
    ///
    /// - Throws: `PoseError.unusableModel` where the tensors are no ViTPose network's, or leave something open.
    init(_ file: WeightFile, file path: String) throws(PoseError) {
        func open(_ what: String) -> PoseError {
            .unusableModel(file: path, reason: "\(what), and there is no config.json beside the weights that would say")
        }
        guard let (prefix, isOriginal) = ViTPoseWeights.naming(of: file) else {
            throw .unusableModel(file: path, reason: "these are not the weights of a ViTPose network")
        }
        func shape(_ transformers: String, _ original: String) -> [Int]? {
            file[prefix + (isOriginal ? original : transformers)]?.shape
        }
        self.init()
        guard
            let patch = shape(
                "backbone.embeddings.patch_embeddings.projection.weight", "backbone.patch_embed.proj.weight"),
            patch.count == 4,
            let positions = shape("backbone.embeddings.position_embeddings", "backbone.pos_embed"), positions.count == 3
        else { throw .unusableModel(file: path, reason: "the patch embedding or the positions are missing") }
        (width, channels, patchHeight, patchWidth) = (patch[0], patch[1], patch[2], patch[3])
        let published = [384: 12, 768: 12, 1024: 16, 1280: 16]
        guard let known = published[width] else { throw open("a network \(width) wide has no published head count") }
        heads = known
        // Four rows to three columns of tokens.
        let tokens = positions[1] - 1
        let side = (1...64).first { 12 * $0 * $0 == tokens }
        guard let side else { throw open("\(tokens) tokens are no picture of 4 to 3") }
        (imageHeight, imageWidth) = (4 * side * patchHeight, 3 * side * patchWidth)
        layers = 0
        func block(_ part: String, _ original: String) -> [Int]? {
            shape("backbone.encoder.layer.\(layers).\(part)", "backbone.blocks.\(layers).\(original)")
        }
        if let wide = block("mlp.fc1.weight", "mlp.fc1.weight")?.first, width > 0 { expansion = wide / width }
        queryBias = block("attention.attention.query.bias", "attn.qkv.bias") != nil
        experts = 0
        while experts < 256, let part = block("mlp.experts.\(experts).weight", "mlp.experts.\(experts).weight") {
            expertFeatures = part.first ?? 0
            experts += 1
        }
        experts = max(experts, 1)
        while layers < 1024, block("mlp.fc1.weight", "mlp.fc1.weight") != nil { layers += 1 }
        layerNormEpsilon = isOriginal ? 1e-6 : 1e-12
        guard let last = shape("head.conv.weight", "keypoint_head.final_layer.weight"), last.count == 4 else {
            throw .unusableModel(file: path, reason: "the head's last convolution is missing")
        }
        keypoints = last[0]
        head =
            shape("head.deconv1.weight", "keypoint_head.deconv_layers.0.weight") == nil ? .simple : .classic
        if let problem { throw .unusableModel(file: path, reason: problem) }
    }
}
