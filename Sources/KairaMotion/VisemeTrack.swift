/// How a mouth moves in time.
public struct VisemeTrack: Sendable, Hashable {
    /// Frames a second; 0 where frames are not evenly spaced.
    public var rate: Double
    /// The frames, times strictly rising.
    public private(set) var frames: [VisemeFrame]

    /// A track of frames, sorted by time; of two with the same time the later one is kept.
    public init(rate: Double, frames: [VisemeFrame]) {
        self.rate = rate
        var sorted: [VisemeFrame] = []
        sorted.reserveCapacity(frames.count)
        for frame in Self.inOrder(frames) {
            if let last = sorted.last, last.time == frame.time { sorted.removeLast() }
            sorted.append(frame)
        }
        self.frames = sorted
    }

    private static func inOrder(_ frames: [VisemeFrame]) -> [VisemeFrame] {
        zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time } ? frames : frames.sorted { $0.time < $1.time }
    }

    /// The mouth at a time (seconds of the sound), between frames linearly; nil for an empty track, and closed more than a
    /// tenth of a second before the first and after the last frame.
    ///
    /// - Complexity: O(log n).
    public func frame(at time: Double) -> VisemeFrame? {
        guard let first = frames.first, let last = frames.last else { return nil }
        if !(time > first.time) {
            return first.time - time > Self.reach ? VisemeFrame(time: time, .sil) : first
        }
        if time >= last.time { return time - last.time > Self.reach ? VisemeFrame(time: time, .sil) : last }
        var (low, high) = (0, frames.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if frames[middle].time <= time { low = middle } else { high = middle }
        }
        let (a, b) = (frames[low], frames[high])
        return .interpolate(a, b, Float((time - a.time) / (b.time - a.time)))
    }

    private static let reach = 0.1

    /// Moves the mouth of a pose as the track says at the pose's time.
    ///
    /// The sound leads: a vowel's weight is the larger of the track's and the pose's own, so that a tracked smile or shout
    /// stays; lips that a sound presses together override an open mouth that was tracked. Other expressions are left alone.
    ///
    /// - Parameters:
    ///   - pose: its time is that of the picture.
    ///   - offset: seconds of the sound at the picture's time 0.
    public func apply(to pose: inout HumanoidPose, offset: Double = 0) {
        guard let frame = frame(at: pose.time + offset) else { return }
        for (name, weight) in zip(MouthShape.names, frame.mouth.weights) {
            let own = frame.isClosed ? 0 : pose.expressions[name] ?? 0
            pose.expressions[name] = min(max(own, weight), 1)
        }
    }
}
