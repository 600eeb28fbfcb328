/// The places of one person's joints at even steps of time: what motions are compared by.
public struct MotionSamples: Sendable, Hashable {
    /// Seconds from one frame to the next.
    public let interval: Double
    /// Names, one a joint.
    public let joints: [String]
    /// `[frames, joints]`, row-major: pixels with z = 0, or metres.
    public let points: [SIMD3<Double>]
    /// `[frames, joints]`: whether the joint was seen.
    public let isSeen: [Bool]

    /// Samples from their parts, or nil where the numbers do not fit or the interval is not positive. Points that are not
    /// finite become unseen.
    public init?(interval: Double, joints: [String], points: [SIMD3<Double>], isSeen: [Bool]? = nil) {
        guard interval > 0, interval.isFinite, !joints.isEmpty, points.count % joints.count == 0,
            isSeen == nil || isSeen?.count == points.count
        else { return nil }
        self.interval = interval
        self.joints = joints
        let isFinite = points.map { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }
        self.points = zip(points, isFinite).map { $1 ? $0 : .zero }
        self.isSeen = points.indices.map { isFinite[$0] && (isSeen?[$0] ?? true) }
    }

    /// How many frames.
    public var frames: Int { points.count / joints.count }

    /// A joint's place, nil where it was not seen.
    public subscript(frame: Int, joint: Int) -> SIMD3<Double>? {
        let i = frame * joints.count + joint
        return isSeen[i] ? points[i] : nil
    }

    /// The place of a joint by name, or nil.
    public func index(of joint: String) -> Int? { joints.firstIndex(of: joint) }
}
