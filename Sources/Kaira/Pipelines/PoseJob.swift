import KairaFormats
import KairaImage
import KairaMedia
import KairaMotion
import KairaPlot
import KairaPose

/// A video in, the keypoints of the people in it out.
public struct PoseJob: Sendable {
    /// A video, a picture, a folder of pictures, or `-`.
    public var input: String
    /// Keypoints, `.json` or `.csv`, or `-` for JSON on stdout.
    public var output: String
    /// The video with the keypoints drawn over it, or nil.
    public var overlay: String?
    /// The heatmaps of every person in every frame, `.npz`, or nil; ViTPose only.
    public var heatmaps: String?
    /// The estimator.
    public var estimator: EstimatorChoice
    /// Whether outputs that exist are replaced.
    public var replacesOutput: Bool

    /// A job from its parts.
    public init(
        input: String, output: String, overlay: String? = nil, heatmaps: String? = nil,
        estimator: EstimatorChoice = EstimatorChoice(), replacesOutput: Bool = false
    ) {
        self.input = input
        self.output = output
        self.overlay = overlay
        self.heatmaps = heatmaps
        self.estimator = estimator
        self.replacesOutput = replacesOutput
    }

    /// Larger pictures are reduced before they are read, and the points scaled back: the nets look at 256 pixels.
    private static let maximumSourceSize = 1920

    /// Runs the job.
    ///
    /// - Throws: the errors of the stages; nothing half-written is left then.
    public func run(progress: ProgressHandler? = nil) async throws -> JobReport {
        let began = ContinuousClock.now
        guard output == "-" || ["json", "csv"].contains(OutputPath.kind(output)) else {
            throw KairaError.usage("\(output): keypoints are written to .json or .csv")
        }
        try OutputPath.check(output, replaces: replacesOutput)
        try OutputPath.check(output, isNot: [input])
        if let overlay { try OutputPath.check(overlay, isNot: [input]) }
        if let overlay { try OutputPath.checkMedia(overlay, replaces: replacesOutput) }
        if let heatmaps {
            guard OutputPath.kind(heatmaps) == "npz" else {
                throw KairaError.usage("\(heatmaps): heatmaps are written to .npz")
            }
            try OutputPath.check(heatmaps, replaces: replacesOutput)
            try OutputPath.check(heatmaps, isNot: [input])
        }
        let source = try MediaSource.open(input, options: SourceOptions(maximumSide: Self.maximumSourceSize))
        defer { source.close() }
        let network = try estimator.make()
        let topDown = network as? ViTPoseEstimator
        if heatmaps != nil, topDown == nil {
            throw KairaError.usage("--heatmaps takes a ViTPose model: \(network.information.model) has none to write")
        }
        topDown?.keepsHeatmaps = heatmaps != nil
        var maps = HeatmapRecord()
        let information = source.information
        let scale = SIMD2<Float>(
            Float(information.size.x) / Float(information.frameSize.x),
            Float(information.size.y) / Float(information.frameSize.y))
        var sequence = KeypointSequence(layout: network.layout, size: information.size)
        let sink = try overlay.map { path in
            try MediaSink.open(
                path, size: information.frameSize, frameRate: information.outputFrameRate,
                options: SinkOptions(force: replacesOutput, audio: information.audio))
        }
        var seen = 0
        var most = 0
        do {
            while let frame = try source.next() {
                try Task.checkCancellation()
                let people = try network.estimate(frame)
                most = max(most, network.peopleSeen)
                if let topDown, heatmaps != nil {
                    try maps.add(topDown.heatmaps, frame: frame, scale: scale)
                }
                if !people.isEmpty { seen += 1 }
                if let sink {
                    var drawn = frame
                    drawn.image = try KeypointOverlay().draw(people, over: frame.image)
                    try sink.write(drawn)
                }
                sequence.frames.append(
                    KeypointSequence.Frame(
                        index: frame.index, time: frame.time,
                        people: people.map { $0.scaled(by: scale, to: information.size) }))
                progress?(PipelineProgress(unit: "frames", done: frame.index + 1, total: information.frameCount))
            }
            try Task.checkCancellation()
            try sink?.finish()
            let bytes =
                OutputPath.kind(output) == "csv" ? try KeypointCSV.write(sequence) : try KeypointJSON.write(sequence)
            try OutputPath.write(bytes, to: output, replaces: replacesOutput)
            if let heatmaps {
                try OutputPath.write(
                    try maps.archive(layout: network.layout).npz(), to: heatmaps, replaces: replacesOutput)
            }
        } catch {
            sink?.cancel()
            throw error
        }
        return JobReport(
            "kaira.pose/1", input: input, output: output, count: sequence.frames.count, unit: "frames", began: began,
            engine: "\(network.information.model) \(network.information.precision)",
            precisionChoice: network.information.precisionChoice,
            warnings: most > estimator.people ? [PersonNote.several(most, followed: estimator.people)] : [],
            failures: (source.damage.map { [$0.description] } ?? []) + (seen == 0 ? [PersonNote.nobody(input)] : []))
    }
}

extension KeypointPose {
    /// The same person in a picture of another size.
    func scaled(by scale: SIMD2<Float>, to size: SIMD2<Int>) -> KeypointPose {
        var pose = self
        pose.points = points.map { $0 * scale }
        pose.box = box * SIMD4(scale.x, scale.y, scale.x, scale.y)
        pose.frameSize = size
        return pose
    }
}
