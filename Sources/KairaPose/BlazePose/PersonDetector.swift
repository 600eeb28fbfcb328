import Glibc
import KairaImage
import KairaTensor

/// BlazePose's detector: finds people in a whole picture.
///
/// One thread may use a detector at a time.
public final class PersonDetector {
    /// How long the stages of the last call took, nanoseconds: the sampling, the network, and reading its answer.
    public private(set) var nanoseconds = (input: Int64(0), network: Int64(0), decode: Int64(0))
    /// Overlap beyond which two detections are one person, 0...1.
    private let suppressionThreshold: Float
    private let model: TFLiteModel
    private let decoder: DetectorDecoder
    private static let size = 224

    /// A detector from the bytes of `pose_detection.tflite`.
    ///
    /// - Throws: `PoseError.network` where it cannot be compiled, `.damagedModel` where it holds another network.
    public init(bytes: [UInt8], options: BlazePoseOptions = BlazePoseOptions()) throws(PoseError) {
        do { model = try TFLiteModel(bytes: bytes, threads: options.threads) } catch { throw .network(error) }
        try BlazePoseEstimator.check(
            model, file: BlazePoseEstimator.detectorFile, input: Self.size * Self.size * 3,
            outputs: ["Identity": DetectorAnchors.pose.count * 12, "Identity_1": DetectorAnchors.pose.count])
        decoder = DetectorDecoder(minScore: options.minDetectionScore)
        suppressionThreshold = options.suppressionThreshold
    }

    /// The people in a picture, best score first, in its pixels.
    ///
    /// - Throws: `PoseError.network` where the network cannot run.
    public func detect(_ image: Image) throws(PoseError) -> [PersonDetection] {
        let square = ImageRegion(squareAround: image.width, image.height)
        let start = MonotonicClock.nanoseconds
        model.withInput(0) { input in
            image.sample(
                square, width: Self.size, height: Self.size, border: .zero, scale: 2 / 255, bias: -1, into: &input)
        }
        let sampled = MonotonicClock.nanoseconds
        do { try model.run() } catch { throw .network(error) }
        let ran = MonotonicClock.nanoseconds
        let candidates = try BlazePoseEstimator.read(model, "Identity_1") { decoder.candidates(scores: $0) }
        let found = try BlazePoseEstimator.read(model, "Identity") { decoder.detections(candidates, boxes: $0) }
        let people = PersonDetection.merged(found, threshold: suppressionThreshold).map { $0.placed(in: square) }
        nanoseconds = (sampled - start, ran - sampled, MonotonicClock.nanoseconds - ran)
        return people
    }
}

/// A clock that only runs forward.
enum MonotonicClock {
    /// Since some fixed moment.
    static var nanoseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)  // the pointer does not outlive the call
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
