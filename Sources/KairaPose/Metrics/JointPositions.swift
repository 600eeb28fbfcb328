/// The places of one person's joints over time: `[frames, joints, 3]`, row-major.
public struct JointPositions: Sendable, Hashable {
    /// Frames.
    public let frames: Int
    /// Joints a frame.
    public let joints: Int
    /// One place a frame and joint, millimetres unless said otherwise.
    public private(set) var points: [SIMD3<Double>]

    /// Positions from their numbers, or nil where `values.count` is not `frames * joints * 3`.
    public init?(frames: Int, joints: Int, values: [Double]) {
        let (count, overflow) = frames.multipliedReportingOverflow(by: joints)
        guard frames >= 0, joints > 0, !overflow, count <= values.count / 3, count * 3 == values.count else {
            return nil
        }
        self.frames = frames
        self.joints = joints
        points = (0..<count).map { SIMD3(values[$0 * 3], values[$0 * 3 + 1], values[$0 * 3 + 2]) }
    }

    /// Positions from their points.
    ///
    /// - Precondition: `points.count` is a multiple of `joints`, which is positive.
    public init(joints: Int, points: [SIMD3<Double>]) {
        precondition(joints > 0 && points.count % joints == 0)
        frames = points.count / joints
        self.joints = joints
        self.points = points
    }

    /// One joint in one frame.
    public subscript(frame: Int, joint: Int) -> SIMD3<Double> { points[frame * joints + joint] }

    /// One frame's joints.
    public func frame(_ frame: Int) -> ArraySlice<SIMD3<Double>> { points[frame * joints..<(frame + 1) * joints] }

    /// Only these joints, in this order.
    public func selecting(_ selected: [Int]) -> JointPositions {
        JointPositions(
            joints: selected.count,
            points: (0..<frames).flatMap { frame in selected.map { self[frame, $0] } })
    }

    /// Every frame relative to one of its joints.
    public func relative(to root: Int) -> JointPositions {
        var result = self
        for frame in 0..<frames {
            let origin = self[frame, root]
            for joint in 0..<joints { result.points[frame * joints + joint] -= origin }
        }
        return result
    }

    /// Every number times a factor: 1000 turns metres into millimetres.
    public func scaled(by factor: Double) -> JointPositions {
        JointPositions(joints: joints, points: points.map { $0 * factor })
    }

    /// The first frame and joint whose place is not finite, or nil.
    public var firstNotFinite: (frame: Int, joint: Int)? {
        points.firstIndex { !($0.x.isFinite && $0.y.isFinite && $0.z.isFinite) }.map { ($0 / joints, $0 % joints) }
    }
}
