/// A convolutional network compiled for this machine's CPU; runs of fewer images than its batch cost as much less.
///
/// Weights are packed once and memory is laid out once: a run allocates nothing. Not for use from two threads at once.
package final class ImageNetwork {
    /// Most images of one run.
    package let batch: Int
    private let compiled: CompiledGraph

    /// Compiles what a builder holds.
    ///
    /// - Parameters:
    ///   - builder: the operations; with one input.
    ///   - outputs: what can be read after a run.
    ///   - threads: how many threads share the work, 1...64; results are the same bytes for any number.
    /// - Throws: `TensorError` where the network is too large or the system refuses memory.
    package init(
        _ builder: ImageNetworkBuilder, outputs: [ImageNetworkBuilder.Value], threads: Int
    ) throws(TensorError) {
        batch = builder.batch
        compiled = try CompiledGraph(
            builder.finished(outputs), threads: threads, batch: builder.batch, fuses: false)
    }

    /// Bytes of the packed weights.
    package var weightBytes: Int { compiled.weightBytes }

    /// Multiplications with additions of one image.
    package var multiplyAdds: Int { compiled.steps.reduce(0) { $0 + $1.multiplyAdds } / batch }

    /// Gives access to the input's first images, `[images, height, width, channels]`, and runs the network on them.
    ///
    /// - Precondition: `images` is 1...`batch`.
    package func run(images: Int, fill: (inout MutableSpan<Float>) throws -> Void) rethrows {
        precondition((1...batch).contains(images), "\(images) images for a network made for \(batch)")
        // The memory lives as long as this object, and the span as long as the call.
        let count = compiled.inputs[0].spec.count / batch * images
        let values = unsafe UnsafeMutableBufferPointer(start: compiled.inputs[0].base, count: count)
        defer { withExtendedLifetime(self) {} }
        var span = unsafe values.mutableSpan
        try fill(&span)
        compiled.run(images: images)
    }

    /// What the last run made of its first images: output `index` as `[images, height, width, channels]`; valid as long as
    /// the network, and until the next run.
    @unsafe package func output(_ index: Int, images: Int) -> UnsafeBufferPointer<Float> {
        precondition((1...batch).contains(images), "\(images) images for a network made for \(batch)")
        let output = compiled.outputs[index]
        return unsafe UnsafeBufferPointer(start: output.base, count: output.spec.count / batch * images)
    }

    /// Times each step by itself on one thread, best of `rounds`, on what the input holds.
    package func profile(rounds: Int = 10) -> [StepProfile] {
        var best = [Int64](repeating: .max, count: compiled.steps.count)
        for _ in 0..<max(rounds, 1) {
            for (index, time) in compiled.timeSteps().enumerated() { best[index] = min(best[index], time) }
        }
        return zip(compiled.steps, best).map {
            StepProfile(text: $0.text, multiplyAdds: $0.multiplyAdds / batch, nanoseconds: $1)
        }
    }
}
