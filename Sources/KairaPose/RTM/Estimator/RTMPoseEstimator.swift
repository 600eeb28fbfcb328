import KairaImage
import KairaMotion
import KairaTensor

/// RTMPose, top down: people are found by a detector, each is cut out of the picture, the network gives rows of places along
/// x and y for all of them at once, and the surest ones are the joints. The next frame's boxes come from this frame's
/// joints; the detector runs where somebody is missing.
///
/// RTMPose publishes no smoothing filter, so poses are as the network gives them.
public final class RTMPoseEstimator: PoseEstimator {
    /// What it was set up with.
    public let options: RTMPoseOptions
    /// The joints: COCO's 17, Halpe's 26 or COCO-WholeBody's 133, by the network's number of tokens.
    public let layout: KeypointLayout
    /// The model's name; in fp32.
    public let information: PoseEstimatorInformation
    /// How many people the detector saw when it last ran, or that are followed, whichever is more.
    public var peopleSeen: Int { follower.peopleSeen }
    /// Where people will be looked for in the next frame: x, y, width, height in pixels. The detector runs where there are
    /// fewer than wanted; setting as many as wanted skips it.
    public var boxes: [SIMD4<Float>] {
        get { follower.boxes }
        set { follower.boxes = newValue }
    }

    private let model: RTMPoseModel
    private let follower: PeopleFollower
    private let input: TopDownInput
    private let decoder: SimCCDecoder
    private let flip: FlipTest
    /// The answer averaged over both sides, where there is a flip test.
    private var averaged: (x: [Float], y: [Float]) = ([], [])

    /// An estimator of a model that was opened.
    ///
    /// - Parameters:
    ///   - files: the model.
    ///   - name: what results are labelled with.
    ///   - detector: finds people; nil where `boxes` will always be set by hand.
    ///   - options: how it is set up.
    /// - Throws: `PoseError.unusableModel` where the network has joints in no known layout, or its weights do not fit.
    public init(
        _ files: RTMFiles, name: String, detector: (any PeopleFinder)?, options: RTMPoseOptions = RTMPoseOptions()
    ) throws(PoseError) {
        let views = options.flipTest ? 2 : 1
        model = try RTMPoseModel(
            files, threads: options.threads, batch: min(options.people * views, Self.largestBatch))
        let configuration = model.configuration
        let layouts = [KeypointLayout.coco17, .halpe26, .wholebody133]
        guard let layout = layouts.first(where: { $0.joints.count == configuration.keypoints }) else {
            throw .unusableModel(
                file: name, reason: "no layout of \(configuration.keypoints) keypoints is known (17, 26 and 133 are)")
        }
        self.options = options
        self.layout = layout
        information = PoseEstimatorInformation(model: name, precision: Precision.float32.label)
        input = TopDownInput(
            width: configuration.imageWidth, height: configuration.imageHeight, border: options.border,
            sampling: .plain, layout: .interleaved)
        decoder = SimCCDecoder(splitRatio: configuration.splitRatio, sigma: options.refinement)
        flip = FlipTest(layout)
        follower = PeopleFollower(layout: layout, finder: detector, options: PeopleFollower.Options(options))
    }

    /// Crops of one run of the network: more gain nothing and take memory.
    private static let largestBatch = 8

    /// Forgets everybody.
    public func reset() { follower.reset() }

    /// The people in a frame, by rising id.
    ///
    /// - Throws: `PoseError.network` where the detector cannot run.
    public func estimate(_ frame: Frame) throws(PoseError) -> [KeypointPose] {
        try follower.people(
            in: frame, size: SIMD2(input.width, input.height), batch: model.batch / (options.flipTest ? 2 : 1)
        ) { run($0, frame) }
    }

