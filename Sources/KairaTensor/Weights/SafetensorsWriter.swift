/// Writes the safetensors format: a length, a JSON header and the elements of all tensors without gaps.
///
/// Format: <https://github.com/huggingface/safetensors#format>. Equal contents make equal files: tensors keep their order,
/// text entries are sorted by key.
public struct SafetensorsWriter {
    private var names: [String] = []
    private var arrays: [NumPyArray] = []
    /// Text that the file carries beside its tensors.
    public var metadata: [String: String] = [:]

    /// A file without tensors.
    public init() {}

    /// Adds a tensor.
    ///
    /// - Precondition: no other has the name.
    public mutating func add(_ name: String, _ array: NumPyArray) {
        require(!names.contains(name) && name != "__metadata__", "a second tensor \"\(name)\"")
        names.append(name)
        arrays.append(array)
    }

    /// The file's bytes.
    public func bytes() -> [UInt8] {
        var entries: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
            entries.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var offset = 0
        for (name, array) in zip(names, arrays) {
            let sizes = array.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(Self.quoted(name)):{\"dtype\":\"\(Self.code(array.type))\",\"shape\":[\(sizes)],"
                    + "\"data_offsets\":[\(offset),\(offset + array.bytes.count)]}")
            offset += array.bytes.count
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        // Spaces, so that the elements begin on an 8-byte border.
        header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
        var file: [UInt8] = []
        file.reserveCapacity(8 + header.count + offset)
        for byte in 0..<8 { file.append(UInt8(truncatingIfNeeded: header.count >> (8 * byte))) }
        file += header
        for array in arrays { file += array.bytes }
        return file
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func code(_ type: ElementType) -> String {
        switch type {
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float32: "F32"
        case .float64: "F64"
        case .int8: "I8"
        case .int16: "I16"
        case .int32: "I32"
        case .int64: "I64"
        case .uint8: "U8"
        case .uint16: "U16"
        case .uint32: "U32"
        case .uint64: "U64"
        case .bool: "BOOL"
        }
    }
}
