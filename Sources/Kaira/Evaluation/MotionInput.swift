import Foundation
import KairaFormats
import KairaGeometry
import KairaMotion
import KairaPose

/// A file of keypoints or of motion, sampled at any time.
enum MotionInput {
    case keypoints(KeypointSequence)
    case motion(MotionClip)

    init(path: String) throws {
        let bytes = try OutputPath.read(path), name = path == "-" ? "stdin" : path
        // The schema stands near the beginning of files that Kaira writes.
        if bytes.prefix(4096).contains(text: MotionJSON.schema) {
            self = .motion(try MotionJSON.read(bytes, file: name))
        } else {
            self = .keypoints(try KeypointJSON.read(bytes, file: name))
        }
        guard !times.isEmpty else { throw KairaError.badData(path: name, reason: "it holds no frames") }
    }

    var times: [Double] {
        switch self {
        case .keypoints(let sequence): sequence.frames.map(\.time)
        case .motion(let clip): clip.poses.map(\.time)
        }
    }

    /// `px` or `m`.
    var unit: String { if case .keypoints = self { "px" } else { "m" } }

    var joints: [String] {
        switch self {
        case .keypoints(let sequence): sequence.layout.joints
        case .motion: Self.bones.map(\.name)
        }
    }

    /// Bones whose places are compared, by the names of keypoints where they are the same places.
    static let bones: [(bone: HumanBone, name: String)] = [
        (.hips, "hips"), (.spine, "spine"), (.chest, "chest"), (.neck, "neck"), (.head, "head"),
        (.leftUpperArm, "left_shoulder"), (.leftLowerArm, "left_elbow"), (.leftHand, "left_wrist"),
        (.rightUpperArm, "right_shoulder"), (.rightLowerArm, "right_elbow"), (.rightHand, "right_wrist"),
        (.leftUpperLeg, "left_hip"), (.leftLowerLeg, "left_knee"), (.leftFoot, "left_ankle"),
        (.rightUpperLeg, "right_hip"), (.rightLowerLeg, "right_knee"), (.rightFoot, "right_ankle"),
    ]

    /// A body of usual proportions whose hips rest at 0.92 m (segment lengths as shares of height: Drillis and Contini,
    /// 1966): motions say how bones turn, not how long they are.
    static let body: HumanoidSkeleton = {
        var rest = [SIMD3<Float>?](repeating: nil, count: HumanBone.count)
        func set(_ bone: HumanBone, _ x: Float, _ y: Float, _ z: Float = 0) { rest[bone.index] = SIMD3(x, y, z) }
        set(.hips, 0, 0.92)
        set(.spine, 0, 1.02)
        set(.chest, 0, 1.16)
        set(.neck, 0, 1.46)
        set(.head, 0, 1.54)
        for (side, arm, fore, hand, leg, shin, foot) in [
            (
                Float(1), HumanBone.leftUpperArm, HumanBone.leftLowerArm, HumanBone.leftHand, HumanBone.leftUpperLeg,
                HumanBone.leftLowerLeg, HumanBone.leftFoot
            ), (-1, .rightUpperArm, .rightLowerArm, .rightHand, .rightUpperLeg, .rightLowerLeg, .rightFoot),
        ] {
            set(arm, side * 0.18, 1.4)
            set(fore, side * 0.5, 1.4)
            set(hand, side * 0.75, 1.4)
            set(leg, side * 0.09, 0.9)
            set(shin, side * 0.09, 0.49)
            set(foot, side * 0.09, 0.07)
        }
        return HumanoidSkeleton(restPositions: rest)
    }()

    /// The joints at some times, each between the two frames around it; times outside show nothing.
    func sampled(at times: [Double], interval: Double, minimumConfidence: Float) -> MotionSamples? {
        let mine = self.times
        var points: [SIMD3<Double>] = [], isSeen: [Bool] = [], i = 0
        for time in times {
            while i + 1 < mine.count, mine[i + 1] <= time { i += 1 }
            let next = min(i + 1, mine.count - 1), span = mine[next] - mine[i]
            let share = span > 0 ? min(max((time - mine[i]) / span, 0), 1) : 0
            let a = places(i, minimumConfidence), b = share > 0 ? places(next, minimumConfidence) : a
            for (p, q) in zip(a, b) {
                if let p, let q {
                    points.append(p * (1 - share) + q * share)
                    isSeen.append(true)
                } else {
                    points.append(.zero)
                    isSeen.append(false)
                }
            }
        }
        return MotionSamples(interval: interval, joints: joints, points: points, isSeen: isSeen)
    }

    private func places(_ frame: Int, _ minimumConfidence: Float) -> [SIMD3<Double>?] {
        switch self {
        case .keypoints(let sequence):
            guard let person = sequence.frames[frame].people.first else {
                return Array(repeating: nil, count: sequence.layout.joints.count)
            }
            return person.points.indices.map { joint in
                guard person.confidence[joint] >= minimumConfidence else { return nil }
                return SIMD3(Double(person.points[joint].x), Double(person.points[joint].y), 0)
            }
        case .motion(let clip):
            let positions = Self.body.jointPositions(in: clip.poses[frame])
            return Self.bones.map { positions[$0.bone.index].map { SIMD3<Double>($0) } }
        }
    }

    /// Mean difference of each bone's own rotation, degrees, over some times; empty for keypoints.
    static func rotationErrors(_ a: MotionInput, _ b: MotionInput, at times: [Double]) -> [(
        name: String, degrees: Double
    )] {
        guard case .motion(let first) = a, case .motion(let second) = b, !times.isEmpty else { return [] }
        var sums = [Double](repeating: 0, count: HumanBone.count)
        for time in times {
            guard let p = first.pose(at: time), let q = second.pose(at: time) else { continue }
            for bone in HumanBone.allCases {
                // The sine of half the angle between: exact for small angles, where a cosine is not.
                let difference = (p[bone].conjugate * q[bone]).vector
                let sine = Double(
                    (difference.x * difference.x + difference.y * difference.y + difference.z * difference.z)
                )
                .squareRoot()
                sums[bone.index] += 2 * atan2(sine, abs(Double(difference.w))) * 180 / .pi
            }
        }
        let moving = HumanBone.allCases.filter { bone in
            first.poses.contains { $0[bone] != .identity } || second.poses.contains { $0[bone] != .identity }
        }
        return moving.map { ($0.rawValue, sums[$0.index] / Double(times.count)) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func contains(text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return false }
        return (startIndex...endIndex - wanted.count).contains { self[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
