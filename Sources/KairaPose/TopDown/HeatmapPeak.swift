/// Where a heatmap says that a joint is.
public struct HeatmapPeak: Sendable, Hashable {
    /// Column and row, fractions of a cell; nil where nothing was found: the heatmap is nowhere above 0.
    public var cell: SIMD2<Double>?
    /// The heatmap's largest value; 0 where nothing was found.
    public var score: Float

    /// A peak from its parts.
    public init(cell: SIMD2<Double>?, score: Float) {
        self.cell = cell
        self.score = score
    }

    /// Nothing found.
    public static let none = HeatmapPeak(cell: nil, score: 0)
}
