import KairaTensor

/// The blocks that RTMPose and RTMDet are made of (Lyu et al., *RTMDet*, 2022): their sizes are read off the weights, and
/// `add` puts them into a network. Every convolution but the attention's has a batch norm and SiLU.
enum CSPNeXt {
    /// A convolution that may be cut in two: a depthwise one, then a pointwise one.
    struct Convolution: Hashable {
        var name: String
        var outputs: Int
        var inputs: Int
        var side: Int
        var isSeparable: Bool

        /// Reads its size; nil where its weights are not there.
        init?(_ name: String, _ weights: RTMWeights) {
            self.name = name
            if let shape = weights.shape(name + ".conv.weight"), shape.count == 4 {
                (outputs, inputs, side, isSeparable) = (shape[0], shape[1], shape[2], false)
            } else if let deep = weights.shape(name + ".depthwise_conv.conv.weight"), deep.count == 4,
                let point = weights.shape(name + ".pointwise_conv.conv.weight"), point.count == 4
            {
                (outputs, inputs, side, isSeparable) = (point[0], point[1], deep[2], true)
            } else {
                return nil
            }
            guard (1...CSPNeXt.widest).contains(outputs), (1...CSPNeXt.widest).contains(inputs),
                [1, 3, 5, 7].contains(side)
            else { return nil }
        }

        /// Adds it; `last` is where its result goes, `residual` what is added to it.
        func add(
            to builder: inout ImageNetworkBuilder, _ weights: inout RTMWeights, _ input: ImageNetworkBuilder.Value,
            stride: Int = 1, residual: ImageNetworkBuilder.Value? = nil, into last: ImageNetworkBuilder.Value? = nil
        ) throws(TensorError) -> ImageNetworkBuilder.Value {
            guard isSeparable else {
                return try builder.convolution(
                    input, weights.convolution(name, outputs, inputs, side: side), stride: stride, activation: .silu,
                    residual: residual, into: last)
            }
            let deep = try builder.convolution(
                input, weights.convolution(name + ".depthwise_conv", inputs, 1, side: side), stride: stride,
                activation: .silu)
            return try builder.convolution(
                deep, weights.convolution(name + ".pointwise_conv", outputs, inputs, side: 1), activation: .silu,
                residual: residual, into: last)
        }
    }

    /// Channels beyond which a file is damaged, not large.
    static let widest = 8192

    /// `CSPLayer`: half of the channels go through blocks, half around them.
    struct Layer: Hashable {
        var name: String
        var outputs: Int
        var inputs: Int
        var middle: Int
        var blocks: [[Convolution]]
        var hasAttention: Bool
        /// Whether each block's input is added to its result.
        var addsIdentity: Bool

        init?(_ name: String, _ weights: RTMWeights, addsIdentity: Bool) {
            guard let short = Convolution(name + ".short_conv", weights),
                let joining = Convolution(name + ".final_conv", weights)
            else { return nil }
            self.name = name
            self.addsIdentity = addsIdentity
            (inputs, middle, outputs) = (short.inputs, short.outputs, joining.outputs)
            hasAttention = weights.shape(name + ".attention.fc.weight") != nil
            blocks = []
            let count = weights.count(
                name + ".blocks",
                ["conv2.pointwise_conv.conv.weight", "conv1.conv.weight", "conv1.depthwise_conv.conv.weight"])
            for index in 0..<count {
                let base = "\(name).blocks.\(index)."
                guard let first = Convolution(base + "conv1", weights),
                    let second = Convolution(base + "conv2", weights)
                else { return nil }
                blocks.append([first, second])
            }
            guard !blocks.isEmpty else { return nil }
        }

