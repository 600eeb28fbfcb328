/// One block of a transformer encoder: attention and a two-layer network, each with layer norm and residual.
package struct EncoderBlock: Sendable {
    /// Where the layer norms stand.
    package enum Order: Sendable {
        /// x + f(norm(x)), as in vision transformers.
        case preNorm
        /// norm(x + f(x)), as in BERT.
        case postNorm
    }

    package var order: Order
    package var heads: Int
    /// Norms of the attention and of the network that follows.
    package var attentionNorm: NormWeights
    package var networkNorm: NormWeights
    package var query: LinearWeights
    package var key: LinearWeights
    package var value: LinearWeights
    package var output: LinearWeights
    /// The widening layer, followed by GELU, and the narrowing one.
    package var widen: LinearWeights
    package var narrow: LinearWeights

    package init(
        order: Order, heads: Int, attentionNorm: NormWeights, networkNorm: NormWeights, query: LinearWeights,
        key: LinearWeights, value: LinearWeights, output: LinearWeights, widen: LinearWeights, narrow: LinearWeights
    ) {
        self.order = order
        self.heads = heads
        self.attentionNorm = attentionNorm
        self.networkNorm = networkNorm
        self.query = query
        self.key = key
        self.value = value
        self.output = output
        self.widen = widen
        self.narrow = narrow
    }
}

/// What a stack of encoder blocks works on; the blocks share it.
@safe package struct EncoderValues {
    /// The residual stream, float32: in and out.
    package var stream: TokenRows
    /// The stream's norm, or the attention's result, in the products' type.
    var narrow: TokenRows
    var qkv: TokenRows
    var attended: TokenRows
    var wide: TokenRows
    var quantisedWide: TokenRows?

    /// Room for blocks of `width` whose network widens to `wide`.
    ///
    /// In bfloat16 and int8 the attention's products are bfloat16 where that is faster than float32; what int8 products are
    /// made from is kept in bfloat16 where that is for nothing: it crosses from core to core.
    package init(
        _ builder: TransformerBuilder, groups: Int = 1, rows: Int, width: Int, wide: Int, heads: Int,
        type: TransformerKernels.NumberType
    ) throws(TensorError) {
        let plain: TransformerKernels.NumberType =
            type != .int8 ? type : builder.kernels.hasCheapRounding ? .bfloat16 : .float32
        let halves = type != .float32 && width / heads % 2 == 0 && builder.kernels.halfAttentionPays()
        stream = try builder.rows(groups: groups, rows: rows, columns: width)
        narrow = try builder.rows(groups: groups, rows: rows, columns: width, type: type)
        qkv = try builder.rows(groups: groups, rows: rows, columns: 3 * width, type: halves ? .bfloat16 : .float32)
        attended =
            type == .int8 ? try builder.rows(groups: groups, rows: rows, columns: width, type: plain) : narrow
        self.wide = try builder.rows(groups: groups, rows: rows, columns: wide, type: plain)
        if type == .int8 { quantisedWide = try builder.rows(groups: groups, rows: rows, columns: wide, type: .int8) }
    }
}

extension TransformerBuilder {
    /// Adds one block over `values.stream`.
    ///
    /// - Parameters:
    ///   - block: its weights and order of operations.
    ///   - values: the buffers that all blocks share.
    ///   - mask: `[batch][tokens]` finite values added to the scores of a key, times log2(e).
    /// - Throws: `TensorError.resources` where memory is refused.
    package mutating func block(
        _ block: EncoderBlock, _ values: EncoderValues, mask: UnsafePointer<Float>? = nil
    ) throws(TensorError) {
        let width = values.stream.columns, type = values.narrow.type
        let before = block.order == .preNorm
        // Softmax is computed with powers of two.
        let scale = 1.4426950408889634 / Float(width / block.heads).squareRoot()
        try norm(values.stream, before ? block.attentionNorm : nil, to: values.narrow)
        try linear(
            values.narrow, .joined([block.query.scaled(by: scale), block.key, block.value]), to: values.qkv, name: "qkv"
        )
        unsafe attention(values.qkv, heads: block.heads, mask: mask, to: values.attended)
        if type == .int8 { try norm(values.attended, nil, to: values.narrow) }
        try linear(values.narrow, block.output, residual: values.stream, to: values.stream, name: "attention output")
        if !before { try norm(values.stream, block.attentionNorm, to: values.stream) }
        try norm(values.stream, before ? block.networkNorm : nil, to: values.narrow)
        try linear(values.narrow, block.widen, activation: .gelu, to: values.wide, name: "widen")
        if let quantised = values.quantisedWide { try norm(values.wide, nil, to: quantised) }
        try linear(
            values.quantisedWide ?? values.wide, block.narrow, residual: values.stream, to: values.stream,
            name: "narrow")
        if !before { try norm(values.stream, block.networkNorm, to: values.stream) }
    }
}
