/// Reads the constant tensors of an ONNX model: its graph's initialisers and the values of its `Constant` nodes.
///
/// Only the protocol buffer is walked, nothing of the graph is run. Schema: `onnx/onnx.proto` of ONNX; wire format:
/// <https://protobuf.dev/programming-guides/encoding/>. Exporters may rename and transpose weights: bind by shape too.
struct ONNXReader {
    let bytes: FileBytes
    /// Opens a file that holds tensors beside the model, by its plain name; nil where the model's folder is unknown.
    let external: ((String) throws(TensorError) -> FileBytes)?

    /// Whether the bytes begin like a model: the IR version, then one of the next fields of `ModelProto`.
    static func claims(_ bytes: FileBytes) -> Bool {
        guard bytes.has([0x08], at: 0), let version = try? bytes.number(at: 1, size: 1), (1..<64).contains(version),
            let next = try? bytes.number(at: 2, size: 1)
        else { return false }
        return [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].contains(next)
    }

    /// A field of a message.
    private enum Value {
        case number(UInt64)
        case bytes(Range<Int>)
        /// 4 or 8 bytes of fixed size.
        case fixed(Range<Int>)
    }

    private func damaged(_ what: String, _ offset: Int) -> TensorError { .malformed("ONNX: \(what)", offset: offset) }