        func add(
            to builder: inout ImageNetworkBuilder, _ weights: inout RTMWeights, _ input: ImageNetworkBuilder.Value,
            into last: ImageNetworkBuilder.Value? = nil
        ) throws(TensorError) -> ImageNetworkBuilder.Value {
            let shape = builder.shape(input)
            // Both halves are written where their concatenation is read.
            let joined = builder.image(height: shape.height, width: shape.width, channels: 2 * middle)
            let main = builder.part(of: joined, from: 0, channels: middle)
            _ = try builder.convolution(
                input, weights.convolution(name + ".short_conv", middle, inputs, side: 1), activation: .silu,
                into: builder.part(of: joined, from: middle, channels: middle))
            var value = try builder.convolution(
                input, weights.convolution(name + ".main_conv", middle, inputs, side: 1), activation: .silu)
            for (index, block) in blocks.enumerated() {
                let inner = try block[0].add(to: &builder, &weights, value)
                value = try block[1].add(
                    to: &builder, &weights, inner, residual: addsIdentity ? value : nil,
                    into: index == blocks.count - 1 ? main : nil)
            }
            var whole = joined
            if hasAttention {
                let factors = try builder.convolution(
                    try builder.mean(joined), weights.plainConvolution(name + ".attention.fc", 2 * middle, 2 * middle),
                    activation: .hardSigmoid)
                whole = try builder.scale(joined, by: factors)
            }
            return try builder.convolution(
                whole, weights.convolution(name + ".final_conv", outputs, 2 * middle, side: 1), activation: .silu,
                into: last)
        }
    }

    /// `SPPBottleneck`: the image beside its largest values in windows of 5, 9 and 13.
    struct Pooling: Hashable {
        var name: String
        var outputs: Int
        var inputs: Int
        var middle: Int

        init?(_ name: String, _ weights: RTMWeights) {
            guard let first = Convolution(name + ".conv1", weights), let second = Convolution(name + ".conv2", weights)
            else { return nil }
            self.name = name
            (inputs, middle, outputs) = (first.inputs, first.outputs, second.outputs)
        }

        func add(
            to builder: inout ImageNetworkBuilder, _ weights: inout RTMWeights, _ input: ImageNetworkBuilder.Value
        ) throws(TensorError) -> ImageNetworkBuilder.Value {
            let shape = builder.shape(input)
            let joined = builder.image(height: shape.height, width: shape.width, channels: 4 * middle)
            var value = try builder.convolution(
                input, weights.convolution(name + ".conv1", middle, inputs, side: 1), activation: .silu,
                into: builder.part(of: joined, from: 0, channels: middle))
            for index in 1...3 {
                // The largest of 9 by 9 is the largest of 5 by 5 of those of 5 by 5.
                value = try builder.largest(
                    value, side: 5, into: builder.part(of: joined, from: index * middle, channels: middle))
            }
            return try builder.convolution(
                joined, weights.convolution(name + ".conv2", outputs, 4 * middle, side: 1), activation: .silu)
        }
    }

    /// The backbone: a stem of three convolutions, then stages that halve the image.
    struct Backbone: Hashable {
        struct Stage: Hashable {
            var halving: Convolution
            var pooling: Pooling?
            var layer: Layer
        }

        var stem: [Convolution]
        var stages: [Stage]

        /// Reads its sizes; nil where the weights are not those of one.
        init?(_ weights: RTMWeights) {
            stem = []
            for index in 0..<3 {
                guard let convolution = Convolution("backbone.stem.\(index)", weights) else { return nil }
                stem.append(convolution)
            }
            stages = []
            var count = 0
            while count < 8, Convolution("backbone.stage\(count + 1).0", weights) != nil { count += 1 }
            for index in 0..<count {
                let name = "backbone.stage\(index + 1)"
                let pooling = Pooling(name + ".1", weights)
                guard let halving = Convolution(name + ".0", weights),
                    // The configurations of five and of six strides leave the identity out in the last stage.
                    let layer = Layer(
                        name + (pooling == nil ? ".1" : ".2"), weights, addsIdentity: index < count - 1)
                else { return nil }
                stages.append(Stage(halving: halving, pooling: pooling, layer: layer))
            }
            guard !stages.isEmpty else { return nil }
        }

        /// Input pixels to one of the last stage, along an axis.
        var stride: Int { 2 << stages.count }

        /// Adds it.
        ///
        /// - Returns: what each stage gives.
        func add(
            to builder: inout ImageNetworkBuilder, _ weights: inout RTMWeights, _ input: ImageNetworkBuilder.Value
        ) throws(TensorError) -> [ImageNetworkBuilder.Value] {
            var value = input, results: [ImageNetworkBuilder.Value] = []
            for (index, convolution) in stem.enumerated() {
                value = try convolution.add(to: &builder, &weights, value, stride: index == 0 ? 2 : 1)
            }
            for stage in stages {
                value = try stage.halving.add(to: &builder, &weights, value, stride: 2)
                if let pooling = stage.pooling { value = try pooling.add(to: &builder, &weights, value) }
                value = try stage.layer.add(to: &builder, &weights, value)
                results.append(value)
            }
            return results
        }
    }
}
