import KairaImage

/// A function of two numbers as a coloured map, with contour lines, points and paths on it.
public struct FieldChart: Sendable {
    /// How values become colours.
    public enum Coloring: Sendable, Hashable {
        /// 0 is blue, 1 is orange, 1/2 is white: what a classifier thinks of each place.
        case classes
        /// The lowest is white, the highest dark: a landscape.
        case height
    }

    /// Points of one kind.
    public struct Marks: Sendable, Hashable {
        /// What the legend calls them; empty for none.
        public var name: String
        /// Where they are.
        public var points: [SIMD2<Double>]
        /// Which of the charts' colours they have, from 0.
        public var color: Int
        /// Whether they are filled; rings if not.
        public var isFilled: Bool

        /// Points from their parts.
        public init(name: String = "", points: [SIMD2<Double>], color: Int, isFilled: Bool = true) {
            self.name = name
            self.points = points
            self.color = color
            self.isFilled = isFilled
        }
    }

    /// A line from point to point with a disc at each, such as the steps of a descent.
    public struct Path: Sendable, Hashable {
        /// What the legend calls it; empty for none.
        public var name: String
        /// The points in order; the line breaks at one that is not finite.
        public var points: [SIMD2<Double>]
        /// Which of the charts' colours it has, from 0.
        public var color: Int

        /// A path from its parts.
        public init(name: String = "", points: [SIMD2<Double>], color: Int) {
            self.name = name
            self.points = points
            self.color = color
        }
    }

    /// Above the chart.
    public var title: String
    /// Below the x axis.
    public var xLabel: String
    /// Above the y axis.
    public var yLabel: String
    /// The ends of the x axis.
    public var xRange: ClosedRange<Double>
    /// The ends of the y axis.
    public var yRange: ClosedRange<Double>
    /// How many values there are from left to right, at least 2; the first and last lie on the ends of the axis.
    public var columns: Int
    /// The values, row by row, the row of the lowest y first; at least two rows.
    public var values: [Double]
    /// How values become colours.
    public var coloring: Coloring
    /// At which values a line is drawn.
    public var contours: [Double]
    /// Points.
    public var marks: [Marks]
    /// Paths.
    public var paths: [Path]
    /// Width and height, pixels.
    public var size: SIMD2<Int>

    /// A chart of a function, which is asked at `columns` times `rows` places.
    public init(
        title: String, xLabel: String, yLabel: String, xRange: ClosedRange<Double>, yRange: ClosedRange<Double>,
        columns: Int = 121, rows: Int = 121, coloring: Coloring, contours: [Double] = [], marks: [Marks] = [],
        paths: [Path] = [], size: SIMD2<Int> = [480, 480], function: (_ x: Double, _ y: Double) -> Double
    ) {
        var values: [Double] = []
        for row in 0..<max(rows, 2) {
            let y = yRange.lowerBound + (yRange.upperBound - yRange.lowerBound) * Double(row) / Double(max(rows, 2) - 1)
            for column in 0..<max(columns, 2) {
                let along = Double(column) / Double(max(columns, 2) - 1)
                values.append(function(xRange.lowerBound + (xRange.upperBound - xRange.lowerBound) * along, y))
            }
        }
        self.init(
            title: title, xLabel: xLabel, yLabel: yLabel, xRange: xRange, yRange: yRange, columns: max(columns, 2),
            values: values, coloring: coloring, contours: contours, marks: marks, paths: paths, size: size)
    }

    /// A chart of values that are there already.
    public init(
        title: String, xLabel: String, yLabel: String, xRange: ClosedRange<Double>, yRange: ClosedRange<Double>,
        columns: Int, values: [Double], coloring: Coloring, contours: [Double] = [], marks: [Marks] = [],
        paths: [Path] = [], size: SIMD2<Int> = [480, 480]
    ) {
        (self.title, self.xLabel, self.yLabel, self.xRange, self.yRange) = (title, xLabel, yLabel, xRange, yRange)
        (self.columns, self.values, self.coloring, self.contours) = (columns, values, coloring, contours)
        (self.marks, self.paths, self.size) = (marks, paths, size)
    }

