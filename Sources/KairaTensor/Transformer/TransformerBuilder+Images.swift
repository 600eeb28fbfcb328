import CKairaKernels

/// The axes' order of a picture of floats.
public enum PixelLayout: String, Sendable, Hashable, CaseIterable {
    /// `[batch, channels, height, width]`.
    case planar
    /// `[batch, height, width, channels]`.
    case interleaved
}

/// A picture of floats in a network's own memory.
@safe package struct PictureInput {
    package var base: UnsafeMutablePointer<Float>
    package var height: Int
    package var width: Int
    package var channels: Int
    package var layout: PixelLayout

    /// Floats of one picture.
    package var count: Int { height * width * channels }
}

/// Planes of floats in a network's own memory: `[batch, planes, height, width]`.
@safe package struct PlanesOutput {
    package var base: UnsafeMutablePointer<Float>
    package var planes: Int
    package var height: Int
    package var width: Int

    /// Floats of one image's planes.
    package var count: Int { planes * height * width }
}

/// A 4x4 convolution transposed, stride 2, padding 1, with batch norm folded, then ReLU: doubles a grid.
package struct Doubling: Sendable {
    package var inputs: Int
    package var outputs: Int
    /// `[inputs, outputs, 4, 4]`, as files hold it.
    package var weight: [Float]
    /// One value an output.
    package var bias: [Float]

    package init(inputs: Int, outputs: Int, weight: [Float], bias: [Float]) {
        precondition(weight.count == inputs * outputs * 16 && bias.count == outputs)
        self.inputs = inputs
        self.outputs = outputs
        self.weight = weight
        self.bias = bias
    }

    /// The taps that meet in output pixels of one parity along one axis: index into the kernel, and offset of the input
    /// pixel from half the output's position. Output 2 m + parity sees inputs (2 m + parity + 1 - k) / 2.
    static func taps(parity: Int) -> [(kernel: Int, offset: Int)] {
        parity == 0 ? [(1, 0), (3, -1)] : [(0, 1), (2, 0)]
    }

    /// The weights of one phase as a product over four neighbouring pixels.
    func phase(y: Int, x: Int) -> LinearWeights {
        let vertical = Self.taps(parity: y), horizontal = Self.taps(parity: x)
        var result = [Float](repeating: 0, count: outputs * 4 * inputs)
        for (row, ky) in vertical.map(\.kernel).enumerated() {
            for (column, kx) in horizontal.map(\.kernel).enumerated() {
                let segment = row * 2 + column
                for input in 0..<inputs {
                    var from = input * outputs * 16 + ky * 4 + kx, to = segment * inputs + input
                    for _ in 0..<outputs {
                        result[to] = weight[from]
                        from += 16
                        to += 4 * inputs
                    }
                }
            }
        }
        return LinearWeights(outputs: outputs, inputs: 4 * inputs, weight: result, bias: bias)
    }
}

extension TransformerBuilder {
    /// Memory for the network's pictures.
    package func picture(height: Int, width: Int, channels: Int, layout: PixelLayout) throws(TensorError)
        -> PictureInput
    {
        unsafe PictureInput(
            base: try arena.floats(batch * height * width * channels), height: height, width: width,
            channels: channels, layout: layout)
    }

    /// Memory for planes.
    package func planes(_ planes: Int, height: Int, width: Int) throws(TensorError) -> PlanesOutput {
        unsafe PlanesOutput(
            base: try arena.floats(batch * planes * height * width), planes: planes, height: height, width: width)
    }

    /// Cuts pictures into patches with `padding` zeros around, one a row of `output` (groups: rows of patches).
    package mutating func patches(
        of picture: PictureInput, size: (height: Int, width: Int), padding: Int, to output: TokenRows
    ) {
        precondition(output.type == .float32 && output.columns == size.height * size.width * picture.channels)
        var step = unsafe kaira_transformer_step()
        unsafe step.kind = Int32(KAIRA_TRANSFORMER_PATCHES)
        unsafe step.groups = Int32(output.groups)
        unsafe step.rows = Int32(output.rows)
        unsafe step.columns = Int32(output.columns)
        unsafe step.channels = Int32(picture.channels)
        unsafe step.height = Int32(picture.height)
        unsafe step.image_width = Int32(picture.width)
        unsafe step.patch_height = Int32(size.height)
        unsafe step.patch_width = Int32(size.width)
        unsafe step.pad_y = Int32(padding)
        unsafe step.pad_x = Int32(padding)
        unsafe step.interleaved = picture.layout == .interleaved ? 1 : 0
        unsafe step.in = UnsafeRawPointer(picture.base)
        unsafe step.in_strides = kaira_strides(row: 0, group: 0, batch: Int64(picture.count * 4))
        unsafe step.out = output.base
        unsafe step.out_strides = output.strides
        unsafe add(
            step,
            StepDescription(text: "patches \(output.groups) x \(output.rows)", type: .float32, multiplyAdds: 0))
    }

