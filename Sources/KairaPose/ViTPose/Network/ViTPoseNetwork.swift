import KairaTensor

/// A ViTPose network as a list of steps, with its input, its heatmaps and what tests look at between.
struct ViTPoseNetwork {
    let program: TransformerProgram
    let input: PictureInput
    let heatmaps: PlanesOutput
    /// The tokens between the blocks.
    let stream: TokenRows
    /// Steps after which the stream holds hidden state 0 (the embedding), 1, ... .
    let hidden: [Int]

    init(
        _ configuration: ViTPoseConfiguration, _ weights: ViTPoseWeights, expert: Int, layout: PixelLayout,
        type: TransformerKernels.NumberType, kernels: TransformerKernels, batch: Int, threads: Int
    ) throws(TensorError) {
        let c = configuration, (rows, columns) = (c.tokenRows, c.tokenColumns), tokens = rows * columns
        guard (0..<c.experts).contains(expert) else {
            throw .shape("expert \(expert) of a network with \(c.experts)")
        }
        guard c.gigaMultiplyAdds * Double(batch) < 10_000 else {
            throw .tooLarge(
                "a network of \(Int(c.gigaMultiplyAdds)) billion multiplications for each of \(batch) pictures")
        }
        var builder = try TransformerBuilder(kernels: kernels, batch: batch, threads: threads)
        input = try builder.picture(
            height: c.imageHeight, width: c.imageWidth, channels: c.channels, layout: layout)
        let values = try EncoderValues(
            builder, rows: tokens, width: c.width, wide: c.width * c.expansion, heads: c.heads, type: type)
        var hidden: [Int] = []

        let patches = try builder.rows(rows: tokens, columns: c.channels * c.patchHeight * c.patchWidth)
        builder.patches(
            of: input, size: (c.patchHeight, c.patchWidth), padding: 2, to: patches.grouped(rows: columns))
        try builder.linear(
            try builder.converted(patches, to: type), try weights.patches(layout: layout),
            residual: try builder.constant(rows: tokens, columns: c.width, try weights.positions()), to: values.stream,
            name: "patch embedding")
        hidden.append(builder.descriptions.count)
        for index in 0..<c.layers {
            unsafe try builder.block(try weights.block(index, expert: expert), values)
            hidden.append(builder.descriptions.count)
        }

        heatmaps = try builder.planes(c.keypoints, height: c.heatmapHeight, width: c.heatmapWidth)
        let grid = values.stream.grouped(rows: columns)
        switch c.head {
        case .simple:
            let features = try builder.rows(groups: rows, rows: columns, columns: c.width, type: type)
            try builder.norm(grid, try weights.lastNorm(), to: features, relu: true)
            let last = try weights.lastConvolution(channels: c.width, side: 3)
            try builder.enlargedConvolution(
                features, weight: last.weight, bias: last.bias, factor: c.scale, to: heatmaps)
        case .classic:
            let features = try builder.rows(groups: rows, rows: columns, columns: c.width, type: type, border: 1)
            try builder.norm(grid, try weights.lastNorm(), to: features)
            let plain: TransformerKernels.NumberType = type == .int8 ? .float32 : type
            let doubled = try builder.rows(groups: 2 * rows, rows: 2 * columns, columns: 256, type: plain, border: 1)
            try builder.double(features, try weights.doubling(0), to: doubled)
            var second = doubled
            if type == .int8 {
                second = try builder.rows(
                    groups: 2 * rows, rows: 2 * columns, columns: 256, type: .int8, border: 1)
                try builder.norm(doubled, nil, to: second)
            }
            // The last layer is small: only bfloat16 instructions make it faster without harm.
            let last16 = type != .float32 && kernels.has(.bfloat16)
            let quadrupled = try builder.rows(
                groups: 4 * rows, rows: 4 * columns, columns: 256, type: last16 ? .bfloat16 : .float32)
            try builder.double(second, try weights.doubling(1), to: quadrupled)
            let last = try weights.lastConvolution(channels: 256, side: 1)
            let mixed = try builder.rows(groups: 4 * rows, rows: 4 * columns, columns: c.keypoints)
            try builder.linear(
                quadrupled.flattened,
                LinearWeights(outputs: c.keypoints, inputs: 256, weight: last.weight, bias: last.bias),
                to: mixed.flattened, name: "last convolution")
            builder.planes(mixed, to: heatmaps)
        }
        stream = values.stream
        self.hidden = hidden
        program = try TransformerProgram(builder)
    }
}
