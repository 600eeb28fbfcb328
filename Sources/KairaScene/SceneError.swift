import KairaMotion

/// What can be wrong with a scene when it is asked to move.
public enum SceneError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The scene describes no avatar (no VRM extension).
    case notAnAvatar
    /// An avatar lacks bones that every VRM 1.0 avatar has.
    case missingBones([HumanBone])
    /// Something in the avatar's description contradicts itself; where, and what.
    case invalidAvatar(at: String, String)
    /// Node constraints wait for each other; the nodes' names in order.
    case constraintCycle([String])
    /// There is no such clip; what there is instead.
    case noClip(String, available: [String])

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notAnAvatar:
            "the file describes no humanoid avatar: use a .vrm file, or `kaira render` for a plain scene"
        case .missingBones(let bones):
            "the avatar lacks the required bone\(bones.count == 1 ? "" : "s") "
                + bones.map(\.rawValue).joined(separator: ", ") + ": assign them in the program that made the file"
        case .invalidAvatar(let place, let what):
            "\(place): \(what)"
        case .constraintCycle(let names):
            "node constraints depend on each other in a circle: " + names.joined(separator: " -> ")
                + "; remove one of them"
        case .noClip(let name, let available):
            "there is no clip \"\(name)\"; the file has "
                + (available.isEmpty
                    ? "none"
                    : available.enumerated().map { "\($0) \"\($1)\"" }.joined(separator: ", "))
        }
    }
}
