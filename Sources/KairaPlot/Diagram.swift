import KairaImage

/// A drawing in panels, each with a coordinate system of its own: a frame of a film about something measured.
public struct Diagram: Sendable {
    /// Colours by what they stand for.
    public enum Ink: Sendable, Hashable {
        /// Text, axes, solid things.
        case black
        /// What is only there for orientation.
        case grey
        /// What was measured: blue.
        case measured
        /// What theory says: orange.
        case theory
        /// A second thing that was measured: green.
        case other
        /// A light filling.
        case pale
    }
    /// Something drawn; places in the panel's coordinates, widths and radii in pixels.
    public enum Mark: Sendable, Hashable {
        /// A line through points.
        case line([SIMD2<Double>], ink: Ink, width: Double = 2, isDashed: Bool = false)
        /// A filled disc.
        case disc(SIMD2<Double>, radius: Double, ink: Ink)
        /// A circle's line.
        case circle(SIMD2<Double>, radius: Double, ink: Ink)
        /// A filled polygon.
        case polygon([SIMD2<Double>], ink: Ink)
        /// Words, beginning at a place.
        case text(String, at: SIMD2<Double>, ink: Ink = .black)
    }
    /// A part of the picture with its own coordinates.
    public struct Panel: Sendable {
        /// Above it.
        public var title: String
        /// Where it is: x, y, width, height as shares of the picture, y down.
        public var frame: SIMD4<Double>
        /// What it shows from left to right.
        public var x: ClosedRange<Double>
        /// What it shows from bottom to top.
        public var y: ClosedRange<Double>
        /// Whether a unit is as long on both axes; what is shown then grows on one of them.
        public var isTrue: Bool
        /// Below the x axis and above the y axis; without both no axes are drawn.
        public var axes: (x: String, y: String)?
        /// From back to front.
        public var marks: [Mark]

        /// A panel from its parts.
        public init(
            title: String, frame: SIMD4<Double>, x: ClosedRange<Double>, y: ClosedRange<Double>, isTrue: Bool = false,
            axes: (x: String, y: String)? = nil, marks: [Mark] = []
        ) {
            self.title = title
            self.frame = frame
            self.x = x
            self.y = y
            self.isTrue = isTrue
            self.axes = axes
            self.marks = marks
        }
    }

    /// Above all.
    public var title: String
    /// The parts.
    public var panels: [Panel]
    /// Lines below all.
    public var notes: [String]
    /// Width and height, pixels.
    public var size: SIMD2<Int>

    /// A diagram from its parts.
    public init(title: String, panels: [Panel] = [], notes: [String] = [], size: SIMD2<Int> = [960, 540]) {
        self.title = title
        self.panels = panels
        self.notes = notes
        self.size = size
    }

