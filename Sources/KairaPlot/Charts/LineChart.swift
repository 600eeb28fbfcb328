import Foundation
import KairaImage

/// Curves over a common axis.
public struct LineChart: Sendable {
    /// One curve.
    public struct Series: Sendable, Hashable {
        /// What the legend calls it; empty for none.
        public var name: String
        /// x and y, by rising x; points that are not finite break the line.
        public var points: [SIMD2<Double>]
        /// Whether it is a thin grey line that only guides the eye, a slope for example.
        public var isGuide: Bool

        /// A curve from its parts.
        public init(name: String = "", points: [SIMD2<Double>], isGuide: Bool = false) {
            self.name = name
            self.points = points
            self.isGuide = isGuide
        }
    }
    /// How numbers become places.
    public enum Scale: Sendable, Hashable {
        /// Evenly.
        case linear
        /// By their decimal logarithm, on both axes; points that are not above 0 are left out, others are marked.
        case logarithmic
    }

    /// Above the chart.
    public var title: String
    /// Below the x axis, with the unit.
    public var xLabel: String
    /// Above the y axis, with the unit.
    public var yLabel: String
    /// The curves.
    public var series: [Series]
    /// The y axis's ends; nil for 0 to the largest value.
    public var yRange: ClosedRange<Double>?
    /// How numbers become places on both axes.
    public var scale: Scale
    /// Width and height, pixels.
    public var size: SIMD2<Int>

    /// A chart from its parts.
    public init(
        title: String, xLabel: String, yLabel: String, series: [Series], yRange: ClosedRange<Double>? = nil,
        scale: Scale = .linear, size: SIMD2<Int> = [640, 400]
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.yRange = yRange
        self.scale = scale
        self.size = size
    }

