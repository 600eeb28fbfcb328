/// Points of a CSV: x, y, z a line.
enum PointList {
    /// Reads points; blank lines and such as begin with # are passed over, a first line of other words is a header.
    ///
    /// - Throws: `KairaError.badData` with the line.
    static func read(_ bytes: [UInt8], path: String) throws(KairaError) -> [SIMD3<Double>] {
        var points: [SIMD3<Double>] = []
        var isFirst = true
        for (i, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            let words = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let numbers = words.prefix(3).map { Double($0) }
            if numbers.count == 3, let x = numbers[0], let y = numbers[1], let z = numbers[2] {
                points.append(SIMD3(x, y, z))
            } else if !isFirst || numbers.contains(where: { $0 != nil }) {
                throw .badData(
                    path: path, reason: "line \(i + 1): '\(text.prefix(40))' is no point: give x,y,z on every line")
            }
            isFirst = false
        }
        return points
    }
}
