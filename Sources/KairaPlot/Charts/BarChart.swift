import KairaImage

/// A value for each of some names, as bars from left to right.
public struct BarChart: Sendable {
    /// One bar.
    public struct Bar: Sendable, Hashable {
        /// To the left of it.
        public var name: String
        /// Its length; one that is not finite or below 0 is drawn empty.
        public var value: Double

        /// A bar from its parts.
        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// Above the chart, with the unit.
    public var title: String
    /// From top to bottom.
    public var bars: [Bar]
    /// Width, pixels; the height follows from the number of bars.
    public var width: Int

    /// A chart from its parts.
    public init(title: String, bars: [Bar], width: Int = 640) {
        self.title = title
        self.bars = bars
        self.width = width
    }

    /// Draws the chart.
    ///
    /// - Throws: `PlotError.empty` without bars, `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        guard !bars.isEmpty else { throw .empty("a chart without bars") }
        let text = ChartStyle.textSize, row = text * 1.6, top = ChartStyle.titleSize * 2.2
        guard bars.count < 1000 else { throw .tooLarge(width: width, height: bars.count * Int(row)) }
        let canvas = try ChartStyle.paper(SIMD2(width, max(120, Int(top + row * Double(bars.count) + 12))))
        let names = bars.map { ChartStyle.printable($0.name) }
        let left = min((names.map { canvas.width(of: $0, size: text) }.max() ?? 0) + 24, Double(width) / 2)
        let longest = bars.map { $0.value.isFinite ? max($0.value, 0) : 0 }.max() ?? 0
        let room = Double(width) - left - 80
        canvas.setColor(ChartStyle.ink)
        canvas.text(ChartStyle.printable(title), x: 12, y: ChartStyle.titleSize * 1.4, size: ChartStyle.titleSize)
        for (i, bar) in bars.enumerated() {
            let y = top + row * Double(i), value = bar.value.isFinite ? max(bar.value, 0) : 0
            let length = longest > 0 ? value / longest * room : 0
            canvas.setColor(ChartStyle.series[0])
            canvas.rectangle(SIMD4(Float(left), Float(y), Float(length), Float(row * 0.72)))
            canvas.setColor(ChartStyle.ink)
            let base = y + row * 0.36 + text * 0.35
            canvas.text(names[i], x: left - 8 - canvas.width(of: names[i], size: text), y: base, size: text)
            let label = bar.value.isFinite ? ChartStyle.label((bar.value * 100).rounded() / 100) : "-"
            canvas.text(label, x: left + length + 6, y: base, size: text)
        }
        return try canvas.image()
    }
}