    /// Draws the chart.
    ///
    /// - Throws: `PlotError.empty` without a finite point, `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        var chart = self
        if scale == .logarithmic {
            for i in chart.series.indices {
                chart.series[i].points = chart.series[i].points.filter { $0.x > 0 && $0.y > 0 }
                    .map { SIMD2(log10($0.x), log10($0.y)) }
            }
            if let yRange, yRange.lowerBound > 0 { chart.yRange = log10(yRange.lowerBound)...log10(yRange.upperBound) }
        }
        return try chart.drawPlaced()
    }

    /// Draws points that are places already: logarithms on a logarithmic chart.
    private func drawPlaced() throws(PlotError) -> Image {
        let finite = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        guard let first = finite.first else { throw .empty("a chart without points") }
        let (low, high) = finite.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
        let xEnds = high.x > low.x ? (low.x, high.x) : (low.x - 1, low.x + 1)
        let yEnds: (Double, Double)
        if let yRange, yRange.upperBound > yRange.lowerBound {
            yEnds = (yRange.lowerBound, yRange.upperBound)
        } else if scale == .logarithmic {
            yEnds = (low.y.rounded(.down), max(high.y.rounded(.up), low.y.rounded(.down) + 1))
        } else {
            yEnds = (min(0, low.y), high.y > min(0, low.y) ? high.y : low.y + 1)
        }
        let canvas = try ChartStyle.paper(size)
        let yTicks = ticks(yEnds, about: max(2, size.y / 60))
        let xTicks = ticks(xEnds, about: max(2, size.x / 90))
        let text = ChartStyle.textSize
        let tickWidth = yTicks.map { canvas.width(of: label($0), size: text) }.max() ?? 0
        let left = tickWidth + 24, right = Double(size.x) - 20
        let top = ChartStyle.titleSize * 1.8 + text * 2, bottom = Double(size.y) - text * 3.6
        func place(_ point: SIMD2<Double>) -> SIMD2<Float> {
            let x = left + (point.x - xEnds.0) / (xEnds.1 - xEnds.0) * (right - left)
            let y = bottom - (point.y - yEnds.0) / (yEnds.1 - yEnds.0) * (bottom - top)
            return SIMD2(Float(min(max(x, left), right)), Float(min(max(y, top), bottom)))
        }
        for tick in yTicks {
            let y = place(SIMD2(xEnds.0, tick)).y
            canvas.setColor(ChartStyle.grid)
            canvas.line(SIMD2(Float(left), y), SIMD2(Float(right), y), width: 1)
            canvas.setColor(ChartStyle.ink)
            let label = self.label(tick)
            canvas.text(
                label, x: left - 8 - canvas.width(of: label, size: text), y: Double(y) + text * 0.35, size: text)
        }
        for tick in xTicks {
            let x = place(SIMD2(tick, yEnds.0)).x
            canvas.setColor(ChartStyle.ink)
            canvas.line(SIMD2(x, Float(bottom)), SIMD2(x, Float(bottom) + 4), width: 1)
            let label = self.label(tick)
            canvas.text(
                label, x: Double(x) - canvas.width(of: label, size: text) / 2, y: bottom + 6 + text, size: text)
        }
        canvas.line(SIMD2(Float(left), Float(bottom)), SIMD2(Float(right), Float(bottom)), width: 1.2)
        canvas.text(ChartStyle.printable(title), x: 12, y: ChartStyle.titleSize * 1.4, size: ChartStyle.titleSize)
        canvas.text(ChartStyle.printable(yLabel), x: 12, y: ChartStyle.titleSize * 1.8 + text, size: text)
        let xText = ChartStyle.printable(xLabel)
        canvas.text(
            xText, x: (left + right - canvas.width(of: xText, size: text)) / 2, y: Double(size.y) - text * 0.7,
            size: text)
        drawSeries(on: canvas, place)
        drawLegend(on: canvas, right: right, bottom: bottom)
        return try canvas.image()
    }

    private func ticks(_ ends: (Double, Double), about count: Int) -> [Double] {
        guard scale == .logarithmic else { return ChartStyle.ticks(from: ends.0, to: ends.1, about: count) }
        let whole = stride(
            from: ends.0.rounded(.up), through: ends.1, by: max(1, ((ends.1 - ends.0) / 12).rounded(.up)))
        // Less than a decade has no whole power in it: halves of one, then.
        return Array(whole).count > 1
            ? Array(whole) : Array(stride(from: (ends.0 * 2).rounded(.up) / 2, through: ends.1, by: 0.5))
    }

    private func label(_ tick: Double) -> String {
        scale == .logarithmic ? ChartStyle.power(tick) : ChartStyle.label(tick)
    }

    private func drawSeries(on canvas: Canvas, _ place: (SIMD2<Double>) -> SIMD2<Float>) {
        for (i, one) in series.enumerated() {
            canvas.setColor(color(i))
            for (a, b) in zip(one.points, one.points.dropFirst())
            where a.x.isFinite && a.y.isFinite && b.x.isFinite && b.y.isFinite {
                canvas.line(place(a), place(b), width: one.isGuide ? 1 : 2)
            }
            let isMarked = scale == .logarithmic ? !one.isGuide : one.points.count == 1
            guard isMarked else { continue }
            // Smaller and smaller, so that curves on top of each other are all seen.
            let radius = scale == .logarithmic ? max(5.5 - 1.25 * Double(i), 2.5) : 3
            for point in one.points where point.x.isFinite && point.y.isFinite {
                canvas.disc(place(point), radius: radius)
            }
        }
    }

    /// Guides are grey and take no colour from the others.
    private func color(_ index: Int) -> SIMD4<Float> {
        if series[index].isGuide { return ChartStyle.guide }
        let before = series[..<index].count { !$0.isGuide }
        return ChartStyle.series[before % ChartStyle.series.count]
    }

    private func drawLegend(on canvas: Canvas, right: Double, bottom: Double) {
        let named = series.enumerated().filter { !$0.element.name.isEmpty }
        let text = ChartStyle.textSize
        let widest = named.map { canvas.width(of: ChartStyle.printable($0.element.name), size: text) }.max() ?? 0
        for (row, one) in named.enumerated() {
            let y = bottom - Double(named.count - row) * text * 1.5, x = right - widest - 8
            canvas.setColor(color(one.offset))
            canvas.line(
                SIMD2(Float(x - 26), Float(y - text * 0.35)), SIMD2(Float(x - 8), Float(y - text * 0.35)),
                width: one.element.isGuide ? 1 : 3)
            canvas.setColor(ChartStyle.ink)
            canvas.text(ChartStyle.printable(one.element.name), x: x, y: y, size: text)
        }
    }
}
