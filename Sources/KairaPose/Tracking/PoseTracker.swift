import KairaMotion

/// Follows people from frame to frame: gives each pose the id of the person it shows.
///
/// Each person's place is predicted by its own steady motion; poses are paired with people by the least total cost,
/// object keypoint similarity and overlap of boxes counting alike. A person that is not seen for a while keeps its id
/// and is looked for in a widening place.
public struct PoseTracker: Sendable {
    /// How it decides.
    public var options: PoseTrackerOptions
    private let similarity: ObjectKeypointSimilarity
    private let layout: KeypointLayout
    private var tracks: [Track] = []
    private var nextID = 0
    private var hasBegun = false

    /// A tracker of people with these joints.
    public init(layout: KeypointLayout, options: PoseTrackerOptions = PoseTrackerOptions()) {
        self.layout = layout
        self.options = options
        similarity = ObjectKeypointSimilarity(layout)
    }

    /// People that are known, seen or not.
    public var count: Int { tracks.count { $0.id != nil } }

    /// Forgets everybody: before another video, or after a cut. Ids go on counting.
    public mutating func reset() {
        tracks = []
        hasBegun = false
    }

    /// Takes the poses of one frame.
    ///
    /// - Parameters:
    ///   - poses: any order; those of another layout or without a finite place are dropped.
    ///   - time: seconds, rising from call to call.
    /// - Returns: the poses of known people with their ids, by rising id.
    /// - Complexity: O(n^3) in the larger of people and poses.
    public mutating func track(_ poses: [KeypointPose], at time: Double) -> [KeypointPose] {
        let candidates = distinct(poses)
        tracks.removeAll { time - $0.time > options.deathSeconds }
        var free = pair(candidates, at: time)
        // People that were to be confirmed and are gone were none.
        tracks.removeAll { $0.id == nil && $0.time < time }
        free.removeAll { candidates[$0].score < options.birthScore }
        for i in free {
            guard let center = Self.center(candidates[i], options.minimumConfidence) else { continue }
            tracks.append(Track(pose: candidates[i], center: center, time: time))
        }
        for i in tracks.indices where tracks[i].id == nil && (tracks[i].hits >= options.birthFrames || !hasBegun) {
            tracks[i].id = nextID
            nextID += 1
        }
        if !tracks.isEmpty { hasBegun = true }
        return tracks.filter { $0.time == time }.compactMap { track in
            guard let id = track.id else { return nil }
            var pose = track.pose
            pose.id = id
            return pose
        }.sorted { $0.id < $1.id }
    }

    /// A person that is followed.
    private struct Track {
        /// Nil until confirmed.
        var id: Int?
        var pose: KeypointPose
        /// Of the joints, pixels.
        var center: SIMD2<Float>
        /// Pixels a second.
        var velocity = SIMD2<Float>.zero
        /// When it was last seen.
        var time: Double
        var hits = 1

        init(pose: KeypointPose, center: SIMD2<Float>, time: Double) {
            self.pose = pose
            self.center = center
            self.time = time
        }

        mutating func update(_ pose: KeypointPose, center: SIMD2<Float>, time: Double) {
            let passed = Float(time - self.time)
            if passed > 0 {
                let measured = (center - self.center) / passed
                velocity = hits == 1 ? measured : velocity * 0.5 + measured * 0.5
            }
            (self.pose, self.center, self.time) = (pose, center, time)
            hits += 1
        }

        /// The pose where it should be by now.
        func predicted(at time: Double) -> KeypointPose {
            var pose = pose
            let shift = velocity * Float(time - self.time)
            for joint in pose.points.indices { pose.points[joint] += shift }
            pose.box.x += shift.x
            pose.box.y += shift.y
            return pose
        }
    }

    /// The mean of the sure joints, or of all; nil where it is not finite.
    private static func center(_ pose: KeypointPose, _ minimumConfidence: Float) -> SIMD2<Float>? {
        var sum = SIMD2<Float>.zero, count: Float = 0
        for joint in pose.points.indices where pose.confidence[joint] >= minimumConfidence {
            sum += pose.points[joint]
            count += 1
        }
        let center = count > 0 ? sum / count : SIMD2(pose.box.x + pose.box.z / 2, pose.box.y + pose.box.w / 2)
        return center.x.isFinite && center.y.isFinite ? center : nil
    }

    /// The person's size in square pixels: of the box, or of that round the joints where there is none.
    private static func area(_ pose: KeypointPose) -> Double {
        let area = Double(pose.box.z) * Double(pose.box.w)
        if area > 0, area.isFinite, pose.box.z > 0 { return area }
        guard let first = pose.points.first else { return 0 }
        let (low, high) = pose.points.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
        let side = SIMD2<Double>(high - low)
        return side.x * side.y
    }

    /// The usable poses without near copies, the surest first.
    private func distinct(_ poses: [KeypointPose]) -> [KeypointPose] {
        var kept: [KeypointPose] = []
        let usable = poses.filter {
            $0.layout == layout && $0.score >= options.keepScore && Self.center($0, options.minimumConfidence) != nil
        }
        for pose in usable.enumerated().sorted(by: { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }) {
            let isCopy = kept.contains {
                alikeness(pose.element, $0, area: (Self.area(pose.element) + Self.area($0)) / 2)
                    > options.duplicateSimilarity
            }
            if !isCopy { kept.append(pose.element) }
        }
        return kept
    }

    private func alikeness(_ a: KeypointPose, _ b: KeypointPose, area: Double) -> Double {
        similarity.similarity(a, b, area: area, minimumConfidence: options.minimumConfidence)
    }

    /// Pairs poses with people and moves these; returns the poses that are nobody's.
    private mutating func pair(_ poses: [KeypointPose], at time: Double) -> [Int] {
        guard !tracks.isEmpty, !poses.isEmpty else { return Array(poses.indices) }
        var values: [Double] = []
        values.reserveCapacity(tracks.count * poses.count)
        for track in tracks {
            let guess = track.predicted(at: time)
            // The longer unseen, the wider the place where the person may be: by a body's size a second.
            let growth = 1 + max(0, time - track.time)
            for pose in poses {
                // OKS at the size of a joint is for figures; five times wider it tells people apart.
                let area = (Self.area(guess) + Self.area(pose)) / 2 * growth * growth * 25
                values.append((alikeness(guess, pose, area: area) + Self.overlap(guess.box, pose.box)) / 2)
            }
        }
        let pairs = LinearAssignment.solve(
            values.map { $0 >= options.minimumSimilarity ? 1 - $0 : 2 }, rows: tracks.count, columns: poses.count)
        var isFree = [Bool](repeating: true, count: poses.count)
        for (i, match) in pairs.enumerated() {
            guard let match, values[i * poses.count + match] >= options.minimumSimilarity,
                let center = Self.center(poses[match], options.minimumConfidence)
            else { continue }
            tracks[i].update(poses[match], center: center, time: time)
            isFree[match] = false
        }
        return poses.indices.filter { isFree[$0] }
    }

    /// Intersection over union of two boxes; 0 where either has no area.
    private static func overlap(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> Double {
        let width = min(a.x + a.z, b.x + b.z) - max(a.x, b.x), height = min(a.y + a.w, b.y + b.w) - max(a.y, b.y)
        guard width > 0, height > 0 else { return 0 }
        let shared = width * height, union = a.z * a.w + b.z * b.w - shared
        return union > 0 && shared.isFinite ? Double(shared / union) : 0
    }
}
