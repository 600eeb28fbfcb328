import KairaImage

/// What an experiment of learning found; JSON of schema `kaira.learn/1`, `docs/formats/learn.md`.
public struct LearnReport: Sendable, Encodable {
    /// A value in the JSON.
    public enum Figure: Sendable, Hashable, Encodable {
        /// A number; one that is not finite becomes null.
        case number(Double)
        /// A whole number.
        case whole(Int)
        /// Text.
        case text(String)
        /// Yes or no.
        case flag(Bool)
        /// Several.
        case list([Figure])
        /// Several by name.
        case object([String: Figure])

        /// Encodes the value alone.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let value): try container.encode(value.isFinite ? value : nil)
            case .whole(let value): try container.encode(value)
            case .text(let value): try container.encode(value)
            case .flag(let value): try container.encode(value)
            case .list(let values): try container.encode(values)
            case .object(let values): try container.encode(values)
            }
        }

        static func wholes(_ values: [Int]) -> Figure { .list(values.map { .whole($0) }) }
        static func numbers(_ values: [Double]) -> Figure { .list(values.map { .number($0) }) }
    }

    /// The schema's name.
    public let schema = "kaira.learn/1"
    /// Which experiment.
    public var experiment: LearnExperiment
    /// The figures, beside `schema` and `experiment` in the JSON.
    public var figures: [String: Figure]
    /// Lines for a person.
    public var lines: [String]
    /// What the user should know, for stderr.
    public var warnings: [String]
    /// Draws the picture.
    public var picture: @Sendable () throws -> Image

    /// A report from its parts.
    public init(
        experiment: LearnExperiment, figures: [String: Figure], lines: [String], warnings: [String] = [],
        picture: @escaping @Sendable () throws -> Image
    ) {
        (self.experiment, self.figures, self.lines) = (experiment, figures, lines)
        (self.warnings, self.picture) = (warnings, picture)
    }

    /// A number of the figures; nil where there is no such number.
    public func number(_ name: String) -> Double? {
        switch figures[name] {
        case .number(let value): value
        case .whole(let value): Double(value)
        default: nil
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes the figures beside `schema` and `experiment`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(schema, forKey: Key("schema"))
        try container.encode(experiment, forKey: Key("experiment"))
        for (name, value) in figures { try container.encode(value, forKey: Key(name)) }
    }

    /// The lines as one text.
    public var text: String { lines.joined(separator: "\n") }
}

/// How numbers are told to a person.
enum Spoken {
    /// A number with so many digits after the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = (abs(value) * scale).rounded(), sign = value < 0 && whole > 0 ? "-" : ""
        let text = String(Int(whole))
        guard digits > 0 else { return sign + text }
        let padded = String(repeating: "0", count: max(digits + 1 - text.count, 0)) + text
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// A share in per cent.
    static func percent(_ share: Double) -> String { fixed(share * 100, 1) + " %" }

    /// A number with one digit and its power of ten, or as it is where that is short.
    static func short(_ value: Double) -> String {
        guard value.isFinite, value != 0, abs(value) < 1e-3 || abs(value) >= 1e5 else { return fixed(value, 4) }
        var power = 0, rest = abs(value)
        while rest >= 9.95 { (rest, power) = (rest / 10, power + 1) }
        while rest < 0.995 { (rest, power) = (rest * 10, power - 1) }
        return (value < 0 ? "-" : "") + fixed(rest, 1) + "e\(power)"
    }

    /// A text filled up with spaces.
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
}
