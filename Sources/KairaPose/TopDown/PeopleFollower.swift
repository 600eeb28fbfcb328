import KairaImage
import KairaMotion

/// Follows people through a video for a network that looks at one box at a time: the next frame's boxes come from this
/// frame's joints; the detector runs where somebody is missing.
final class PeopleFollower {
    /// How boxes and people are judged.
    struct Options {
        /// The most people that are followed, at least 1; of more the largest.
        var people: Int
        /// Joints below this confidence do not make the next box.
        var minimumConfidence: Float
        /// A person with fewer joints of that confidence is lost.
        var minimumJoints: Int
        /// The box round the sure joints is made wider and higher by this share.
        var boxGrowth: Float
        /// Frames between two searches while fewer people are followed than wanted.
        var searchInterval: Int
        /// Two boxes that overlap by more than this hold one person.
        var sameBoxOverlap: Float
    }

    /// A box and what the network saw in it.
    struct Candidate {
        var box: SIMD4<Float>
        var score: Float = 1
        var pose = KeypointPose(
            layout: .nothing, score: 0, box: .zero, points: [], confidence: [], time: 0, frameSize: .zero)
        var heatmaps: PersonHeatmaps?
    }

    /// Where people will be looked for in the next frame: x, y, width, height in pixels.
    var boxes: [SIMD4<Float>] = []
    /// How many people the detector saw when it last ran, or that are followed, whichever is more.
    private(set) var peopleSeen = 0
    /// The people of the last frame before they got ids.
    private(set) var seen: [Candidate] = []

    private let options: Options
    private let layout: KeypointLayout
    private let finder: (any PeopleFinder)?
    private var tracker: PoseTracker
    private var frameSize = SIMD2(0, 0)
    private var framesSinceSearch = Int.max

    init(layout: KeypointLayout, finder: (any PeopleFinder)?, options: Options) {
        self.layout = layout
        self.finder = finder
        self.options = options
        tracker = PoseTracker(layout: layout)
    }

    /// Forgets everybody.
    func reset() {
        boxes = []
        seen = []
        tracker = PoseTracker(layout: layout)
        peopleSeen = 0
        framesSinceSearch = .max
    }

    /// A box to look at, and the pixels of it that the network sees.
    typealias View = (candidate: Candidate, crop: PersonCrop)

    /// The people in a frame, by rising id.
    ///
    /// - Parameters:
    ///   - frame: the picture.
    ///   - cropSize: width and height of the network's input, pixels.
    ///   - batch: how many boxes are looked at in one run, at least 1.
    ///   - run: the network on some boxes.
    /// - Returns: one pose a person.
    /// - Throws: what the detector throws.
    func people(
        in frame: Frame, size cropSize: SIMD2<Int>, batch: Int, run: ([View]) -> [Candidate]
    ) throws(PoseError) -> [KeypointPose] {
        func look(_ candidates: [Candidate]) -> [Candidate] {
            let views = candidates.compactMap { candidate -> View? in
                PersonCrop(box: candidate.box, width: cropSize.x, height: cropSize.y).map { (candidate, $0) }
            }
            let step = max(batch, 1)
            return stride(from: 0, to: views.count, by: step).flatMap { first in
                run(Array(views[first..<min(first + step, views.count)]))
            }
        }
        let size = SIMD2(frame.image.width, frame.image.height)
        // Boxes in pixels of another picture size are nowhere.
        if size != frameSize, frameSize != .zero { reset() }
        frameSize = size
        let known = distinct(boxes.filter { TopDownBox.isUsable($0, in: size) })
        seen = look(known.map { Candidate(box: $0) })
        seen = distinct(seen.filter { nextBox($0.pose) != nil })
        if seen.count < options.people, seen.isEmpty || framesSinceSearch >= options.searchInterval {
            seen += try search(frame, beside: seen, look: look)
        }
        framesSinceSearch = framesSinceSearch == .max ? .max : framesSinceSearch + 1
        boxes = seen.compactMap { nextBox($0.pose) }
        peopleSeen = max(peopleSeen, seen.count)
        return tracker.track(seen.map(\.pose), at: frame.time)
    }

    /// New people: those that the detector sees and that are not followed yet, the largest first.
    ///
    /// A rough box is looked at twice, the second time in the box that the joints make.
    private func search(
        _ frame: Frame, beside known: [Candidate], look: ([Candidate]) -> [Candidate]
    ) throws(PoseError) -> [Candidate] {
        guard let finder else { return [] }
        framesSinceSearch = 0
        let found = try finder.people(in: frame.image).map { Candidate(box: $0.box, score: $0.score) }
        peopleSeen = found.count
        let fresh = found.filter { candidate in
            TopDownBox.isUsable(candidate.box, in: frameSize)
                && !known.contains { TopDownBox.holdsSamePerson(candidate.box, $0.pose.box) }
        }.sorted { $0.box.z * $0.box.w > $1.box.z * $1.box.w }
        var looked = look(Array(fresh.prefix(options.people - known.count)))
        if finder.isRough {
            looked = look(
                looked.compactMap { candidate in
                    nextBox(candidate.pose).map { Candidate(box: $0, score: candidate.score) }
                })
        }
        return distinct(known + looked.filter { nextBox($0.pose) != nil }).filter { candidate in
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
}

extension KeypointLayout {
    /// No joints: a place for a pose that is still to be read.
    fileprivate static let nothing = KeypointLayout(name: "", joints: [], limbs: [])
}
