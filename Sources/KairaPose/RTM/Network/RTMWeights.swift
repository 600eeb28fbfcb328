import KairaTensor

/// The weights of an OpenMMLab network by its modules' names, with batch norms folded in.
///
/// What is missing or misshapen is filled with zeros while a network is put together, and `finish` then says all of it
/// in one message.
struct RTMWeights {
    /// The file, under the names of the training code.
    let file: WeightFile
    private var binder = WeightBinder()
    /// What is added to a batch norm's variance; it is in no weight file. All published configurations of RTMPose and
    /// RTMDet ask for a norm without one, which is PyTorch's.
    private static let epsilon: Float = 1e-5

    init(_ file: WeightFile) {
        self.file = file
        binder.requiresFinite = true
        binder.ignored = ["*num_batches_tracked", "data_preprocessor.*"]
    }

    /// The shape of a tensor; nil where it is not there.
    func shape(_ name: String) -> [Int]? { file[name]?.shape }

    /// How many modules are in a list, counted by a tensor that each has.
    func count(_ list: String, _ tensors: [String]) -> Int {
        (0..<Self.longestList).first { index in !tensors.contains { file["\(list).\(index).\($0)"] != nil } }
            ?? Self.longestList
    }

    /// More modules in a row than any network has.
    private static let longestList = 256

    // MARK: Modules

    /// Values of a shape.
    mutating func values(_ name: String, _ shape: [Int]) -> [Float] {
        binder.expect(name, shape)
        guard let tensor = file[name], tensor.shape == shape, let values = try? tensor.floats() else {
            return [Float](repeating: 0, count: shape.reduce(1, *))
        }
        return values
    }

    /// A convolution alone.
    mutating func plainConvolution(_ name: String, _ outputs: Int, _ inputs: Int, side: Int = 1) -> ConvolutionWeights {
        ConvolutionWeights(
            outputs: outputs, inputs: inputs, side: side,
            weight: values(name + ".weight", [outputs, inputs, side, side]), bias: values(name + ".bias", [outputs]))
    }

    /// A `ConvModule`: a convolution and its batch norm, which an export may have folded into a bias.
    mutating func convolution(_ name: String, _ outputs: Int, _ inputs: Int, side: Int) -> ConvolutionWeights {
        if file[name + ".conv.bias"] != nil { return plainConvolution(name + ".conv", outputs, inputs, side: side) }
        let weight = values(name + ".conv.weight", [outputs, inputs, side, side])
        return ConvolutionWeights(outputs: outputs, inputs: inputs, side: side, weight: weight).normalized(
            scale: values(name + ".bn.weight", [outputs]), shift: values(name + ".bn.bias", [outputs]),
            mean: values(name + ".bn.running_mean", [outputs]),
            variance: values(name + ".bn.running_var", [outputs]), epsilon: Self.epsilon)
    }

    /// A linear layer without bias, as a pointwise convolution.
    mutating func linear(_ name: String, _ outputs: Int, _ inputs: Int) -> ConvolutionWeights {
        ConvolutionWeights(
            outputs: outputs, inputs: inputs, side: 1, weight: values(name + ".weight", [outputs, inputs]))
    }

    /// Says what does not fit.
    ///
    /// - Throws: `TensorError.weights` with all missing, unexpected, wrongly shaped and not finite names.
    func finish() throws(TensorError) { _ = try binder.bind(file) }
}
