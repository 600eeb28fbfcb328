/// What an accessor's elements are made of.
private enum ComponentType: Int {
    case int8 = 5120
    case uint8 = 5121
    case int16 = 5122
    case uint16 = 5123
    case uint32 = 5125
    case float32 = 5126

    var size: Int {
        switch self {
        case .int8, .uint8: 1
        case .int16, .uint16: 2
        case .uint32, .float32: 4
        }
    }
}

/// The shape of an accessor's elements.
private struct ElementShape {
    let rows: Int
    let columns: Int

    init?(_ name: String) {
        switch name {
        case "SCALAR": (rows, columns) = (1, 1)
        case "VEC2": (rows, columns) = (2, 1)
        case "VEC3": (rows, columns) = (3, 1)
        case "VEC4": (rows, columns) = (4, 1)
        case "MAT2": (rows, columns) = (2, 2)
        case "MAT3": (rows, columns) = (3, 3)
        case "MAT4": (rows, columns) = (4, 4)
        default: return nil
        }
    }

    /// Numbers an element.
    var count: Int { rows * columns }

    /// Bytes of a column: padded to 4 in matrices.
    func columnBytes(_ type: ComponentType) -> Int {
        columns == 1 ? rows * type.size : (rows * type.size + 3) / 4 * 4
    }
}

/// A parsed accessor, checked against its buffer view.
private struct Accessor {
    let node: JSONNode
    let type: ComponentType
    let shape: ElementShape
    let isNormalized: Bool
    let count: Int
    let view: Int?
    let offset: Int

    var elementBytes: Int { shape.columnBytes(type) * shape.columns }
}

extension GLTFDocument {
    private func accessor(_ index: Int) throws(FormatsError) -> Accessor {
        let node = try entry("accessors", index)
        let typeNode = try node.required("componentType")
        guard let type = ComponentType(rawValue: try typeNode.integer(in: 0..<1 << 20)) else {
            throw typeNode.failure("no component type has this number")
        }
        let shapeNode = try node.required("type")
        guard let shape = ElementShape(try shapeNode.string()) else {
            throw shapeNode.failure("no accessor type has this name")
        }
        let isNormalized = try node.bool("normalized", default: false)
        if isNormalized, type == .float32 || type == .uint32 {
            throw node.failure("32-bit components cannot be normalized")
        }
        let count = try node.required("count").integer(in: 1..<1 << 40)
        let view = try node.index("bufferView", below: self.count("bufferViews"))
        if view == nil, try node.optional("byteOffset") != nil {
            throw node.failure("it has a byteOffset without a bufferView")
        }
        let offset = try node.optional("byteOffset")?.integer(in: 0..<1 << 48) ?? 0
        return Accessor(
            node: node, type: type, shape: shape, isNormalized: isNormalized, count: count, view: view, offset: offset)
    }

    /// What an accessor's elements are: the number of its component type, components an element, normalised or not.
    func accessorFormat(_ index: Int) throws(FormatsError) -> (type: Int, components: Int, isNormalized: Bool) {
        let accessor = try accessor(index)
        return (accessor.type.rawValue, accessor.shape.count, accessor.isNormalized)
    }

    /// How many elements an accessor has.
    func accessorCount(_ index: Int) throws(FormatsError) -> Int { try accessor(index).count }

    /// Warns where an accessor lacks the bounds that its user has to have.
    mutating func expectBounds(_ index: Int) throws(FormatsError) {
        let node = try accessor(index).node
        let (low, high) = (try node.optional("min"), try node.optional("max"))
        if low == nil || high == nil, lacksBounds.insert(index).inserted {
            warn("\(node.path): min and max are missing; they are worked out from the elements.")
        }
    }

    /// Decodes an accessor and forgets its elements: only its faults are of interest.
    mutating func tryAccessor(_ index: Int) throws(FormatsError) {
        let accessor = try accessor(index)
        _ = try floats(index, components: accessor.shape.count, user: accessor.node)
    }

    /// Warns where elements leave the bounds that the file states, beyond what their text may have been rounded.
    private mutating func checkBounds(_ index: Int, _ accessor: Accessor, _ values: [Float]) throws(FormatsError) {
        guard note(accessor: index) else { return }
        let components = accessor.shape.count
        let unit: Float =
            !accessor.isNormalized
            ? 1 : [.int8: 127, .uint8: 255, .int16: 32767, .uint16: 65535][accessor.type, default: 1]
        for (name, isLow) in [("min", true), ("max", false)] {
            guard let node = try accessor.node.optional(name) else { continue }
            let bounds = try node.floats(components)
            for c in 0..<components {
                let bound = bounds[c] / unit
                var extreme = values[c]
                for k in stride(from: c, to: values.count, by: components) {
                    extreme = isLow ? min(extreme, values[k]) : max(extreme, values[k])
                }
                if abs(extreme - bound) > 1e-4 * max(1, abs(bound)) {
                    warn(
                        "\(node.path)/\(c): the bound is \(bounds[c]), but the elements' \(extreme * unit); that is used."
                    )
                    break
                }
            }
        }
    }

