import KairaImage

/// Small grey pictures, enlarged, each with a line of text below: the digits that were misread.
public struct PictureGrid: Sendable {
    /// One picture.
    public struct Cell: Sendable, Hashable {
        /// Grey levels from 0 (white paper) to 1 (ink), row-major, the top row first.
        public var pixels: [Float]
        /// Pixels in a row.
        public var width: Int
        /// Below it.
        public var caption: String

        /// A picture from its parts.
        public init(pixels: [Float], width: Int, caption: String) {
            self.pixels = pixels
            self.width = width
            self.caption = caption
        }
    }

    /// Above the pictures.
    public var title: String
    /// Row by row.
    public var cells: [Cell]
    /// Pictures in a row.
    public var columns: Int
    /// How large one is drawn, pixels.
    public var side: Int

    /// A grid from its parts.
    public init(title: String, cells: [Cell], columns: Int = 6, side: Int = 96) {
        self.title = title
        self.cells = cells
        self.columns = columns
        self.side = side
    }

    /// Draws the grid.
    ///
    /// - Throws: `PlotError.empty` without a picture, or where a picture is no rectangle; `.tooLarge`.
    public func draw() throws(PlotError) -> Image {
        guard !cells.isEmpty, columns > 0, side >= 8 else { throw .empty("a grid without pictures") }
        guard cells.allSatisfy({ $0.width > 0 && !$0.pixels.isEmpty && $0.pixels.count % $0.width == 0 }) else {
            throw .empty("a picture that is no rectangle")
        }
        let text = ChartStyle.textSize, gap = 14, probe = try ChartStyle.paper([160, 120])
        let captions = cells.map { ChartStyle.printable($0.caption) }
        let widest = captions.map { probe.width(of: $0, size: text) }.max() ?? 0
        let step = SIMD2(max(side, Int(widest.rounded(.up))) + gap, side + Int(text * 1.9))
        let rows = (cells.count + columns - 1) / columns, wide = min(columns, cells.count)
        let top = Int(ChartStyle.titleSize * 2.2)
        let titleWidth = probe.width(of: ChartStyle.printable(title), size: ChartStyle.titleSize) + 24
        let size = SIMD2(max(wide * step.x + gap, Int(titleWidth), 160), max(top + rows * step.y + 10, 120))
        let canvas = try ChartStyle.paper(size)
        canvas.setColor(ChartStyle.ink)
        canvas.text(ChartStyle.printable(title), x: 12, y: ChartStyle.titleSize * 1.4, size: ChartStyle.titleSize)
        for (number, cell) in cells.enumerated() {
            let x = gap + number % columns * step.x + (step.x - gap - side) / 2
            let y = top + number / columns * step.y
            let height = cell.pixels.count / cell.width, dot = Float(side) / Float(max(cell.width, height))
            for (i, level) in cell.pixels.enumerated() {
                let tone = 1 - min(max(level.isFinite ? level : 0, 0), 1)
                canvas.setColor([tone, tone, tone, 1])
                // A little over, so that no seam shows between neighbours.
                let place = SIMD2(Float(x) + Float(i % cell.width) * dot, Float(y) + Float(i / cell.width) * dot)
                canvas.rectangle(SIMD4(place.x, place.y, dot + 0.5, dot + 0.5))
            }
            canvas.setColor(ChartStyle.grid)
            let box = SIMD4(Float(x), Float(y), dot * Float(cell.width), dot * Float(height))
            canvas.rectangle(box, lineWidth: 1)
            canvas.setColor(ChartStyle.ink)
            let wide = canvas.width(of: captions[number], size: text)
            canvas.text(
                captions[number], x: Double(x) + (Double(side) - wide) / 2, y: Double(y + side) + text * 1.3, size: text
            )
        }
        return try canvas.image()
    }
}
