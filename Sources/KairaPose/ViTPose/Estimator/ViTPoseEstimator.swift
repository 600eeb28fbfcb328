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
    public private(set) var peopleSeen = 0
    /// Where people will be looked for in the next frame: x, y, width, height in pixels. The detector runs where there are
    /// fewer than wanted; setting as many as wanted skips it.
    public var boxes: [SIMD4<Float>] = []
    /// Whether the heatmaps of each frame are kept in `heatmaps`.
    public var keepsHeatmaps = false
    /// The heatmaps of the last frame, one a person that was looked at; empty unless `keepsHeatmaps`.
    public private(set) var heatmaps: [PersonHeatmaps] = []

    private let model: ViTPoseModel
    private let detector: PersonDetector?
    private let input: TopDownInput
    private let output: TopDownOutput
    private let flip: FlipTest
    private var tracker: PoseTracker
    private var frameSize = SIMD2(0, 0)
    private var framesSinceSearch = Int.max
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
        _ files: ViTPoseFiles, name: String, detector: PersonDetector?, options: ViTPoseOptions = ViTPoseOptions()
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
        self.detector = detector
        information = PoseEstimatorInformation(
            model: name, precision: model.precision.label, precisionChoice: choice?.text)
        input = TopDownInput(
            width: configuration.imageWidth, height: configuration.imageHeight, border: options.border)
        output = TopDownOutput(layout: layout, decoder: HeatmapDecoder(blur: options.blur))
        flip = FlipTest(layout)
        tracker = PoseTracker(layout: layout)
    }

    /// Crops of one run of the network: more gain nothing and take memory.
    private static let largestBatch = 8

    /// Forgets everybody.
    public func reset() {
        boxes = []
        heatmaps = []
        tracker = PoseTracker(layout: layout)
        peopleSeen = 0
        framesSinceSearch = .max
    }

    /// The people in a frame, by rising id.
    ///
    /// - Throws: `PoseError.network` where the detector cannot run.
    public func estimate(_ frame: Frame) throws(PoseError) -> [KeypointPose] {
        let size = SIMD2(frame.image.width, frame.image.height)
        // Boxes in pixels of another picture size are nowhere.
        if size != frameSize, frameSize != .zero { reset() }
        frameSize = size
        heatmaps = []
        let known = distinct(boxes.filter { TopDownBox.isUsable($0, in: size) })
        var seen = look(at: known.map { Candidate(box: $0) }, in: frame)
        seen = distinct(seen.filter { nextBox($0.pose) != nil })
        if seen.count < options.people, seen.isEmpty || framesSinceSearch >= options.searchInterval {
            seen += try search(frame, beside: seen)
        }
        framesSinceSearch = framesSinceSearch == .max ? .max : framesSinceSearch + 1
        boxes = seen.compactMap { nextBox($0.pose) }
        peopleSeen = max(peopleSeen, seen.count)
        let people = tracker.track(seen.map(\.pose), at: frame.time)
        if keepsHeatmaps {
            heatmaps = seen.compactMap { candidate in
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

    // MARK: Finding

    /// New people: those that the detector sees and that are not followed yet, the largest first.
    ///
    /// A detection's box is rough, so each is looked at twice, the second time in the box that its joints make.
    private func search(_ frame: Frame, beside known: [Candidate]) throws(PoseError) -> [Candidate] {
        guard let detector else { return [] }
        framesSinceSearch = 0
        let found = try detector.detect(frame.image).map { detection in
            Candidate(box: TopDownBox.box(of: detection, in: frameSize), score: detection.score)
        }
        peopleSeen = found.count
        let fresh = found.filter { candidate in
            TopDownBox.isUsable(candidate.box, in: frameSize)
                && !known.contains { TopDownBox.holdsSamePerson(candidate.box, $0.pose.box) }
        }.sorted { $0.box.z * $0.box.w > $1.box.z * $1.box.w }
        let first = look(at: Array(fresh.prefix(options.people - known.count)), in: frame)
        let second = look(
            at: first.compactMap { candidate in
                nextBox(candidate.pose).map { Candidate(box: $0, score: candidate.score) }
            }, in: frame)
        return distinct(known + second.filter { nextBox($0.pose) != nil }).filter { candidate in
            !known.contains { $0.pose == candidate.pose }
        }
    }

    /// The box for the next frame; nil where the person is lost.
    private func nextBox(_ pose: KeypointPose) -> SIMD4<Float>? {
        TopDownBox.box(
            around: pose, minimumConfidence: options.minimumConfidence, minimumJoints: options.minimumJoints,
            growth: options.boxGrowth, in: frameSize)
    }

    /// The boxes without those that another holds already.
    private func distinct(_ boxes: [SIMD4<Float>]) -> [SIMD4<Float>] {
        var kept: [SIMD4<Float>] = []
        for box in boxes where !kept.contains(where: { TopDownBox.overlap($0, box) > options.sameBoxOverlap }) {
            kept.append(box)
        }
        return Array(kept.prefix(options.people))
    }

    /// The people without those whose joints lie where a surer one's do.
    private func distinct(_ people: [Candidate]) -> [Candidate] {
        var kept: [Candidate] = []
        let order = people.indices.sorted { (people[$1].pose.score, $0) < (people[$0].pose.score, $1) }
        for index in order {
            let box = nextBox(people[index].pose) ?? people[index].box
            let isCopy = kept.contains {
                TopDownBox.overlap(nextBox($0.pose) ?? $0.box, box) > options.sameBoxOverlap
            }
            if !isCopy { kept.append(people[index]) }
        }
        return kept
    }

    // MARK: Looking

    /// A box and what the network saw in it.
    private struct Candidate {
        var box: SIMD4<Float>
        var score: Float = 1
        var pose = KeypointPose(
            layout: .empty, score: 0, box: .zero, points: [], confidence: [], time: 0, frameSize: .zero)
        var heatmaps: PersonHeatmaps?
    }

    /// Runs the network on some boxes, as many at a time as it was made for.
    private func look(at candidates: [Candidate], in frame: Frame) -> [Candidate] {
        var rest = candidates.compactMap { candidate in
            PersonCrop(box: candidate.box, width: input.width, height: input.height).map { (candidate, $0) }
        }[...]
        var result: [Candidate] = []
        let step = max(1, model.batch / (options.flipTest ? 2 : 1))
        while !rest.isEmpty {
            let part = Array(rest.prefix(step))
            rest = rest.dropFirst(step)
            result += run(part, frame)
        }
        return result
    }

    private func run(_ part: [(candidate: Candidate, crop: PersonCrop)], _ frame: Frame) -> [Candidate] {
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
        _ maps: Span<Float>, _ asked: (candidate: Candidate, crop: PersonCrop), _ frame: Frame
    ) -> Candidate {
        let c = model.configuration
        var candidate = asked.candidate
        candidate.pose = output.pose(
            maps, rows: c.heatmapHeight, columns: c.heatmapWidth, crop: asked.crop, box: candidate.box,
            boxScore: candidate.score, frameSize: frameSize, time: frame.time)
        if keepsHeatmaps {
            candidate.heatmaps = PersonHeatmaps(
                id: -1, crop: asked.crop, values: maps.indices.map { maps[$0] }, rows: c.heatmapHeight,
                columns: c.heatmapWidth)
        }
        return candidate
    }
}

extension KeypointLayout {
    /// No joints: a place for a pose that is still to be read.
    fileprivate static let empty = KeypointLayout(name: "", joints: [], limbs: [])
}
