import Glibc

/// A strict JSON parser (RFC 8259) for untrusted bytes: depth, size and numbers are bounded, no value is guessed.
///
/// Unlike Foundation's it says where it failed, refuses a name that an object holds twice, and keeps members in order.
public struct JSONParser {
    private let bytes: [UInt8]
    private let file: String
    private var at: Int
    private let end: Int

    /// Nesting that no sane file has.
    private static let maximumDepth = 96

    /// Parses a whole document.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, with or without a byte order mark.
    ///   - range: the part of `bytes` that is JSON; nil for all.
    ///   - file: the name for messages.
    /// - Returns: the document's value.
    /// - Throws: `FormatsError.malformed` with the byte offset.
    public static func parse(
        _ bytes: [UInt8], range: Range<Int>? = nil, file: String
    ) throws(FormatsError) -> JSONValue {
        var parser = JSONParser(bytes: bytes, range: range ?? 0..<bytes.count, file: file)
        return try parser.document()
    }

    private init(bytes: [UInt8], range: Range<Int>, file: String) {
        self.bytes = bytes
        self.file = file
        at = range.lowerBound
        end = range.upperBound
    }

    private func failure(_ reason: String) -> FormatsError {
        .malformed(file: file, at: "byte \(at)", reason: "the JSON is broken: \(reason)")
    }

    private mutating func document() throws(FormatsError) -> JSONValue {
        if end - at >= 3, bytes[at] == 0xEF, bytes[at + 1] == 0xBB, bytes[at + 2] == 0xBF { at += 3 }
        skipSpace()
        let result = try value(depth: 0)
        skipSpace()
        // GLB pads with spaces; some writers with zeros.
        while at < end, bytes[at] == 0 { at += 1 }
        guard at == end else { throw failure("something follows the document") }
        return result
    }

    private mutating func skipSpace() {
        while at < end, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 { at += 1 }
    }

    private mutating func value(depth: Int) throws(FormatsError) -> JSONValue {
        guard depth < Self.maximumDepth else { throw failure("it is nested deeper than \(Self.maximumDepth)") }
        guard at < end else { throw failure("it ends too early") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(FormatsError) -> JSONValue {
        guard bytes[at..<end].starts(with: text.utf8) else { throw failure("an unknown word") }
        at += text.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(FormatsError) -> JSONValue {
        at += 1
        var members: [JSONValue.Member] = []
        var names = Set<String>()
        skipSpace()
        if at < end, bytes[at] == UInt8(ascii: "}") {
            at += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard at < end, bytes[at] == UInt8(ascii: "\"") else { throw failure("a name is missing") }
            let name = try string()
            // A set only once a linear search would be slow: most objects are small.
            if members.count == 16 { names = Set(members.map(\.name)) }
            let isNew =
                members.count < 16 ? !members.contains { $0.name == name } : names.insert(name).inserted
            guard isNew else { throw failure("the name \"\(name.prefix(40))\" stands twice in one object") }
            skipSpace()
            guard at < end, bytes[at] == UInt8(ascii: ":") else { throw failure("a colon is missing") }
            at += 1
            skipSpace()
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            guard at < end else { throw failure("an object is not closed") }
            if bytes[at] == UInt8(ascii: "}") { break }
            guard bytes[at] == UInt8(ascii: ",") else { throw failure("a comma is missing") }
            at += 1
        }
        at += 1
        return .object(members)
    }

    private mutating func array(depth: Int) throws(FormatsError) -> JSONValue {
        at += 1
        var values: [JSONValue] = []
        skipSpace()
        if at < end, bytes[at] == UInt8(ascii: "]") {
            at += 1
            return .array([])
        }
        while true {
            skipSpace()
            values.append(try value(depth: depth + 1))
            skipSpace()
            guard at < end else { throw failure("an array is not closed") }
            if bytes[at] == UInt8(ascii: "]") { break }
            guard bytes[at] == UInt8(ascii: ",") else { throw failure("a comma is missing") }
            at += 1
        }
        at += 1
        return .array(values)
    }

    private mutating func string() throws(FormatsError) -> String {
        at += 1
        let start = at
        while at < end, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 { at += 1 }
        guard at < end else { throw failure("a string is not closed") }
        if bytes[at] == UInt8(ascii: "\"") {
            defer { at += 1 }
            return try text(bytes[start..<at])
        }
        // The slow road: escapes.
        var buffer = Array(bytes[start..<at])
        while true {
            guard at < end else { throw failure("a string is not closed") }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw failure("a control character in a string") }
            at += 1
            guard byte == UInt8(ascii: "\\") else {
                buffer.append(byte)
                continue
            }
            guard at < end else { throw failure("a string is not closed") }
            let escape = bytes[at]
            at += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(escape)
            case UInt8(ascii: "b"): buffer.append(0x08)
            case UInt8(ascii: "f"): buffer.append(0x0C)
            case UInt8(ascii: "n"): buffer.append(0x0A)
            case UInt8(ascii: "r"): buffer.append(0x0D)
            case UInt8(ascii: "t"): buffer.append(0x09)
            case UInt8(ascii: "u"): try unicode(into: &buffer)
            default: throw failure("an unknown escape")
            }
        }
        at += 1
        return try text(buffer[...])
    }

    private func text(_ slice: ArraySlice<UInt8>) throws(FormatsError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw failure("a string is no UTF-8") }
        return text
    }

    private mutating func unicode(into buffer: inout [UInt8]) throws(FormatsError) {
        var code = try hex4()
        if 0xD800..<0xDC00 ~= code {
            guard at + 1 < end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
                throw failure("half a surrogate pair")
            }
            at += 2
            let low = try hex4()
            guard 0xDC00..<0xE000 ~= low else { throw failure("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
        buffer.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func hex4() throws(FormatsError) -> UInt32 {
        guard at + 4 <= end, let text = String(validating: bytes[at..<at + 4], as: UTF8.self),
            bytes[at] != UInt8(ascii: "+"), let code = UInt32(text, radix: 16)
        else { throw failure("a \\u escape without four digits") }
        at += 4
        return code
    }

    private mutating func number() throws(FormatsError) -> Double {
        let start = at
        func digits(_ at: inout Int) -> Int {
            let first = at
            while at < end, 0x30...0x39 ~= bytes[at] { at += 1 }
            return at - first
        }
        if at < end, bytes[at] == UInt8(ascii: "-") { at += 1 }
        let leadingZero = at < end && bytes[at] == 0x30
        let whole = digits(&at)
        guard whole > 0, !(leadingZero && whole > 1) else { throw failure("a value is missing or is no JSON value") }
        var isWhole = true
        if at < end, bytes[at] == UInt8(ascii: ".") {
            isWhole = false
            at += 1
            guard digits(&at) > 0 else { throw failure("a number without digits after its point") }
        }
        if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            at += 1
            if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            guard digits(&at) > 0 else { throw failure("a number without digits in its exponent") }
        }
        // Short whole numbers are most of a glTF file.
        if isWhole, at - start <= 15 {
            var value = 0
            for byte in bytes[start..<at] where byte != UInt8(ascii: "-") { value = value * 10 + Int(byte - 0x30) }
            return Double(bytes[start] == UInt8(ascii: "-") ? -value : value)
        }
        guard at - start <= 400, let value = Double(String(decoding: bytes[start..<at], as: UTF8.self)),
            value.isFinite
        else { throw failure("a number is too large") }
        return value
    }
}
