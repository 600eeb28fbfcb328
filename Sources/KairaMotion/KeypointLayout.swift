/// The named joints that an estimator sees, with what a reader needs to mirror and draw them.
public struct KeypointLayout: Sendable, Hashable {
    /// The public name: `mediapipe33`, `coco17`...
    public let name: String
    /// Names in the order of every per-joint array, snake case: `left_shoulder`.
    public let joints: [String]
    /// Index pairs (left, right), by rising left index; joints of the middle are in none.
    public let pairs: [SIMD2<Int>]
    /// Index pairs to draw as lines.
    public let limbs: [SIMD2<Int>]

    /// A layout; left-right pairs are found by names that begin or end with `left` and `right`.
    ///
    /// - Parameters:
    ///   - name: the public name.
    ///   - joints: names in the order of the arrays.
    ///   - limbs: lines to draw.
    ///   - extraPairs: pairs (left, right) whose names do not tell.
    public init(name: String, joints: [String], limbs: [SIMD2<Int>], extraPairs: [SIMD2<Int>] = []) {
        self.name = name
        self.joints = joints
        self.limbs = limbs
        let named = joints.indices.compactMap { i -> SIMD2<Int>? in
            let joint = joints[i]
            var other: String?
            if joint.hasPrefix("left_") { other = "right_" + joint.dropFirst(5) }
            if joint.hasSuffix("_left") { other = joint.dropLast(4) + "right" }
            return other.flatMap { joints.firstIndex(of: $0) }.map { SIMD2(i, $0) }
        }
        pairs = (named + extraPairs).sorted { $0.x < $1.x }
    }

    /// The place of a joint by name, or nil.
    public func index(of joint: String) -> Int? { joints.firstIndex(of: joint) }

    /// For each joint the one of the other side, itself for a joint of the middle.
    public var mirror: [Int] {
        var mirror = Array(joints.indices)
        for pair in pairs { (mirror[pair.x], mirror[pair.y]) = (pair.y, pair.x) }
        return mirror
    }
}
