import Foundation
import KairaTensor
import Synchronization

/// An RTMPose network compiled for this machine's CPU: crops of people in, places of their joints along x and y out.
///
/// Weights are packed once, memory is laid out once; a run allocates nothing. The network holds its own lock: calls from
/// several threads take turns. Arithmetic is in single precision.
///
///     let model = try RTMPoseModel(contentsOf: file)
///     try model.run(people: 1) { crops in fill(&crops) } read: { x, y in decode(x, y) }
public final class RTMPoseModel: Sendable {
    /// The network's shape.
    public let configuration: RTMPoseConfiguration
    /// Most people of one run.
    public let batch: Int
    /// Bytes of the packed weights.
    public let weightBytes: Int
    /// Billions of multiplications with additions of one person.
    public let gigaMultiplyAdds: Double
    private let network: Mutex<Box>

    /// The network leaves the mutex only inside its lock.
    private struct Box: @unchecked Sendable {
        let network: ImageNetwork
    }

    /// Reads a model of a checkpoint or an ONNX file: see `RTMFiles`.
    ///
    /// - Parameters:
    ///   - url: the file, or a folder that holds it.
    ///   - threads: how many threads share the work of a run, 1...64; results are the same bytes for any number.
    ///   - batch: most people of one run.
    /// - Throws: `PoseError` where a file is missing, damaged, or is no such network.
    public convenience init(
        contentsOf url: URL, threads: Int = PoseEstimatorOptions.defaultThreads, batch: Int = 1
    ) throws(PoseError) {
        try self.init(try RTMFiles(contentsOf: url), threads: threads, batch: batch)
    }

    /// Compiles a network that was opened.
    ///
    /// - Throws: `PoseError.unusableModel` where a tensor is missing, has another shape, or is not finite.
    public init(
        _ files: RTMFiles, threads: Int = PoseEstimatorOptions.defaultThreads, batch: Int = 1
    ) throws(PoseError) {
        guard case .pose(let configuration) = files.kind else {
            throw .unusableModel(
                file: files.path, reason: "this is a detector (RTMDet), not a network that reads joints")
        }
        let network: ImageNetwork
        do throws(TensorError) {
            network = try RTMPoseNetwork(configuration, files.weights, batch: max(batch, 1), threads: threads).network
        } catch {
            if case .resources = error { throw .network(error) }
            throw .unusableModel(file: files.path, reason: "\(error)")
        }
        self.configuration = configuration
        self.batch = max(batch, 1)
        weightBytes = network.weightBytes
        gigaMultiplyAdds = Double(network.multiplyAdds) / 1e9
        self.network = Mutex(Box(network: network))
    }

    /// Floats of one person's crop.
    public var cropCount: Int { configuration.imageHeight * configuration.imageWidth * 3 }

    /// Fills the crops of `people` people, runs the network, and reads where their joints are.
    ///
    /// - Parameters:
    ///   - people: 1...`batch`.
    ///   - fill: writes `[people, height, width, 3]` normalised values, red, green, blue, into the network's own memory.
    ///   - read: sees how likely each place is, `[people, keypoints, columns]` along x and `[people, keypoints, rows]`
    ///     along y, while they last.
    /// - Returns: what `read` returns.
    /// - Throws: what `fill` and `read` throw.
    public func run<R>(
        people: Int, fill: (inout MutableSpan<Float>) throws -> Void, read: (Span<Float>, Span<Float>) throws -> R
    ) rethrows -> R {
        precondition((1...batch).contains(people), "\(people) people for a network made for \(batch)")
        return try network.withLock { box in
            let network = box.network
            try network.run(images: people, fill: fill)
            // Both live as long as the network, and the spans as long as the call.
            let x = unsafe network.output(0, images: people), y = unsafe network.output(1, images: people)
            return try read(unsafe x.span, unsafe y.span)
        }
    }

    /// What each step of the network costs on one thread, on what its input holds.
    public func profile(rounds: Int = 10) -> [StepProfile] { network.withLock { $0.network.profile(rounds: rounds) } }
}