    /// Draws it.
    ///
    /// - Throws: `PlotError.empty` where it is smaller than 160x120 pixels, `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        let canvas = try ChartStyle.paper(size)
        canvas.setColor(ChartStyle.ink)
        canvas.text(ChartStyle.printable(title), x: 16, y: ChartStyle.titleSize * 1.6, size: ChartStyle.titleSize)
        for panel in panels { draw(panel, on: canvas) }
        canvas.setColor(ChartStyle.ink)
        for (i, note) in notes.enumerated() {
            let y = Double(size.y) - ChartStyle.textSize * (1.5 * Double(notes.count - i) - 0.6)
            canvas.text(ChartStyle.printable(note), x: 16, y: y, size: ChartStyle.textSize)
        }
        return try canvas.image()
    }

    private func draw(_ panel: Panel, on canvas: Canvas) {
        let (width, height) = (Double(size.x), Double(size.y))
        let text = ChartStyle.textSize
        let hasAxes = panel.axes != nil
        let left = panel.frame.x * width + (hasAxes ? 62 : 0)
        let right = (panel.frame.x + panel.frame.z) * width
        let top = panel.frame.y * height + text * (hasAxes ? 3.2 : 1.8)
        let bottom = (panel.frame.y + panel.frame.w) * height - (hasAxes ? text * 2.8 : 0)
        guard right - left > 20, bottom - top > 20 else { return }
        var (x, y) = (panel.x, panel.y)
        if panel.isTrue {
            let scale = max(
                (x.upperBound - x.lowerBound) / (right - left), (y.upperBound - y.lowerBound) / (bottom - top))
            func wider(_ range: ClosedRange<Double>, _ pixels: Double) -> ClosedRange<Double> {
                let middle = (range.lowerBound + range.upperBound) / 2
                return middle - pixels * scale / 2...middle + pixels * scale / 2
            }
            (x, y) = (wider(x, right - left), wider(y, bottom - top))
        }
        func place(_ p: SIMD2<Double>) -> SIMD2<Float> {
            let u = left + (p.x - x.lowerBound) / (x.upperBound - x.lowerBound) * (right - left)
            let v = bottom - (p.y - y.lowerBound) / (y.upperBound - y.lowerBound) * (bottom - top)
            return SIMD2(Float(min(max(u, -1e5), 1e5)), Float(min(max(v, -1e5), 1e5)))
        }
        canvas.setColor(ChartStyle.ink)
        let titleY = panel.frame.y * height + text * 1.2
        canvas.text(ChartStyle.printable(panel.title), x: panel.frame.x * width, y: titleY, size: text)
        if let axes = panel.axes {
            for tick in ChartStyle.ticks(from: y.lowerBound, to: y.upperBound, about: max(3, Int(bottom - top) / 32)) {
                let v = place(SIMD2(x.lowerBound, tick)).y
                canvas.setColor(ChartStyle.grid)
                canvas.line(SIMD2(Float(left), v), SIMD2(Float(right), v), width: 1)
                canvas.setColor(ChartStyle.ink)
                let label = ChartStyle.label(tick)
                canvas.text(
                    label, x: left - 8 - canvas.width(of: label, size: text), y: Double(v) + text * 0.35, size: text)
            }
            for tick in ChartStyle.ticks(from: x.lowerBound, to: x.upperBound, about: max(2, Int(right - left) / 90)) {
                let u = place(SIMD2(tick, y.lowerBound)).x
                canvas.line(SIMD2(u, Float(bottom)), SIMD2(u, Float(bottom) + 4), width: 1)
                let label = ChartStyle.label(tick)
                canvas.text(
                    label, x: Double(u) - canvas.width(of: label, size: text) / 2, y: bottom + 6 + text, size: text)
            }
            canvas.line(SIMD2(Float(left), Float(bottom)), SIMD2(Float(right), Float(bottom)), width: 1.2)
            canvas.text(ChartStyle.printable(axes.y), x: panel.frame.x * width, y: titleY + text * 1.5, size: text)
            let xText = ChartStyle.printable(axes.x)
            canvas.text(
                xText, x: right - canvas.width(of: xText, size: text), y: bottom + 6 + text * 2.2, size: text)
        }
        let box = SIMD4(Float(left), Float(top), Float(right - left), Float(bottom - top))
        canvas.clipped(to: box) { for mark in panel.marks { draw(mark, on: canvas, place) } }
    }

    private func draw(_ mark: Mark, on canvas: Canvas, _ place: (SIMD2<Double>) -> SIMD2<Float>) {
        func isGood(_ p: SIMD2<Double>) -> Bool { p.x.isFinite && p.y.isFinite }
        switch mark {
        case .line(let points, let ink, let width, let isDashed):
            canvas.setColor(Self.color(ink))
            canvas.path(points.filter(isGood).map(place), width: width, isDashed: isDashed)
        case .disc(let p, let radius, let ink):
            guard isGood(p) else { return }
            canvas.setColor(Self.color(ink))
            canvas.disc(place(p), radius: radius)
        case .circle(let p, let radius, let ink):
            guard isGood(p) else { return }
            canvas.setColor(Self.color(ink))
            canvas.circle(place(p), radius: radius, width: 2)
        case .polygon(let points, let ink):
            canvas.setColor(Self.color(ink))
            canvas.polygon(points.filter(isGood).map(place))
        case .text(let words, let p, let ink):
            guard isGood(p) else { return }
            canvas.setColor(Self.color(ink))
            let at = place(p)
            canvas.text(
                ChartStyle.printable(words), x: Double(at.x), y: Double(at.y), size: ChartStyle.textSize)
        }
    }

    private static func color(_ ink: Ink) -> SIMD4<Float> {
        switch ink {
        case .black: ChartStyle.ink
        case .grey: ChartStyle.guide
        case .measured: ChartStyle.series[0]
        case .theory: ChartStyle.series[1]
        case .other: ChartStyle.series[2]
        case .pale: ChartStyle.grid
        }
    }
}
