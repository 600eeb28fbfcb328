import Foundation
import KairaGeometry

/// A drawing of a section at its true size: hatched regions, outlines, a bar of round length.
public enum SectionSVG {
    /// Writes a drawing in millimetres, y up in the plane drawn upwards; an empty section gives an empty sheet that says so.
    ///
    /// - Parameters:
    ///   - sections: one a mesh, of one plane; each has its own hatching.
    ///   - title: a line below the drawing.
    /// - Returns: the file.
    public static func write(_ sections: [MeshSection], title: String) -> [UInt8] {
        var box: (min: SIMD2<Double>, max: SIMD2<Double>)?
        let axes = sections.first?.plane.axes ?? (SIMD3(1, 0, 0), SIMD3(0, 1, 0))
        func flat(_ p: SIMD3<Double>) -> SIMD2<Double> { SIMD2(dot(axes.0, p), dot(axes.1, p)) * 1000 }
        for section in sections {
            for p in (section.loops + section.openChains).joined() {
                let q = flat(p)
                box = box.map { (pointwiseMin($0.min, q), pointwiseMax($0.max, q)) } ?? (q, q)
            }
        }
        let (low, high) = box ?? (SIMD2(0, 0), SIMD2(100, 60))
        let size = max((high - low).max(), 1e-9)
        // All sizes of the sheet in parts of the drawing's.
        let unit = size / 100
        let margin = 6 * unit
        let caption = box == nil ? "nothing is cut: " + title : title
        // A narrow drawing's sheet is as wide as its caption.
        let width = max(high.x - low.x, Double(caption.count) * 1.25 * unit, 40 * unit) + 2 * margin
        let height = high.y - low.y + 2 * margin + 9 * unit
        func number(_ x: Double) -> String {
            // Five digits of the drawing's size, without an exponent.
            let digits = max(0, min(9, 5 - Int(log10(size).rounded(.up))))
            let text = String(format: "%.\(digits)f", x)
            return text == "-" + String(format: "%.\(digits)f", 0.0) ? String(text.dropFirst()) : text
        }
        func place(_ p: SIMD3<Double>) -> String {
            let q = flat(p)
            return "\(number(q.x - low.x + margin)) \(number(high.y - q.y + margin))"
        }
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(number(width))mm" height="\(number(height))mm" \
            viewBox="0 0 \(number(width)) \(number(height))">
            <rect width="100%" height="100%" fill="#fff"/>
            <defs>

            """
        for i in sections.indices where !sections[i].loops.isEmpty {
            let turn = [45, -45, 20, -70, 70, -20][i % 6]
            text += """
                <pattern id="hatch\(i)" width="\(number(1.4 * unit))" height="\(number(1.4 * unit))" \
                patternUnits="userSpaceOnUse" patternTransform="rotate(\(turn))">\
                <rect width="100%" height="100%" fill="\(tints[i % tints.count])"/>\
                <path d="M0 0V\(number(1.4 * unit))" stroke="#456" stroke-width="\(number(0.3 * unit))"/></pattern>

                """
        }
        text += "</defs>\n"
        let stroke = "stroke=\"#123\" stroke-width=\"\(number(0.25 * unit))\" stroke-linejoin=\"round\""
        for (i, section) in sections.enumerated() {
            for region in section.regions() {
                let path = ([region.outer] + region.holes).map { "M" + $0.map(place).joined(separator: "L") + "Z" }
                text += "<path fill=\"url(#hatch\(i))\" fill-rule=\"evenodd\" \(stroke) d=\"\(path.joined())\"/>\n"
            }
            for chain in section.openChains {
                let path = "M" + chain.map(place).joined(separator: "L")
                text +=
                    "<path fill=\"none\" \(stroke) stroke-dasharray=\"\(number(unit)) \(number(unit))\" d=\"\(path)\"/>\n"
            }
        }
        // A bar of 1, 2 or 5 times a power of ten, a fifth to a half of the width.
        let power = pow(10, log10(size / 2).rounded(.down))
        let bar = [5, 2, 1].map { $0 * power }.first { $0 <= size / 2 } ?? power
        let baseline = height - 4.5 * unit
        text += """
            <path d="M\(number(margin)) \(number(baseline - unit))v\(number(unit))h\(number(bar))v\(number(-unit))" \
            fill="none" \(stroke)/>
            <text x="\(number(margin + bar + unit))" y="\(number(baseline))" font-family="sans-serif" \
            font-size="\(number(2.2 * unit))" fill="#123">\(barLabel(bar))</text>
            <text x="\(number(margin))" y="\(number(height - 1.5 * unit))" font-family="sans-serif" \
            font-size="\(number(2.2 * unit))" fill="#123">\(escaped(caption))</text>
            </svg>

            """
        return Array(text.utf8)
    }

    private static let tints = ["#dbe9f6", "#fbe3cf", "#dff0dc", "#f5dbe6", "#eee6fa", "#f4f0cf"]

    private static func barLabel(_ millimetres: Double) -> String {
        let plain = { (x: Double) in x == x.rounded() ? "\(Int(x))" : "\(x)" }
        return millimetres >= 1000 ? "\(plain(millimetres / 1000)) m" : "\(String(format: "%g", millimetres)) mm"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
