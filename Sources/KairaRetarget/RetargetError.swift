import KairaMotion

/// Why a solver could not be set up; solving itself never fails.
public enum RetargetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No table says how this layout's joints map to bones.
    case unknownLayout(String)
    /// The avatar lacks bones that every humanoid has.
    case missingBones([HumanBone])
    /// A chain has a bone of no length, or one that is not finite.
    case degenerateChain(SIMD2<Float>)

    /// One sentence: what, where, what to do.
    public var description: String {
        switch self {
        case .unknownLayout(let name):
            "no mapping from the keypoint layout '\(name)' to bones; known are "
                + KeypointMapping.all.map(\.layout.name).joined(separator: ", ")
        case .missingBones(let bones):
            "the avatar lacks the required humanoid bones \(bones.map(\.rawValue).joined(separator: ", ")): "
                + "assign them in its VRM humanoid"
        case .degenerateChain(let lengths):
            "a limb's bones have the lengths \(lengths.x) m and \(lengths.y) m: both must be finite and above zero"
        }
    }
}
