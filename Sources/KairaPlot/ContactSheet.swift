import KairaImage

/// A grid of pictures with a caption below each.
public struct ContactSheet: Sendable {
    /// Pictures a row; nil makes the sheet about as wide as high.
    public var columns: Int?
    /// Width and height of the field of one picture, pixels; pictures are scaled into it, kept in shape.
    public var cell: SIMD2<Int>
    /// Distance between fields and to the border, pixels.
    public var gap: Int
    /// Height of letters, pixels.
    public var textSize: Double
    /// Colour behind everything, straight RGB.
    public var background: SIMD3<UInt8>
    /// Colour of captions, straight RGB.
    public var textColor: SIMD3<UInt8>

    /// A sheet of white paper.
    public init(columns: Int? = nil, cell: SIMD2<Int> = [320, 180], gap: Int = 12, textSize: Double = 13) {
        self.columns = columns
        self.cell = cell
        self.gap = gap
        self.textSize = textSize
        background = [255, 255, 255]
        textColor = [40, 40, 40]
    }

    /// Draws the sheet.
    ///
    /// Transparent pictures lie over the background. Captions too long for their field are cut with an ellipsis.
    /// - Throws: `PlotError.empty` without pictures, `.tooLarge`.
    public func draw(_ pictures: [(image: Image, caption: String)]) throws(PlotError) -> Image {
        guard !pictures.isEmpty, cell.x > 0, cell.y > 0 else { throw .empty("a contact sheet without pictures") }
        let across = max(1, min(columns ?? squareColumns(pictures.count), pictures.count))
        let down = (pictures.count + across - 1) / across
        let hasCaptions = pictures.contains { !$0.caption.isEmpty }
        let captionHeight = hasCaptions ? Int((textSize * 1.7).rounded()) : 0
        let width = across * (cell.x + gap) + gap
        let height = down * (cell.y + captionHeight + gap) + gap
        guard width <= 32767, height <= 32767 else { throw .tooLarge(width: width, height: height) }
        var sheet = Image(width: width, height: height, filledWith: SIMD4(background, 255))
        func corner(_ i: Int) -> (x: Int, y: Int) {
            (gap + i % across * (cell.x + gap), gap + i / across * (cell.y + captionHeight + gap))
        }
        for (i, picture) in pictures.enumerated() {
            let fitted = picture.image.letterboxed(width: cell.x, height: cell.y, fill: .zero).image
            sheet.draw(fitted, atX: corner(i).x, y: corner(i).y)
        }
        guard hasCaptions else { return sheet }
        let canvas = try Canvas(sheet)
        canvas.setColor(SIMD4(SIMD3<Float>(textColor) / 255, 1))
        for (i, picture) in pictures.enumerated() where !picture.caption.isEmpty {
            let text = shortened(picture.caption, on: canvas)
            let indent = max(0, (Double(cell.x) - canvas.width(of: text, size: textSize)) / 2)
            canvas.text(
                text, x: Double(corner(i).x) + indent, y: Double(corner(i).y + cell.y) + textSize * 1.2, size: textSize)
        }
        return try canvas.image()
    }

    private func squareColumns(_ count: Int) -> Int {
        let wanted = (Double(count) * Double(cell.y) / Double(cell.x)).squareRoot()
        return max(1, Int(wanted.rounded(.up)))
    }

    private func shortened(_ caption: String, on canvas: Canvas) -> String {
        // cairo takes text up to a zero byte.
        var text = String(caption.prefix(200).filter { $0 != "\0" })
        guard canvas.width(of: text, size: textSize) > Double(cell.x) else { return text }
        while !text.isEmpty, canvas.width(of: text + "…", size: textSize) > Double(cell.x) { text.removeLast() }
        return text + "…"
    }
}
