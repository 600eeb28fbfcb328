/// A network of a `.tflite` file, compiled for this machine's CPU.
///
/// Values are float32 in and out, whatever the file stores its weights in. One thread may use a model at a time.
///
///     let model = try TFLiteModel(bytes: bytes, threads: 2)
///     model.withInput(0) { span in fill(&span) }
///     try model.run()
///     let score = try model.withOutput(named: "Identity_1") { $0[0] }
public final class TFLiteModel {
    /// What the network reads, in the file's order.
    public let inputs: [TensorSpec]
    /// What the network makes, in the file's order.
    public let outputs: [TensorSpec]
    /// The compiled form, for benchmarks.
    package let compiled: CompiledGraph

    /// Reads, checks and compiles a `.tflite` file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file; damaged or hostile bytes end in an error, never in a trap or in much memory.
    ///   - threads: how many threads share the work of a run, the caller's among them; 1...64. The results are the same
    ///     bytes for any number.
    /// - Throws: `TensorError` where the file is damaged, needs an operator that is missing here, or is too large.
    public init(bytes: [UInt8], threads: Int) throws(TensorError) {
        let graph = try TFLiteLowering.lower(try TFLiteFile(bytes: bytes))
        compiled = try CompiledGraph(graph, threads: threads)
        inputs = compiled.inputs.map(\.spec)
        outputs = compiled.outputs.map(\.spec)
    }

    /// Gives access to the values of an input, row-major in the shape of `inputs[index]`.
    ///
    /// - Precondition: `index` is one of `inputs`.
    public func withInput<R>(_ index: Int, _ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
        precondition(inputs.indices.contains(index), "the network has no input \(index)")
        // The memory lives as long as this object, and the span as long as the call.
        let values = unsafe UnsafeMutableBufferPointer(start: compiled.inputs[index].base, count: inputs[index].count)
        defer { withExtendedLifetime(self) {} }
        var span = unsafe values.mutableSpan
        return try body(&span)
    }

    /// Runs the network on what its inputs hold. No memory is allocated.
    public func run() throws(TensorError) { compiled.run() }

    /// Gives access to the values of an output, as the last run left them.
    ///
    /// - Throws: `TensorError.noTensor` where there is no output of that name, and what `body` throws.
    public func withOutput<R>(named name: String, _ body: (Span<Float>) throws -> R) throws -> R {
        guard let index = outputs.firstIndex(where: { $0.name == name }) else { throw TensorError.noTensor(name) }
        let values = unsafe UnsafeBufferPointer(start: compiled.outputs[index].base, count: outputs[index].count)
        defer { withExtendedLifetime(self) {} }
        return try body(unsafe values.span)
    }
}