    private func varint(_ at: inout Int, _ end: Int) throws(TensorError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard at < end else { throw damaged("a number is cut short", at) }
            let byte = UInt64(try bytes.number(at: at, size: 1))
            at += 1
            if shift == 63, byte > 1 { break }
            value |= (byte & 127) << shift
            if byte < 128 { return value }
        }
        throw damaged("a number does not end", at)
    }

    /// Calls `body` with the fields of the message in `range`.
    private func fields(
        _ range: Range<Int>, _ body: (Int, Value) throws(TensorError) -> Void
    ) throws(TensorError) {
        var at = range.lowerBound
        func take(_ count: UInt64) throws(TensorError) -> Range<Int> {
            guard let count = Int(exactly: count), count <= range.upperBound - at else {
                throw damaged("a field reaches past its message", at)
            }
            defer { at += count }
            return at..<at + count
        }
        while at < range.upperBound {
            let key = try varint(&at, range.upperBound)
            guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw damaged("a field without a number", at) }
            let field = Int(key >> 3)
            switch key & 7 {
            case 0: try body(field, .number(try varint(&at, range.upperBound)))
            case 1: try body(field, .fixed(try take(8)))
            case 2: try body(field, .bytes(try take(try varint(&at, range.upperBound))))
            case 5: try body(field, .fixed(try take(4)))
            default: throw damaged("an unknown kind of field", at)
            }
        }
    }

    private func text(_ range: Range<Int>) throws(TensorError) -> String {
        guard range.count <= 4096, let text = String(validating: bytes.copy(range), as: UTF8.self) else {
            throw damaged("a name is damaged", range.lowerBound)
        }
        return text
    }

    /// - Returns: the constant tensors, and the graph's nodes in the file's order.
    /// - Throws: `TensorError`; models without a graph and sparse initialisers are refused.
    func read() throws(TensorError) -> (tensors: [WeightTensor], nodes: [ONNXNode]) {
        var tensors: [WeightTensor] = []
        var nodes: [ONNXNode] = []
        var graphs: [Range<Int>] = []
        try fields(0..<bytes.count) { (field, value) throws(TensorError) in
            if field == 7, case .bytes(let range) = value { graphs.append(range) }
        }
        guard graphs.count == 1, let graph = graphs.first else { throw damaged("\(graphs.count) graphs", 0) }
        try fields(graph) { (field, value) throws(TensorError) in
            guard case .bytes(let range) = value else { return }
            switch field {
            case 1:
                if let tensor = try constant(range) { tensors.append(tensor) } else { nodes.append(try node(range)) }
            case 5: tensors.append(try tensor(range, named: nil))
            case 15: throw .unsupported("sparse initialisers in ONNX models")
            default: break
            }
        }
        return (tensors, nodes)
    }

    /// What a node does and to what; its attributes are left out.
    private func node(_ range: Range<Int>) throws(TensorError) -> ONNXNode {
        var node = ONNXNode(operation: "", inputs: [], outputs: [])
        try fields(range) { (field, value) throws(TensorError) in
            guard case .bytes(let range) = value else { return }
            switch field {
            case 1: node.inputs.append(try text(range))
            case 2: node.outputs.append(try text(range))
            case 4: node.operation = try text(range)
            default: break
            }
        }
        return node
    }

    /// The value of a `Constant` node, named after its output; nil for other nodes and values.
    private func constant(_ node: Range<Int>) throws(TensorError) -> WeightTensor? {
        var output: String?
        var isConstant = false
        var attribute: Range<Int>?
        try fields(node) { (field, value) throws(TensorError) in
            guard case .bytes(let range) = value else { return }
            switch field {
            case 2: output = try text(range)
            case 4: isConstant = range.count == 8 && bytes.has(Array("Constant".utf8), at: range.lowerBound)
            case 5: attribute = range
            default: break
            }
        }
        guard isConstant, let output, let attribute else { return nil }
        var found: Range<Int>?
        try fields(attribute) { (field, value) throws(TensorError) in
            if field == 5, case .bytes(let range) = value { found = range }
        }
        guard let found else { return nil }
        return try tensor(found, named: output)
    }

    private func elementType(_ code: UInt64, of name: String) throws(TensorError) -> ElementType {
        switch code {
        case 1: .float32
        case 2: .uint8
        case 3: .int8
        case 4: .uint16
        case 5: .int16
        case 6: .int32
        case 7: .int64
        case 9: .bool
        case 10: .float16
        case 11: .float64
        case 12: .uint32
        case 13: .uint64
        case 16: .bfloat16
        default: throw .unsupported("number type \(code) of tensor \"\(name)\" in an ONNX model")
        }
    }

    /// What a `TensorProto` says, before it is checked.
    private struct Description {
        var name = ""
        var shape: [Int] = []
        var code: UInt64 = 0
        var raw: Range<Int>?
        var typed: [(field: Int, value: Value)] = []
        var isExternal = false
        var place: [String: String] = [:]
    }

    private func description(_ range: Range<Int>) throws(TensorError) -> Description {
        var result = Description()
        func addSize(_ size: UInt64) throws(TensorError) {
            guard let size = Int(exactly: size), result.shape.count < 32 else {
                throw damaged("a tensor's sizes", range.lowerBound)
            }
            result.shape.append(size)
        }
        try fields(range) { (field, value) throws(TensorError) in
            switch (field, value) {
            case (1, .number(let size)): try addSize(size)
            case (1, .bytes(let packed)):
                var at = packed.lowerBound
                while at < packed.upperBound { try addSize(try varint(&at, packed.upperBound)) }
            case (2, .number(let code)): result.code = code
            case (8, .bytes(let name)): result.name = try text(name)
            case (9, .bytes(let raw)): result.raw = raw
            case (4, _), (5, _), (7, _), (10, _), (11, _): result.typed.append((field, value))
            case (13, .bytes(let entry)):
                var key = "", text = ""
                try fields(entry) { (field, value) throws(TensorError) in
                    guard case .bytes(let range) = value else { return }
                    if field == 1 { key = try self.text(range) } else if field == 2 { text = try self.text(range) }
                }
                result.place[key] = text
            case (14, .number(let location)): result.isExternal = location == 1
            default: break
            }
        }
        return result
    }

    private func tensor(_ range: Range<Int>, named name: String?) throws(TensorError) -> WeightTensor {
        let tensor = try description(range)
        let name = name ?? tensor.name
        let type = try elementType(tensor.code, of: name)
        if tensor.isExternal { return try outside(tensor, name: name, type: type) }
        if let raw = tensor.raw {
            guard tensor.typed.isEmpty else { throw damaged("\"\(name)\" has its values twice", range.lowerBound) }
            return try WeightTensor(name: name, type: type, shape: tensor.shape, bytes: bytes, range: raw)
        }
        let values = try elements(tensor.typed, type: type, name: name)
        return try WeightTensor(
            name: name, type: type, shape: tensor.shape, bytes: FileBytes(values), range: 0..<values.count)
    }

    /// The elements that lie in one of the typed fields: floats and doubles of fixed size, all others as varints.
    private func elements(
        _ typed: [(field: Int, value: Value)], type: ElementType, name: String
    ) throws(TensorError) -> [UInt8] {
        let field =
            switch type {
            case .float32: 4
            case .float64: 10
            case .int64: 7
            case .uint32, .uint64: 11
            case .float16, .bfloat16, .int8, .int16, .int32, .uint8, .uint16, .bool: 5
            }
        let isFixed = type == .float32 || type == .float64
        var result: [UInt8] = []
        func add(_ value: UInt64) {
            for index in 0..<type.size { result.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
        }
        for (found, value) in typed {
            guard found == field else {
                throw damaged("\"\(name)\" has values of another type", 0)
            }
            switch value {
            case .number(let number) where !isFixed: add(number)
            case .fixed(let range) where isFixed && range.count == type.size: result += bytes.copy(range)
            case .bytes(let packed) where isFixed:
                guard packed.count % type.size == 0 else {
                    throw damaged("\"\(name)\" has half a value", packed.lowerBound)
                }
                result += bytes.copy(packed)
            case .bytes(let packed):
                var at = packed.lowerBound
                while at < packed.upperBound { add(try varint(&at, packed.upperBound)) }
            default: throw damaged("\"\(name)\" has values of another type", 0)
            }
        }
        return result
    }

    /// A tensor in a file beside the model.
    private func outside(_ tensor: Description, name: String, type: ElementType) throws(TensorError) -> WeightTensor {
        guard let external, let file = tensor.place["location"] else {
            throw .unsupported("tensor \"\(name)\" in a file beside the ONNX model: open the model by its path")
        }
        let data = try external(file)
        guard let size = WeightTensor.byteCount(type, tensor.shape), let offset = Int(tensor.place["offset"] ?? "0"),
            let length = Int(tensor.place["length"] ?? "\(size)"), offset >= 0, length >= 0, offset <= data.count,
            length <= data.count - offset
        else { throw damaged("\"\(name)\" lies outside \"\(file)\"", 0) }
        return try WeightTensor(
            name: name, type: type, shape: tensor.shape, bytes: data, range: offset..<offset + length)
    }
}