    /// The elements as numbers, row-major `[count, components]`, normalised integers widened.
    ///
    /// - Parameters:
    ///   - index: the accessor.
    ///   - components: what an element has to have; the message names it otherwise.
    ///   - user: the place that refers to the accessor, for messages.
    /// - Returns: finite numbers.
    /// - Throws: `FormatsError` where the accessor or its views are broken, or the budget is spent.
    mutating func floats(_ index: Int, components: Int, user: JSONNode) throws(FormatsError) -> [Float] {
        let accessor = try accessor(index)
        guard accessor.shape.count == components else {
            throw user.failure("accessor \(index) has \(accessor.shape.count) components, not \(components)")
        }
        let total = try checkedSize(accessor, components: components)
        try claim(bytes: total * 4, at: accessor.node)
        var out = [Float](repeating: 0, count: total)
        if let view = accessor.view {
            let (bytes, stride) = try self.view(view, for: accessor.node)
            try check(accessor, in: bytes, stride: stride)
            Self.decode(
                bytes.dropFirst(accessor.offset), accessor, stride: stride ?? accessor.elementBytes,
                count: accessor.count, into: &out)
        }
        if let sparse = try accessor.node.optional("sparse") {
            try apply(sparse, of: accessor, to: &out)
        }
        if accessor.type == .float32, let bad = out.firstIndex(where: { !$0.isFinite }) {
            throw accessor.node.failure("element \(bad / components) is not a finite number")
        }
        try checkBounds(index, accessor, out)
        return out
    }

    /// The elements as whole numbers.
    mutating func integers(_ index: Int, components: Int, user: JSONNode) throws(FormatsError) -> [UInt32] {
        let accessor = try accessor(index)
        guard accessor.shape.count == components, accessor.type != .float32, accessor.type != .int8,
            accessor.type != .int16, !accessor.isNormalized
        else { throw user.failure("accessor \(index) does not hold \(components) unsigned whole numbers an element") }
        let total = try checkedSize(accessor, components: components)
        try claim(bytes: total * 4, at: accessor.node)
        var out = [UInt32](repeating: 0, count: total)
        if let view = accessor.view {
            let (bytes, stride) = try self.view(view, for: accessor.node)
            try check(accessor, in: bytes, stride: stride)
            Self.decodeIntegers(
                bytes.dropFirst(accessor.offset), accessor.type, components: components,
                stride: stride ?? accessor.elementBytes, count: accessor.count, into: &out)
        }
        if let sparse = try accessor.node.optional("sparse") {
            let (indices, values) = try sparseParts(sparse, of: accessor)
            var fresh = [UInt32](repeating: 0, count: indices.count * components)
            Self.decodeIntegers(
                values, accessor.type, components: components, stride: accessor.elementBytes, count: indices.count,
                into: &fresh)
            for (k, i) in indices.enumerated() {
                for c in 0..<components { out[i * components + c] = fresh[k * components + c] }
            }
        }
        if !isRead(accessor: index) { try checkBounds(index, accessor, out.map { Float($0) }) }
        return out
    }

    /// The number of values, held against what the file can hold: an accessor without data is all zeros, and must not
    /// be larger than any with data could be.
    private func checkedSize(_ accessor: Accessor, components: Int) throws(FormatsError) -> Int {
        guard accessor.count <= max(inputSize, 1 << 16) else {
            throw .tooLarge(
                file: file, at: accessor.node.path,
                reason: "\(accessor.count) elements are more than a file of \(inputSize) bytes may have")
        }
        return accessor.count * components
    }

    private func check(_ accessor: Accessor, in bytes: ArraySlice<UInt8>, stride: Int?) throws(FormatsError) {
        let step = stride ?? accessor.elementBytes
        guard step >= accessor.elementBytes else {
            throw accessor.node.failure("the stride of \(step) bytes is smaller than an element")
        }
        guard accessor.offset % accessor.type.size == 0 else {
            throw accessor.node.failure("byteOffset \(accessor.offset) is not a multiple of the component's size")
        }
        let (span, overflow) = step.multipliedReportingOverflow(by: accessor.count - 1)
        guard !overflow, accessor.offset <= bytes.count, span <= bytes.count - accessor.offset,
            accessor.elementBytes <= bytes.count - accessor.offset - span
        else {
            throw accessor.node.failure(
                "\(accessor.count) elements do not fit into the buffer view of \(bytes.count) bytes")
        }
    }

