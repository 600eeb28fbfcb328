/// The values after a PLY file's header.
struct PLYValues {
    private let bytes: [UInt8]
    private let encoding: PLYHeader.Encoding
    private let file: String
    private var at: Int
    private var scanner: TextScanner

    init(_ bytes: [UInt8], _ header: PLYHeader, file: String) {
        (self.bytes, self.file, encoding, at) = (bytes, file, header.encoding, header.end)
        scanner = TextScanner(bytes, file: file, at: header.end, line: header.lines)
    }

    func failure(_ reason: String) -> FormatsError {
        encoding == .text ? scanner.failure(reason) : .malformed(file: file, at: "byte \(at)", reason: reason)
    }

    private var left: Int { encoding == .text ? bytes.count - scanner.at : bytes.count - at }

    /// Holds an element's number of rows against what is left of the file.
    func expect(_ element: PLYHeader.Element) throws(FormatsError) {
        let least =
            encoding == .text
            ? element.properties.count : element.properties.reduce(0) { $0 + ($1.count ?? $1.type).size }
        try expect(element.count, size: least, element.name)
    }

    /// Holds a list's length against what is left of the file.
    func expect(_ count: Int, _ type: PLYHeader.Scalar) throws(FormatsError) {
        try expect(count, size: encoding == .text ? 1 : type.size, "list entries")
    }

    private func expect(_ count: Int, size: Int, _ what: String) throws(FormatsError) {
        let (needed, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, needed <= left else {
            throw failure("\(count) of \(what) do not fit into the \(left) bytes that are left: it was cut short")
        }
    }

    mutating func next(_ type: PLYHeader.Scalar) throws(FormatsError) -> Double {
        if encoding == .text {
            guard let word = scanner.wordOnAnyLine() else { throw failure("the file ends early: it was cut short") }
            return try scanner.number(word, "a value")
        }
        let size = type.size
        guard bytes.count - at >= size else { throw failure("the file ends early: it was cut short") }
        var bits: UInt64 = 0
        for k in 0..<size { bits |= UInt64(bytes[at + (encoding == .little ? k : size - 1 - k)]) << UInt64(8 * k) }
        at += size
        switch type {
        case .int8: return Double(Int8(truncatingIfNeeded: bits))
        case .uint8: return Double(UInt8(truncatingIfNeeded: bits))
        case .int16: return Double(Int16(truncatingIfNeeded: bits))
        case .uint16: return Double(UInt16(truncatingIfNeeded: bits))
        case .int32: return Double(Int32(truncatingIfNeeded: bits))
        case .uint32: return Double(UInt32(truncatingIfNeeded: bits))
        case .float32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: return Double(bitPattern: bits)
        }
    }

    /// Rows of text end with their line.
    mutating func endRow() {
        if encoding == .text { scanner.nextLine() }
    }
}
