import KairaMotion

/// How the joints of one keypoint layout map to bones, and what becomes of bones that no joint measures.
///
/// Joints and bones need not agree in number: each field names the joints, by index, that measure something, or nil where
/// the layout has none. A new layout is one more static value here and one line in `all`.
public struct KeypointMapping: Sendable, Hashable {
    /// Three joints of an arm or a leg.
    public struct Limb: Sendable, Hashable {
        /// Shoulder, elbow and wrist, or hip, knee and ankle.
        public var start, middle, end: Int

        /// A limb from its joints.
        public init(_ start: Int, _ middle: Int, _ end: Int) {
            (self.start, self.middle, self.end) = (start, middle, end)
        }
    }

    /// The knuckles that, with the wrist, make the palm's triangle.
    public struct Palm: Sendable, Hashable {
        /// The first knuckles of the index and the little finger, and a joint of the thumb.
        public var index, pinky, thumb: Int

        /// A palm from its joints.
        public init(index: Int, pinky: Int, thumb: Int) { (self.index, self.pinky, self.thumb) = (index, pinky, thumb) }
    }

    /// The ends of a foot's sole.
    public struct Sole: Sendable, Hashable {
        /// The heel and the tip of the foot.
        public var heel, toe: Int

        /// A sole from its joints.
        public init(heel: Int, toe: Int) { (self.heel, self.toe) = (heel, toe) }
    }

    /// A joint of the face and where it sits on a head that looks along +Z: metres from the middle between the ears.
    public struct FacePoint: Sendable, Hashable {
        /// The joint.
        public var joint: Int
        /// Its place on the head, +X to the person's left.
        public var place: SIMD3<Float>
        /// Its weight in the least-squares fit.
        public var weight: Float

        /// A face point from its parts.
        public init(_ joint: Int, _ place: SIMD3<Float>, weight: Float = 1) {
            (self.joint, self.place, self.weight) = (joint, place, weight)
        }
    }

    /// Where a bone's rotation comes from.
    public enum Source: Sendable, Hashable {
        /// From these joints; falls back to the authored pose while they are unseen.
        case measured(joints: [Int])
        /// A share of what was measured across a chain, divided evenly over those of its bones that the avatar has.
        case shared(joints: [Int])
        /// No joint measures it: the authored pose.
        case authored
    }

    /// The layout it is for.
    public var layout: KeypointLayout
    /// Arms, the left one first.
    public var arms: [Limb]
    /// Legs, the left one first.
    public var legs: [Limb]
    /// Palms, the left one first; empty where the layout has no hands.
    public var palms: [Palm]
    /// Soles, the left one first; empty where the layout has no feet.
    public var soles: [Sole]
    /// The points of the face.
    public var face: [FacePoint]

    /// A mapping from its parts.
    public init(
        layout: KeypointLayout, arms: [Limb], legs: [Limb], palms: [Palm] = [], soles: [Sole] = [], face: [FacePoint]
    ) {
        precondition(arms.count == 2 && legs.count == 2 && (palms.isEmpty || palms.count == 2))
        precondition(soles.isEmpty || soles.count == 2)
        self.layout = layout
        (self.arms, self.legs, self.palms, self.soles, self.face) = (arms, legs, palms, soles, face)
    }

    /// Where a bone's rotation comes from in this layout.
    public func source(of bone: HumanBone) -> Source {
        let trunk = [legs[0].start, legs[1].start, arms[0].start, arms[1].start]
        func limb(_ l: Limb, upper: Bool) -> Source {
            .measured(joints: upper ? [l.start, l.middle] : [l.middle, l.end])
        }
        func palm(_ side: Int) -> Source {
            guard palms.count == 2 else { return .authored }
            return .measured(joints: [arms[side].end, palms[side].index, palms[side].pinky, palms[side].thumb])
        }
        func sole(_ side: Int) -> Source {
            guard soles.count == 2 else { return .authored }
            return .measured(joints: [legs[side].end, soles[side].heel, soles[side].toe])
        }
        switch bone {
        case .hips: return .measured(joints: trunk)
        case .spine, .chest, .upperChest: return .shared(joints: trunk)
        case .neck, .head: return face.isEmpty ? .authored : .shared(joints: face.map(\.joint))
        case .leftUpperArm: return limb(arms[0], upper: true)
        case .leftLowerArm: return limb(arms[0], upper: false)
        case .rightUpperArm: return limb(arms[1], upper: true)
        case .rightLowerArm: return limb(arms[1], upper: false)
        case .leftUpperLeg: return limb(legs[0], upper: true)
        case .leftLowerLeg: return limb(legs[0], upper: false)
        case .rightUpperLeg: return limb(legs[1], upper: true)
        case .rightLowerLeg: return limb(legs[1], upper: false)
        case .leftHand: return palm(0)
        case .rightHand: return palm(1)
        case .leftFoot: return sole(0)
        case .rightFoot: return sole(1)
        default: return .authored
        }
    }

