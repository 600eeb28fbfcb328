import KairaPose

/// What a comparison of 3D poses found.
public struct Pose3DReport: Sendable, Encodable {
    /// The figures of a part of the set.
    public struct Group: Sendable, Encodable {
        /// The action, subject and action, sequence, or activity.
        public var name: String
        /// Frames that count.
        public var frames: Int
        /// The figures.
        public var figures: PoseFigures3D

        enum CodingKeys: CodingKey { case name, frames }

        /// Writes the figures beside the rest.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(frames, forKey: .frames)
            try figures.encode(to: encoder)
        }
    }

    /// The mean error of one joint.
    public struct Joint: Sendable, Encodable {
        /// Its name, or its number where the protocol has no names.
        public var name: String
        /// mm.
        public var mpjpe: Double
    }

    /// The schema's name.
    public let schema = "kaira.evaluate.pose3d/1"
    /// The measured poses' file.
    public var groundTruth: String
    /// The estimated poses' file.
    public var predicted: String
    /// `plain`, `h36m`, `3dhp`, `humaneva`.
    public var protocolName: String
    /// Frames that count.
    public var frames: Int
    /// The figures, averaged as `averaging` says.
    public var figures: PoseFigures3D
    /// `all frames`, or `mean over groups`.
    public var averaging: String
    /// How the poses were laid on each other: `root joint N of both`.
    public var alignment: String
    /// How many joints PCK and AUC count.
    public var pckJoints: Int
    /// PCK and AUC over every joint, the root included, where the protocol's own leave some out.
    public var pckAllJoints: (pck150: Double, auc: Double)?
    /// Per action, sequence and activity.
    public var groups: [Group]
    /// Over all frames.
    public var joints: [Joint]
    /// Per cent of joints nearer than `PoseErrors3D.thresholds`, over all frames.
    public var curve: [Double]
    /// What the user should know.
    public var warnings: [String]

    enum CodingKeys: String, CodingKey {
        case schema, predicted, frames, averaging, alignment, groups, joints, curve, thresholds, warnings
        case groundTruth = "ground_truth"
        case protocolName = "protocol"
        case pckJoints = "pck_joints"
        case pck150AllJoints = "pck150_all_joints"
        case aucAllJoints = "auc_all_joints"
    }

    /// Writes the figures beside the rest: `mpjpe`, `p_mpjpe`...
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(groundTruth, forKey: .groundTruth)
        try container.encode(predicted, forKey: .predicted)
        try container.encode(protocolName, forKey: .protocolName)
        try container.encode(frames, forKey: .frames)
        try container.encode(averaging, forKey: .averaging)
        try container.encode(alignment, forKey: .alignment)
        try container.encode(pckJoints, forKey: .pckJoints)
        try container.encodeIfPresent(pckAllJoints?.pck150, forKey: .pck150AllJoints)
        try container.encodeIfPresent(pckAllJoints?.auc, forKey: .aucAllJoints)
        try container.encode(groups, forKey: .groups)
        try container.encode(joints, forKey: .joints)
        try container.encode(PoseErrors3D.thresholds, forKey: .thresholds)
        try container.encode(curve, forKey: .curve)
        try container.encode(warnings, forKey: .warnings)
        try figures.encode(to: encoder)
    }

    /// The figures as a table for a person.
    public var table: String {
        func row(_ name: String, _ frames: Int, _ figures: PoseFigures3D) -> [String] {
            [name, String(frames)]
                + [
                    figures.mpjpe, figures.alignedMPJPE, figures.scaledMPJPE, figures.velocityError,
                    figures.accelerationError, figures.pck150, figures.auc,
                ].map { ReportTable.number($0) }
        }
        let table = ReportTable(
            header: ["", "frames", "MPJPE", "P-MPJPE", "N-MPJPE", "MPJVE", "accel", "PCK150", "AUC"],
            rows: groups.map { row($0.name, $0.frames, $0.figures) } + [row(averaging, frames, figures)])
        let perJoint = ReportTable(
            header: ["joint", "MPJPE"], rows: joints.map { [$0.name, ReportTable.number($0.mpjpe)] })
        return table.text + "\nmm, mm a frame, mm a frame squared, per cent of \(pckJoints) joints; aligned by "
            + alignment + "\n\n" + perJoint.text
    }
}
