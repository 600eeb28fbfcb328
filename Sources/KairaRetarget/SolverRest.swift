import KairaGeometry
import KairaMotion

/// The rotation that turns a direction and a normal at rest to a direction and a normal now; normals need not be orthogonal.
func frame(_ along: SIMD3<Float>, _ normal: SIMD3<Float>) -> Quaternion {
    let x = direction(along, else: [1, 0, 0])
    let y = direction(reject(normal, from: x), else: perpendicular(to: x))
    return Quaternion(x: x, y: y, z: cross(x, y))
}

/// What a solver precomputes of an avatar's T-pose.
struct SolverRest: Sendable {
    /// An arm or a leg.
    struct Limb: Sendable {
        var upper, lower, end: HumanBone
        /// Directions of the upper and the lower bone.
        var upperDirection, lowerDirection: SIMD3<Float>
        /// The axis about which a positive angle bends the limb, at right angles to the upper bone.
        var hinge: SIMD3<Float>
        /// Direction and hinge in a true T-pose, and the shortest turn from there to the avatar's rest: limits count from the
        /// T-pose, whatever pose the avatar rests in.
        var neutralDirection, neutralHinge: SIMD3<Float>
        var fromNeutral: Quaternion
        /// The frames of `frame(direction, hinge)` at rest.
        var upperFrame, lowerFrame: Quaternion
        /// Lengths of upper and lower bone, metres.
        var lengths: SIMD2<Float>
        var swing: SwingTwistLimit
        var bend: HingeLimit
    }

    /// A hand, or a foot.
    struct Extremity: Sendable {
        var bone: HumanBone
        /// The way it points (a hand to its knuckles, a foot level to its tip).
        var forward: SIMD3<Float>
        /// `frame(forward, side)` at rest; a hand's side goes from the little to the index finger, a foot's to +X.
        var frame: Quaternion
        var limit: SwingTwistLimit
        /// For a foot: heel and tip of the sole relative to the ankle.
        var heel: SIMD3<Float> = .zero
        var toe: SIMD3<Float> = .zero
    }

    var skeleton: HumanoidSkeleton
    var arms: [Limb]
    var legs: [Limb]
    var hands: [Extremity]
    var feet: [Extremity]
    /// Spine, chest and upper chest, those the avatar has, and the vectors from each one's head to the next one's, the last
    /// to the middle of the shoulder joints.
    var spine: [HumanBone]
    var spineSteps: [SIMD3<Float>]
    /// From the middle of the hip joints to the first bone of the spine.
    var pelvisStep: SIMD3<Float>
    /// From the middle of the hip joints to the head of the hips bone.
    var hipsOffset: SIMD3<Float>
    /// From the hips' head to each hip joint.
    var hipJoints: [SIMD3<Float>]
    var trunkLimit: SwingTwistLimit
    var headLimit: SwingTwistLimit
    /// Thigh and shin, metres, the mean of both sides.
    var legLength: Float

