/// Reads the safetensors format: a length, a JSON header and the elements of all tensors without gaps.
///
/// Format: <https://github.com/huggingface/safetensors#format>. Every byte behind the header belongs to exactly one
/// tensor, so that a file can hide nothing and no tensor can claim what the file does not hold.
struct SafetensorsReader {
    private struct Entry {
        var name: String
        var type: ElementType
        var shape: [Int]
        var range: Range<Int>
    }

    /// Longer headers are refused, as the format's own library does.
    static let headerLimit = 100_000_000

    let bytes: FileBytes

    /// Whether the bytes may be in this format: a length, then the `{` of the header.
    static func claims(_ bytes: FileBytes) -> Bool {
        guard let length = try? bytes.number(at: 0, size: 8) else { return false }
        return length <= headerLimit && bytes.has([0x7b], at: 8)
    }

    /// The tensors in the header's order, and the header's text entries.
    ///
    /// - Throws: `TensorError.malformed`, or `.unsupported` for a number type that Kaira lacks.
    func read() throws(TensorError) -> (tensors: [WeightTensor], metadata: [String: String]) {
        let length = try bytes.number(at: 0, size: 8)
        guard length <= Self.headerLimit, length <= bytes.count - 8 else {
            throw .malformed("a header of \(length) bytes in a file of \(bytes.count)", offset: 0)
        }
        guard bytes.has([0x7b], at: 8) else { throw .malformed("this is not a safetensors file", offset: 8) }
        let start = 8 + length
        var scanner = JSONScanner(bytes.copy(8..<start), base: 8)
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        try scanner.object { (scanner, name) throws(TensorError) in
            if name == "__metadata__" {
                try scanner.object { (scanner, key) throws(TensorError) in metadata[key] = try scanner.string() }
            } else {
                entries.append(try Self.entry(name, &scanner))
            }
        }
        try scanner.end()
        try checkCover(entries, of: bytes.count - start, from: start)
        var tensors: [WeightTensor] = []
        for entry in entries {
            tensors.append(
                try WeightTensor(
                    name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes,
                    range: start + entry.range.lowerBound..<start + entry.range.upperBound))
        }
        return (tensors, metadata)
    }

    private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(TensorError) -> Entry {
        var type: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        func counts(_ scanner: inout JSONScanner, atMost limit: Int) throws(TensorError) -> [Int] {
            var values: [Int] = []
            try scanner.array { scanner throws(TensorError) in
                guard values.count < limit else { throw scanner.damaged("more than \(limit) numbers for \"\(name)\"") }
                values.append(try scanner.count())
            }
            return values
        }
        try scanner.object { (scanner, key) throws(TensorError) in
            switch key {
            case "dtype": type = try elementType(try scanner.string(), of: name)
            case "shape": shape = try counts(&scanner, atMost: 32)
            case "data_offsets": offsets = try counts(&scanner, atMost: 2)
            default: throw scanner.damaged("unknown key \"\(key)\" of \"\(name)\"")
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw scanner.damaged("\"\(name)\" lacks dtype, shape or data_offsets")
        }
        guard offsets[0] <= offsets[1] else { throw scanner.damaged("\"\(name)\" ends before it begins") }
        return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    private static func elementType(_ code: String, of name: String) throws(TensorError) -> ElementType {
        switch code {
        case "BOOL": .bool
        case "U8": .uint8
        case "I8": .int8
        case "U16": .uint16
        case "I16": .int16
        case "F16": .float16
        case "BF16": .bfloat16
        case "U32": .uint32
        case "I32": .int32
        case "F32": .float32
        case "U64": .uint64
        case "I64": .int64
        case "F64": .float64
        default: throw .unsupported("number type \"\(code)\" of tensor \"\(name)\" in safetensors")
        }
    }

    /// Checks that the tensors cover the data exactly: no gaps, no overlaps, nothing behind the last.
    private func checkCover(_ entries: [Entry], of size: Int, from start: Int) throws(TensorError) {
        var end = 0
        let sorted = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for entry in sorted {
            guard entry.range.lowerBound == end, entry.range.upperBound <= size else {
                let what = entry.range.upperBound > size ? "reaches past the end" : "overlaps another or leaves a gap"
                throw .malformed("tensor \"\(entry.name)\" \(what)", offset: start + min(end, size))
            }
            end = entry.range.upperBound
        }
        guard end == size else {
            throw .malformed("\(size - end) bytes that belong to no tensor", offset: start + end)
        }
    }
}
