extension NumPyArray {
    /// Reads a `.npy` file.
    ///
    /// - Throws: `TensorError.malformed` for damaged bytes, `.unsupported` for types other than plain numbers.
    public init(npy bytes: [UInt8]) throws(TensorError) {
        guard bytes.count >= 10, Array(bytes[..<6]) == [0x93] + Array("NUMPY".utf8) else {
            throw .malformed("this is not a .npy file: \"NUMPY\" is missing", offset: 0)
        }
        let length: Int, start: Int
        switch bytes[6] {
        case 1: (length, start) = (Int(bytes[8]) | Int(bytes[9]) << 8, 10)
        case 2, 3:
            guard bytes.count >= 12 else { throw .malformed("the header is cut short", offset: 8) }
            (length, start) = ((0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }, 12)
        case let version: throw .unsupported("version \(version) of .npy")
        }
        guard length <= 65_536, length <= bytes.count - start else {
            throw .malformed("a header of \(length) bytes", offset: 8)
        }
        var header = NumPyHeader(bytes[start..<start + length])
        try header.read()
        let data = bytes[(start + length)...]
        var count = header.type.size
        for size in header.shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .malformed("a shape of \(header.shape)", offset: start) }
            count = product
        }
        guard count == data.count else {
            throw .malformed(
                "\(data.count) bytes of data for shape \(header.shape) of \(header.type)", offset: start + length)
        }
        var values = Array(data)
        let size = header.type.size
        if header.bigEndian, size > 1 {
            for element in stride(from: 0, to: values.count, by: size) { values[element..<element + size].reverse() }
        }
        if header.columnMajor, header.shape.count > 1 { values = Self.rowMajor(values, header.shape, size: size) }
        self.init(type: header.type, shape: header.shape, bytes: values)
    }

    /// The array as a `.npy` file of version 1; bfloat16, which NumPy lacks, is written as float32.
    public func npy() -> [UInt8] {
        if type == .bfloat16 { return NumPyArray(floats(), shape: shape).npy() }
        let code: String
        switch type {
        case .float16, .bfloat16, .float32, .float64: code = "f"
        case .int8, .int16, .int32, .int64: code = "i"
        case .uint8, .uint16, .uint32, .uint64: code = "u"
        case .bool: code = "b"
        }
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header =
            "{'descr': '\(type.size == 1 ? "|" : "<")\(code)\(type.size)', 'fortran_order': False, 'shape': (\(sizes)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        let length = header.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8)
            + bytes
    }

    private static func rowMajor(_ values: [UInt8], _ shape: [Int], size: Int) -> [UInt8] {
        var strides: [Int] = []
        var step = size
        for length in shape {
            strides.append(step)
            step *= length
        }
        var result: [UInt8] = []
        result.reserveCapacity(values.count)
        var index = [Int](repeating: 0, count: shape.count)
        for _ in 0..<values.count / size {
            let place = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
            result += values[place..<place + size]
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        return result
    }
}

/// The header of a `.npy` file: a Python dictionary with exactly three keys.
private struct NumPyHeader {
    var type = ElementType.float32
    var bigEndian = false
    var columnMajor = false
    var shape: [Int] = []

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
        switch code.dropFirst() {
        case "f2": type = .float16
        case "f4": type = .float32
        case "f8": type = .float64
        case "i1": type = .int8
        case "i2": type = .int16
        case "i4": type = .int32
        case "i8": type = .int64
        case "u1": type = .uint8
        case "u2": type = .uint16
        case "u4": type = .uint32
        case "u8": type = .uint64
        case "b1": type = .bool
        case "O": throw .unsupported(".npy with Python objects, which only running them could read")
        default: throw .unsupported("number type \"\(code)\" of .npy")
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