    init(_ skeleton: HumanoidSkeleton, limits: JointLimits) throws(RetargetError) {
        let missing = HumanBone.required.filter { !(skeleton[$0]?.isFinite ?? false) }
        guard missing.isEmpty else { throw .missingBones(missing) }
        func at(_ bone: HumanBone) -> SIMD3<Float> { skeleton[bone] ?? .zero }

        func limb(
            _ upper: HumanBone, _ lower: HumanBone, _ end: HumanBone, neutral: SIMD3<Float>, hinge: SIMD3<Float>,
            swing: SwingTwistLimit, bend: HingeLimit
        ) throws(RetargetError) -> Limb {
            let (u, l) = (at(lower) - at(upper), at(end) - at(lower))
            let lengths = SIMD2(length(u), length(l))
            guard lengths.x > 1e-6, lengths.y > 1e-6 else { throw .degenerateChain(lengths) }
            let (ud, ld) = (u / lengths.x, l / lengths.y)
            let turn = Quaternion.from(neutral, to: ud)
            let h = turn.act(hinge)
            return Limb(
                upper: upper, lower: lower, end: end, upperDirection: ud, lowerDirection: ld, hinge: h,
                neutralDirection: neutral, neutralHinge: hinge, fromNeutral: turn, upperFrame: frame(ud, h),
                lowerFrame: frame(ld, h), lengths: lengths, swing: swing, bend: bend)
        }
        // Bending a left elbow in the T-pose brings the hand forward, which is a positive turn about -Y; a knee's is about +X.
        arms = [
            try limb(
                .leftUpperArm, .leftLowerArm, .leftHand, neutral: [1, 0, 0], hinge: [0, -1, 0], swing: limits.upperArm,
                bend: limits.elbow),
            try limb(
                .rightUpperArm, .rightLowerArm, .rightHand, neutral: [-1, 0, 0], hinge: [0, 1, 0],
                swing: limits.upperArm.mirrored, bend: limits.elbow),
        ]
        legs = [
            try limb(
                .leftUpperLeg, .leftLowerLeg, .leftFoot, neutral: [0, -1, 0], hinge: [1, 0, 0], swing: limits.upperLeg,
                bend: limits.knee),
            try limb(
                .rightUpperLeg, .rightLowerLeg, .rightFoot, neutral: [0, -1, 0], hinge: [1, 0, 0],
                swing: limits.upperLeg.mirrored, bend: limits.knee),
        ]

        func hand(
            _ arm: Limb, index: HumanBone, little: HumanBone, middle: HumanBone, limit: SwingTwistLimit
        ) -> Extremity {
            var forward = arm.lowerDirection
            var side: SIMD3<Float> = [0, 0, 1]
            if let i = skeleton[index], let l = skeleton[little] {
                forward = direction((i + l) / 2 - at(arm.end), else: forward)
                side = direction(i - l, else: side)
            } else if let m = skeleton[middle] {
                forward = direction(m - at(arm.end), else: forward)
            }
            return Extremity(
                bone: arm.end, forward: forward, frame: KairaRetarget.frame(forward, side),
                limit: limit.turned(to: arm.lowerDirection))
        }
        hands = [
            hand(
                arms[0], index: .leftIndexProximal, little: .leftLittleProximal, middle: .leftMiddleProximal,
                limit: limits.hand),
            hand(
                arms[1], index: .rightIndexProximal, little: .rightLittleProximal, middle: .rightMiddleProximal,
                limit: limits.hand.mirrored),
        ]

        let legLength = (legs[0].lengths.sum() + legs[1].lengths.sum()) / 2
        self.legLength = legLength
        func foot(_ leg: Limb, toes: HumanBone, limit: SwingTwistLimit) -> Extremity {
            let ankle = at(leg.end)
            var forward: SIMD3<Float> = [0, 0, 1]
            // Without a toe bone: a foot is about 0.29 of the leg (Drillis and Contini), three quarters of it before the ankle.
            var ball = 0.16 * legLength
            if let t = skeleton[toes] {
                let level = (t - ankle) * [1, 0, 1]
                forward = direction(level, else: forward)
                ball = max(length(level), 0.02 * legLength)
            }
            let height = max(ankle.y, 0)
            let down: SIMD3<Float> = [0, -height, 0]
            return Extremity(
                bone: leg.end, forward: forward, frame: KairaRetarget.frame(forward, cross([0, 1, 0], forward)),
                limit: limit.turned(to: leg.lowerDirection), heel: down - forward * (0.4 * ball),
                toe: down + forward * (1.35 * ball))
        }
        feet = [
            foot(legs[0], toes: .leftToes, limit: limits.foot),
            foot(legs[1], toes: .rightToes, limit: limits.foot.mirrored),
        ]

        spine = [HumanBone.spine, .chest, .upperChest].filter { skeleton.has($0) }
        let middleHips = (at(.leftUpperLeg) + at(.rightUpperLeg)) / 2
        let middleShoulders = (at(.leftUpperArm) + at(.rightUpperArm)) / 2
        let heads = spine.map(at) + [middleShoulders]
        spineSteps = zip(heads, heads.dropFirst()).map { $1 - $0 }
        pelvisStep = at(.spine) - middleHips
        hipsOffset = at(.hips) - middleHips
        hipJoints = [at(.leftUpperLeg) - at(.hips), at(.rightUpperLeg) - at(.hips)]
        trunkLimit = limits.trunk
        headLimit = limits.head
        self.skeleton = skeleton
    }

    /// An authored pose for this avatar's rest: its rotations count from a T-pose, the avatar's own from where it rests.
    func adapted(_ authored: AuthoredPose) -> AuthoredPose {
        var pose = authored
        for (k, limb) in (arms + legs).enumerated() {
            let upper = limb.fromNeutral
            let lower = limb.lowerFrame * frame(limb.neutralDirection, limb.neutralHinge).conjugate
            pose[limb.upper] = (authored[limb.upper] * upper.conjugate).normalized
            pose[limb.lower] = (upper * authored[limb.lower] * lower.conjugate).normalized
            // A hand rests along its forearm; a foot rests level, whatever the leg does.
            let end = k < 2 ? lower.conjugate : .identity
            pose[limb.end] = (lower * authored[limb.end] * end).normalized
        }
        return pose
    }
}