    /// Draws the chart.
    ///
    /// - Throws: `PlotError.empty` without two rows and columns of values or with an axis of no length, `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        guard columns >= 2, values.count >= 2 * columns, values.count % columns == 0 else {
            throw .empty("a map of \(values.count) values in rows of \(columns)")
        }
        let width = xRange.upperBound - xRange.lowerBound, height = yRange.upperBound - yRange.lowerBound
        guard width > 0, height > 0, width.isFinite, height.isFinite else { throw .empty("an axis without length") }
        let text = ChartStyle.textSize
        let probe = try ChartStyle.paper(size)
        let yTicks = ChartStyle.ticks(from: yRange.lowerBound, to: yRange.upperBound, about: max(2, size.y / 80))
        let xTicks = ChartStyle.ticks(from: xRange.lowerBound, to: xRange.upperBound, about: max(2, size.x / 90))
        let tickWidth = yTicks.map { probe.width(of: ChartStyle.label($0), size: text) }.max() ?? 0
        let legend = try Legend(
            marks.map { .init(name: $0.name, color: $0.color, kind: $0.isFilled ? .disc : .ring) }
                + paths.map { .init(name: $0.name, color: $0.color, kind: .line) },
            width: Double(size.x) - 24, on: probe)
        let left = Int(tickWidth + 24), right = size.x - 20
        let top = Int(ChartStyle.titleSize * 1.8 + text * 2), bottom = size.y - Int(text * 3.6 + legend.height)
        guard right - left >= 40, bottom - top >= 40 else { throw .empty("a chart smaller than its labels") }
        var paper = Image(width: size.x, height: size.y, filledWith: [255, 255, 255, 255])
        color(&paper, left: left, right: right, top: top, bottom: bottom)
        let canvas = try Canvas(paper)
        func place(_ point: SIMD2<Double>) -> SIMD2<Float> {
            SIMD2(
                Float(Double(left) + (point.x - xRange.lowerBound) / width * Double(right - left)),
                Float(Double(bottom) - (point.y - yRange.lowerBound) / height * Double(bottom - top)))
        }
        drawContours(on: canvas, place)
        drawPoints(on: canvas, place)
        canvas.setColor(ChartStyle.ink)
        canvas.rectangle(SIMD4(Float(left), Float(top), Float(right - left), Float(bottom - top)), lineWidth: 1.2)
        for tick in yTicks {
            let y = place(SIMD2(xRange.lowerBound, tick)).y, label = ChartStyle.label(tick)
            canvas.line(SIMD2(Float(left) - 4, y), SIMD2(Float(left), y), width: 1)
            canvas.text(
                label, x: Double(left) - 8 - canvas.width(of: label, size: text), y: Double(y) + text * 0.35, size: text
            )
        }
        for tick in xTicks {
            let x = place(SIMD2(tick, yRange.lowerBound)).x, label = ChartStyle.label(tick)
            canvas.line(SIMD2(x, Float(bottom)), SIMD2(x, Float(bottom) + 4), width: 1)
            canvas.text(
                label, x: Double(x) - canvas.width(of: label, size: text) / 2, y: Double(bottom) + 6 + text, size: text)
        }
        canvas.text(ChartStyle.printable(title), x: 12, y: ChartStyle.titleSize * 1.4, size: ChartStyle.titleSize)
        canvas.text(ChartStyle.printable(yLabel), x: 12, y: ChartStyle.titleSize * 1.8 + text, size: text)
        let xText = ChartStyle.printable(xLabel)
        canvas.text(
            xText, x: (Double(left + right) - canvas.width(of: xText, size: text)) / 2, y: Double(bottom) + text * 2.9,
            size: text)
        legend.draw(on: canvas, x: 12, y: Double(size.y) - legend.height - text * 0.3)
        return try canvas.image()
    }

    /// Fills the map pixel by pixel, between the four values around each.
    private func color(_ paper: inout Image, left: Int, right: Int, top: Int, bottom: Int) {
        let rows = values.count / columns
        let finite = values.filter(\.isFinite)
        let low = finite.min() ?? 0, high = finite.max() ?? 1
        for y in top..<bottom {
            let v = (Double(bottom - y) - 0.5) / Double(bottom - top) * Double(rows - 1)
            let row = min(Int(v), rows - 2), dv = v - Double(row)
            for x in left..<right {
                let u = (Double(x - left) + 0.5) / Double(right - left) * Double(columns - 1)
                let column = min(Int(u), columns - 2), du = u - Double(column)
                let a = values[row * columns + column], b = values[row * columns + column + 1]
                let c = values[(row + 1) * columns + column], d = values[(row + 1) * columns + column + 1]
                let value = (a * (1 - du) + b * du) * (1 - dv) + (c * (1 - du) + d * du) * dv
                guard value.isFinite else { continue }
                let color: SIMD3<Double>
                switch coloring {
                case .classes:
                    let t = min(max(value, 0), 1) * 2 - 1
                    let end: SIMD3<Double> = t < 0 ? [0.55, 0.75, 0.90] : [0.98, 0.74, 0.50]
                    color = SIMD3(repeating: 1) + (end - 1) * abs(t)
                case .height:
                    // The square root keeps the floor of a steep valley apart.
                    let t = high > low ? ((value - low) / (high - low)).squareRoot() : 0
                    color = SIMD3(repeating: 1) + (SIMD3(0.42, 0.52, 0.66) - 1) * t
                }
                let i = (y * paper.width + x) * 4
                for k in 0..<3 { paper.bytes[i + k] = UInt8(color[k] * 255) }
            }
        }
    }

    /// Marching squares: each cell is cut where its edges cross the value.
    private func drawContours(on canvas: Canvas, _ place: (SIMD2<Double>) -> SIMD2<Float>) {
        let rows = values.count / columns
        canvas.setColor([0.25, 0.27, 0.3, 0.75])
        func point(_ column: Double, _ row: Double) -> SIMD2<Float> {
            place(
                SIMD2(
                    xRange.lowerBound + (xRange.upperBound - xRange.lowerBound) * column / Double(columns - 1),
                    yRange.lowerBound + (yRange.upperBound - yRange.lowerBound) * row / Double(rows - 1)))
        }
        for level in contours {
            for row in 0..<rows - 1 {
                for column in 0..<columns - 1 {
                    let a = values[row * columns + column] - level, b = values[row * columns + column + 1] - level
                    let c = values[(row + 1) * columns + column] - level
                    let d = values[(row + 1) * columns + column + 1] - level
                    guard a.isFinite, b.isFinite, c.isFinite, d.isFinite else { continue }
                    var cuts: [SIMD2<Float>] = []
                    let (x, y) = (Double(column), Double(row))
                    if (a < 0) != (b < 0) { cuts.append(point(x + a / (a - b), y)) }
                    if (b < 0) != (d < 0) { cuts.append(point(x + 1, y + b / (b - d))) }
                    if (c < 0) != (d < 0) { cuts.append(point(x + c / (c - d), y + 1)) }
                    if (a < 0) != (c < 0) { cuts.append(point(x, y + a / (a - c))) }
                    for pair in stride(from: 0, to: cuts.count - 1, by: 2) {
                        canvas.line(cuts[pair], cuts[pair + 1], width: 1.1)
                    }
                }
            }
        }
    }

    private func drawPoints(on canvas: Canvas, _ place: (SIMD2<Double>) -> SIMD2<Float>) {
        func isInside(_ point: SIMD2<Double>) -> Bool { xRange.contains(point.x) && yRange.contains(point.y) }
        for one in marks {
            let crowd = one.points.count > 60
            for point in one.points where isInside(point) {
                let at = place(point)
                canvas.setColor([1, 1, 1, 1])
                canvas.disc(at, radius: crowd ? 3.6 : 6.5)
                canvas.setColor(ChartStyle.color(one.color))
                canvas.disc(at, radius: crowd ? 2.8 : 5.5)
                guard !one.isFilled else { continue }
                canvas.setColor([1, 1, 1, 1])
                canvas.disc(at, radius: crowd ? 1.3 : 3)
            }
        }
        for path in paths {
            canvas.setColor(ChartStyle.color(path.color))
            for (a, b) in zip(path.points, path.points.dropFirst()) {
                guard let (from, to) = clipped(a, b) else { continue }
                canvas.line(place(from), place(to), width: 1.8)
            }
            for point in path.points where isInside(point) { canvas.disc(place(point), radius: 3.2) }
        }
    }

    /// The part of a line that lies on the map (Liang and Barsky, 1984).
    private func clipped(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> (SIMD2<Double>, SIMD2<Double>)? {
        let d = b - a
        guard d.x.isFinite, d.y.isFinite, a.x.isFinite, a.y.isFinite else { return nil }
        var first = 0.0, last = 1.0
        for (step, room) in [
            (-d.x, a.x - xRange.lowerBound), (d.x, xRange.upperBound - a.x), (-d.y, a.y - yRange.lowerBound),
            (d.y, yRange.upperBound - a.y),
        ] {
            if step == 0 {
                if room < 0 { return nil }
            } else if step < 0 {
                first = max(first, room / step)
            } else {
                last = min(last, room / step)
            }
        }
        return first <= last ? (a + d * first, a + d * last) : nil
    }
}
