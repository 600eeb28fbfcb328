/// The 55 humanoid bones of VRM 1.0, parents before children.
///
/// Source: vrm-specification, VRMC_vrm-1.0, `humanoid.md`. Raw values are the specification's names.
public enum HumanBone: String, CaseIterable, Sendable, Codable {
    case hips, spine, chest, upperChest, neck, head, leftEye, rightEye, jaw
    case leftUpperLeg, leftLowerLeg, leftFoot, leftToes
    case rightUpperLeg, rightLowerLeg, rightFoot, rightToes
    case leftShoulder, leftUpperArm, leftLowerArm, leftHand
    case rightShoulder, rightUpperArm, rightLowerArm, rightHand
    case leftThumbMetacarpal, leftThumbProximal, leftThumbDistal
    case leftIndexProximal, leftIndexIntermediate, leftIndexDistal
    case leftMiddleProximal, leftMiddleIntermediate, leftMiddleDistal
    case leftRingProximal, leftRingIntermediate, leftRingDistal
    case leftLittleProximal, leftLittleIntermediate, leftLittleDistal
    case rightThumbMetacarpal, rightThumbProximal, rightThumbDistal
    case rightIndexProximal, rightIndexIntermediate, rightIndexDistal
    case rightMiddleProximal, rightMiddleIntermediate, rightMiddleDistal
    case rightRingProximal, rightRingIntermediate, rightRingDistal
    case rightLittleProximal, rightLittleIntermediate, rightLittleDistal

    /// How many bones there are: 55.
    public static let count = allCases.count

    private static let indices: [HumanBone: Int] = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    /// The place in `allCases`, and in every per-bone array.
    public var index: Int { Self.indices[self] ?? 0 }

    /// The bone it hangs on where every bone is present; nil for the hips.
    public var parent: HumanBone? {
        switch self {
        case .hips: nil
        case .spine, .leftUpperLeg, .rightUpperLeg: .hips
        case .chest: .spine
        case .upperChest: .chest
        case .neck, .leftShoulder, .rightShoulder: .upperChest
        case .head: .neck
        case .leftEye, .rightEye, .jaw: .head
        case .leftLowerLeg: .leftUpperLeg
        case .leftFoot: .leftLowerLeg
        case .leftToes: .leftFoot
        case .rightLowerLeg: .rightUpperLeg
        case .rightFoot: .rightLowerLeg
        case .rightToes: .rightFoot
        case .leftUpperArm: .leftShoulder
        case .leftLowerArm: .leftUpperArm
        case .leftHand: .leftLowerArm
        case .rightUpperArm: .rightShoulder
        case .rightLowerArm: .rightUpperArm
        case .rightHand: .rightLowerArm
        case .leftThumbMetacarpal, .leftIndexProximal, .leftMiddleProximal, .leftRingProximal, .leftLittleProximal:
            .leftHand
        case .rightThumbMetacarpal, .rightIndexProximal, .rightMiddleProximal, .rightRingProximal,
            .rightLittleProximal:
            .rightHand
        case .leftThumbProximal: .leftThumbMetacarpal
        case .leftThumbDistal: .leftThumbProximal
        case .leftIndexIntermediate: .leftIndexProximal
        case .leftIndexDistal: .leftIndexIntermediate
        case .leftMiddleIntermediate: .leftMiddleProximal
        case .leftMiddleDistal: .leftMiddleIntermediate
        case .leftRingIntermediate: .leftRingProximal
        case .leftRingDistal: .leftRingIntermediate
        case .leftLittleIntermediate: .leftLittleProximal
        case .leftLittleDistal: .leftLittleIntermediate
        case .rightThumbProximal: .rightThumbMetacarpal
        case .rightThumbDistal: .rightThumbProximal
        case .rightIndexIntermediate: .rightIndexProximal
        case .rightIndexDistal: .rightIndexIntermediate
        case .rightMiddleIntermediate: .rightMiddleProximal
        case .rightMiddleDistal: .rightMiddleIntermediate
        case .rightRingIntermediate: .rightRingProximal
        case .rightRingDistal: .rightRingIntermediate
        case .rightLittleIntermediate: .rightLittleProximal
        case .rightLittleDistal: .rightLittleIntermediate
        }
    }

    /// The 15 bones that every VRM 1.0 avatar has.
    public static let required: [HumanBone] = [
        .hips, .spine, .head, .leftUpperLeg, .leftLowerLeg, .leftFoot, .rightUpperLeg, .rightLowerLeg, .rightFoot,
        .leftUpperArm, .leftLowerArm, .leftHand, .rightUpperArm, .rightLowerArm, .rightHand,
    ]

    /// The bone of the other side; itself for a bone of the middle.
    public var mirrored: HumanBone {
        let name = rawValue
        if name.hasPrefix("left") { return HumanBone(rawValue: "right" + name.dropFirst(4)) ?? self }
        if name.hasPrefix("right") { return HumanBone(rawValue: "left" + name.dropFirst(5)) ?? self }
        return self
    }
}
