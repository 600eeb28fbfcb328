import CKairaKernels

/// The parts of a `.tflite` file (schema version 3) that running it needs.
///
/// Field numbers: tensorflow/compiler/mlir/lite/schema/schema.fbs. Everything is checked: offsets against the file,
/// indices against their lists, sizes of constants against their shapes.
struct TFLiteFile {
    struct Tensor {
        var name: String
        var shape: [Int]
        var type: Int
        var buffer: Int
        var table: FlatBuffer.Table
    }

    struct Operator {
        var code: Int
        var custom: String
        var inputs: [Int]
        var outputs: [Int]
        var options: FlatBuffer.Table?
    }

    var buffer: FlatBuffer
    var tensors: [Tensor] = []
    var operators: [Operator] = []
    var inputs: [Int] = []
    var outputs: [Int] = []
    private var buffers = FlatBuffer.Vector.empty
    /// Floats that constants may still expand to.
    private var budget: Int

    /// Floats that all tensors of one graph may hold together: 256 MB.
    static let mostFloats = 1 << 26

    init(bytes: [UInt8]) throws(TensorError) {
        guard bytes.count >= 16, Array(bytes[4..<8]) == Array("TFL3".utf8) else {
            throw .malformed("this is not a .tflite file: \"TFL3\" is missing", offset: 4)
        }
        guard bytes.count <= Int(Int32.max) else { throw .tooLarge("a .tflite file of \(bytes.count) bytes") }
        buffer = FlatBuffer(bytes: bytes)
        // fp16 and sparse constants grow when they are read; nothing sound grows more than this.
        budget = min(Self.mostFloats, 16 * bytes.count)
        let model = try buffer.root()
        let version = try buffer.uint32(model, 0)
        guard version == 3 else { throw .unsupported("schema version \(version) of .tflite; version 3 is known") }
        buffers = try buffer.vector(model, 4, stride: 4)
        let graphs = try buffer.vector(model, 2, stride: 4)
        guard graphs.count == 1 else { throw .unsupported(".tflite files with \(graphs.count) graphs; one is known") }
        let graph = try buffer.table(graphs, at: 0)
        try readTensors(graph)
        inputs = try indices(graph, 1)
        outputs = try indices(graph, 2)
        try readOperators(graph, codes: try buffer.vector(model, 1, stride: 4))
    }

    private func indices(_ table: FlatBuffer.Table, _ field: Int, optional: Bool = false) throws(TensorError) -> [Int] {
        let list = try buffer.integers(table, field, limit: 4096)
        for index in list where index >= tensors.count || index < (optional ? -1 : 0) {
            throw .malformed("tensor \(index) of \(tensors.count)", offset: table.position)
        }
        return list
    }

    private mutating func readTensors(_ graph: FlatBuffer.Table) throws(TensorError) {
        let list = try buffer.vector(graph, 0, stride: 4)
        guard list.count <= 16_384 else { throw .tooLarge("a graph of \(list.count) tensors") }
        for i in 0..<list.count {
            let table = try buffer.table(list, at: i)
            let shape = try buffer.integers(table, 0, limit: 8)
            var count = 1
            for size in shape {
                guard size >= 0 else { throw .malformed("a tensor with a size of \(size)", offset: table.position) }
                let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
                guard !overflow, product <= Self.mostFloats else { throw .tooLarge("a tensor of shape \(shape)") }
                count = product
            }
            tensors.append(
                Tensor(
                    name: try buffer.string(table, 3), shape: shape, type: Int(try buffer.uint8(table, 1)),
                    buffer: try buffer.uint32(table, 2), table: table))
        }
    }

    private mutating func readOperators(
        _ graph: FlatBuffer.Table, codes: FlatBuffer.Vector
    ) throws(TensorError) {
        let list = try buffer.vector(graph, 3, stride: 4)
        guard list.count <= 16_384 else { throw .tooLarge("a graph of \(list.count) operators") }
        for i in 0..<list.count {
            let table = try buffer.table(list, at: i)
            let code = try buffer.table(codes, at: try buffer.uint32(table, 0))
            let deprecated = Int(try buffer.uint8(code, 0)), builtin = try buffer.int32(code, 3)
            operators.append(
                Operator(
                    code: max(deprecated, builtin), custom: try buffer.string(code, 1),
                    inputs: try indices(table, 1, optional: true), outputs: try indices(table, 2),
                    options: try buffer.table(table, 4)))
        }
    }

