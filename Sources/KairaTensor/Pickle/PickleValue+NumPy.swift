/// NumPy's arrays and numbers within pickles.
extension PickleValue {
    /// Whether the value is an array or a number of NumPy, of numbers or of objects.
    public var isArray: Bool {
        guard let name = numpyName else { return false }
        return ["multiarray._reconstruct", "multiarray.scalar", "numeric._frombuffer"].contains(name)
    }

    /// The part of the type's name behind `numpy.core.` or, since NumPy 2, `numpy._core.`.
    private var numpyName: String? {
        guard let name = typeName else { return nil }
        for prefix in ["numpy.core.", "numpy._core."] where name.hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        return nil
    }

    /// An array's parts, as NumPy's `__reduce__` gives them.
    struct ArrayParts {
        var shape: [Int]
        /// Nil for objects.
        var type: ElementType?
        var columnMajor: Bool
        var data: PickleValue
    }

    private func damaged(_ what: String) -> TensorError { .malformed("array in a pickle: \(what)", offset: 0) }

    /// Nil where the value is no array.
    func arrayParts() throws(TensorError) -> ArrayParts? {
        switch numpyName {
        case "multiarray._reconstruct":
            guard arguments?.items?.first?.globalName == "numpy.ndarray" else {
                throw .unsupported("arrays of a subclass of numpy.ndarray")
            }
            guard let state = state?.items, state.count == 5, let shape = state[1].shape, let order = state[3].bool
            else { throw damaged("its state is missing") }
            return ArrayParts(shape: shape, type: try state[2].elementType(), columnMajor: order, data: state[4])
        case "numeric._frombuffer":
            guard let arguments = arguments?.items, arguments.count == 4, let shape = arguments[2].shape,
                let order = arguments[3].string, order == "C" || order == "F"
            else { throw damaged("its arguments are missing") }
            return ArrayParts(
                shape: shape, type: try arguments[1].elementType(), columnMajor: order == "F", data: arguments[0])
        case "multiarray.scalar":
            guard let arguments = arguments?.items, arguments.count == 2 else {
                throw damaged("its arguments are missing")
            }
            return ArrayParts(shape: [], type: try arguments[0].elementType(), columnMajor: false, data: arguments[1])
        default: return nil
        }
    }

    private var shape: [Int]? {
        guard let items, items.count <= 32 else { return nil }
        var shape: [Int] = []
        for item in items {
            guard let size = item.int, size >= 0 else { return nil }
            shape.append(size)
        }
        return shape
    }

    /// The number type that a `numpy.dtype` stands for; nil for objects.
    private func elementType() throws(TensorError) -> ElementType? {
        guard typeName == "numpy.dtype", let code = arguments?.items?.first?.string else {
            throw damaged("its number type is missing")
        }
        if let state {
            guard let fields = state.items, fields.count >= 5, let order = fields[1].string else {
                throw damaged("its number type is damaged")
            }
            guard fields[2].kind == .none, fields[3].kind == .none, fields[4].kind == .none else {
                throw .unsupported("records in NumPy arrays")
            }
            guard ["<", "|", "="].contains(order) else { throw .unsupported("big-endian NumPy arrays in pickles") }
        }
        switch code {
        case "O", "O8", "O4": return nil
        default: break
        }
        guard let type = NumPyHeader.elementType(code[...]) else {
            throw .unsupported("NumPy's number type \"\(code)\"")
        }
        return type
    }

    /// The value as an array of numbers; a number of NumPy is an array of shape `[]`.
    ///
    /// - Returns: nil where the value is no array at all.
    /// - Throws: `TensorError` where it is one of objects, records, texts or big-endian numbers, or damaged.
    public func array() throws(TensorError) -> NumPyArray? {
        guard let parts = try arrayParts() else { return nil }
        guard let type = parts.type else { throw .unsupported("an array of Python objects where numbers are needed") }
        let header = NumPyHeader(type: type, shape: parts.shape, columnMajor: parts.columnMajor)
        if case .bytes(let range) = parts.data.node {
            return try NumPyArray(header, bytes: heap.bytes, data: range)
        }
        guard let bytes = parts.data.bytes ?? parts.data.wrappedBytes else { throw damaged("its elements are missing") }
        return try NumPyArray(header, bytes: FileBytes(bytes), data: 0..<bytes.count)
    }

    /// The bytes of `bytearray(bytes)`, which older protocols write.
    var wrappedBytes: [UInt8]? {
        guard typeName == "bytearray", let arguments = arguments?.items else { return nil }
        if arguments.count == 1 { return arguments[0].bytes }
        return arguments.isEmpty ? [] : nil
    }

    /// The shape and the elements, row-major, of an array of Python objects.
    ///
    /// - Returns: nil where the value is no array or one of numbers.
    /// - Throws: `TensorError.malformed` where shape and elements do not fit.
    public func objects() throws(TensorError) -> (shape: [Int], elements: [PickleValue])? {
        guard let parts = try arrayParts(), parts.type == nil else { return nil }
        guard case .list(let items) = parts.data.node else { throw damaged("its elements are missing") }
        guard WeightTensor.byteCount(.bool, parts.shape) == items.count else {
            throw damaged("\(items.count) elements for shape \(parts.shape)")
        }
        guard !parts.columnMajor || parts.shape.count < 2 else {
            throw .unsupported("arrays of objects, columns first")
        }
        return (parts.shape, items.map(value))
    }
}
