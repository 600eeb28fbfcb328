/// How long one stage of a pipeline took, frame by frame.
public struct StageTimes: Sendable {
    private var milliseconds: [Double] = []

    /// No measurements.
    public init() {}

    /// Runs a stage and keeps its time.
    public mutating func measure<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        let start = ContinuousClock.now
        defer { add(ContinuousClock.now - start) }
        return try body()
    }

    /// Keeps a time that was measured elsewhere.
    public mutating func add(_ duration: Duration) { milliseconds.append(duration.milliseconds) }

    /// Median and 95th percentile, milliseconds; zeros without a measurement.
    public var summary: Summary {
        let sorted = milliseconds.sorted()
        guard !sorted.isEmpty else { return Summary(medianMilliseconds: 0, p95Milliseconds: 0) }
        let p95 = Int((Double(sorted.count) * 0.95).rounded(.up)) - 1
        return Summary(
            medianMilliseconds: sorted[sorted.count / 2], p95Milliseconds: sorted[min(max(p95, 0), sorted.count - 1)])
    }

    /// Median and 95th percentile of one stage.
    public struct Summary: Sendable, Encodable {
        /// The middle value, milliseconds.
        public var medianMilliseconds: Double
        /// The value that 95 % stay below, milliseconds.
        public var p95Milliseconds: Double

        enum CodingKeys: String, CodingKey {
            case medianMilliseconds = "median_ms"
            case p95Milliseconds = "p95_ms"
        }
    }
}

extension Duration {
    /// The length in milliseconds.
    public var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
    }

    /// The length in seconds.
    public var seconds: Double { milliseconds / 1e3 }
}
