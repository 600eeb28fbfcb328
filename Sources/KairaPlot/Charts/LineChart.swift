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

    /// A corner of the chart that the curves leave free.
    public enum Corner: Sendable, Hashable {
        /// For curves that rise and then stay.
        case bottomRight
        /// For curves that fall.
        case topRight
        /// For curves that rise late.
        case topLeft
    }

    /// Above the chart.
    public var title: String
    /// Below the x axis, with the unit.
    public var xLabel: String
    /// Above the y axis, with the unit.
    public var yLabel: String
    /// The curves.
    public var series: [Series]
    /// The y axis's ends; nil for 0 (or the least value, where that is below or the axis counts powers) to the largest.
    public var yRange: ClosedRange<Double>?
    /// Whether each tick of the x axis is ten times the one before; points that are not above 0 break the line.
    public var xIsLogarithmic = false
    /// Whether the x axis counts, so that only whole numbers have ticks.
    public var xIsWhole = false
    /// As `xIsLogarithmic`, for the y axis.
    public var yIsLogarithmic = false
    /// Where the legend stands.
    public var legendCorner = Corner.bottomRight
    /// Whether every point is a disc; a curve of one point always is.
    public var marksPoints = false
    /// Width and height, pixels.
    public var size: SIMD2<Int>

    /// A chart from its parts.
    public init(
        title: String, xLabel: String, yLabel: String, series: [Series], yRange: ClosedRange<Double>? = nil,
        size: SIMD2<Int> = [640, 400]
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.yRange = yRange
        self.size = size
    }

    /// Draws the chart.
    ///
    /// - Throws: `PlotError.empty` without a finite point, `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        // Where an axis counts powers of ten, everything below is done with exponents.
        func scaled(_ point: SIMD2<Double>) -> SIMD2<Double> {
            SIMD2(
                xIsLogarithmic ? ChartStyle.exponent(point.x) : point.x,
                yIsLogarithmic ? ChartStyle.exponent(point.y) : point.y)
        }
        let series = series.map { Series(name: $0.name, points: $0.points.map(scaled), isGuide: $0.isGuide) }
        let finite = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        guard let first = finite.first else { throw .empty("a chart without points") }
        let (low, high) = finite.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
        let xEnds = high.x > low.x ? (low.x, high.x) : (low.x - 1, low.x + 1)
        let yEnds: (Double, Double)
        if let yRange, yRange.upperBound > yRange.lowerBound, !yIsLogarithmic || yRange.lowerBound > 0 {
            let ends = (scaled(SIMD2(1, yRange.lowerBound)).y, scaled(SIMD2(1, yRange.upperBound)).y)
            yEnds = ends
        } else {
            let least = yIsLogarithmic ? low.y.rounded(.down) : min(0, low.y)
            yEnds = (least, high.y > least ? (yIsLogarithmic ? high.y.rounded(.up) : high.y) : least + 1)
        }
        let canvas = try ChartStyle.paper(size)
        let yTicks = ChartStyle.ticks(
            from: yEnds.0, to: yEnds.1, about: max(2, size.y / 60), whole: yIsLogarithmic)
        let xTicks = ChartStyle.ticks(
            from: xEnds.0, to: xEnds.1, about: max(2, size.x / 90),
            // Within a decade there are no two whole powers.
            whole: xIsLogarithmic ? xEnds.1.rounded(.down) > xEnds.0.rounded(.up) : xIsWhole)
        func xName(_ tick: Double) -> String { xIsLogarithmic ? ChartStyle.power(tick) : ChartStyle.label(tick) }
        func yName(_ tick: Double) -> String { yIsLogarithmic ? ChartStyle.power(tick) : ChartStyle.label(tick) }
        let text = ChartStyle.textSize
        let tickWidth = yTicks.map { canvas.width(of: yName($0), size: text) }.max() ?? 0
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
            let label = yName(tick)
            canvas.text(
                label, x: left - 8 - canvas.width(of: label, size: text), y: Double(y) + text * 0.35, size: text)
        }
        for tick in xTicks {
            let x = place(SIMD2(tick, yEnds.0)).x
            canvas.setColor(ChartStyle.ink)
            canvas.line(SIMD2(x, Float(bottom)), SIMD2(x, Float(bottom) + 4), width: 1)
            let label = xName(tick)
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
        drawSeries(series, on: canvas, place)
        drawLegend(on: canvas, left: left, right: right, top: top, bottom: bottom)
        return try canvas.image()
    }

    private func drawSeries(_ series: [Series], on canvas: Canvas, _ place: (SIMD2<Double>) -> SIMD2<Float>) {
        for (i, one) in series.enumerated() {
            canvas.setColor(color(i))
            for (a, b) in zip(one.points, one.points.dropFirst())
            where a.x.isFinite && a.y.isFinite && b.x.isFinite && b.y.isFinite {
                canvas.line(place(a), place(b), width: one.isGuide ? 1 : 2)
            }
            guard marksPoints ? !one.isGuide : one.points.count == 1 else { continue }
            // Smaller and smaller, so that curves on top of each other are all seen.
            let radius = marksPoints ? max(5.5 - 1.25 * Double(i), 2.5) : 3
            for point in one.points where point.x.isFinite && point.y.isFinite {
                canvas.disc(place(point), radius: radius)
            }
        }
    }

    /// Guides are grey and take no colour from the others.
    private func color(_ index: Int) -> SIMD4<Float> {
        series[index].isGuide ? ChartStyle.guide : ChartStyle.color(series[..<index].count { !$0.isGuide })
    }

    private func drawLegend(on canvas: Canvas, left: Double, right: Double, top: Double, bottom: Double) {
        let named = series.enumerated().filter { !$0.element.name.isEmpty }
        guard !named.isEmpty else { return }
        let text = ChartStyle.textSize, row = text * 1.5, height = Double(named.count) * row
        let widest = named.map { canvas.width(of: ChartStyle.printable($0.element.name), size: text) }.max() ?? 0
        let x = legendCorner == .topLeft ? left + 40 : right - widest - 8
        let first = legendCorner == .bottomRight ? bottom - height : top + row
        // Curves that pass behind it must not strike the words out.
        canvas.setColor([1, 1, 1, 0.8])
        canvas.rectangle(
            SIMD4(Float(x - 32), Float(first - text * 1.2), Float(widest + 38), Float(height)))
        for (number, one) in named.enumerated() {
            let y = first + Double(number) * row
            canvas.setColor(color(one.offset))
            canvas.line(
                SIMD2(Float(x - 26), Float(y - text * 0.35)), SIMD2(Float(x - 8), Float(y - text * 0.35)),
                width: one.element.isGuide ? 1 : 3)
            canvas.setColor(ChartStyle.ink)
            canvas.text(ChartStyle.printable(one.element.name), x: x, y: y, size: text)
        }
    }
}
