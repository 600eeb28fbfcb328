import KairaTensor

/// An RTMPose network (Jiang et al., *RTMPose*, 2023) with its answer: for each joint a row of places along x and y.
struct RTMPoseNetwork {
    let network: ImageNetwork

    /// What is added below a token's length in the head's norms: mmpose's `ScaleNorm`.
    private static let epsilon: Float = 1e-5

    init(
        _ c: RTMPoseConfiguration, _ source: RTMWeights, batch: Int, threads: Int
    ) throws(TensorError) {
        var weights = source, builder = ImageNetworkBuilder(batch: batch)
        let picture = builder.input(height: c.imageHeight, width: c.imageWidth, channels: 3)
        guard let features = try c.backbone.add(to: &builder, &weights, picture).last else {
            throw .shape("a backbone without a stage")
        }
        // Each joint's map as a token.
        let maps = try builder.windowConvolution(
            features, weights.plainConvolution("head.final_layer", c.keypoints, c.channels, side: c.windowSide))
        let flat = try builder.planes(maps), cells = builder.shape(flat).channels
        let normal = try builder.scaleNorm(
            flat, factor: weights.values("head.mlp.0.g", [1])[0], epsilon: Self.epsilon)
        let tokens = try builder.convolution(normal, weights.linear("head.mlp.1", c.width, cells))
        // The gated attention unit.
        let inner = try builder.scaleNorm(
            tokens, factor: weights.values("head.gau.ln.g", [1])[0], epsilon: Self.epsilon)
        let mixed = try builder.convolution(
            inner, weights.linear("head.gau.uv", 2 * c.expansion + c.features, c.width), activation: .silu)
        let attended = try builder.gatedAttention(
            mixed, features: c.features, factors: weights.values("head.gau.gamma", [2, c.features]),
            terms: weights.values("head.gau.beta", [2, c.features]),
            distance: c.hasDistance ? weights.values("head.gau.w", [2 * c.keypoints - 1]) : [])
        let shortcut = try builder.multiply(tokens, by: weights.values("head.gau.res_scale.scale", [c.width]))
        let result = try builder.convolution(
            attended, weights.linear("head.gau.o", c.width, c.expansion), residual: shortcut)
        let x = try builder.convolution(result, weights.linear("head.cls_x", c.columns, c.width))
        let y = try builder.convolution(result, weights.linear("head.cls_y", c.rows, c.width))
        try weights.finish()
        network = try ImageNetwork(builder, outputs: [x, y], threads: threads)
    }
}