    // MARK: Constants

    /// Where the bytes of a tensor's constant lie; nil where it has none.
    private mutating func data(of index: Int) throws(TensorError) -> Range<Int>? {
        let place = tensors[index].buffer
        if place == 0 { return nil }
        let table = try buffer.table(buffers, at: place)
        let vector = try buffer.vector(table, 0, stride: 1)
        if vector.count > 0 { return vector.position..<vector.position + vector.count }
        // Files past 2 GB keep data behind the flatbuffer.
        let offset = try buffer.uint64(table, 1), size = try buffer.uint64(table, 2)
        if offset <= 1 { return nil }
        guard offset <= UInt64(buffer.bytes.count), size <= UInt64(buffer.bytes.count) - offset else {
            throw .malformed("a constant lies outside the file", offset: table.position)
        }
        return Int(offset)..<Int(offset) + Int(size)
    }

    mutating func isConstant(_ index: Int) throws(TensorError) -> Bool { try data(of: index) != nil }

    private mutating func spend(_ count: Int, _ index: Int) throws(TensorError) {
        guard count <= budget else {
            throw .tooLarge("constant \"\(tensors[index].name)\" holds more values than the file's size allows")
        }
        budget -= count
    }

    /// A float constant, widened from fp16 and expanded from its sparse form; nil where the tensor is not constant.
    mutating func floats(_ index: Int) throws(TensorError) -> [Float]? {
        guard let range = try data(of: index) else { return nil }
        let tensor = tensors[index]
        let count = tensor.shape.reduce(1, *)
        guard count > 0 else { throw .shape("constant \"\(tensor.name)\" is empty") }
        let size: Int
        switch tensor.type {
        case 0: size = 4
        case 1: size = 2
        default:
            throw .unsupported("number type \(tensor.type) of constant \"\(tensor.name)\"; fp32 and fp16 are known")
        }
        try spend(count, index)
        guard let sparsity = try buffer.table(tensor.table, 6) else {
            guard range.count == count * size else {
                throw .malformed(
                    "constant \"\(tensor.name)\" has \(range.count) bytes for shape \(tensor.shape)",
                    offset: range.lowerBound)
            }
            return try values(range, size: size)
        }
        let places = try sparsePlaces(sparsity, shape: tensor.shape, limit: range.count / size)
        guard places.count * size == range.count else {
            throw .malformed("a sparse constant has another number of values than places", offset: range.lowerBound)
        }
        let stored = try values(range, size: size)
        var dense = [Float](repeating: 0, count: count)
        for (place, value) in zip(places, stored) { dense[place] = value }
        return dense
    }

    /// An integer constant (int32 or int64).
    mutating func integers(_ index: Int) throws(TensorError) -> [Int]? {
        guard let range = try data(of: index) else { return nil }
        let tensor = tensors[index]
        let count = tensor.shape.reduce(1, *)
        guard count <= 65_536 else { throw .tooLarge("a list of \(count) numbers") }
        let size: Int
        switch tensor.type {
        case 2: size = 4
        case 4: size = 8
        default: throw .unsupported("number type \(tensor.type) of \"\(tensor.name)\"; int32 and int64 are known")
        }
        guard range.count == count * size else {
            throw .malformed("constant \"\(tensor.name)\" does not fit its shape", offset: range.lowerBound)
        }
        var result: [Int] = []
        result.reserveCapacity(count)
        for i in 0..<count {
            let place = range.lowerBound + i * size
            result.append(
                size == 4 ? Int(try buffer.int32(at: place)) : Int(Int64(bitPattern: try buffer.uint64(at: place))))
        }
        return result
    }

