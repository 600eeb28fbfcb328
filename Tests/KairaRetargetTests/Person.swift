import KairaGeometry
import KairaMotion

/// A person whose joints are known exactly: forward kinematics in double, proportions that are no avatar's of the tests.
///
/// Rotations are relative to the parent in T-pose axes: +Y up, facing +Z, the left side at +X. Metres.
struct Person: Sendable {
    /// An arm or a leg.
    struct Limb: Sendable {
        var upper = Turn()
        var lower = Turn()
        var end = Turn()
    }

    var pelvis = Turn()
    /// Of the chest relative to the pelvis, about the waist.
    var trunk = Turn()
    var head = Turn()
    /// Left, right.
    var arms = [Limb(), Limb()]
    /// Left, right.
    var legs = [Limb(), Limb()]
    /// Of all lengths.
    var size = 1.0

    /// World places by name, the middle of the hips at the origin.
    func joints() -> [String: SIMD3<Double>] {
        var at: [String: SIMD3<Double>] = [:]
        let chest = pelvis * trunk
        let waist = pelvis([0, 0.13, 0])
        let neck = waist + chest([0, 0.44, 0])
        let skull = chest * head
        let ears = neck + skull([0, 0.12, 0.01])
        for (name, place) in [
            ("nose", [0, -0.028, 0.104]), ("left_eye", [0.026, 0.012, 0.090]), ("left_ear", [0.070, 0, 0]),
            ("mouth_left", [0.021, -0.056, 0.070]), ("left_eye_inner", [0.02, 0.012, 0.092]),
            ("left_eye_outer", [0.035, 0.012, 0.085]),
        ] as [(String, SIMD3<Double>)] {
            at[name] = ears + skull(place)
            let other = name.replacing("left", with: "right")
            if other != name { at[other] = ears + skull(place * [-1, 1, 1]) }
        }
        for (k, side) in ["left_", "right_"].enumerated() {
            let s: SIMD3<Double> = k == 0 ? [1, 1, 1] : [-1, 1, 1]
            let arm = arms[k], leg = legs[k]
            let (upper, lower, hand) = (
                chest * arm.upper, chest * arm.upper * arm.lower, chest * arm.upper * arm.lower * arm.end
            )
            let shoulder = waist + chest([0, 0.4, 0] + s * [0.19, 0, 0])
            let elbow = shoulder + upper(s * [0.29, 0, 0])
            let wrist = elbow + lower(s * [0.25, 0, 0])
            at[side + "shoulder"] = shoulder
            at[side + "elbow"] = elbow
            at[side + "wrist"] = wrist
            at[side + "index"] = wrist + hand(s * [0.09, 0, 0.035])
            at[side + "pinky"] = wrist + hand(s * [0.09, 0, -0.035])
            at[side + "thumb"] = wrist + hand(s * [0.05, 0, 0.05])
            let (thigh, shin, foot) = (
                pelvis * leg.upper, pelvis * leg.upper * leg.lower, pelvis * leg.upper * leg.lower * leg.end
            )
            let hip = pelvis(s * [0.1, 0, 0])
            let knee = hip + thigh([0, -0.42, 0])
            let ankle = knee + shin([0, -0.41, 0])
            at[side + "hip"] = hip
            at[side + "knee"] = knee
            at[side + "ankle"] = ankle
            at[side + "heel"] = ankle + foot([0, -0.07, -0.06])
            at[side + "foot_index"] = ankle + foot([0, -0.07, 0.16])
            at[side + "big_toe"] = at[side + "foot_index"]
            at[side + "hand_root"] = wrist
            at[side + "forefinger1"] = at[side + "index"]
            at[side + "pinky_finger1"] = at[side + "pinky"]
            at[side + "thumb2"] = at[side + "thumb"]
        }
        return at.mapValues { $0 * size }
    }

