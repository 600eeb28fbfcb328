import KairaImage

/// Several charts on one sheet.
public enum ChartSheet {
    /// Lays pictures in rows, from the upper left, on white.
    ///
    /// - Parameters:
    ///   - charts: in order.
    ///   - columns: how many stand side by side.
    /// - Returns: the sheet.
    /// - Throws: `PlotError.empty` without a picture, `.tooLarge`.
    public static func draw(_ charts: [Image], columns: Int) throws(PlotError) -> Image {
        guard !charts.isEmpty, columns > 0 else { throw .empty("a sheet without charts") }
        let rows = stride(from: 0, to: charts.count, by: columns).map {
            Array(charts[$0..<min($0 + columns, charts.count)])
        }
        let width = rows.map { $0.reduce(0) { $0 + $1.width } }.max() ?? 1
        let height = rows.reduce(0) { $0 + ($1.map(\.height).max() ?? 0) }
        guard width <= 32767, height <= 32767 else { throw .tooLarge(width: width, height: height) }
        var sheet = Image(width: width, height: height, filledWith: [255, 255, 255, 255])
        var y = 0
        for row in rows {
            var x = 0
            for chart in row {
                sheet.draw(chart, atX: x, y: y)
                x += chart.width
            }
            y += row.map(\.height).max() ?? 0
        }
        return sheet
    }
}
