extension LineDrawing {
    /// The drawing as a PDF 1.4 file of one page, a pixel being 1/96 inch. The same drawing gives the same bytes.
    public func pdf() -> [UInt8] {
        let color = style.color
        func share(_ value: UInt8) -> String { VectorNumber.text(Double(value) / 255) }
        // Points from pixels, and y up from y down.
        var content = "0.75 0 0 -0.75 0 \(VectorNumber.text(Double(height) * 0.75)) cm\n1 j\n"
        if let background {
            content += "\(share(background.x)) \(share(background.y)) \(share(background.z)) rg"
            content += " 0 0 \(width) \(height) re f\n"
        }
        content += "\(share(color.x)) \(share(color.y)) \(share(color.z)) RG\n"
        for group in groups {
            let width = Double(style.width(of: group.edge)) * (group.isVisible ? 1 : Double(style.hiddenScale))
            let (dash, gap) = (VectorNumber.text(Double(style.dash)), VectorNumber.text(Double(style.gap)))
            content += group.isVisible ? "/V gs [] 0 d 1 J" : "/H gs [\(dash) \(gap)] 0 d 0 J"
            content += " \(VectorNumber.text(width)) w\n"
            for path in group.paths {
                for (index, point) in path.points.enumerated() {
                    content += "\(VectorNumber.text(point.x)) \(VectorNumber.text(point.y)) \(index == 0 ? "m" : "l")\n"
                }
                content += path.isClosed ? "s\n" : "S\n"
            }
        }
        let alpha = Double(color.w) / 255
        let visible = VectorNumber.text(alpha)
        let hidden = VectorNumber.text(alpha * Double(style.hiddenOpacity))
        let (w, h) = (VectorNumber.text(Double(width) * 0.75), VectorNumber.text(Double(height) * 0.75))
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(w) \(h)] /Contents 4 0 R /Resources << /ExtGState "
                + "<< /V << /CA \(visible) >> /H << /CA \(hidden) >> >> >> >>",
            "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream",
            "<< /Title \(Self.pdfText(title)) /Producer (Kaira) >>",
        ]
        var bytes = Array("%PDF-1.4\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(bytes.count)
            bytes += Array("\(index + 1) 0 obj\n\(object)\nendobj\n".utf8)
        }
        let table = bytes.count
        bytes += Array("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8)
        for place in places {
            let digits = String(place)
            bytes += Array((String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8)
        }
        bytes += Array(
            "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R /Info 5 0 R >>\nstartxref\n\(table)\n%%EOF\n".utf8)
        return bytes
    }

    /// A text string in UTF-16 with byte order mark, as hexadecimal digits.
    private static func pdfText(_ text: String) -> String {
        "<FEFF"
            + text.utf16.map { unit in
                let digits = String(unit, radix: 16, uppercase: true)
                return String(repeating: "0", count: 4 - digits.count) + digits
            }.joined() + ">"
    }
}
