/// The header of a `.npy` file: a Python dictionary with exactly three keys.
struct NumPyHeader {
    /// Nil for Python objects.
    var type: ElementType? = .float32
    var bigEndian = false
    var columnMajor = false
    var shape: [Int] = []

    /// A header that is known from elsewhere.
    init(type: ElementType, shape: [Int], columnMajor: Bool) {
        self.init([])
        (self.type, self.shape, self.columnMajor) = (type, shape, columnMajor)
    }

    /// Reads the header of the `.npy` file in `range`; also tells where its data begins.
    static func read(
        from bytes: FileBytes, _ range: Range<Int>
    ) throws(TensorError) -> (header: NumPyHeader, data: Int) {
        let at = range.lowerBound
        guard range.count >= 10, bytes.has([0x93] + Array("NUMPY".utf8), at: at) else {
            throw .malformed("this is not a .npy file: \"NUMPY\" is missing", offset: at)
        }
        let length: Int, start: Int
        switch try bytes.number(at: at + 6, size: 1) {
        case 1: (length, start) = (try bytes.number(at: at + 8, size: 2), at + 10)
        case 2, 3:
            guard range.count >= 12 else { throw .malformed("the header is cut short", offset: at + 8) }
            (length, start) = (try bytes.number(at: at + 8, size: 4), at + 12)
        case let version: throw .unsupported("version \(version) of .npy")
        }
        guard length <= 65_536, length <= range.upperBound - start else {
            throw .malformed("a header of \(length) bytes", offset: at + 8)
        }
        var header = NumPyHeader(bytes.copy(start..<start + length)[...])
        try header.read()
        return (header, start + length)
    }

    /// Throws where type and shape ask for another number of bytes.
    func check(_ type: ElementType, _ data: Range<Int>) throws(TensorError) {
        guard let size = WeightTensor.byteCount(type, shape) else {
            throw .malformed("a shape of \(shape)", offset: data.lowerBound)
        }
        guard size == data.count else {
            throw .malformed("\(data.count) bytes of data for shape \(shape) of \(type)", offset: data.lowerBound)
        }
    }

    private let text: ArraySlice<UInt8>
    private var position: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    private func damaged(_ what: String) -> TensorError { .malformed("header of .npy: \(what)", offset: position) }

    private mutating func skipSpaces() {
        while position < text.endIndex, [0x20, 0x0a, 0x0d, 0x09].contains(text[position]) { position += 1 }
    }

    private mutating func next() -> UInt8? {
        skipSpaces()
        return position < text.endIndex ? text[position] : nil
    }

    private mutating func accept(_ character: Character) -> Bool {
        guard let byte = next(), byte == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func string() throws(TensorError) -> String {
        guard let quote = next(), quote == 0x27 || quote == 0x22 else { throw damaged("a name is missing") }
        let start = position + 1
        guard let end = text[start...].firstIndex(of: quote) else { throw damaged("a name does not end") }
        position = end + 1
        return String(decoding: text[start..<end], as: UTF8.self)
    }

    private mutating func word() -> String {
        skipSpaces()
        let start = position
        while position < text.endIndex, (0x61...0x7a).contains(text[position] | 0x20) { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func number() throws(TensorError) -> Int {
        skipSpaces()
        let start = position
        while position < text.endIndex, (0x30...0x39).contains(text[position]) { position += 1 }
        guard let value = Int(String(decoding: text[start..<position], as: UTF8.self)) else {
            throw damaged("a number is missing or too large")
        }
        return value
    }

    mutating func read() throws(TensorError) {
        guard accept("{") else { throw damaged("no dictionary") }
        var seen = Set<String>()
        while !accept("}") {
            let key = try string()
            guard accept(":"), seen.insert(key).inserted else { throw damaged("key \"\(key)\" is damaged or repeated") }
            switch key {
            case "descr": try readType()
            case "fortran_order":
                switch word() {
                case "True": columnMajor = true
                case "False": columnMajor = false
                default: throw damaged("fortran_order is neither True nor False")
                }
            case "shape": try readShape()
            default: throw damaged("unknown key \"\(key)\"")
            }
            if !accept(","), next() != 0x7d { throw damaged("a comma is missing") }
        }
        guard seen == ["descr", "fortran_order", "shape"] else { throw damaged("keys are missing") }
        guard next() == nil else { throw damaged("text behind the dictionary") }
    }

    private mutating func readType() throws(TensorError) {
        guard next() != 0x5b else { throw .unsupported(".npy with records") }
        let code = try string()
        guard let order = code.first, "<>|=".contains(order) else {
            throw .unsupported("number type \"\(code)\" of .npy")
        }
        bigEndian = order == ">"
        if code.dropFirst() == "O" {
            type = nil
        } else if let known = Self.elementType(code.dropFirst()) {
            type = known
        } else {
            throw .unsupported("number type \"\(code)\" of .npy")
        }
    }

    /// The number type of a NumPy code such as "f4"; nil for others.
    static func elementType(_ code: Substring) -> ElementType? {
        switch code {
        case "f2": .float16
        case "f4": .float32
        case "f8": .float64
        case "i1": .int8
        case "i2": .int16
        case "i4": .int32
        case "i8": .int64
        case "u1": .uint8
        case "u2": .uint16
        case "u4": .uint32
        case "u8": .uint64
        case "b1": .bool
        default: nil
        }
    }

    private mutating func readShape() throws(TensorError) {
        guard accept("(") else { throw damaged("shape is not a tuple") }
        while !accept(")") {
            guard shape.count < 32 else { throw damaged("more than 32 axes") }
            shape.append(try number())
            if !accept(","), next() != 0x29 { throw damaged("a comma is missing in the shape") }
        }
    }
}
