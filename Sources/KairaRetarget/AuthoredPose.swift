import KairaGeometry
import KairaMotion

/// The pose that a bone takes while nobody measures it: normalised rotations, one a bone.
public struct AuthoredPose: Sendable, Hashable {
    /// One rotation a bone in the order of `HumanBone.allCases`.
    public var rotations: [Quaternion]

    /// The T-pose.
    public init() { rotations = Array(repeating: .identity, count: HumanBone.count) }

    /// The rotation of a bone.
    public subscript(bone: HumanBone) -> Quaternion {
        get { rotations[bone.index] }
        set { rotations[bone.index] = newValue }
    }

    /// Arms relaxed at the sides with the elbows a little bent, fingers curled as a resting hand's, legs straight.
    public static let standing: AuthoredPose = {
        var pose = AuthoredPose()
        pose.set(.leftUpperArm, about: [0, 0, -1], degrees: 72)
        // About -Y in the arm's T-pose axes: the hand comes forward.
        pose.set(.leftLowerArm, about: [0, -1, 0], degrees: 18)
        for (finger, spread) in [("Index", 0), ("Middle", 3), ("Ring", 6), ("Little", 9)] as [(String, Float)] {
            // Fingers curl towards the palm, which faces -Y in the T-pose.
            let curl = [("Proximal", 18 + spread), ("Intermediate", 24 + spread), ("Distal", 14)] as [(String, Float)]
            for (part, degrees) in curl {
                if let bone = HumanBone(rawValue: "left" + finger + part) {
                    pose.set(bone, about: [0, 0, -1], degrees: degrees)
                }
            }
        }
        // The thumb lies 45 degrees between X and +Z: its curl turns about the horizontal at right angles to it.
        let across: SIMD3<Float> = [1, 0, -1] / Float(2).squareRoot()
        pose.set(.leftThumbMetacarpal, about: across, degrees: 10)
        pose.set(.leftThumbProximal, about: [0, 1, 0], degrees: 10)
        pose.set(.leftThumbDistal, about: [0, 1, 0], degrees: 14)
        pose.mirrorLeftToRight()
        return pose
    }()

    /// As `standing`, with thighs level and shins upright, for a person at a desk.
    public static let seated: AuthoredPose = {
        var pose = AuthoredPose.standing
        pose.set(.leftUpperLeg, about: [-1, 0, 0], degrees: 88)
        pose.set(.leftLowerLeg, about: [1, 0, 0], degrees: 88)
        pose.mirrorLeftToRight()
        return pose
    }()

    private mutating func set(_ bone: HumanBone, about axis: SIMD3<Float>, degrees: Float) {
        self[bone] = Quaternion(angle: degrees.degrees, axis: axis)
    }

    // A mirror in the plane x = 0 keeps the x axis of a rotation and turns the other two round.
    private mutating func mirrorLeftToRight() {
        for bone in HumanBone.allCases where bone.rawValue.hasPrefix("left") {
            self[bone.mirrored] = Quaternion(self[bone].vector * SIMD4(1, -1, -1, 1))
        }
    }
}
