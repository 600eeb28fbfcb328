/// Walks over JSON bytes (RFC 8259) without building a tree: a long clip's keypoints are millions of numbers.
///
/// It knows the path of where it is, for error messages, and its depth is bounded.
struct JSONScanner {
    private let bytes: [UInt8]
    private let file: String
    private(set) var position = 0
    private var path: [Step] = []

    private enum Step {
        case member(String)
        case element(Int)
    }

    /// Deeper nesting is refused.
    static let maxDepth = 64

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The error that something is wrong here.
    func failure(_ reason: String) -> FormatsError {
        let place = path.map { step in
            switch step {
            case .member(let name): "/" + name
            case .element(let index): "/\(index)"
            }
        }.joined()
        return .malformed(file: file, at: place.isEmpty ? "/" : place, reason: reason + " (byte \(position))")
    }

    private mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    private mutating func take(_ wanted: UInt8) -> Bool {
        guard peek() == wanted else { return false }
        position += 1
        return true
    }

    /// Calls `body` for each member of the object that starts here, which must read or skip the value.
    mutating func object(
        _ body: (inout JSONScanner, String) throws(FormatsError) -> Void
    ) throws(FormatsError) {
        guard take(UInt8(ascii: "{")) else { throw failure("an object is expected here") }
        guard path.count < Self.maxDepth else { throw failure("the nesting is too deep") }
        if take(UInt8(ascii: "}")) { return }
        while true {
            let name = try string()
            guard take(UInt8(ascii: ":")) else { throw failure("':' is missing after \"\(name.prefix(40))\"") }
            path.append(.member(String(name.prefix(80))))
            try body(&self, name)
            path.removeLast()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw failure("',' or '}' is missing") }
        }
    }

    /// Calls `body` for each element of the array that starts here, which must read or skip the value.
    mutating func array(_ body: (inout JSONScanner, Int) throws(FormatsError) -> Void) throws(FormatsError) {
        guard take(UInt8(ascii: "[")) else { throw failure("an array is expected here") }
        guard path.count < Self.maxDepth else { throw failure("the nesting is too deep") }
        if take(UInt8(ascii: "]")) { return }
        var index = 0
        while true {
            path.append(.element(index))
            try body(&self, index)
            path.removeLast()
            index += 1
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw failure("',' or ']' is missing") }
        }
    }

    /// A string, its escapes resolved.
    mutating func string() throws(FormatsError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure("a string is expected here") }
        let start = position
        var isPlain = true
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 0x20 else { throw failure("a control character in a string") }
            if bytes[position] == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
            }
            position += 1
        }
        guard position < bytes.count else { throw failure("a string without an end") }
        defer { position += 1 }
        if isPlain {
            guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
                throw failure("a string that is not UTF-8")
            }
            return text
        }
        // Rare: the general parser knows the escapes.
        let range = start - 1..<position + 1
        guard case .string(let text) = try JSONParser.parse(Array(bytes[range]), file: file) else {
            throw failure("a string is expected here")
        }
        return text
    }

    /// Powers of ten that a Double holds exactly.
    private static let powers: [Double] = (0...22).map { power in
        (0..<power).reduce(1.0) { value, _ in value * 10 }
    }

    /// A finite number, correctly rounded.
    mutating func number() throws(FormatsError) -> Double {
        guard let first = peek(), first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
            throw failure("a number is expected here")
        }
        let start = position
        var digits = 0, mantissa: UInt64 = 0, exponent = 0
        func digit(_ at: Int) -> UInt64? {
            at < bytes.count && (0x30...0x39).contains(bytes[at]) ? UInt64(bytes[at] - 0x30) : nil
        }
        if first == UInt8(ascii: "-") { position += 1 }
        guard let lead = digit(position) else { throw failure("a number without digits") }
        if lead == 0, digit(position + 1) != nil { throw failure("a number with a leading zero") }
        while let next = digit(position) {
            mantissa = mantissa &* 10 &+ next
            digits += mantissa == 0 ? 0 : 1
            position += 1
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard digit(position) != nil else { throw failure("a number that ends in a point") }
            while let next = digit(position) {
                mantissa = mantissa &* 10 &+ next
                digits += mantissa == 0 ? 0 : 1
                exponent -= 1
                position += 1
            }
        }
        var isSimple = true
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isSimple = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard digit(position) != nil else { throw failure("a number with an empty exponent") }
            while digit(position) != nil { position += 1 }
        }
        // Clinger's fast path: both parts are exact, so one division rounds once.
        if isSimple, digits <= 15, exponent >= -22 {
            let value = Double(mantissa) / Self.powers[-exponent]
            return first == UInt8(ascii: "-") ? -value : value
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            throw failure("the number is too large")
        }
        return value
    }

    /// A number in a range.
    mutating func number(in range: ClosedRange<Double>, _ what: String) throws(FormatsError) -> Double {
        let value = try number()
        guard range.contains(value) else {
            throw failure("\(what) is \(value), outside \(range.lowerBound)...\(range.upperBound)")
        }
        return value
    }

    /// A whole number in a range.
    mutating func integer(in range: ClosedRange<Int>, _ what: String) throws(FormatsError) -> Int {
        let value = try number()
        guard let whole = Int(exactly: value), range.contains(whole) else {
            throw failure("\(what) is \(value), not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return whole
    }

    /// Passes over any value.
    mutating func skip() throws(FormatsError) {
        switch peek() {
        case UInt8(ascii: "{"): try object { (scanner, _) throws(FormatsError) in try scanner.skip() }
        case UInt8(ascii: "["): try array { (scanner, _) throws(FormatsError) in try scanner.skip() }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
    }

    /// Passes over `null` where it stands here.
    mutating func skipNull() throws(FormatsError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    private mutating func word(_ text: String) throws(FormatsError) {
        guard bytes[position...].starts(with: text.utf8) else { throw failure("an unknown word") }
        position += text.utf8.count
    }

    /// Checks that only white space is left.
    mutating func end() throws(FormatsError) {
        if peek() != nil { throw failure("something follows the document") }
    }
}
