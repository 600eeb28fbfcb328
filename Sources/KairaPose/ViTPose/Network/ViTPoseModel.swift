import Foundation
import KairaTensor
import Synchronization

/// A ViTPose network compiled for this machine's CPU: crops of people in, heatmaps out.
///
/// Weights are packed once, memory is laid out once; a run allocates nothing. The network holds its own lock: calls from
/// several threads take turns.
///
///     let model = try ViTPoseModel(contentsOf: folder)
///     try model.run(people: 1) { crops in fill(&crops) } read: { heatmaps in decode(heatmaps) }
public final class ViTPoseModel: Sendable {
    /// The network's shape.
    public let configuration: ViTPoseConfiguration
    /// The number type that it computes in; never `auto`.
    public let precision: Precision
    /// The axes' order of the input.
    public let layout: PixelLayout
    /// Most people of one run.
    public let batch: Int
    /// Bytes of the packed weights.
    public let weightBytes: Int
    private let network: Mutex<Box>

    /// The network leaves the mutex only inside its lock.
    private struct Box: @unchecked Sendable {
        let network: ViTPoseNetwork
    }

    /// Reads a model of a folder or a file: see `ViTPoseFiles`.
    ///
    /// - Parameters:
    ///   - url: a model of the transformers library (`config.json` with `model.safetensors` or shards), or a checkpoint of
    ///     the authors; a folder or a weight file.
    ///   - precision: the number type; `auto` times the types on this machine once and takes the fastest.
    ///   - threads: how many threads share the work of a run, 1...64; results are the same bytes for any number.
    ///   - batch: most people of one run.
    ///   - expert: which data set's network of a ViTPose+ model is taken; 0: COCO, 17 keypoints.
    ///   - layout: the axes' order of the input.
    /// - Throws: `PoseError` where a file is missing, damaged, or is no such network.
    public convenience init(
        contentsOf url: URL, precision: Precision = .auto, threads: Int = PoseEstimatorOptions.defaultThreads,
        batch: Int = 1, expert: Int = 0, layout: PixelLayout = .planar
    ) throws(PoseError) {
        let files = try ViTPoseFiles(contentsOf: url)
        do throws(TensorError) {
            try self.init(
                files.configuration, weights: files.weights, precision: precision, threads: threads, batch: batch,
                expert: expert, layout: layout)
        } catch {
            if case .resources = error { throw .network(error) }
            throw .unusableModel(file: url.path, reason: "\(error)")
        }
    }

    /// Compiles a network from its weights.
    ///
    /// - Throws: `TensorError` where a tensor is missing or has another shape than the configuration asks for.
    public convenience init(
        _ configuration: ViTPoseConfiguration, weights: WeightFile, precision: Precision = .auto,
        threads: Int = PoseEstimatorOptions.defaultThreads, batch: Int = 1, expert: Int = 0,
        layout: PixelLayout = .planar
    ) throws(TensorError) {
        try self.init(
            configuration, weights: weights, precision: precision, threads: threads, batch: batch, expert: expert,
            layout: layout, kernels: .best)
    }

    /// With the kernels of a certain instruction set.
    package init(
        _ configuration: ViTPoseConfiguration, weights: WeightFile, precision: Precision, threads: Int, batch: Int,
        expert: Int, layout: PixelLayout, kernels: TransformerKernels
    ) throws(TensorError) {
        if let problem = configuration.problem { throw .shape(problem) }
        let type =
            TransformerKernels.NumberType(precision)
            ?? PrecisionTiming.fastest(width: configuration.width, kernels: kernels)
        let network = try ViTPoseNetwork(
            configuration, try ViTPoseWeights(weights, configuration), expert: expert, layout: layout, type: type,
            kernels: kernels, batch: max(batch, 1), threads: threads)
        self.configuration = configuration
        self.precision = type.precision
        self.layout = layout
        self.batch = max(batch, 1)
        weightBytes = network.program.weightBytes
        self.network = Mutex(Box(network: network))
    }

    /// The number type that `auto` takes for a network on this machine: each is timed on a layer of its width, which takes
    /// some milliseconds the first time. The answer belongs to the CPU and the width.
    public static func fastestPrecision(for configuration: ViTPoseConfiguration) -> Precision {
        PrecisionTiming.fastest(width: configuration.width).precision
    }

    /// Floats of one person's crop: channels times height times width.
    public var cropCount: Int { configuration.channels * configuration.imageHeight * configuration.imageWidth }
    /// Floats of one person's heatmaps: keypoints times height times width.
    public var heatmapCount: Int { configuration.keypoints * configuration.heatmapHeight * configuration.heatmapWidth }

    /// Fills the crops of `people` people, runs the network, and reads their heatmaps.
    ///
    /// - Parameters:
    ///   - people: 1...`batch`.
    ///   - fill: writes `[people, channels, height, width]` normalised values (`[people, height, width, channels]` for
    ///     the interleaved layout) into the network's own memory, which holds what the last run left.
    ///   - read: sees the heatmaps, `[people, keypoints, rows, columns]`, while they last.
    /// - Returns: what `read` returns.
    /// - Throws: what `fill` and `read` throw.
    public func run<R>(
        people: Int, fill: (inout MutableSpan<Float>) throws -> Void, read: (Span<Float>) throws -> R
    ) rethrows -> R {
        precondition((1...batch).contains(people), "\(people) people for a network made for \(batch)")
        return try network.withLock { box in
            let network = box.network
            // The memory lives as long as the network, and the spans as long as the calls.
            let crops = unsafe UnsafeMutableBufferPointer(start: network.input.base, count: people * cropCount)
            var span = unsafe crops.mutableSpan
            try fill(&span)
            network.program.run(images: people)
            let maps = unsafe UnsafeBufferPointer(start: network.heatmaps.base, count: people * heatmapCount)
            return try read(unsafe maps.span)
        }
    }

    /// Hidden state `index` of the last input, `[people, tokens, width]`: 0 is the embedding, `layers` the last block's
    /// result before the norm. Runs the network up to there.
    package func hidden(_ index: Int, people: Int = 1) -> [Float] {
        network.withLock { box in
            let network = box.network, stream = network.stream
            network.program.run(images: people, steps: network.hidden[index])
            var result: [Float] = []
            for person in 0..<people {
                for token in 0..<stream.rows {
                    let row = unsafe (stream.base + person * stream.batch + token * stream.row)
                        .assumingMemoryBound(to: Float.self)
                    unsafe result += UnsafeBufferPointer(start: row, count: stream.columns)
                }
            }
            return result
        }
    }

    /// Runs the network on what its input holds and says what each step cost, best of `rounds`, on all threads.
    public func profile(people: Int = 1, rounds: Int = 5) -> [StepProfile] {
        network.withLock { box in
            let program = box.network.program
            var best = [Int64](repeating: .max, count: program.steps.count), times = best
            for _ in 0..<max(rounds, 1) {
                program.run(images: people, times: &times)
                for index in best.indices { best[index] = min(best[index], times[index]) }
            }
            return zip(program.steps, best).map { step, time in
                StepProfile(
                    text: "\(step.type) \(step.text)", multiplyAdds: step.multiplyAdds * people, nanoseconds: time)
            }
        }
    }
}
