/// What a job without stages of its own did.
public struct JobReport: Sendable, Encodable {
    /// The schema's name: `kaira.pose/1`, `kaira.retarget/1`, `kaira.render/1`, `kaira.bake/1`.
    public let schema: String
    /// The input.
    public var input: String
    /// The output.
    public var output: String
    /// Frames, or arrays of a bake.
    public var count: Int
    /// Seconds from the start of the job to its end.
    public var wallSeconds: Double
    /// The largest resident size of this process, bytes.
    public var peakResidentBytes: Int
    /// What drew or estimated, where something did.
    public var engine: String?
    /// Why the estimator's number type was taken, where Kaira chose it.
    public var precisionChoice: String?
    /// What the user should know.
    public var warnings: [String]
    /// Of these, what makes the result only a part of what was asked for.
    public var failures: [String]
    private let unit: String

    init(
        _ schema: String, input: String, output: String, count: Int, unit: String, began: ContinuousClock.Instant,
        engine: String? = nil, precisionChoice: String? = nil, warnings: [String] = [], failures: [String] = []
    ) {
        self.schema = schema
        self.input = input
        self.output = output
        self.count = count
        self.unit = unit
        self.engine = engine
        self.precisionChoice = precisionChoice
        self.warnings = warnings + failures
        self.failures = failures
        wallSeconds = (ContinuousClock.now - began).seconds
        peakResidentBytes = ProcessUsage.peakResidentBytes
    }

    /// One line for a person.
    public var sentence: String {
        "\(output == "-" ? "stdout" : output): \(count) \(count == 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit) in \(rounded(wallSeconds)) s"
            + (engine.map { ", " + $0 } ?? "") + (precisionChoice.map { "; " + $0 } ?? "")
    }

    enum CodingKeys: String, CodingKey {
        case schema, input, output, count, engine, warnings
        case wallSeconds = "wall_seconds"
        case precisionChoice = "precision_choice"
        case peakResidentBytes = "peak_resident_bytes"
    }
}
