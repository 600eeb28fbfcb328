import Foundation

/// Walks over the words of a text format without making strings of them.
struct TextScanner {
    private let bytes: [UInt8]
    private(set) var at = 0
    /// The line it stands in, from 1.
    private(set) var line = 1
    private let file: String

    init(_ bytes: [UInt8], file: String, at: Int = 0, line: Int = 1) {
        (self.bytes, self.file, self.at, self.line) = (bytes, file, at, line)
    }

    /// An error at this line.
    func failure(_ reason: String) -> FormatsError { .malformed(file: file, at: "line \(line)", reason: reason) }

    /// Whether nothing is left.
    var isAtEnd: Bool { at >= bytes.count }

    private static func isBlank(_ c: UInt8) -> Bool { c == 0x20 || c == 0x09 || c == 0x0D || c == 0x0B || c == 0x0C }

    /// The next word of this line; nil at its end. A backslash at the end of a line goes on in the next.
    mutating func word() -> Range<Int>? {
        while at < bytes.count {
            if Self.isBlank(bytes[at]) {
                at += 1
            } else if bytes[at] == 0x5C, let end = lineEnd(after: at + 1) {
                at = end
                line += 1
            } else {
                break
            }
        }
        guard at < bytes.count, bytes[at] != 0x0A else { return nil }
        let start = at
        while at < bytes.count, bytes[at] != 0x0A, !Self.isBlank(bytes[at]) { at += 1 }
        return start..<at
    }

    private func lineEnd(after i: Int) -> Int? {
        var i = i
        if i < bytes.count, bytes[i] == 0x0D { i += 1 }
        return i < bytes.count && bytes[i] == 0x0A ? i + 1 : nil
    }

    /// The next word of this or a later line; nil at the end of the text.
    mutating func wordOnAnyLine() -> Range<Int>? {
        while true {
            if let word = word() { return word }
            guard nextLine() else { return nil }
        }
    }

    /// Goes to the start of the next line; false at the end of the text.
    @discardableResult mutating func nextLine() -> Bool {
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        guard at < bytes.count else { return false }
        at += 1
        line += 1
        return true
    }

    /// What is left of this line, without blanks round it.
    mutating func restOfLine() -> String {
        let start = at
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        return String(decoding: bytes[start..<at].prefix(256), as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }

    /// Whether a word is this one, in lower-case ASCII; its own case does not matter.
    func matches(_ word: Range<Int>, _ text: StaticString) -> Bool {
        guard word.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for (i, c) in word.enumerated() {
                let c = bytes[c]
                let low = c >= 0x41 && c <= 0x5A ? c | 0x20 : c
                if unsafe low != text[i] { return false }
            }
            return true
        }
    }

    /// A word as text, cut after 40 bytes.
    func text(_ word: Range<Int>) -> String { String(decoding: bytes[word].prefix(40), as: UTF8.self) }

    /// A byte of the text.
    subscript(i: Int) -> UInt8 { bytes[i] }

    /// The next word of the line as a finite number.
    mutating func number(_ what: @autoclosure () -> String) throws(FormatsError) -> Double {
        guard let word = word() else { throw failure("\(what()) is missing") }
        return try number(word, what())
    }

    /// A word as a finite number.
    func number(_ word: Range<Int>, _ what: @autoclosure () -> String) throws(FormatsError) -> Double {
        if let value = Self.decimal(bytes, word) { return value }
        throw failure("\(what()) is '\(text(word))', not a finite number")
    }

    /// A decimal number, correctly rounded: small ones exactly by one product or quotient (Clinger 1990), others by strtod.
    static func decimal(_ bytes: [UInt8], _ word: Range<Int>) -> Double? {
        var i = word.lowerBound
        let end = word.upperBound
        var negative = false
        if i < end, bytes[i] == 0x2D || bytes[i] == 0x2B {
            negative = bytes[i] == 0x2D
            i += 1
        }
        var mantissa: UInt64 = 0
        var (digits, exponent, significant) = (0, 0, 0)
        var isFraction = false
        while i < end {
            let c = bytes[i]
            if c == 0x2E, !isFraction {
                isFraction = true
            } else if c >= 0x30, c <= 0x39 {
                digits += 1
                if significant < 19 {
                    mantissa = mantissa * 10 + UInt64(c - 0x30)
                    if mantissa > 0 { significant += 1 }
                    if isFraction { exponent -= 1 }
                } else {
                    significant += 1
                    if !isFraction { exponent += 1 }
                }
            } else {
                break
            }
            i += 1
        }
        guard digits > 0 else { return nil }
        if i < end {
            guard bytes[i] == 0x65 || bytes[i] == 0x45 else { return nil }
            i += 1
            var sign = 1
            if i < end, bytes[i] == 0x2D || bytes[i] == 0x2B {
                sign = bytes[i] == 0x2D ? -1 : 1
                i += 1
            }
            guard i < end else { return nil }
            var power = 0
            while i < end {
                guard bytes[i] >= 0x30, bytes[i] <= 0x39 else { return nil }
                power = min(power * 10 + Int(bytes[i] - 0x30), 100_000)
                i += 1
            }
            exponent += sign * power
        }
        if significant <= 19, mantissa <= 1 << 53, abs(exponent) <= 22 {
            let value = Double(mantissa)
            let exact = exponent < 0 ? value / powers[-exponent] : value * powers[exponent]
            return negative ? -exact : exact
        }
        guard word.count <= 1024 else { return nil }
        guard let value = Double(String(decoding: bytes[word], as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
