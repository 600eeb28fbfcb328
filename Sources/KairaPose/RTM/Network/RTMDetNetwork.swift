import KairaTensor

/// An RTMDet network: for each level scores `[rows, columns, classes]` and distances `[rows, columns, 4]`, both raw.
struct RTMDetNetwork {
    let network: ImageNetwork

    init(_ c: RTMDetConfiguration, _ source: RTMWeights, threads: Int) throws(TensorError) {
        var weights = source, builder = ImageNetworkBuilder(batch: 1)
        let picture = builder.input(height: c.imageHeight, width: c.imageWidth, channels: 3)
        let stages = try c.backbone.add(to: &builder, &weights, picture)
        let neck = c.neck, steps = neck.reductions.count
        let features = Array(stages.suffix(steps + 1))

        // Downwards: what comes from the smaller image is enlarged and put before the larger one's channels.
        var inner = features[steps], kept: [ImageNetworkBuilder.Value] = []
        for step in 0..<steps {
            let low = features[steps - 1 - step], shape = builder.shape(low)
            let reduction = neck.reductions[step]
            inner = try reduction.add(to: &builder, &weights, inner)
            kept.insert(inner, at: 0)
            let joined = builder.image(
                height: shape.height, width: shape.width, channels: reduction.outputs + shape.channels)
            _ = try builder.enlarge(
                inner, factor: 2, into: builder.part(of: joined, from: 0, channels: reduction.outputs))
            _ = try builder.enlarge(
                low, factor: 1, into: builder.part(of: joined, from: reduction.outputs, channels: shape.channels))
            inner = try neck.downward[step].add(to: &builder, &weights, joined)
        }
        // Upwards, with what was kept.
        var results = [inner]
        for step in 0..<steps {
            let high = kept[step], shape = builder.shape(high), halving = neck.halvings[step]
            let joined = builder.image(
                height: shape.height, width: shape.width, channels: halving.outputs + shape.channels)
            _ = try halving.add(
                to: &builder, &weights, results[step], stride: 2,
                into: builder.part(of: joined, from: 0, channels: halving.outputs))
            _ = try builder.enlarge(
                high, factor: 1, into: builder.part(of: joined, from: halving.outputs, channels: shape.channels))
            results.append(try neck.upward[step].add(to: &builder, &weights, joined))
        }
        var outputs: [ImageNetworkBuilder.Value] = []
        for (index, level) in c.head.enumerated() {
            let input = try neck.outputs[index].add(to: &builder, &weights, results[index])
            var value = input
            for convolution in level.scores { value = try convolution.add(to: &builder, &weights, value) }
            outputs.append(
                try builder.convolution(
                    value,
                    weights.plainConvolution(
                        "bbox_head.rtm_cls.\(index)", level.classes, builder.shape(value).channels, side: level.side)))
            value = input
            for convolution in level.distances { value = try convolution.add(to: &builder, &weights, value) }
            outputs.append(
                try builder.convolution(
                    value,
                    weights.plainConvolution(
                        "bbox_head.rtm_reg.\(index)", 4, builder.shape(value).channels, side: level.side)))
        }
        try weights.finish()
        network = try ImageNetwork(builder, outputs: outputs, threads: threads)
    }
}
