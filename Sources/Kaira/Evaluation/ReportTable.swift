/// A table of text with columns as wide as they need to be; the first is set left, the others right.
struct ReportTable {
    var header: [String]
    var rows: [[String]]

    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ").trimmedRight
        }.joined(separator: "\n")
    }

    /// A number with so many decimals; `-` where it is not finite.
    static func number(_ value: Double, decimals: Int = 2) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "-" }
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        let whole = Int((abs(value) * factor).rounded())
        let sign = value < 0 && whole != 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(whole) }
        let fraction = String(whole % Int(factor))
        return sign + String(whole / Int(factor)) + "." + String(repeating: "0", count: decimals - fraction.count)
            + fraction
    }
}

extension String {
    fileprivate var trimmedRight: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