    private mutating func apply(
        _ sparse: JSONNode, of accessor: Accessor, to out: inout [Float]
    ) throws(FormatsError) {
        let (indices, values) = try sparseParts(sparse, of: accessor)
        let components = accessor.shape.count
        var fresh = [Float](repeating: 0, count: indices.count * components)
        Self.decode(values, accessor, stride: accessor.elementBytes, count: indices.count, into: &fresh)
        for (k, i) in indices.enumerated() {
            for c in 0..<components { out[i * components + c] = fresh[k * components + c] }
        }
    }

    /// The indices, strictly rising and in range, and the raw values of a sparse accessor.
    private mutating func sparseParts(
        _ sparse: JSONNode, of accessor: Accessor
    ) throws(FormatsError) -> (indices: [Int], values: ArraySlice<UInt8>) {
        let count = try sparse.required("count").integer(in: 1..<accessor.count + 1)
        let indexNode = try sparse.required("indices")
        let typeNode = try indexNode.required("componentType")
        guard let type = ComponentType(rawValue: try typeNode.integer(in: 0..<1 << 20)),
            type == .uint8 || type == .uint16 || type == .uint32
        else { throw typeNode.failure("sparse indices are unsigned whole numbers") }
        let indexView = try indexNode.required("bufferView").integer(in: 0..<self.count("bufferViews"))
        let indexOffset = try indexNode.optional("byteOffset")?.integer(in: 0..<1 << 48) ?? 0
        let (indexBytes, _) = try view(indexView, for: indexNode)
        guard indexOffset <= indexBytes.count, count <= (indexBytes.count - indexOffset) / type.size else {
            throw indexNode.failure("\(count) indices do not fit into their buffer view")
        }
        var raw = [UInt32](repeating: 0, count: count)
        Self.decodeIntegers(
            indexBytes.dropFirst(indexOffset), type, components: 1, stride: type.size, count: count, into: &raw)
        var last = -1
        for index in raw {
            guard Int(index) > last, Int(index) < accessor.count else {
                throw indexNode.failure("index \(index) is out of order or outside the \(accessor.count) elements")
            }
            last = Int(index)
        }
        let valueNode = try sparse.required("values")
        let valueView = try valueNode.required("bufferView").integer(in: 0..<self.count("bufferViews"))
        let valueOffset = try valueNode.optional("byteOffset")?.integer(in: 0..<1 << 48) ?? 0
        let (valueBytes, _) = try view(valueView, for: valueNode)
        guard valueOffset <= valueBytes.count, count <= (valueBytes.count - valueOffset) / accessor.elementBytes else {
            throw valueNode.failure("\(count) values do not fit into their buffer view")
        }
        return (raw.map(Int.init), valueBytes.dropFirst(valueOffset))
    }

    /// Reads checked elements; every byte it touches was shown to be inside `bytes`.
    private static func decode(
        _ bytes: ArraySlice<UInt8>, _ accessor: Accessor, stride: Int, count: Int, into out: inout [Float]
    ) {
        let (rows, columns) = (accessor.shape.rows, accessor.shape.columns)
        let columnBytes = accessor.shape.columnBytes(accessor.type)
        unsafe bytes.withUnsafeBytes { raw in
            var to = 0
            for element in 0..<count {
                for column in 0..<columns {
                    for row in 0..<rows {
                        let at = element * stride + column * columnBytes + row * accessor.type.size
                        let value: Float
                        switch accessor.type {
                        case .float32: value = unsafe raw.loadUnaligned(fromByteOffset: at, as: Float.self)
                        case .uint8:
                            let c = unsafe Float(raw[at])
                            value = accessor.isNormalized ? c / 255 : c
                        case .int8:
                            let c = unsafe Float(Int8(bitPattern: raw[at]))
                            value = accessor.isNormalized ? max(c / 127, -1) : c
                        case .uint16:
                            let c = unsafe Float(raw.loadUnaligned(fromByteOffset: at, as: UInt16.self))
                            value = accessor.isNormalized ? c / 65535 : c
                        case .int16:
                            let c = unsafe Float(raw.loadUnaligned(fromByteOffset: at, as: Int16.self))
                            value = accessor.isNormalized ? max(c / 32767, -1) : c
                        case .uint32: value = unsafe Float(raw.loadUnaligned(fromByteOffset: at, as: UInt32.self))
                        }
                        out[to] = value
                        to += 1
                    }
                }
            }
        }
    }

    private static func decodeIntegers(
        _ bytes: ArraySlice<UInt8>, _ type: ComponentType, components: Int, stride: Int, count: Int,
        into out: inout [UInt32]
    ) {
        unsafe bytes.withUnsafeBytes { raw in
            for element in 0..<count {
                for c in 0..<components {
                    let at = element * stride + c * type.size
                    out[element * components + c] =
                        switch type {
                        case .uint8, .int8: unsafe UInt32(raw[at])
                        case .uint16, .int16: unsafe UInt32(raw.loadUnaligned(fromByteOffset: at, as: UInt16.self))
                        case .uint32, .float32: unsafe raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)
                        }
                }
            }
        }
    }
}
