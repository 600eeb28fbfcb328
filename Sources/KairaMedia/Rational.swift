/// A frame rate as an exact fraction: 30000/1001 is not 29.97.
public struct Rational: Sendable, Hashable, CustomStringConvertible {
    /// Above the line.
    public let numerator: Int
    /// Below the line, > 0.
    public let denominator: Int

    /// A fraction, reduced; both parts must be positive.
    public init(_ numerator: Int, _ denominator: Int = 1) {
        precondition(numerator > 0 && denominator > 0, "a frame rate is positive")
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        self.numerator = numerator / a
        self.denominator = denominator / a
    }

    /// A fraction from text as ffmpeg writes it, `30000/1001`, or `25`; nil unless both parts are positive.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let n = Int(first), n > 0 else { return nil }
        guard let d = parts.count == 2 ? Int(parts[1]) : 1, d > 0 else { return nil }
        self.init(n, d)
    }

    /// The nearest double.
    public var value: Double { Double(numerator) / Double(denominator) }

    /// `30000/1001`.
    public var description: String { "\(numerator)/\(denominator)" }
}
