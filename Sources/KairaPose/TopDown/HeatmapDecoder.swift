import Glibc

/// Reads joints from heatmaps to a fraction of a cell: distribution-aware (Zhang et al., *DARK*, CVPR 2020) with the
/// stencil of unbiased data processing (Huang et al., CVPR 2020).
///
/// The first largest cell, then one Newton step on the logarithm of the blurred heatmap. Only the blurred cells that
/// the step reads are computed. Values that are not finite count as 0.
public struct HeatmapDecoder: Sendable, Hashable {
    /// Whose blur.
    public var blur: HeatmapBlur {
        didSet { weights = blur.weights }
    }
    /// The furthest that the step may go along either axis, cells. The references do not bound it: with `.infinity`
    /// a flat or noisy heatmap may place a joint anywhere, as it does there.
    public var stepLimit: Double
    private var weights: [Float]

    /// A decoder; by default that of `transformers` with its step bounded to one cell.
    public init(blur: HeatmapBlur = .transformers, stepLimit: Double = 1) {
        self.blur = blur
        self.stepLimit = stepLimit
        weights = blur.weights
    }

    /// Decodes heatmaps `[joints, rows, columns]`.
    ///
    /// - Parameters:
    ///   - heatmaps: row-major, at least `joints * rows * columns` values.
    ///   - joints: how many maps.
    ///   - rows: of a map.
    ///   - columns: of a map.
    /// - Returns: one peak a joint.
    /// - Complexity: O(joints * rows * columns).
    public func decode(_ heatmaps: Span<Float>, joints: Int, rows: Int, columns: Int) -> [HeatmapPeak] {
        precondition(joints >= 0 && rows > 0 && columns > 0 && heatmaps.count >= joints * rows * columns)
        return unsafe heatmaps.withUnsafeBufferPointer { values in
            // The pointer does not outlive the call; every index is below joints * rows * columns.
            guard let base = values.baseAddress else { return Array(repeating: .none, count: joints) }
            return (0..<joints).map { joint in
                unsafe peak(HeatmapView(values: base + joint * rows * columns, rows: rows, columns: columns))
            }
        }
    }

    private func peak(_ map: HeatmapView) -> HeatmapPeak {
        guard let top = unsafe map.highest() else { return .none }
        let step = unsafe newtonStep(map, column: top.column, row: top.row)
        return HeatmapPeak(cell: SIMD2(Double(top.column), Double(top.row)) + step, score: top.value)
    }

    /// `-H^-1 g` of the logarithm at a cell.
    private func newtonStep(_ map: HeatmapView, column: Int, row: Int) -> SIMD2<Double> {
        let l = unsafe logarithms(map, column: column, row: row)
        let (nw, n, w, c, e, s, se) = (l[0], l[1], l[3], l[4], l[5], l[7], l[8])
        let dx = (e - w) / 2, dy = (s - n) / 2
        // The references add single precision's epsilon to the diagonal.
        let epsilon = Double(Float.ulpOfOne)
        let dxx = e - 2 * c + w + epsilon, dyy = s - 2 * c + n + epsilon
        let dxy = (se - e - s + 2 * c - w - n + nw) / 2
        let determinant = dxx * dyy - dxy * dxy
        let step = SIMD2(dxy * dy - dyy * dx, dxy * dx - dxx * dy) / determinant
        guard step.x.isFinite, step.y.isFinite else { return .zero }
        return SIMD2(min(max(step.x, -stepLimit), stepLimit), min(max(step.y, -stepLimit), stepLimit))
    }

    /// The logarithm of the blurred map at three by three cells, row-major. The blur is separable; the logarithm is padded
    /// by its own edge values, so a neighbour outside of the map is the edge cell itself.
    private func logarithms(_ map: HeatmapView, column: Int, row: Int) -> InlineArray<9, Double> {
        let radius = HeatmapBlur.radius
        var result = InlineArray<9, Double>(repeating: 0)
        for dx in 0..<3 {
            let x = unsafe min(max(column + dx - 1, 0), map.columns - 1)
            // Blurred along the rows, for each row that the second pass may read.
            var across = InlineArray<13, Float>(repeating: 0)
            for k in 0..<13 {
                let y = unsafe blur.mirrored(row + k - radius - 1, map.rows)
                for i in 0...2 * radius {
                    across[k] += unsafe map[blur.mirrored(x + i - radius, map.columns), y] * weights[i]
                }
            }
            for dy in 0..<3 {
                let y = unsafe min(max(row + dy - 1, 0), map.rows - 1)
                var sum: Float = 0
                for j in 0...2 * radius { sum += across[y - row + 1 + j] * weights[j] }
                result[dy * 3 + dx] = log(Double(min(max(sum, 0.001), 50)))
            }
        }
        return result
    }
}
