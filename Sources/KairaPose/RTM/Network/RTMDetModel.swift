import Foundation
import KairaTensor
import Synchronization

/// An RTMDet network compiled for this machine's CPU: a picture in, boxes of people out.
///
/// The network holds its own lock: calls from several threads take turns. Arithmetic is in single precision.
public final class RTMDetModel: Sendable {
    /// The network's shape.
    public let configuration: RTMDetConfiguration
    /// Bytes of the packed weights.
    public let weightBytes: Int
    /// Billions of multiplications with additions of one picture.
    public let gigaMultiplyAdds: Double
    private let network: Mutex<Box>

    /// The network leaves the mutex only inside its lock.
    private struct Box: @unchecked Sendable {
        let network: ImageNetwork
    }

    /// Reads a model of a checkpoint or an ONNX file: see `RTMFiles`.
    ///
    /// - Throws: `PoseError` where a file is missing, damaged, or is no such network.
    public convenience init(
        contentsOf url: URL, threads: Int = PoseEstimatorOptions.defaultThreads
    ) throws(PoseError) { try self.init(try RTMFiles(contentsOf: url), threads: threads) }

    /// Compiles a network that was opened.
    ///
    /// - Throws: `PoseError.unusableModel` where a tensor is missing, has another shape, or is not finite.
    public init(_ files: RTMFiles, threads: Int = PoseEstimatorOptions.defaultThreads) throws(PoseError) {
        guard case .detector(let configuration) = files.kind else {
            throw .unusableModel(file: files.path, reason: "this network reads joints (RTMPose), it is no detector")
        }
        let network: ImageNetwork
        do throws(TensorError) {
            network = try RTMDetNetwork(configuration, files.weights, threads: threads).network
        } catch {
            if case .resources = error { throw .network(error) }
            throw .unusableModel(file: files.path, reason: "\(error)")
        }
        self.configuration = configuration
        weightBytes = network.weightBytes
        gigaMultiplyAdds = Double(network.multiplyAdds) / 1e9
        self.network = Mutex(Box(network: network))
    }

    /// Fills the picture, `[height, width, 3]` normalised values, blue, green, red, runs the network, and hands each level's
    /// raw scores `[rows, columns, classes]` and distances `[rows, columns, 4]` (left, top, right, bottom; in strides) to
    /// `read` by its number.
    ///
    /// - Throws: what `fill` and `read` throw.
    public func run(
        fill: (inout MutableSpan<Float>) throws -> Void, read: (Int, Span<Float>, Span<Float>) throws -> Void
    ) rethrows {
        try network.withLock { box in
            let network = box.network
            try network.run(images: 1, fill: fill)
            for level in configuration.strides.indices {
                // Both live as long as the network, and the spans as long as the call.
                let scores = unsafe network.output(2 * level, images: 1)
                let distances = unsafe network.output(2 * level + 1, images: 1)
                try read(level, unsafe scores.span, unsafe distances.span)
            }
        }
    }

    /// What each step of the network costs on one thread, on what its input holds.
    public func profile(rounds: Int = 10) -> [StepProfile] { network.withLock { $0.network.profile(rounds: rounds) } }
}
