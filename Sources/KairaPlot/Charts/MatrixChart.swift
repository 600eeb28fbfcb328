import KairaImage

/// Counts of pairs as a table of coloured cells: which class was taken for which.
public struct MatrixChart: Sendable {
    /// Above the chart.
    public var title: String
    /// What the columns are, below the chart.
    public var columnLabel: String
    /// What the rows are, above the names at the left.
    public var rowLabel: String
    /// The names of rows and columns.
    public var names: [String]
    /// Counts, row by row, as many a row as there are names.
    public var counts: [[Int]]
    /// The side of a cell, pixels.
    public var cell: Int

    /// A chart from its parts.
    public init(
        title: String, columnLabel: String, rowLabel: String, names: [String], counts: [[Int]], cell: Int = 40
    ) {
        (self.title, self.columnLabel, self.rowLabel) = (title, columnLabel, rowLabel)
        (self.names, self.counts, self.cell) = (names, counts, cell)
    }

    /// Draws the chart.
    ///
    /// - Throws: `PlotError.empty` without names or where counts and names do not go together, `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        let n = names.count, text = ChartStyle.textSize
        guard n > 0, counts.count == n, counts.allSatisfy({ $0.count == n }), cell >= 8 else {
            throw .empty("a matrix of \(counts.count) rows for \(n) names")
        }
        guard n * cell <= 30000 else { throw .tooLarge(width: n * cell, height: n * cell) }
        let shown = names.map { ChartStyle.printable($0) }
        let probe = try ChartStyle.paper([160, 120])
        let nameWidth = shown.map { probe.width(of: $0, size: text) }.max() ?? 0
        // Names that are wider than a cell are written upright, one letter's height for each.
        let slanted = nameWidth > Double(cell) - 4
        let left = Int(max(nameWidth, 20) + 24), top = Int(ChartStyle.titleSize * 1.8 + text * 2)
        let below = (slanted ? nameWidth + 12 : text * 1.8) + text * 2.2
        let titleWidth = probe.width(of: ChartStyle.printable(title), size: ChartStyle.titleSize) + 24
        let size = SIMD2(max(left + n * cell + 20, Int(titleWidth), 160), max(top + n * cell + Int(below), 120))
        let canvas = try ChartStyle.paper(size)
        let most = counts.flatMap { $0 }.max() ?? 0
        let wrong =
            counts.indices.flatMap { i in counts[i].indices.compactMap { $0 == i ? nil : counts[i][$0] } }.max() ?? 0
        for (i, row) in counts.enumerated() {
            for (j, count) in row.enumerated() {
                let box = SIMD4(Float(left + j * cell), Float(top + i * cell), Float(cell), Float(cell))
                // Right answers outnumber wrong ones: each kind has its own scale, or no error would be seen.
                let share = Float(count) / Float(max(i == j ? most : wrong, 1))
                let end: SIMD4<Float> = i == j ? [0, 0.447, 0.698, 1] : [0.835, 0.369, 0, 1]
                let level = count == 0 ? 0 : 0.12 + 0.78 * share
                canvas.setColor(SIMD4(repeating: 1) + (end - SIMD4(repeating: 1)) * level)
                canvas.rectangle(box)
                canvas.setColor(ChartStyle.grid)
                canvas.rectangle(box, lineWidth: 1)
                guard count > 0 else { continue }
                canvas.setColor(level > 0.55 ? [1, 1, 1, 1] : ChartStyle.ink)
                let label = String(count), size = min(text, Double(cell) * 0.4)
                canvas.text(
                    label, x: Double(box.x) + (Double(cell) - canvas.width(of: label, size: size)) / 2,
                    y: Double(box.y) + Double(cell) / 2 + size * 0.35, size: size)
            }
        }
        canvas.setColor(ChartStyle.ink)
        let bottom = Double(top + n * cell)
        for (i, name) in shown.enumerated() {
            let middle = Double(i * cell) + Double(cell) / 2, wide = canvas.width(of: name, size: text)
            canvas.text(name, x: Double(left) - 8 - wide, y: Double(top) + middle + text * 0.35, size: text)
            if slanted {
                canvas.upright(name, x: Double(left) + middle + text * 0.35, y: bottom + 8 + wide, size: text)
            } else {
                canvas.text(name, x: Double(left) + middle - wide / 2, y: bottom + text * 1.3, size: text)
            }
        }
        canvas.text(ChartStyle.printable(title), x: 12, y: ChartStyle.titleSize * 1.4, size: ChartStyle.titleSize)
        canvas.text(ChartStyle.printable(rowLabel), x: 12, y: ChartStyle.titleSize * 1.8 + text, size: text)
        let label = ChartStyle.printable(columnLabel)
        canvas.text(
            label, x: Double(left) + (Double(n * cell) - canvas.width(of: label, size: text)) / 2,
            y: Double(size.y) - text * 0.7, size: text)
        return try canvas.image()
    }
}
