/// A table of text fields, read from comma-separated values.
///
/// Format: RFC 4180. Fields may stand in double quotes, in which commas, line ends and doubled quotes are text; lines end
/// in LF or CRLF; a line end after the last row is optional. Every row has as many fields as the first.
public struct CSVTable: Sendable, Hashable {
    /// The names of the columns; empty where the file has none.
    public var header: [String]
    /// The rows, each as long as the first.
    public var rows: [[String]]
    /// The line of the file on which each row begins, from 1.
    public var lines: [Int]

    /// How many fields a row has.
    public var columns: Int { rows.first?.count ?? header.count }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: all its bytes, UTF-8; a byte order mark is skipped.
    ///   - hasHeader: whether the first row holds the columns' names.
    ///   - separator: what stands between fields; one ASCII character.
    /// - Throws: `LearningError.data` with the line: an open quote, text after a closing quote, a row of another length,
    ///   bytes that are no UTF-8, no row at all.
    public init(csv bytes: [UInt8], hasHeader: Bool, separator: Character = ",") throws(LearningError) {
        guard let comma = separator.asciiValue, comma != 0x22, comma != 0x0a, comma != 0x0d else {
            throw .configuration("\"\(separator)\" cannot separate fields: take one ASCII character, no quote")
        }
        (header, rows, lines) = ([], [], [])
        var at = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        var line = 1, width: Int?
        while at < bytes.count {
            let first = line
            // An empty line says nothing, unless rows are one field wide.
            if width != 1, bytes[at] == 0x0a || bytes[at...].starts(with: [0x0d, 0x0a]) {
                at += bytes[at] == 0x0a ? 1 : 2
                line += 1
                continue
            }
            var row: [String] = []
            // One field a turn; the row ends with its line.
            while true {
                row.append(try Self.field(bytes, &at, &line, comma))
                guard at < bytes.count, bytes[at] == comma else { break }
                at += 1
            }
            if at < bytes.count, bytes[at] == 0x0d { at += 1 }
            if at < bytes.count, bytes[at] == 0x0a { at += 1 }
            line += 1
            if let width, width != row.count {
                throw .data("CSV line \(first) has \(row.count) fields, the first row has \(width)")
            }
            width = row.count
            if hasHeader, header.isEmpty, rows.isEmpty {
                header = row
            } else {
                rows.append(row)
                lines.append(first)
            }
        }
        guard !rows.isEmpty else { throw .emptySet("the CSV table") }
    }

    /// The field at `at`, which then stands on the separator, the line's end or the end of the file.
    private static func field(_ bytes: [UInt8], _ at: inout Int, _ line: inout Int, _ comma: UInt8)
        throws(LearningError) -> String
    {
        let first = line
        guard at < bytes.count, bytes[at] == 0x22 else {
            let start = at
            while at < bytes.count, bytes[at] != comma, bytes[at] != 0x0a, bytes[at] != 0x0d {
                guard bytes[at] != 0x22 else {
                    throw .data("CSV line \(line): a quote inside a field that does not begin with one")
                }
                at += 1
            }
            return try text(bytes[start..<at], first)
        }
        var content: [UInt8] = []
        at += 1
        while true {
            guard at < bytes.count else { throw .data("CSV line \(first): a quote that is never closed") }
            let byte = bytes[at]
            at += 1
            if byte == 0x22 {
                guard at < bytes.count, bytes[at] == 0x22 else { break }
                at += 1
            }
            if byte == 0x0a { line += 1 }
            content.append(byte)
        }
        guard at >= bytes.count || bytes[at] == comma || bytes[at] == 0x0a || bytes[at] == 0x0d else {
            throw .data("CSV line \(line): text after a closing quote")
        }
        return try text(content[...], first)
    }

    private static func text(_ bytes: ArraySlice<UInt8>, _ line: Int) throws(LearningError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .data("CSV line \(line): not UTF-8 text")
        }
        return text
    }

    /// Where a column is.
    ///
    /// - Parameter name: its name, or its number from 0 where the table has no names; `-1` is the last.
    /// - Returns: its number from 0.
    /// - Throws: `LearningError.data` for a column that is not there.
    public func column(_ name: String) throws(LearningError) -> Int {
        if let index = header.firstIndex(of: name) { return index }
        if let number = Int(name) {
            let index = number < 0 ? columns + number : number
            if 0..<columns ~= index { return index }
        }
        let there = header.isEmpty ? "columns 0 to \(columns - 1)" : header.joined(separator: ", ")
        throw .data("there is no column \"\(name)\"; the table has \(there)")
    }

    /// A field as a number.
    ///
    /// - Throws: `LearningError.data` where it is none, or not a finite one.
    public func number(row: Int, column: Int) throws(LearningError) -> Double {
        let field = rows[row][column]
        guard let value = Double(field.trimmingSpaces), value.isFinite else {
            throw .data("CSV line \(lines[row]), field \(column + 1): \"\(field.prefix(40))\" is no finite number")
        }
        return value
    }
}

extension String {
    /// Without spaces and tabs around it.
    fileprivate var trimmingSpaces: Substring {
        var part = self[...]
        while part.first == " " || part.first == "\t" { part.removeFirst() }
        while part.last == " " || part.last == "\t" { part.removeLast() }
        return part
    }
}
