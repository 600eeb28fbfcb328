/// A sequence of poses in time; VRMA, BVH, glTF animation, JSON and CSV are views of it.
public struct MotionClip: Sendable {
    /// What it is called, possibly empty.
    public var name: String
    /// The poses, times strictly rising.
    public private(set) var poses: [HumanoidPose]

    /// A clip of poses, sorted by time; of two with the same time the later one is kept.
    public init(name: String = "", poses: [HumanoidPose]) {
        self.name = name
        self.poses = []
        self.poses.reserveCapacity(poses.count)
        for pose in poses.sorted(by: { $0.time < $1.time }) {
            if let last = self.poses.last, last.time == pose.time { self.poses.removeLast() }
            self.poses.append(pose)
        }
    }

    /// Seconds from the first to the last pose.
    public var duration: Double { (poses.last?.time ?? 0) - (poses.first?.time ?? 0) }

    /// The pose at a time (seconds, on the poses' own clock), clamped to the ends; nil for a clip without poses.
    ///
    /// - Complexity: O(log n).
    public func pose(at time: Double) -> HumanoidPose? {
        guard let first = poses.first, let last = poses.last else { return nil }
        if !(time > first.time) { return first }
        if time >= last.time { return last }
        var (low, high) = (0, poses.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if poses[middle].time <= time { low = middle } else { high = middle }
        }
        let (a, b) = (poses[low], poses[high])
        return .interpolate(a, b, Float((time - a.time) / (b.time - a.time)))
    }
}
