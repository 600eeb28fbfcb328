import KairaPlot

/// What an experiment found beside what theory says; JSON of schema `kaira.lab/1`.
public struct LabReport: Sendable, Encodable {
    /// One figure.
    public struct Result: Sendable, Encodable {
        /// What was measured.
        public var name: String
        /// By the simulation; null in JSON where it failed.
        public var measured: Double
        /// By the closed form.
        public var expected: Double

        /// |measured - expected| / |expected|; where 0 is expected, |measured|.
        public var relativeError: Double { abs(measured - expected) / (expected == 0 ? 1 : abs(expected)) }

        private enum Key: String, CodingKey {
            case name, measured, expected
            case relativeError = "relative_error"
        }

        /// Numbers that are not finite become null: JSON has none.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            try container.encode(measured.isFinite ? measured : nil, forKey: .measured)
            try container.encode(expected, forKey: .expected)
            try container.encode(relativeError.isFinite ? relativeError : nil, forKey: .relativeError)
        }
    }

    /// One point of a convergence plot.
    public struct Convergence: Sendable, Hashable, Encodable {
        /// Whose: a method, or the figure of the cantilever.
        public var curve: String
        /// Seconds a step; for the cantilever metres a segment.
        public var step: Double
        /// Relative.
        public var error: Double
    }

    /// The schema's name.
    public let schema = "kaira.lab/1"
    /// Which experiment.
    public var experiment: LabExperiment
    /// What it was set to: SI units, angles in degrees.
    public var parameters: [String: Double]
    /// How positions were stepped.
    public var method: String
    /// The figures.
    public var results: [Result]
    /// The errors over the steps, where those were asked for.
    public var convergence: [Convergence]?
    /// The motion or shape, for `-o`; not in the JSON.
    public var chart: LineChart

    private enum Key: String, CodingKey { case schema, experiment, parameters, results, convergence }

    private enum Parameter: Encodable {
        case number(Double)
        case word(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let value): try container.encode(value)
            case .word(let value): try container.encode(value)
            }
        }
    }

    /// Writes the method among the parameters.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(experiment, forKey: .experiment)
        var all = parameters.mapValues { Parameter.number($0) }
        all["method"] = .word(method)
        try container.encode(all, forKey: .parameters)
        try container.encode(results, forKey: .results)
        try container.encodeIfPresent(convergence, forKey: .convergence)
    }

    /// Lines for a person: each figure, the closed form beside it, the difference.
    public var text: String {
        let settings = parameters.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.short($0.value))" }
        var lines = [
            "\(experiment.rawValue), \(method)" + (settings.isEmpty ? "" : ": ") + settings.joined(separator: ", ")
        ]
        for one in convergence ?? [] {
            lines.append("  \(one.curve): step \(Self.short(one.step)), relative error \(Self.short(one.error))")
        }
        return (lines + figures.map { "  " + $0 }).joined(separator: "\n")
    }

    /// Each figure, the closed form beside it, the difference.
    var figures: [String] {
        results.map { one in
            let error = one.relativeError
            let difference = error.isFinite ? "\(Self.short(error * 100)) % off" : "failed"
            return "\(one.name): \(Self.short(one.measured)), expected \(Self.short(one.expected)) (\(difference))"
        }
    }

    /// A number in six digits.
    static func short(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
        guard abs(value) > 1e-200 else { return "\(value)" }
        var scale = 1.0
        while abs(value) * scale < 1e5 { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return "\(rounded)"
    }
}
