extension NumPyArray {
    /// Reads a `.npy` file.
    ///
    /// - Throws: `TensorError.malformed` for damaged bytes, `.unsupported` for types other than plain numbers.
    public init(npy bytes: [UInt8]) throws(TensorError) {
        let file = FileBytes(bytes)
        let (header, start) = try NumPyHeader.read(from: file, 0..<bytes.count)
        try self.init(header, bytes: file, data: start..<bytes.count)
    }

    /// The array that follows a header.
    init(_ header: NumPyHeader, bytes: FileBytes, data: Range<Int>) throws(TensorError) {
        guard let type = header.type else {
            throw .unsupported(".npy with Python objects, which only running them could read")
        }
        try header.check(type, data)
        var values = bytes.copy(data)
        let size = type.size
        if header.bigEndian, size > 1 {
            for element in stride(from: 0, to: values.count, by: size) { values[element..<element + size].reverse() }
        }
        if header.columnMajor, header.shape.count > 1 { values = Self.rowMajor(values, header.shape, size: size) }
        self.init(type: type, shape: header.shape, bytes: values)
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

    static func rowMajor(_ values: [UInt8], _ shape: [Int], size: Int) -> [UInt8] {
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