    /// What an exact estimator says of the person, seen by a pinhole camera at the origin that looks along -Z.
    ///
    /// Joints of the layout that the person does not have get confidence 0. `place` is where the middle of the hips is, camera
    /// space, +Y up, z < 0; nil leaves the picture's points at zero.
    func keypoints(
        _ layout: KeypointLayout = .mediapipe33, time: Double = 0, place: SIMD3<Double>? = nil, focal: Double = 900
    ) -> KeypointPose {
        let at = joints()
        var points = [SIMD2<Float>](repeating: .zero, count: layout.joints.count)
        var world = [SIMD3<Float>](repeating: .zero, count: layout.joints.count)
        var confidence = [Float](repeating: 0, count: layout.joints.count)
        for (i, name) in layout.joints.enumerated() {
            guard let p = at[name] else { continue }
            world[i] = SIMD3<Float>(p)
            confidence[i] = 1
            if let place {
                let q = p + place
                points[i] = SIMD2(Float(640 - focal * q.x / q.z), Float(360 + focal * q.y / q.z))
            }
        }
        return KeypointPose(
            layout: layout, score: 1, box: .zero, points: points, world: world, confidence: confidence, time: time,
            frameSize: [1280, 720])
    }

    /// The other way round: left is right.
    var mirrored: Person {
        var p = self
        (p.pelvis, p.trunk, p.head) = (pelvis.mirrored, trunk.mirrored, head.mirrored)
        func flip(_ l: Limb) -> Limb { Limb(upper: l.upper.mirrored, lower: l.lower.mirrored, end: l.end.mirrored) }
        p.arms = [flip(arms[1]), flip(arms[0])]
        p.legs = [flip(legs[1]), flip(legs[0])]
        return p
    }
}

/// An avatar's joints by forward kinematics in double.
struct Puppet {
    var places: [HumanBone: SIMD3<Double>] = [:]
    var turns: [HumanBone: Turn] = [:]

    init(_ rig: HumanoidSkeleton, _ pose: HumanoidPose) {
        for bone in HumanBone.allCases {
            let turn = Turn(pose[bone])
            turns[bone] = bone.parent.flatMap { turns[$0] }.map { $0 * turn } ?? turn
            guard let rest = rig[bone] else { continue }
            var above = bone.parent
            while let b = above, rig[b] == nil { above = b.parent }
            if let b = above, let from = rig[b], let place = places[b], let turned = turns[b] {
                places[bone] = place + turned(SIMD3<Double>(rest - from))
            } else {
                places[bone] = SIMD3<Double>(pose.hipsTranslation)
            }
        }
    }

    func segment(_ a: HumanBone, _ b: HumanBone) -> SIMD3<Double>? {
        guard let p = places[a], let q = places[b] else { return nil }
        return q - p
    }

    func middle(_ a: HumanBone) -> SIMD3<Double>? {
        guard let p = places[a], let q = places[a.mirrored] else { return nil }
        return (p + q) / 2
    }

    /// Bones beside the joints that show their direction.
    static let segments: [(name: String, bones: (HumanBone, HumanBone), joints: (String, String))] =
        [HumanBone.leftUpperArm, .leftLowerArm, .leftUpperLeg, .leftLowerLeg].flatMap { bone in
            let ends: (HumanBone, String, String) =
                switch bone {
                case .leftUpperArm: (.leftLowerArm, "shoulder", "elbow")
                case .leftLowerArm: (.leftHand, "elbow", "wrist")
                case .leftUpperLeg: (.leftLowerLeg, "hip", "knee")
                default: (.leftFoot, "knee", "ankle")
                }
            return [
                (bone.rawValue, (bone, ends.0), ("left_" + ends.1, "left_" + ends.2)),
                (bone.mirrored.rawValue, (bone.mirrored, ends.0.mirrored), ("right_" + ends.1, "right_" + ends.2)),
            ]
        } + [
            ("hips", (.rightUpperLeg, .leftUpperLeg), ("right_hip", "left_hip")),
            ("shoulders", (.rightUpperArm, .leftUpperArm), ("right_shoulder", "left_shoulder")),
        ]

    /// Degrees between the avatar's and the person's bones, by name; the trunk's middle line as well.
    func errors(_ person: Person) -> [String: Double] {
        let at = person.joints()
        var errors: [String: Double] = [:]
        for s in Self.segments {
            if let d = segment(s.bones.0, s.bones.1), let p = at[s.joints.0], let q = at[s.joints.1] {
                errors[s.name] = degrees(d, q - p)
            }
        }
        if let a = middle(.leftUpperLeg), let b = middle(.leftUpperArm), let h = at["left_hip"],
            let i = at["right_hip"], let s = at["left_shoulder"], let t = at["right_shoulder"]
        {
            errors["trunk"] = degrees(b - a, (s + t - h - i) / 2)
        }
        return errors
    }
}
