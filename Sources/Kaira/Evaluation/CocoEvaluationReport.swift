import KairaPose

/// What a comparison with COCO's annotations found.
public struct CocoEvaluationReport: Sendable, Encodable {
    /// The schema's name.
    public let schema = "kaira.evaluate.coco/1"
    /// The annotations' file.
    public var groundTruth: String
    /// The results' file.
    public var results: String
    /// Pictures.
    public var images: Int
    /// Annotations.
    public var people: Int
    /// Results.
    public var detections: Int
    /// Joints a person.
    public var joints: Int
    /// The ten figures.
    public var summary: CocoKeypointSummary
    /// What the user should know.
    public var warnings: [String]

    enum CodingKeys: String, CodingKey {
        case schema, results, images, people, detections, joints, warnings
        case groundTruth = "ground_truth"
    }

    /// Writes the figures beside the rest: `AP`, `AP50`...
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(groundTruth, forKey: .groundTruth)
        try container.encode(results, forKey: .results)
        try container.encode(images, forKey: .images)
        try container.encode(people, forKey: .people)
        try container.encode(detections, forKey: .detections)
        try container.encode(joints, forKey: .joints)
        try container.encode(warnings, forKey: .warnings)
        try summary.encode(to: encoder)
    }

    /// The figures as a table for a person.
    public var table: String {
        ReportTable(
            header: ["measure", "value"],
            rows: summary.named.map { [$0.name, ReportTable.number($0.value, decimals: 4)] }
        ).text
    }
}
