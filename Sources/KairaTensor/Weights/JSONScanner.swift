/// Reads JSON (RFC 8259) token by token, so that no tree is built for what a reader does not ask for.
///
/// Keys that are there twice, numbers beyond 64 bits and nesting deeper than 64 are errors.
struct JSONScanner {
    private let text: [UInt8]
    private var position = 0
    /// Where the text begins in its file, for messages.
    private let base: Int

    init(_ text: [UInt8], base: Int = 0) {
        self.text = text
        self.base = base
    }

    func damaged(_ what: String) -> TensorError { .malformed("JSON: \(what)", offset: base + position) }

    /// The next byte that is no space; nil at the end.
    private mutating func next() -> UInt8? {
        while position < text.count {
            let byte = text[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        position += 1
        return true
    }

    /// Checks that nothing but spaces is left.
    mutating func end() throws(TensorError) {
        guard next() == nil else { throw damaged("text behind the end") }
    }

    /// Reads an object; `body` has to read or skip each key's value.
    mutating func object(_ body: (inout JSONScanner, String) throws(TensorError) -> Void) throws(TensorError) {
        guard accept(0x7b) else { throw damaged("an object is missing") }
        if accept(0x7d) { return }
        var seen = Set<String>()
        repeat {
            let key = try string()
            guard seen.insert(key).inserted else { throw damaged("\"\(key)\" is there twice") }
            guard accept(0x3a) else { throw damaged("a colon is missing") }
            try body(&self, key)
        } while accept(0x2c)
        guard accept(0x7d) else { throw damaged("an object is not closed") }
    }

    /// Reads an array; `body` has to read or skip each element.
    mutating func array(_ body: (inout JSONScanner) throws(TensorError) -> Void) throws(TensorError) {
        guard accept(0x5b) else { throw damaged("an array is missing") }
        if accept(0x5d) { return }
        repeat { try body(&self) } while accept(0x2c)
        guard accept(0x5d) else { throw damaged("an array is not closed") }
    }

    /// Reads a whole number that is not negative.
    mutating func count() throws(TensorError) -> Int {
        guard let first = next(), (0x30...0x39).contains(first) else { throw damaged("a count is missing") }
        let start = position
        while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
        guard position == start + 1 || first != 0x30 else { throw damaged("a number with leading zeros") }
        if position < text.count, [0x2e, 0x65, 0x45].contains(text[position]) {
            throw damaged("a count with a fraction")
        }
        var value = 0
        for digit in text[start..<position] {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = tens.addingReportingOverflow(Int(digit) - 0x30)
            guard !overflow, !tooLarge else { throw damaged("a number beyond 2^63") }
            value = sum
        }
        return value
    }

    /// Reads a string.
    mutating func string() throws(TensorError) -> String {
        guard accept(0x22) else { throw damaged("a string is missing") }
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case 0x22:
                guard let string = String(validating: bytes, as: UTF8.self) else { throw damaged("bad UTF-8") }
                return string
            case 0x5c: try escape(into: &bytes)
            case 0..<0x20: throw damaged("a control character in a string")
            default: bytes.append(byte)
            }
        }
        throw damaged("a string is not closed")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(TensorError) {
        guard position < text.count else { throw damaged("a string is not closed") }
        let byte = text[position]
        position += 1
        switch byte {
        case 0x22, 0x5c, 0x2f: bytes.append(byte)
        case 0x62: bytes.append(8)
        case 0x66: bytes.append(12)
        case 0x6e: bytes.append(10)
        case 0x72: bytes.append(13)
        case 0x74: bytes.append(9)
        case 0x75:
            var value = try hexadecimal()
            if (0xd800..<0xdc00).contains(value) {
                guard position + 2 <= text.count, text[position] == 0x5c, text[position + 1] == 0x75 else {
                    throw damaged("half a character")
                }
                position += 2
                let low = try hexadecimal()
                guard (0xdc00..<0xe000).contains(low) else { throw damaged("half a character") }
                value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw damaged("half a character") }
            bytes.append(contentsOf: String(scalar).utf8)
        default: throw damaged("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(TensorError) -> UInt32 {
        guard position + 4 <= text.count else { throw damaged("a string is not closed") }
        var value: UInt32 = 0
        for byte in text[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw damaged("a bad escape") }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    /// Passes over a value of any kind.
    mutating func skip(depth: Int = 0) throws(TensorError) {
        guard depth < 64 else { throw damaged("nested too deeply") }
        switch next() ?? 0 {
        case 0x7b: try object { (scanner, _) throws(TensorError) in try scanner.skip(depth: depth + 1) }
        case 0x5b: try array { scanner throws(TensorError) in try scanner.skip(depth: depth + 1) }
        case 0x22: _ = try string()
        case 0x2d, 0x30...0x39:
            while position < text.count, Self.inNumbers.contains(text[position]) { position += 1 }
        case 0x74: try word("true")
        case 0x66: try word("false")
        case 0x6e: try word("null")
        default: throw damaged("a value is missing")
        }
    }

    private static let inNumbers = Set("+-.0123456789eE".utf8)

    private mutating func word(_ word: String) throws(TensorError) {
        guard text[position...].starts(with: word.utf8) else { throw damaged("a value is missing") }
        position += word.utf8.count
    }
}