    /// Runs the network on some boxes, at most as many as it was made for.
    private func run(_ part: [PeopleFollower.View], _ frame: Frame) -> [PeopleFollower.Candidate] {
        let crops = part.map(\.crop), joints = layout.joints.count
        let columns = model.configuration.columns * joints, rows = model.configuration.rows * joints
        func results(_ x: Span<Float>, _ y: Span<Float>) -> [PeopleFollower.Candidate] {
            part.indices.map { index in
                var candidate = part[index].candidate
                candidate.pose = pose(
                    x.extracting(index * columns..<(index + 1) * columns),
                    y.extracting(index * rows..<(index + 1) * rows),
                    part[index].crop, candidate, frame)
                return candidate
            }
        }
        guard options.flipTest else {
            return model.run(people: crops.count) {
                input.fill(crops, of: frame.image, into: &$0)
            } read: {
                results($0, $1)
            }
        }
        // A model of batch 1 sees the mirrored crop in a run of its own.
        if model.batch >= 2 * crops.count {
            model.run(people: 2 * crops.count) { span in
                input.fill(crops, of: frame.image, into: &span)
                input.fill(crops, of: frame.image, mirrored: true, at: crops.count, into: &span)
            } read: { x, y in
                let (middle, level) = (crops.count * columns, crops.count * rows)
                average(
                    x.extracting(0..<middle), y.extracting(0..<level), x.extracting(middle..<2 * middle),
                    y.extracting(level..<2 * level), people: crops.count)
            }
        } else {
            let plain = model.run(people: crops.count) {
                input.fill(crops, of: frame.image, into: &$0)
            } read: { x, y in
                (x.indices.map { x[$0] }, y.indices.map { y[$0] })
            }
            model.run(people: crops.count) {
                input.fill(crops, of: frame.image, mirrored: true, into: &$0)
            } read: { x, y in
                let (plainX, plainY) = plain
                average(plainX.span, plainY.span, x, y, people: crops.count)
            }
        }
        let (x, y) = averaged
        return results(x.span, y.span)
    }

    /// Averages the plain crops' rows with the mirrored ones': sides change places, and x runs backwards (mmpose's
    /// `flip_vectors`).
    private func average(
        _ x: Span<Float>, _ y: Span<Float>, _ mirroredX: Span<Float>, _ mirroredY: Span<Float>, people: Int
    ) {
        let joints = layout.joints.count, (columns, rows) = (model.configuration.columns, model.configuration.rows)
        averaged.x = [Float](repeating: 0, count: people * joints * columns)
        averaged.y = [Float](repeating: 0, count: people * joints * rows)
        for person in 0..<people {
            for joint in 0..<joints {
                let to = person * joints + joint, from = person * joints + flip.opposite[joint]
                for place in 0..<columns {
                    averaged.x[to * columns + place] =
                        (x[to * columns + place] + mirroredX[from * columns + columns - 1 - place]) * 0.5
                }
                for place in 0..<rows {
                    averaged.y[to * rows + place] = (y[to * rows + place] + mirroredY[from * rows + place]) * 0.5
                }
            }
        }
    }

    /// The pose of one person; its score is mmpose's: the box's, times the mean of the joint scores above 0.2.
    private func pose(
        _ x: Span<Float>, _ y: Span<Float>, _ crop: PersonCrop, _ candidate: PeopleFollower.Candidate, _ frame: Frame
    ) -> KeypointPose {
        let peaks = decoder.decode(x, y, joints: layout.joints.count)
        let points = peaks.map { peak in
            SIMD2<Float>(
                peak.cell.map { crop.plainPoint($0, columns: input.width, rows: input.height) } ?? crop.center)
        }
        let sure = peaks.filter { $0.score > 0.2 }
        let mean = sure.isEmpty ? 0 : sure.reduce(0) { $0 + $1.score } / Float(sure.count)
        return KeypointPose(
            layout: layout, score: min(max(candidate.score * mean, 0), 1), box: candidate.box, points: points,
            confidence: peaks.map { min(max($0.score, 0), 1) }, time: frame.time,
            frameSize: SIMD2(frame.image.width, frame.image.height))
    }
}
