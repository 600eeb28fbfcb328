import KairaImage
import KairaMotion
import KairaTensor

/// BlazePose as published (Bazarevsky et al. 2020; MediaPipe `PoseLandmarkCpu`): a detector finds a person, then a
/// landmark network follows that person through turned crops, each made from the last frame's points.
///
/// One person is followed at a time, by default the largest.
public final class BlazePoseEstimator: PoseEstimator {
    /// What it was set up with.
    public let options: BlazePoseOptions
    /// BlazePose's 33 points.
    public var layout: KeypointLayout { .mediapipe33 }
    /// `blazepose` in fp32.
    public let information = PoseEstimatorInformation(model: "blazepose", precision: "fp32")
    /// How many people the detector saw when it last ran; it does not run while somebody is followed.
    public private(set) var peopleSeen = 0
    /// How long the stages of the last frame took.
    public private(set) var timings = BlazePoseTimings()
    /// What the detector saw when it last ran, pixels of that frame, best score first.
    public private(set) var detections: [PersonDetection] = []
    /// Where the person will be looked for in the next frame; nil where the detector will run. Setting it skips the
    /// detector.
    public var region: ImageRegion?
    /// What the landmark network said about the last frame before any filter; nil where nobody was there.
    package private(set) var unfiltered: BlazePoseLandmarks?

    private let detector: PersonDetector
    private let landmarker: TFLiteModel
    private var landmarks = BlazePoseLandmarks()
    private var filters: BlazePoseFilters
    private var frameSize = SIMD2<Int>(0, 0)
    private var filterTime = 0.0
    private var personID = 0
    private var hasFollowed = false

    private static let landmarkSize = 256
    private static let heatSize = 64
    private static let channels = 39

    /// An estimator from the bytes of `pose_detection.tflite` and `pose_landmark_full.tflite`.
    ///
    /// - Throws: `PoseError.network` where a file cannot be compiled, `.damagedModel` where it holds another network.
    public init(
        detector: [UInt8], landmarks: [UInt8], options: BlazePoseOptions = BlazePoseOptions()
    ) throws(PoseError) {
        self.options = options
        self.detector = try PersonDetector(bytes: detector, options: options)
        do { landmarker = try TFLiteModel(bytes: landmarks, threads: options.threads) } catch { throw .network(error) }
        try Self.check(
            landmarker, file: Self.landmarkFile, input: Self.landmarkSize * Self.landmarkSize * 3,
            outputs: [
                "Identity": Self.channels * 5, "Identity_1": 1,
                "Identity_3": Self.heatSize * Self.heatSize * Self.channels, "Identity_4": Self.channels * 3,
            ])
        filters = BlazePoseFilters(options)
    }

    static func check(
        _ model: TFLiteModel, file: String, input: Int, outputs: [String: Int]
    ) throws(PoseError) {
        guard model.inputs.count == 1, model.inputs[0].count == input else {
            throw .damagedModel("blazepose", file: file, reason: "this network reads no picture of BlazePose's size")
        }
        for (name, count) in outputs {
            guard model.outputs.contains(where: { $0.name == name && $0.count == count }) else {
                throw .damagedModel(
                    "blazepose", file: file, reason: "this network has no output \"\(name)\" of \(count) values")
            }
        }
    }

    /// Forgets the person, the filters and the ids.
    public func reset() {
        lose()
        peopleSeen = 0
        detections = []
        personID = 0
        hasFollowed = false
        filterTime = 0
    }

