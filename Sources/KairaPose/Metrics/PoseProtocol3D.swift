/// What a set of 3D poses defines around the measures: joints, root, test subjects, units, and how figures are averaged.
public enum PoseProtocol3D: String, Sendable, Hashable, CaseIterable {
    /// Any joints, millimetres, root joint 0, all frames pooled.
    case plain
    /// Human3.6M: 17 joints, subjects S9 and S11, mean of the actions' means.
    case human36M = "h36m"
    /// MPI-INF-3DHP: 17 joints in universal scale, root 14, valid frames, all pooled.
    case mpiInf3DHP = "3dhp"
    /// HumanEva-I: 15 joints, validation takes of Walking, Jog and Box, mean over subjects and actions.
    case humanEva = "humaneva"

    /// Joint names in order; nil where they may be any.
    public var jointNames: [String]? {
        switch self {
        case .plain: nil
        case .human36M:
            [
                "hip", "right_hip", "right_knee", "right_foot", "left_hip", "left_knee", "left_foot", "spine",
                "thorax", "neck", "head", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow",
                "right_wrist",
            ]
        case .mpiInf3DHP:
            [
                "head_top", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
                "left_wrist", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "pelvis",
                "spine", "head",
            ]
        case .humanEva:
            [
                "pelvis", "thorax", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow",
                "right_wrist", "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle", "head",
            ]
        }
    }

    /// The joint that both poses are shifted to.
    public var root: Int { self == .mpiInf3DHP ? 14 : 0 }

    /// Joints that PCK and AUC count; nil for all. In MPI-INF-3DHP the 14 of the joint groups in common use: the original
    /// groups also hold pelvis, spine and head, and the pelvis, being the root, is always right.
    public var countedJoints: [Int]? { self == .mpiInf3DHP ? Array(0..<14) : nil }

    /// Millimetres of one unit of the set's own files.
    public var unit: Double {
        switch self {
        case .plain, .mpiInf3DHP: 1
        case .human36M, .humanEva: 1000
        }
    }

    /// The joints of the protocol in a pose of more joints: Human3.6M's files hold 32 of which 17 move. Nil where the
    /// number fits nothing.
    public func selection(of joints: Int) -> [Int]? {
        guard let names = jointNames else { return Array(0..<joints) }
        if joints == names.count { return Array(0..<joints) }
        guard self == .human36M, joints == 32 else { return nil }
        return [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]
    }

    /// The group in whose mean a take counts; nil for a take that the protocol leaves out.
    ///
    /// - Parameters:
    ///   - subject: `S9`, `Validate/S1`, `TS3`; may be empty where the protocol is `plain`.
    ///   - take: `Walking 1`, `Jog chunk2`.
    /// - Returns: the action, the subject and action, or the sequence.
    public func group(subject: String, take: String) -> String? {
        let action = take.split(separator: " ").first.map(String.init) ?? take
        switch self {
        case .plain: return take.isEmpty ? subject : take
        case .human36M:
            // A file with one nameless take is one sequence of its own.
            if subject.isEmpty { return take.isEmpty ? "all" : action }
            guard subject == "S9" || subject == "S11" else { return nil }
            // The take without a number is damaged.
            if subject == "S11", take.split(separator: ".").first == "Directions" { return nil }
            return action.split(separator: ".").first.map(String.init) ?? action
        case .mpiInf3DHP: return subject.isEmpty ? (take.isEmpty ? "all" : take) : subject
        case .humanEva:
            if subject.isEmpty { return take.isEmpty ? "all" : action }
            guard subject.hasPrefix("Validate/"), ["Walk", "Jog", "Box"].contains(where: action.hasPrefix) else {
                return nil
            }
            return subject.dropFirst("Validate/".count) + " " + action
        }
    }

    /// Whether the result is the mean of the groups' means; else all frames are pooled.
    public var averagesGroups: Bool { self == .human36M || self == .humanEva }
}
