/// How far 3D poses are from the truth: the measures of the papers, gathered over sequences. Millimetres and per cent.
///
/// Both poses are taken relative to their root joint; the root itself counts as a joint in every mean, as in VideoPose3D
/// and MotionBERT. Definitions: Pavllo et al. (VideoPose3D, CVPR 2019) for MPJPE and its kin, Kanazawa et al. (2019) for
/// acceleration, Mehta et al. (MPI-INF-3DHP, 3DV 2017) for PCK and AUC.
public struct PoseErrors3D: Sendable, Hashable {
    /// Where the PCK curve is sampled, mm: 0, 5, ..., 150.
    public static let thresholds = (0...30).map { Double($0 * 5) }

    /// Joints of every pose.
    public let joints: Int
    /// The joint that both poses are shifted to.
    public let root: Int
    /// Joints that PCK and AUC count.
    public let countedJoints: [Int]
    /// Frames so far.
    public private(set) var frames = 0

    private var sums: [Double]
    private var aligned = 0.0
    private var scaled = 0.0
    private var velocity = Mean()
    private var acceleration = Mean()
    private var within: [Int]

    /// No sequences yet.
    ///
    /// - Parameters:
    ///   - joints: of every pose.
    ///   - root: the joint that both poses are shifted to.
    ///   - countedJoints: those that PCK and AUC count; nil for all.
    public init(joints: Int, root: Int = 0, countedJoints: [Int]? = nil) {
        precondition(joints > 0 && 0..<joints ~= root)
        self.joints = joints
        self.root = root
        self.countedJoints = countedJoints ?? Array(0..<joints)
        sums = Array(repeating: 0, count: joints)
        within = Array(repeating: 0, count: Self.thresholds.count)
    }

    /// Adds a sequence: velocities and accelerations never cross its ends.
    ///
    /// - Parameters:
    ///   - predicted: what was estimated, millimetres.
    ///   - truth: what was measured, as many frames and joints.
    ///   - counts: whether each frame counts; nil for all. Differences that touch a frame that does not are left out.
    public mutating func add(_ predicted: JointPositions, truth: JointPositions, counts: [Bool]? = nil) {
        precondition(
            predicted.joints == joints && truth.joints == joints && predicted.frames == truth.frames
                && (counts == nil || counts?.count == truth.frames))
        let p = predicted.relative(to: root), g = truth.relative(to: root)
        let isCounted = { (frame: Int) in counts?[frame] ?? true }
        var local = Mean()
        for frame in 0..<truth.frames where isCounted(frame) {
            frames += 1
            addPositions(p.frame(frame), g.frame(frame))
            if frame >= 1, isCounted(frame - 1) {
                for joint in 0..<joints {
                    local.add(
                        length((p[frame, joint] - p[frame - 1, joint]) - (g[frame, joint] - g[frame - 1, joint])))
                }
            }
            if frame >= 2, isCounted(frame - 1), isCounted(frame - 2) {
                for joint in 0..<joints {
                    let a = p[frame - 2, joint] - 2 * p[frame - 1, joint] + p[frame, joint]
                    let b = g[frame - 2, joint] - 2 * g[frame - 1, joint] + g[frame, joint]
                    acceleration.add(length(a - b))
                }
            }
        }
        // VideoPose3D weights a sequence's mean by its frames, not by its differences.
        if local.weight > 0 {
            let weight = Double(counts?.count { $0 } ?? truth.frames)
            velocity.add(local.value * weight, weight: weight)
        }
    }

    private mutating func addPositions(_ p: ArraySlice<SIMD3<Double>>, _ g: ArraySlice<SIMD3<Double>>) {
        let alignment = SimilarityAlignment(of: p, to: g)
        var product = 0.0, square = 0.0
        for (a, b) in zip(p, g) {
            product += (a * b).sum()
            square += (a * a).sum()
        }
        let scale = square > 0 ? product / square : 0
        var errors: [Double] = []
        errors.reserveCapacity(joints)
        for (a, b) in zip(p, g) {
            errors.append(length(a - b))
            aligned += length(alignment.apply(a) - b)
            scaled += length(a * scale - b)
        }
        for joint in 0..<joints { sums[joint] += errors[joint] }
        for joint in countedJoints {
            for (i, threshold) in Self.thresholds.enumerated() where errors[joint] < threshold { within[i] += 1 }
        }
    }

    /// Adds what another one gathered over other sequences of the same joints.
    public mutating func add(_ other: PoseErrors3D) {
        precondition(joints == other.joints && root == other.root && countedJoints == other.countedJoints)
        frames += other.frames
        for joint in 0..<joints { sums[joint] += other.sums[joint] }
        aligned += other.aligned
        scaled += other.scaled
        velocity.add(other.velocity)
        acceleration.add(other.acceleration)
        for i in within.indices { within[i] += other.within[i] }
    }

    private var places: Double { Double(max(frames, 1) * joints) }

    /// The mean distance of each joint, mm.
    public var jointErrors: [Double] { sums.map { $0 / Double(max(frames, 1)) } }

    /// The share of counted joints that are nearer than each of `thresholds`, per cent.
    public var curve: [Double] {
        within.map { 100 * Double($0) / Double(max(frames * countedJoints.count, 1)) }
    }

    /// The figures.
    public var figures: PoseFigures3D {
        let curve = curve
        return PoseFigures3D(
            mpjpe: sums.reduce(0, +) / places, alignedMPJPE: aligned / places, scaledMPJPE: scaled / places,
            velocityError: velocity.value, accelerationError: acceleration.value, pck150: curve.last ?? 0,
            auc: curve.reduce(0, +) / Double(curve.count))
    }

    private func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }

    /// A weighted mean in the making.
    private struct Mean: Hashable {
        var sum = 0.0
        var weight = 0.0
        var value: Double { weight > 0 ? sum / weight : 0 }

        mutating func add(_ weighted: Double, weight: Double = 1) {
            sum += weighted
            self.weight += weight
        }

        mutating func add(_ other: Mean) {
            sum += other.sum
            weight += other.weight
        }
    }
}