    /// The person in a frame, or nobody.
    ///
    /// - Throws: `PoseError.network` where a network cannot run.
    public func estimate(_ frame: Frame) throws(PoseError) -> [KeypointPose] {
        timings = BlazePoseTimings()
        unfiltered = nil
        let size = SIMD2(frame.image.width, frame.image.height)
        // Pixels of another picture size are other units: start again.
        if size != frameSize {
            lose()
            frameSize = size
        }
        filterTime = options.timeStep.map { filterTime + $0 } ?? frame.time
        if region == nil {
            region = try detect(frame.image)
            if region != nil {
                if hasFollowed { personID += 1 }
                hasFollowed = true
            }
        }
        guard let used = region, used.isUsable else {
            lose()
            return []
        }
        let score = try follow(frame.image, in: used)
        guard score > options.minTrackingScore else {
            lose()
            return []
        }
        unfiltered = landmarks
        let start = MonotonicClock.nanoseconds
        region = filters.apply(to: &landmarks, time: filterTime)
        timings.filters = MonotonicClock.nanoseconds - start
        guard landmarks.points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
            lose()
            return []
        }
        return [pose(score: score, frame: frame)]
    }

    private func lose() {
        region = nil
        filters.reset()
    }

    private func pose(score: Float, frame: Frame) -> KeypointPose {
        let points = Array(landmarks.points.prefix(BlazePoseLandmarks.bodyCount))
        var low = points[0], high = points[0]
        for point in points {
            low = SIMD2(min(low.x, point.x), min(low.y, point.y))
            high = SIMD2(max(high.x, point.x), max(high.y, point.y))
        }
        return KeypointPose(
            layout: .mediapipe33, id: personID, score: score,
            box: SIMD4(low.x, low.y, high.x - low.x, high.y - low.y), points: points,
            // The network's axes are x right, y down, z away.
            world: landmarks.world.map { SIMD3($0.x, -$0.y, -$0.z) }, confidence: landmarks.visibility,
            time: frame.time, frameSize: frameSize)
    }
}

// MARK: - The two networks

extension BlazePoseEstimator {
    /// Looks for people in a whole picture.
    ///
    /// - Returns: the region of the person to follow, or nil where nobody is seen.
    private func detect(_ image: Image) throws(PoseError) -> ImageRegion? {
        detections = try detector.detect(image)
        (timings.detectorInput, timings.detector, timings.detectorDecode) = detector.nanoseconds
        let start = MonotonicClock.nanoseconds
        peopleSeen = detections.count
        let regions = detections.map {
            ImageRegion(body: $0.keypoints[0], rim: $0.keypoints[1], scale: options.regionScale)
        }
        let chosen: ImageRegion? =
            switch options.selection {
            case .largest: regions.max { $0.size.x < $1.size.x }
            case .highestScore: regions.first
            }
        timings.detectorDecode += MonotonicClock.nanoseconds - start
        return chosen
    }

    /// Reads a person's landmarks from a region into `landmarks`.
    ///
    /// - Returns: how sure the network is that a person is there.
    private func follow(_ image: Image, in region: ImageRegion) throws(PoseError) -> Float {
        var start = MonotonicClock.nanoseconds
        landmarker.withInput(0) { input in
            image.sample(
                region, width: Self.landmarkSize, height: Self.landmarkSize, border: .replicate, scale: 1 / 255,
                bias: 0, into: &input)
        }
        timings.landmarkInput = lap(&start)
        try run(landmarker)
        timings.landmarks = lap(&start)
        let score = try Self.read(landmarker, "Identity_1") { $0[0] }
        if score > options.minTrackingScore {
            try Self.read(landmarker, "Identity") { landmarks.read(landmarks: $0, inputSize: Float(Self.landmarkSize)) }
            try Self.read(landmarker, "Identity_3") {
                landmarks.refine(
                    heat: $0, side: Self.heatSize, channels: Self.channels, kernel: options.heatKernel,
                    minConfidence: options.minHeatConfidence)
            }
            try Self.read(landmarker, "Identity_4") { landmarks.read(world: $0, rotation: region.rotation) }
            landmarks.place(in: region)
        }
        timings.landmarkDecode = lap(&start)
        return score
    }

    private func run(_ model: TFLiteModel) throws(PoseError) {
        do { try model.run() } catch { throw .network(error) }
    }

    static func read<R>(_ model: TFLiteModel, _ output: String, _ body: (Span<Float>) -> R) throws(PoseError) -> R {
        do {
            return try model.withOutput(named: output) { body($0) }
        } catch let error as TensorError {
            throw .network(error)
        } catch {
            throw .network(.noTensor(output))
        }
    }

    private func lap(_ start: inout Int64) -> Int64 {
        let now = MonotonicClock.nanoseconds
        defer { start = now }
        return now - start
    }
}
