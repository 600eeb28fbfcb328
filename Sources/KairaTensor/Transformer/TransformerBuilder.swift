import CKairaKernels

/// Lays out a transformer network's values and weights and lists its steps; `TransformerProgram` runs them.
///
/// Adding a step writes nothing but its description and packed weights. Values live as long as the arena.
@safe package struct TransformerBuilder {
    /// What a step was made from, for benchmarks and messages.
    package struct StepDescription: Sendable {
        /// The operation with its shape.
        package var text: String
        /// The type of its products.
        package var type: TransformerKernels.NumberType
        /// Multiplications with additions for one image.
        package var multiplyAdds: Int
    }

    package let kernels: TransformerKernels
    /// Most images of one run.
    package let batch: Int
    package let arena = TransformerArena()
    /// Bytes of packed weights among the arena's.
    package private(set) var weightBytes = 0
    private(set) var steps: [kaira_transformer_step] = unsafe []
    package private(set) var descriptions: [StepDescription] = []
    let packers: ThreadPool

    package init(kernels: TransformerKernels, batch: Int, threads: Int) throws(TensorError) {
        self.kernels = kernels
        self.batch = max(batch, 1)
        packers = try ThreadPool(threads: threads)
    }

    // MARK: Values

    /// New rows, zero; `border` rows of zeros lie around the grid of each image.
    package func rows(
        groups: Int = 1, rows: Int, columns: Int, type: TransformerKernels.NumberType = .float32, border: Int = 0
    ) throws(TensorError) -> TokenRows {
        // An odd number of cache lines: rows that follow each other never fall into the same sets.
        let row = ((kernels.padded(columns) * kernels.size(type) + 63) / 64 | 1) * 64
        let width = rows + 2 * border, height = groups + 2 * border
        let count = batch * width * height + Int(KAIRA_TRANSFORMER_SLACK)
        let base = unsafe try arena.take(count * row)
        var result = unsafe TokenRows(
            type: type, groups: groups, rows: rows, columns: columns,
            base: base + border * (width + 1) * row, row: row, group: width * row, batch: width * height * row)
        if type == .int8 {
            unsafe result.quantised = try arena.floats(count * 2) + border * (width + 1) * 2
            result.quantisedGroup = width
            result.quantisedBatch = width * height
        }
        return result
    }

    /// Rows of given values, the same for each image: `[rows, columns]`.
    package func constant(rows: Int, columns: Int, _ values: [Float]) throws(TensorError) -> TokenRows {
        precondition(values.count == rows * columns)
        let padded = kernels.padded(columns)
        let base = unsafe try arena.floats((rows + Int(KAIRA_TRANSFORMER_SLACK)) * padded)
        for row in 0..<rows {
            for column in 0..<columns { unsafe base[row * padded + column] = values[row * columns + column] }
        }
        return unsafe TokenRows(
            type: .float32, groups: 1, rows: rows, columns: columns, base: UnsafeMutableRawPointer(base),
            row: padded * 4, group: 0, batch: 0)
    }

    // MARK: Steps

    /// Adds a step. `waits`: whether the next one needs its result.
    mutating func add(_ step: kaira_transformer_step, waits: Bool = true, _ description: StepDescription) {
        var step = unsafe step
        unsafe step.waits = waits ? 1 : 0
        unsafe steps.append(step)
        descriptions.append(description)
    }

    /// Layer norm, or with `norm` nil only a conversion; `relu` clears negative results.
    ///
    /// - Precondition: `input` is float32 or bfloat16.
    package mutating func norm(
        _ input: TokenRows, _ norm: NormWeights?, to output: TokenRows, relu: Bool = false
    ) throws(TensorError) {
        precondition(input.type != .int8)
        var step = unsafe kaira_transformer_step()
        unsafe step.kind = Int32(KAIRA_TRANSFORMER_NORM)
        unsafe step.type = input.type.rawValue
        unsafe step.out_type = output.type.rawValue
        unsafe step.activation = Int32(relu ? KAIRA_TRANSFORMER_RELU : KAIRA_TRANSFORMER_PLAIN)
        unsafe step.groups = Int32(input.groups)
        unsafe step.rows = Int32(input.rows)
        unsafe step.columns = Int32(input.columns)
        if let norm {
            let padded = kernels.padded(input.columns)
            unsafe step.weights = UnsafeRawPointer(try arena.floats(norm.scale, padded: padded))
            unsafe step.bias = UnsafePointer(try arena.floats(norm.shift, padded: padded))
            unsafe step.epsilon = norm.epsilon
        }
        unsafe setEnds(&step, input, output)
        unsafe step.out_quantised = output.quantised
        unsafe step.out_quantised_strides = output.quantisedStrides
        let what = norm == nil ? "convert" : "layer norm"
        unsafe add(
            step,
            StepDescription(
                text: "\(what) \(input.groups * input.rows) x \(input.columns) to \(output.type)", type: .float32,
                multiplyAdds: 0))
    }

    /// `input` in another type: itself where it has that type already.
    package mutating func converted(
        _ input: TokenRows, to type: TransformerKernels.NumberType
    ) throws(TensorError) -> TokenRows {
        if input.type == type { return input }
        let output = try rows(groups: input.groups, rows: input.rows, columns: input.columns, type: type)
        try norm(input, nil, to: output)
        return output
    }

    /// A linear layer; its type is the input's.
    package mutating func linear(
        _ input: TokenRows, _ weights: LinearWeights, activation: Activation = .none, residual: TokenRows? = nil,
        to output: TokenRows, name: String = "linear"
    ) throws(TensorError) {
        try product(
            input, segments: [.init(bytes: 0, rows: 0)], depth: weights.inputs, weights, activation: activation,
            residual: residual, to: output, waits: true, name: name)
    }

    /// What is applied to a linear layer's results.
    package enum Activation: Sendable {
        case none, gelu, relu

        var code: Int32 {
            switch self {
            case .none: Int32(KAIRA_TRANSFORMER_PLAIN)
            case .gelu: Int32(KAIRA_TRANSFORMER_GELU)
            case .relu: Int32(KAIRA_TRANSFORMER_RELU)
            }
        }
    }

    /// Where one part of a product's depth lies, from the row itself.
    struct Segment {
        var bytes: Int
        var rows: Int
    }

    mutating func product(
        _ input: TokenRows, segments: [Segment], depth: Int, _ weights: LinearWeights, activation: Activation,
        residual: TokenRows?, to output: TokenRows, waits: Bool, name: String
    ) throws(TensorError) {
        precondition(weights.inputs == depth * segments.count && segments.count <= 4 && output.type != .int8)
        var step = unsafe kaira_transformer_step()
        unsafe step.kind = Int32(KAIRA_TRANSFORMER_MATRIX)
        unsafe step.type = input.type.rawValue
        unsafe step.out_type = output.type.rawValue
        unsafe step.activation = activation.code
        unsafe step.groups = Int32(input.groups)
        unsafe step.rows = Int32(input.rows)
        unsafe step.columns = Int32(weights.outputs)
        unsafe step.depth = Int32(depth)
        unsafe step.segments = Int32(segments.count)
        unsafe setEnds(&step, input, output)
        unsafe step.in_quantised = UnsafePointer(input.quantised)
        unsafe step.in_quantised_strides = input.quantisedStrides
        func segment(_ index: Int) -> Segment { segments.indices.contains(index) ? segments[index] : segments[0] }
        unsafe step.segment_offsets = (
            Int64(segment(0).bytes), Int64(segment(1).bytes), Int64(segment(2).bytes), Int64(segment(3).bytes)
        )
        unsafe step.segment_rows = (
            Int64(segment(0).rows), Int64(segment(1).rows), Int64(segment(2).rows), Int64(segment(3).rows)
        )
        unsafe try pack(weights, depth: depth, segments: segments.count, type: input.type, into: &step)
        if let residual {
            unsafe step.residual = UnsafePointer(residual.base.assumingMemoryBound(to: Float.self))
            unsafe step.residual_strides = kaira_strides(
                row: Int64(residual.row / 4), group: Int64(residual.group / 4), batch: Int64(residual.batch / 4))
        }
        unsafe add(
            step, waits: waits,
            StepDescription(
                text: "\(name) \(input.groups * input.rows) x \(weights.inputs) x \(weights.outputs)",
                type: input.type, multiplyAdds: input.groups * input.rows * weights.inputs * weights.outputs))
    }

    private mutating func pack(
        _ weights: LinearWeights, depth: Int, segments: Int, type: TransformerKernels.NumberType,
        into step: inout kaira_transformer_step
    ) throws(TensorError) {
        let padded = kernels.padded(weights.outputs)
        let bytes = unsafe kaira_transformer_packed_bytes(
            kernels.handle.pointer, type.rawValue, Int32(weights.outputs), Int32(depth), Int32(segments))
        let packed = unsafe try arena.take(bytes)
        weightBytes += bytes
        var scales: UnsafeMutablePointer<Float>?, sums: UnsafeMutablePointer<Float>?
        if type == .int8 {
            unsafe scales = try arena.floats(padded)
            unsafe sums = try arena.floats(padded * segments)
        }
        unsafe weights.weight.withUnsafeBufferPointer { source in
            unsafe kaira_transformer_pack_shared(
                kernels.handle.pointer, packers.handle, type.rawValue, source.baseAddress, Int32(weights.outputs),
                Int32(depth), Int32(segments), packed, scales, sums)
        }
        unsafe step.weights = UnsafeRawPointer(packed)
        unsafe step.scales = UnsafePointer(scales)
        unsafe step.sums = UnsafePointer(sums)
        unsafe step.bias = UnsafePointer(try arena.floats(weights.bias, padded: padded))
    }

    /// Attention over `qkv`: rows of queries (already times log2(e) / sqrt(width of a head)), keys and values.
    ///
    /// - Parameters:
    ///   - qkv: `[batch * tokens, 3 * width]`.
    ///   - heads: divides the width.
    ///   - mask: `[batch][tokens]` finite values added to the scores, times log2(e).
    ///   - output: `[batch * tokens, width]`.
    package mutating func attention(
        _ qkv: TokenRows, heads: Int, mask: UnsafePointer<Float>? = nil, to output: TokenRows
    ) {
        let columns = output.columns, tokens = qkv.groups * qkv.rows
        precondition(qkv.type != .int8 && output.type != .int8 && columns % heads == 0)
        precondition(qkv.type == .float32 || kernels.hasHalfAttention && columns / heads % 2 == 0)
        var step = unsafe kaira_transformer_step()
        unsafe step.kind = Int32(KAIRA_TRANSFORMER_ATTENTION)
        unsafe step.type = qkv.type.rawValue
        unsafe step.out_type = output.type.rawValue
        unsafe step.groups = 1
        unsafe step.rows = Int32(tokens)
        unsafe step.columns = Int32(columns)
        unsafe step.heads = Int32(heads)
        unsafe step.width = Int32(columns / heads)
        unsafe step.key = Int64(columns * kernels.size(qkv.type))
        unsafe step.value = Int64(2 * columns * kernels.size(qkv.type))
        unsafe step.mask = unsafe mask
        unsafe setEnds(&step, qkv, output)
        unsafe add(
            step,
            StepDescription(
                text: "attention \(heads) heads of \(columns / heads), \(tokens) tokens", type: qkv.type,
                multiplyAdds: 2 * tokens * tokens * columns))
    }

    func setEnds(_ step: inout kaira_transformer_step, _ input: TokenRows, _ output: TokenRows) {
        unsafe step.in = UnsafeRawPointer(input.base)
        unsafe step.in_strides = input.strides
        unsafe step.out = output.base
        unsafe step.out_strides = output.strides
    }
}