    private func values(_ range: Range<Int>, size: Int) throws(TensorError) -> [Float] {
        let count = range.count / size
        guard count * size == range.count else { throw .malformed("half a number", offset: range.lowerBound) }
        return unsafe [Float](unsafeUninitializedCapacity: count) { target, initialized in
            unsafe buffer.bytes.withUnsafeBytes { source in
                guard count > 0, let to = target.baseAddress, let from = source.baseAddress else {
                    return
                }
                // `range` was checked to lie inside the file.
                let start = unsafe from + range.lowerBound
                if size == 2 {
                    unsafe kaira_float16_to_float32(start, to, count)
                } else {
                    unsafe UnsafeMutableRawPointer(to).copyMemory(from: start, byteCount: 4 * count)
                }
            }
            initialized = count
        }
    }

    /// The flat index of each stored value of a sparse constant: dimensions dense or compressed rows, in order, no blocks.
    private mutating func sparsePlaces(
        _ sparsity: FlatBuffer.Table, shape: [Int], limit: Int
    ) throws(TensorError) -> [Int] {
        let order = try buffer.integers(sparsity, 0, limit: 16)
        let blocks = try buffer.integers(sparsity, 1, limit: 16)
        guard order == Array(0..<shape.count), blocks.isEmpty else {
            throw .unsupported("sparse constants in blocks or in another order of axes")
        }
        let dimensions = try buffer.vector(sparsity, 2, stride: 4)
        guard dimensions.count == shape.count else {
            throw .malformed(
                "a sparse constant describes \(dimensions.count) axes of \(shape.count)", offset: sparsity.position)
        }
        var places = [0]
        for axis in 0..<shape.count {
            let table = try buffer.table(dimensions, at: axis)
            var next: [Int] = []
            if try buffer.uint8(table, 0) == 0 {
                guard try buffer.int32(table, 1) == shape[axis] else {
                    throw .malformed("a sparse axis has another size than its shape", offset: table.position)
                }
                // Every place needs at least a byte of the file later: a row's border or a value.
                guard places.count <= buffer.bytes.count / max(shape[axis], 1) else {
                    throw .tooLarge("a sparse constant of shape \(shape)")
                }
                next.reserveCapacity(places.count * shape[axis])
                for place in places { for i in 0..<shape[axis] { next.append(place * shape[axis] + i) } }
            } else {
                let segments = try sparseIndices(table, 2), indices = try sparseIndices(table, 4)
                guard segments.count == places.count + 1, segments.first == 0, segments.last == indices.count else {
                    throw .malformed("the rows of a sparse axis do not add up", offset: table.position)
                }
                next.reserveCapacity(indices.count)
                for (row, place) in places.enumerated() {
                    guard segments[row] <= segments[row + 1], segments[row + 1] <= indices.count else {
                        throw .malformed("the rows of a sparse axis do not rise", offset: table.position)
                    }
                    var previous = -1
                    for i in segments[row]..<segments[row + 1] {
                        guard indices[i] > previous, indices[i] < shape[axis] else {
                            throw .malformed("an index of a sparse axis is out of order", offset: table.position)
                        }
                        previous = indices[i]
                        next.append(place * shape[axis] + indices[i])
                    }
                }
            }
            places = next
        }
        return places
    }

    /// A list stored as int32, uint16 or uint8: union type at `field`, table at the next.
    private mutating func sparseIndices(_ table: FlatBuffer.Table, _ field: Int) throws(TensorError) -> [Int] {
        let type = try buffer.uint8(table, field)
        guard let list = try buffer.table(table, field + 1) else {
            throw .malformed("a sparse axis without indices", offset: table.position)
        }
        let size: Int
        switch type {
        case 1: size = 4
        case 2: size = 2
        case 3: size = 1
        default: throw .malformed("index type \(type) of a sparse axis", offset: table.position)
        }
        let vector = try buffer.vector(list, 0, stride: size)
        var result: [Int] = []
        result.reserveCapacity(vector.count)
        for i in 0..<vector.count {
            let place = vector.position + i * size
            switch size {
            case 4:
                let value = try buffer.int32(at: place)
                guard value >= 0 else { throw .malformed("a negative index", offset: place) }
                result.append(Int(value))
            case 2: result.append(Int(try buffer.uint16(at: place)))
            default: result.append(Int(try buffer.uint8(at: place)))
            }
        }
        return result
    }
}
