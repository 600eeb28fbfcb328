/// The named joints that an estimator sees, with what a reader needs to mirror and draw them.
public struct KeypointLayout: Sendable, Hashable {
    /// The public name: `mediapipe33`, `coco17`...
    public let name: String
    /// Names in the order of every per-joint array, snake case: `left_shoulder`.
    public let joints: [String]
    /// Index pairs (left, right).
    public let pairs: [SIMD2<Int>]
    /// Index pairs to draw as lines.
    public let limbs: [SIMD2<Int>]

    /// A layout; left-right pairs are found by the names.
    public init(name: String, joints: [String], limbs: [SIMD2<Int>]) {
        self.name = name
        self.joints = joints
        self.limbs = limbs
        pairs = joints.indices.compactMap { i in
            guard joints[i].hasPrefix("left_"),
                let other = joints.firstIndex(of: "right_" + joints[i].dropFirst(5))
            else { return nil }
            return SIMD2(i, other)
        }
    }

    /// The place of a joint by name, or nil.
    public func index(of joint: String) -> Int? { joints.firstIndex(of: joint) }

    /// The layouts that Kaira knows, by name.
    public static func named(_ name: String) -> KeypointLayout? { all.first { $0.name == name } }

    /// The layouts that Kaira knows.
    public static let all: [KeypointLayout] = [.mediapipe33, .coco17]

    /// BlazePose's 33 body points (MediaPipe `pose_landmark`).
    public static let mediapipe33 = KeypointLayout(
        name: "mediapipe33",
        joints: [
            "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
            "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
            "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index",
            "left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
            "right_ankle", "left_heel", "right_heel", "left_foot_index", "right_foot_index",
        ],
        limbs: [
            [0, 1], [1, 2], [2, 3], [3, 7], [0, 4], [4, 5], [5, 6], [6, 8], [9, 10], [11, 12], [11, 13], [13, 15],
            [15, 17], [15, 19], [15, 21], [17, 19], [12, 14], [14, 16], [16, 18], [16, 20], [16, 22], [18, 20],
            [11, 23], [12, 24], [23, 24], [23, 25], [24, 26], [25, 27], [26, 28], [27, 29], [28, 30], [29, 31],
            [30, 32], [27, 31], [28, 32],
        ])

    /// The 17 points of the COCO keypoint task.
    public static let coco17 = KeypointLayout(
        name: "coco17",
        joints: [
            "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
            "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee",
            "left_ankle", "right_ankle",
        ],
        limbs: [
            [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8], [7, 9],
            [8, 10], [1, 2], [0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6],
        ])
}
