/// Names with their colours, in as many rows as they need.
struct Legend {
    enum Kind { case disc, ring, line }

    struct Entry {
        var name: String
        var color: Int
        var kind: Kind
    }

    private var rows: [[(entry: Entry, x: Double)]] = []

    /// How high it is, pixels; 0 without names.
    var height: Double { Double(rows.count) * ChartStyle.textSize * 1.6 }

    /// Breaks the entries that have a name into rows no wider than `width`.
    init(_ entries: [Entry], width: Double, on canvas: Canvas) throws(PlotError) {
        var x = 0.0
        for entry in entries where !entry.name.isEmpty {
            let wide = canvas.width(of: ChartStyle.printable(entry.name), size: ChartStyle.textSize) + 44
            if rows.isEmpty || x + wide > width {
                rows.append([])
                x = 0
            }
            rows[rows.count - 1].append((entry, x))
            x += wide
        }
    }

    /// Draws it with its upper left corner at (x, y).
    func draw(on canvas: Canvas, x: Double, y: Double) {
        let text = ChartStyle.textSize
        for (number, row) in rows.enumerated() {
            let base = y + (Double(number) + 0.8) * text * 1.6
            for (entry, offset) in row {
                let middle = SIMD2(Float(x + offset + 10), Float(base - text * 0.35))
                canvas.setColor(ChartStyle.color(entry.color))
                switch entry.kind {
                case .line: canvas.line(middle - SIMD2(10, 0), middle + SIMD2(10, 0), width: 3)
                case .disc: canvas.disc(middle, radius: 5)
                case .ring:
                    canvas.disc(middle, radius: 5)
                    canvas.setColor([1, 1, 1, 1])
                    canvas.disc(middle, radius: 2.6)
                }
                canvas.setColor(ChartStyle.ink)
                canvas.text(ChartStyle.printable(entry.name), x: x + offset + 26, y: base, size: text)
            }
        }
    }
}
