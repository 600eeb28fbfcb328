/// How far a network's heatmaps are from stored ones: `kaira.parity/1`.
public struct ModelParityReport: Sendable, Encodable {
    /// One array of heatmaps, `[pictures, keypoints, rows, columns]`.
    public struct Comparison: Sendable, Encodable {
        /// Its name in `io.npz`.
        public var name: String
        /// The largest difference of a cell.
        public var maxAbs: Double
        /// The reference's largest absolute value.
        public var range: Double
        /// `maxAbs / range`.
        public var relative: Double
        /// The largest distance between decoded keypoints, pixels of the network's input.
        public var keypointPixels: Double

        enum CodingKeys: String, CodingKey {
            case name, range, relative
            case maxAbs = "max_abs"
            case keypointPixels = "keypoint_px"
        }
    }

    /// The schema's name.
    public let schema = "kaira.parity/1"
    /// The model's folder.
    public var model: String
    /// The number type that it ran in: `fp32`, `bf16`, `int8`.
    public var precision: String
    /// The arrays, in the file's order; at least one.
    public var arrays: [Comparison]

    /// The array that differs most, relative to its range.
    public var worst: Comparison {
        arrays.max { $0.relative < $1.relative }
            ?? Comparison(name: "", maxAbs: 0, range: 0, relative: 0, keypointPixels: 0)
    }

    /// The largest distance between decoded keypoints over all arrays, pixels of the network's input.
    public var keypointPixels: Double { arrays.map(\.keypointPixels).max() ?? 0 }

    enum CodingKeys: String, CodingKey {
        case schema, model, precision, arrays, range, relative
        case maxAbs = "max_abs"
        case keypointPixels = "keypoint_px"
    }

    /// Writes the parts, and the figures of the worst array beside them.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(model, forKey: .model)
        try container.encode(precision, forKey: .precision)
        try container.encode(arrays, forKey: .arrays)
        try container.encode(worst.maxAbs, forKey: .maxAbs)
        try container.encode(worst.range, forKey: .range)
        try container.encode(worst.relative, forKey: .relative)
        try container.encode(keypointPixels, forKey: .keypointPixels)
    }

    /// Lines for a person.
    public var text: String {
        func short(_ value: Double) -> String { value == 0 ? "0" : Self.scientific(value) }
        let rows = arrays.map { array in
            [
                array.name, short(array.maxAbs), short(array.range), short(array.relative), short(array.keypointPixels),
            ]
        }
        let table = [["heatmaps", "max_abs", "range", "relative", "keypoint_px"]] + rows
        let widths = (0..<5).map { column in table.map { $0[column].count }.max() ?? 0 }
        return "\(model): \(precision)\n"
            + table.map { row in
                zip(row, widths).enumerated().map { column, cell in
                    let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                    return column == 0 ? cell.0 + padding : padding + cell.0
                }.joined(separator: "  ")
            }.joined(separator: "\n")
    }

    /// Three digits and a power of ten.
    private static func scientific(_ value: Double) -> String {
        var (mantissa, exponent) = (abs(value), 0)
        guard mantissa.isFinite else { return "\(value)" }
        while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return "\(value < 0 ? "-" : "")\(rounded(mantissa))e\(exponent)"
    }
}
