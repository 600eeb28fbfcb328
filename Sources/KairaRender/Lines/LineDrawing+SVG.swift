extension LineDrawing {
    /// The drawing as a standalone SVG 1.1 file.
    ///
    /// One unit is one pixel, the view box is the picture. Groups `hidden` and `visible` hold one group a class, such as
    /// `visible-silhouette`; hidden lines are dashed. The same drawing gives the same bytes.
    public func svg() -> String {
        let color = style.color
        let ink = Self.hex(SIMD3(color.x, color.y, color.z))
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)">
            <title>\(Self.escaped(title))</title>

            """
        if let background {
            text += "<rect id=\"paper\" width=\"\(width)\" height=\"\(height)\" fill=\"\(Self.hex(background))\"/>\n"
        }
        let alpha = Double(color.w) / 255
        for isVisible in [false, true] {
            let groups = groups.filter { $0.isVisible == isVisible }
            guard !groups.isEmpty else { continue }
            let opacity = alpha * (isVisible ? 1 : Double(style.hiddenOpacity))
            text += "<g id=\"\(isVisible ? "visible" : "hidden")\" fill=\"none\" stroke=\"\(ink)\""
            if opacity < 1 { text += " stroke-opacity=\"\(VectorNumber.text(opacity))\"" }
            text += " stroke-linejoin=\"round\" stroke-linecap=\"\(isVisible ? "round" : "butt")\""
            if !isVisible {
                let (dash, gap) = (VectorNumber.text(Double(style.dash)), VectorNumber.text(Double(style.gap)))
                text += " stroke-dasharray=\"\(dash) \(gap)\""
            }
            text += ">\n"
            for group in groups {
                let width = Double(style.width(of: group.edge)) * (isVisible ? 1 : Double(style.hiddenScale))
                text += "<g id=\"\(isVisible ? "visible" : "hidden")-\(group.edge.name)\""
                text += " stroke-width=\"\(VectorNumber.text(width))\">\n"
                for path in group.paths { text += "<path d=\"\(Self.data(path))\"/>\n" }
                text += "</g>\n"
            }
            text += "</g>\n"
        }
        return text + "</svg>\n"
    }

    private static func data(_ path: Path) -> String {
        // After the first pair of a moveto, further pairs are linetos.
        let pairs = path.points.map { "\(VectorNumber.text($0.x)),\(VectorNumber.text($0.y))" }
        return "M" + pairs.joined(separator: " ") + (path.isClosed ? "Z" : "")
    }

    private static func hex(_ color: SIMD3<UInt8>) -> String {
        "#"
            + [color.x, color.y, color.z].map { value in
                let digits = String(value, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
    }

    /// Characters that XML 1.0 allows, with those escaped that mean something.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\u{9}", "\u{A}", "\u{D}", "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                out.unicodeScalars.append(scalar)
            default: out += "\u{FFFD}"
            }
        }
        return out
    }
}