    /// The mappings that Kaira knows, one a layout.
    public static let all: [KeypointMapping] = [.mediapipe33, .coco17, .halpe26, .wholebody133, .h36m17]

    /// The mapping of a layout by its name, or nil.
    public static func named(_ name: String) -> KeypointMapping? { all.first { $0.layout.name == name } }

    // Places on the head: the mean of BlazePose's own world points of a person who looks at the camera, made symmetric.
    private static let nose: SIMD3<Float> = [0, -0.028, 0.104]
    private static let eye: SIMD3<Float> = [0.026, 0.012, 0.090]
    private static let ear: SIMD3<Float> = [0.070, 0, 0]
    private static let mouth: SIMD3<Float> = [0.021, -0.056, 0.070]
    private static func right(_ p: SIMD3<Float>) -> SIMD3<Float> { p * [-1, 1, 1] }

    /// BlazePose's 33 points.
    public static let mediapipe33 = KeypointMapping(
        layout: .mediapipe33,
        arms: [Limb(11, 13, 15), Limb(12, 14, 16)],
        legs: [Limb(23, 25, 27), Limb(24, 26, 28)],
        palms: [Palm(index: 19, pinky: 17, thumb: 21), Palm(index: 20, pinky: 18, thumb: 22)],
        soles: [Sole(heel: 29, toe: 31), Sole(heel: 30, toe: 32)],
        face: [
            FacePoint(0, nose), FacePoint(2, eye), FacePoint(5, right(eye)), FacePoint(7, ear),
            FacePoint(8, right(ear)),
            FacePoint(9, mouth, weight: 0.5), FacePoint(10, right(mouth), weight: 0.5),
        ])

    /// The 17 points of COCO: no hands and no feet, which therefore stay authored.
    public static let coco17 = KeypointMapping(layout: .coco17, arms: cocoArms, legs: cocoLegs, face: cocoFace)

    /// The 26 points of Halpe: feet, but no hands.
    public static let halpe26 = KeypointMapping(
        layout: .halpe26, arms: cocoArms, legs: cocoLegs, soles: [Sole(heel: 24, toe: 20), Sole(heel: 25, toe: 21)],
        face: cocoFace)

    /// The 133 points of COCO-WholeBody; of the face only the body's own five count, of a hand its knuckles.
    public static let wholebody133 = KeypointMapping(
        layout: .wholebody133, arms: cocoArms, legs: cocoLegs,
        palms: [Palm(index: 96, pinky: 108, thumb: 93), Palm(index: 117, pinky: 129, thumb: 114)],
        soles: [Sole(heel: 19, toe: 17), Sole(heel: 22, toe: 20)], face: cocoFace)

    /// The 17 joints of Human3.6M: no face, no hands and no feet, which therefore stay authored.
    public static let h36m17 = KeypointMapping(
        layout: .h36m17, arms: [Limb(11, 12, 13), Limb(14, 15, 16)], legs: [Limb(4, 5, 6), Limb(1, 2, 3)], face: [])

    private static let cocoArms = [Limb(5, 7, 9), Limb(6, 8, 10)]
    private static let cocoLegs = [Limb(11, 13, 15), Limb(12, 14, 16)]
    private static let cocoFace = [
        FacePoint(0, nose), FacePoint(1, eye, weight: 0.5), FacePoint(2, right(eye), weight: 0.5), FacePoint(3, ear),
        FacePoint(4, right(ear)),
    ]
}