    /// Doubles a grid: `input` has a border of one pixel of zeros.
    package mutating func double(_ input: TokenRows, _ doubling: Doubling, to output: TokenRows) throws(TensorError) {
        precondition(output.groups == 2 * input.groups && output.rows == 2 * input.rows)
        for y in 0..<2 {
            for x in 0..<2 {
                var segments: [Segment] = []
                for row in Doubling.taps(parity: y) {
                    for column in Doubling.taps(parity: x) {
                        segments.append(
                            Segment(
                                bytes: row.offset * input.group + column.offset * input.row,
                                rows: row.offset * input.quantisedGroup + column.offset * input.quantisedRow))
                    }
                }
                var phase = output
                unsafe phase.base += y * output.group + x * output.row
                phase.row = 2 * output.row
                phase.group = 2 * output.group
                try product(
                    input, segments: segments, depth: doubling.inputs, doubling.phase(y: y, x: x), activation: .relu,
                    residual: nil, to: phase, waits: y == 1 && x == 1, name: "deconvolution")
            }
        }
    }

    /// Rows of channels to planes; the rows of an image lie one after the other.
    package mutating func planes(_ input: TokenRows, to output: PlanesOutput) {
        let rows = input.flattened
        precondition(rows.type == .float32 && rows.rows == output.height * output.width)
        var step = unsafe kaira_transformer_step()
        unsafe step.kind = Int32(KAIRA_TRANSFORMER_PLANAR)
        unsafe step.groups = 1
        unsafe step.rows = Int32(rows.rows)
        unsafe step.columns = Int32(output.planes)
        unsafe step.in = UnsafeRawPointer(rows.base)
        unsafe step.in_strides = rows.strides
        unsafe step.out = UnsafeMutableRawPointer(output.base)
        unsafe step.out_strides = kaira_strides(row: 0, group: 0, batch: Int64(output.count * 4))
        unsafe add(
            step, StepDescription(text: "planes \(rows.rows) x \(output.planes)", type: .float32, multiplyAdds: 0))
    }

    /// Bilinear enlargement by `factor` and a 3x3 convolution with padding 1, in the other order: the convolution's
    /// channels are mixed on the small grid, which is the same sum.
    ///
    /// `weight` is `[planes, channels, 3, 3]`, `bias` has one value a plane.
    package mutating func enlargedConvolution(
        _ input: TokenRows, weight: [Float], bias: [Float], factor: Int, to output: PlanesOutput
    ) throws(TensorError) {
        let channels = input.columns, padded = (output.planes + 15) / 16 * 16
        precondition(weight.count == output.planes * channels * 9)
        var mixed = [Float](repeating: 0, count: 9 * padded * channels)
        for plane in 0..<output.planes {
            for channel in 0..<channels {
                for tap in 0..<9 {
                    mixed[(tap * padded + plane) * channels + channel] = weight[(plane * channels + channel) * 9 + tap]
                }
            }
        }
        let taps = try rows(groups: input.groups, rows: input.rows, columns: 9 * padded)
        try linear(
            input.flattened, LinearWeights(outputs: 9 * padded, inputs: channels, weight: mixed), to: taps.flattened,
            name: "head")
        var step = unsafe kaira_transformer_step()
        unsafe step.kind = Int32(KAIRA_TRANSFORMER_UPSAMPLE)
        unsafe step.groups = Int32(input.groups)
        unsafe step.rows = Int32(input.rows)
        unsafe step.columns = Int32(output.planes)
        unsafe step.channels = Int32(padded)
        unsafe step.height = Int32(output.height)
        unsafe step.image_width = Int32(output.width)
        unsafe step.factor = Int32(factor)
        unsafe step.bias = UnsafePointer(try arena.floats(bias, padded: padded))
        unsafe step.in = UnsafeRawPointer(taps.base)
        unsafe step.in_strides = taps.strides
        unsafe step.out = UnsafeMutableRawPointer(output.base)
        unsafe step.out_strides = kaira_strides(row: 0, group: 0, batch: Int64(output.count * 4))
        unsafe add(
            step,
            StepDescription(
                text: "enlarge to \(output.planes) x \(output.height) x \(output.width)", type: .float32,
                multiplyAdds: 0))
    }
}
