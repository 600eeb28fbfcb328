extension KeypointLayout {
    /// The layouts that Kaira knows, by name.
    public static func named(_ name: String) -> KeypointLayout? { all.first { $0.name == name } }

    /// The layouts that Kaira knows.
    public static let all: [KeypointLayout] = [.mediapipe33, .coco17, .halpe26, .wholebody133, .h36m17]

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
    public static let coco17 = KeypointLayout(name: "coco17", joints: cocoJoints, limbs: cocoLimbs)

    /// The 26 body points of Halpe: COCO's, head, neck and hip, and three points a foot.
    ///
    /// Source: Fang et al., Halpe-FullBody; order and lines as in AlphaPose and mmpose.
    public static let halpe26 = KeypointLayout(
        name: "halpe26",
        joints: cocoJoints + [
            "head", "neck", "hip", "left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe", "left_heel",
            "right_heel",
        ],
        limbs: [
            [15, 13], [13, 11], [11, 19], [16, 14], [14, 12], [12, 19], [17, 18], [18, 19], [18, 5], [5, 7], [7, 9],
            [18, 6], [6, 8], [8, 10], [1, 2], [0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6], [15, 20], [15, 22],
            [15, 24], [16, 21], [16, 23], [16, 25],
        ])

    /// The 133 points of COCO-WholeBody: COCO's body, 6 of the feet, 68 of the face (`face_0` to `face_67`) and 21 a hand.
    ///
    /// Source: Jin et al., "Whole-Body Human Pose Estimation in the Wild", ECCV 2020. The face's points are those of the
    /// 300-W challenge, whose first half runs along the person's right side.
    public static let wholebody133 = KeypointLayout(
        name: "wholebody133",
        joints: cocoJoints + [
            "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
        ] + (0..<68).map { "face_\($0)" } + handJoints("left") + handJoints("right"),
        limbs: cocoLimbs + [[15, 17], [15, 18], [15, 19], [16, 20], [16, 21], [16, 22]]
            + handLimbs(wrist: 9, first: 91) + handLimbs(wrist: 10, first: 112),
        extraPairs: faceMirrors.flatMap { pair in
            (0..<pair.count).map { SIMD2(23 + pair.left - $0, 23 + pair.right + $0) }
        })

    /// The 17 joints of Human3.6M as lifters use them, the right leg first.
    ///
    /// Source: Ionescu et al., PAMI 2014; the choice and order of Pavllo et al., VideoPose3D, CVPR 2019.
    public static let h36m17 = KeypointLayout(
        name: "h36m17",
        joints: [
            "hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "spine", "thorax",
            "neck", "head", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow",
            "right_wrist",
        ],
        limbs: [
            [0, 1], [1, 2], [2, 3], [0, 4], [4, 5], [5, 6], [0, 7], [7, 8], [8, 9], [9, 10], [8, 11], [11, 12],
            [12, 13], [8, 14], [14, 15], [15, 16],
        ])

    private static let cocoJoints = [
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
        "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
        "right_ankle",
    ]

    private static let cocoLimbs: [SIMD2<Int>] = [
        [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8], [7, 9],
        [8, 10], [1, 2], [0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6],
    ]

    private static func handJoints(_ side: String) -> [String] {
        [side + "_hand_root"]
            + ["thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger"].flatMap { finger in
                (1...4).map { "\(side)_\(finger)\($0)" }
            }
    }

    // Five fingers of four joints after the hand's root; the body's wrist carries them and the root.
    private static func handLimbs(wrist: Int, first: Int) -> [SIMD2<Int>] {
        [SIMD2(wrist, first)]
            + (0..<5).flatMap { finger -> [SIMD2<Int>] in
                let knuckle = first + 1 + finger * 4
                return [SIMD2(wrist, knuckle)] + (0..<3).map { SIMD2(knuckle + $0, knuckle + $0 + 1) }
            }
    }

    // Runs of the face's mirrored points: the left one falls where the right one rises.
    private static let faceMirrors: [(left: Int, right: Int, count: Int)] = [
        (16, 0, 8),  // jaw
        (26, 17, 5),  // brows
        (35, 31, 2),  // nostrils
        (45, 36, 4), (47, 40, 2),  // eyes: corners and upper lid, lower lid
        (54, 48, 3), (64, 60, 2),  // lips: corners and upper lines
        (55, 59, 1), (56, 58, 1), (65, 67, 1),  // lips: lower lines
    ]
}
