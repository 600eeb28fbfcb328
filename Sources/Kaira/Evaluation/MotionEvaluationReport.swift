import KairaPose

/// What a comparison of two motions found.
public struct MotionEvaluationReport: Sendable, Encodable {
    /// One joint.
    public struct Joint: Sendable, Encodable {
        /// Its name.
        public var name: String
        /// Mean distance, in the report's unit; nil where both never show it.
        public var error: Double?
        /// Per cent of frames in which it is nearer than 0.2 torsos.
        public var pck: Double?
        /// Root mean square of the second difference, unit a frame squared.
        public var jitterReference: Double?
        /// The same of the tested motion.
        public var jitterTested: Double?

        enum CodingKeys: String, CodingKey {
            case name, error
            case pck = "pck20"
            case jitterReference = "jitter_reference"
            case jitterTested = "jitter_tested"
        }
    }

    /// The angle at one joint, or the rotation of one bone.
    public struct Angle: Sendable, Encodable {
        /// The joint's or bone's name.
        public var name: String
        /// Mean difference.
        public var degrees: Double
    }

    /// The schema's name.
    public let schema = "kaira.evaluate.motion/1"
    /// The truth's file.
    public var reference: String
    /// The file that is judged.
    public var tested: String
    /// `px` or `m`.
    public var unit: String
    /// Times compared.
    public var frames: Int
    /// Seconds between them.
    public var interval: Double
    /// Joint by joint.
    public var joints: [Joint]
    /// Bends of keypoints, or rotations of bones.
    public var angles: [Angle]
    /// Mean PCK over the joints at `MotionComparison.thresholds`, per cent; nil where no torso is seen.
    public var curve: [Double]?
    /// Seconds by which the tested motion is behind; nil where nothing moves.
    public var lag: Double?
    /// Speed of standing feet, unit a second; nil where none stands.
    public var footSlideReference: Double?
    /// The same of the tested motion.
    public var footSlideTested: Double?

    enum CodingKeys: String, CodingKey {
        case schema, reference, tested, unit, frames, interval, joints, angles, curve, thresholds
        case error, pck
        case angle = "angle_degrees"
        case jitterReference = "jitter_reference"
        case jitterTested = "jitter_tested"
        case lag = "lag_seconds"
        case footSlideReference = "foot_slide_reference"
        case footSlideTested = "foot_slide_tested"
    }

    /// Means over the joints.
    public var means: (error: Double?, pck: Double?, angle: Double?, jitterReference: Double?, jitterTested: Double?) {
        func mean(_ values: [Double?]) -> Double? {
            let known = values.compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
        return (
            mean(joints.map(\.error)), mean(joints.map(\.pck)), mean(angles.map(\.degrees)),
            mean(joints.map(\.jitterReference)), mean(joints.map(\.jitterTested))
        )
    }

    /// Writes the means beside the rest.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(reference, forKey: .reference)
        try container.encode(tested, forKey: .tested)
        try container.encode(unit, forKey: .unit)
        try container.encode(frames, forKey: .frames)
        try container.encode(interval, forKey: .interval)
        try container.encode(joints, forKey: .joints)
        try container.encode(angles, forKey: .angles)
        try container.encode(MotionComparison.thresholds, forKey: .thresholds)
        try container.encodeIfPresent(curve, forKey: .curve)
        let means = means
        try container.encodeIfPresent(means.error, forKey: .error)
        try container.encodeIfPresent(means.pck, forKey: .pck)
        try container.encodeIfPresent(means.angle, forKey: .angle)
        try container.encodeIfPresent(means.jitterReference, forKey: .jitterReference)
        try container.encodeIfPresent(means.jitterTested, forKey: .jitterTested)
        try container.encodeIfPresent(lag, forKey: .lag)
        try container.encodeIfPresent(footSlideReference, forKey: .footSlideReference)
        try container.encodeIfPresent(footSlideTested, forKey: .footSlideTested)
    }

    /// The figures as tables for a person.
    public var table: String {
        func cell(_ value: Double?, _ decimals: Int = 2) -> String {
            value.map { ReportTable.number($0, decimals: decimals) } ?? "-"
        }
        let decimals = unit == "m" ? 4 : 2, means = means
        func row(_ name: String, _ joint: Joint) -> [String] {
            [
                name, cell(joint.error, decimals), cell(joint.pck), cell(joint.jitterReference, decimals),
                cell(joint.jitterTested, decimals),
            ]
        }
        let mean = Joint(
            name: "mean", error: means.error, pck: means.pck, jitterReference: means.jitterReference,
            jitterTested: means.jitterTested)
        let main = ReportTable(
            header: ["joint", "error \(unit)", "PCK@0.2 %", "jitter reference", "jitter tested"],
            rows: (joints + [mean]).map { row($0.name, $0) })
        let angleTable = ReportTable(
            header: ["angle", "error degrees"],
            rows: angles.map { [$0.name, cell($0.degrees)] } + [["mean", cell(means.angle)]])
        let rest = ReportTable(
            header: ["", ""],
            rows: [
                ["frames", String(frames)], ["lag s", cell(lag, 3)],
                ["foot slide reference \(unit)/s", cell(footSlideReference, decimals)],
                ["foot slide tested \(unit)/s", cell(footSlideTested, decimals)],
            ])
        return [main.text, angleTable.text, rest.text].joined(separator: "\n\n")
    }
}
