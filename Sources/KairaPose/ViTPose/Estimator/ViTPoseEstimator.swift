import KairaImage
import KairaMotion
import KairaTensor

/// ViTPose, top down: people are found by BlazePose's detector, each is cut out of the picture with unbiased coordinates,
/// the network gives heatmaps for all of them at once, and DARK decoding reads the joints. The next frame's boxes come from
/// this frame's joints; the detector runs where somebody is missing.
///
/// ViTPose publishes no smoothing filter, so poses are as the network gives them.
public final class ViTPoseEstimator: PoseEstimator {
    /// What it was set up with.
    public let options: ViTPoseOptions
    /// The joints: COCO's 17, Halpe's 26 or COCO-WholeBody's 133, by the network's number of heatmaps.
    public let layout: KeypointLayout
    /// The model's name, the number type, and why that one.
    public let information: PoseEstimatorInformation
    /// How many people the detector saw when it last ran, or that are followed, whichever is more.
    public var peopleSeen: Int { follower.peopleSeen }
    /// Where people will be looked for in the next frame: x, y, width, height in pixels. The detector runs where there are
    /// fewer than wanted; setting as many as wanted skips it.
    public var boxes: [SIMD4<Float>] {
        get { follower.boxes }
        set { follower.boxes = newValue }
    }
    /// Whether the heatmaps of each frame are kept in `heatmaps`.
    public var keepsHeatmaps = false
    /// The heatmaps of the last frame, one a person that was looked at; empty unless `keepsHeatmaps`.
    public private(set) var heatmaps: [PersonHeatmaps] = []

    private let model: ViTPoseModel
    private let follower: PeopleFollower
    private let input: TopDownInput
    private let output: TopDownOutput
    private let flip: FlipTest
    /// The mirrored crops' answer, where there is a flip test.
    private var mirrored: [Float] = []

    /// An estimator of a model that was opened.
    ///
    /// - Parameters:
    ///   - files: the model.
    ///   - name: what results are labelled with.
    ///   - detector: finds people; nil where `boxes` will always be set by hand.
    ///   - options: how it is set up.
    /// - Throws: `PoseError.unusableModel` where the network does not read pictures of people or has joints in no known
    ///   layout, or its weights do not fit.
    public init(
        _ files: ViTPoseFiles, name: String, detector: (any PeopleFinder)?, options: ViTPoseOptions = ViTPoseOptions()
    ) throws(PoseError) {
        let configuration = files.configuration
        let layouts = [KeypointLayout.coco17, .halpe26, .wholebody133]
        guard let layout = layouts.first(where: { $0.joints.count == configuration.keypoints }) else {
            throw .unusableModel(
                file: name, reason: "no layout of \(configuration.keypoints) keypoints is known (17, 26 and 133 are)")
        }
        guard configuration.channels == 3 else {
            throw .unusableModel(file: name, reason: "it reads pictures of \(configuration.channels) channels, not 3")
        }
        guard (0..<configuration.experts).contains(options.expert) else {
            throw .unusableModel(
                file: name,
                reason: "there is no expert \(options.expert): "
                    + (configuration.experts > 1 ? "0 to \(configuration.experts - 1) are" : "only 0 is"))
        }
        let choice = options.precision == .auto ? PrecisionChoice.fastest(for: configuration) : nil
        let views = options.flipTest ? 2 : 1
        do throws(TensorError) {
            model = try ViTPoseModel(
                configuration, weights: files.weights, precision: choice?.precision ?? options.precision,
                threads: options.threads, batch: min(options.people * views, Self.largestBatch),
                expert: options.expert)
        } catch {
            if case .resources = error { throw .network(error) }
            throw .unusableModel(file: name, reason: "\(error)")
        }
        self.options = options
        self.layout = layout
        information = PoseEstimatorInformation(
            model: name, precision: model.precision.label, precisionChoice: choice?.text)
        input = TopDownInput(
            width: configuration.imageWidth, height: configuration.imageHeight, border: options.border)
        output = TopDownOutput(layout: layout, decoder: HeatmapDecoder(blur: options.blur))
        flip = FlipTest(layout)
        follower = PeopleFollower(layout: layout, finder: detector, options: PeopleFollower.Options(options))
    }

    /// Crops of one run of the network: more gain nothing and take memory.
    private static let largestBatch = 8

    /// Forgets everybody.
    public func reset() {
        follower.reset()
        heatmaps = []
    }

    /// The people in a frame, by rising id.
    ///
    /// - Throws: `PoseError.network` where the detector cannot run.
    public func estimate(_ frame: Frame) throws(PoseError) -> [KeypointPose] {
        heatmaps = []
        let people = try follower.people(
            in: frame, size: SIMD2(input.width, input.height), batch: model.batch / (options.flipTest ? 2 : 1)
        ) { run($0, frame) }
        if keepsHeatmaps {
            heatmaps = follower.seen.compactMap { candidate in
                guard var maps = candidate.heatmaps else { return nil }
                let isSame: (KeypointPose) -> Bool = {
                    $0.points == candidate.pose.points && $0.box == candidate.pose.box
                }
                maps.id = people.first(where: isSame)?.id ?? -1
                return maps
            }
        }
        return people
    }

    // MARK: Looking

    /// Runs the network on some boxes, at most as many as it was made for.
    private func run(_ part: [PeopleFollower.View], _ frame: Frame) -> [PeopleFollower.Candidate] {
        let crops = part.map(\.crop), c = model.configuration
        let mapCount = model.heatmapCount, (rows, columns) = (c.heatmapHeight, c.heatmapWidth)
        // A model of batch 1 sees the mirrored crop in a run of its own.
        let together = options.flipTest && model.batch >= 2 * crops.count
        if options.flipTest, !together {
            mirrored = model.run(people: crops.count) { span in
                input.fill(crops, of: frame.image, mirrored: true, into: &span)
            } read: { span in
                span.indices.map { span[$0] }
            }
        }
        return model.run(people: together ? 2 * crops.count : crops.count) { span in
            input.fill(crops, of: frame.image, into: &span)
            if together { input.fill(crops, of: frame.image, mirrored: true, at: crops.count, into: &span) }
        } read: { span in
            guard options.flipTest else {
                return part.indices.map { read(span.extracting($0 * mapCount..<($0 + 1) * mapCount), part[$0], frame) }
            }
            let count = crops.count * mapCount
            var average = (0..<count).map { span[$0] }
            var target = average.mutableSpan
            if together {
                flip.average(
                    &target, with: span.extracting(count..<2 * count), people: crops.count, rows: rows,
                    columns: columns)
            } else {
                flip.average(&target, with: mirrored.span, people: crops.count, rows: rows, columns: columns)
            }
            let maps = average.span
            return part.indices.map { read(maps.extracting($0 * mapCount..<($0 + 1) * mapCount), part[$0], frame) }
        }
    }

    /// The pose of one person's heatmaps.
    private func read(
        _ maps: Span<Float>, _ asked: PeopleFollower.View, _ frame: Frame
    ) -> PeopleFollower.Candidate {
        let c = model.configuration
        var candidate = asked.candidate
        candidate.pose = output.pose(
            maps, rows: c.heatmapHeight, columns: c.heatmapWidth, crop: asked.crop, box: candidate.box,
            boxScore: candidate.score, frameSize: SIMD2(frame.image.width, frame.image.height), time: frame.time)
        if keepsHeatmaps {
            candidate.heatmaps = PersonHeatmaps(
                id: -1, crop: asked.crop, values: maps.indices.map { maps[$0] }, rows: c.heatmapHeight,
                columns: c.heatmapWidth)
        }
        return candidate
    }
}
