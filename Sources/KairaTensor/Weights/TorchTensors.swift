/// Finds the tensors in what a PyTorch file's pickle holds, and gives them names.
struct TorchTensors {
    private(set) var storages: TorchStorages
    private var found: [WeightTensor] = []
    private var visits = 0
    private var nameBytes = 0
    /// Where storages lie that are nested files, by their place in the pickle: many tensors may share one.
    private var nested: [PickleHeap.Index: (place: (bytes: FileBytes, range: Range<Int>), type: ElementType?)] = [:]
    /// Elements of NumPy arrays that old protocols wrote as text.
    private var decoded: [PickleHeap.Index: FileBytes] = [:]

    /// Pickles can share containers a million times over: more names than this are no weights.
    private static let limit = 1_000_000

    init(storages: TorchStorages) { self.storages = storages }

    /// The names under which programs keep the weights beside settings, optimiser states and counters.
    private static let roots = [
        "state_dict", "model_state_dict", "model", "params_ema", "params", "ema_state_dict", "weights", "net", "module",
    ]

    /// All tensors of a checkpoint, or where it holds several things, of the first of `roots`.
    ///
    /// Names are paths of dictionary keys joined by dots; a module's parameters and buffers have the names that its
    /// `state_dict()` would give them.
    static func list(_ root: PickleValue, storages: TorchStorages) throws(TensorError) -> [WeightTensor] {
        var tensors = TorchTensors(storages: storages)
        try tensors.walk(tensors.weights(of: root), name: "", depth: 0)
        return tensors.found
    }

    private func weights(of root: PickleValue) -> PickleValue {
        guard let entries = root.entries, !entries.contains(where: { isTensor($0.value) }) else { return root }
        for name in Self.roots {
            if let value = root[name], value.entries?.isEmpty == false || modules(value) != nil { return value }
        }
        return root
    }

    private func isTensor(_ value: PickleValue) -> Bool {
        value.typeName.map { Self.rebuilders.contains($0) } ?? false
    }

    private static let rebuilders: Set<String> = [
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch._tensor._rebuild_from_type_v2", "torch._utils._rebuild_qtensor", "torch._utils._rebuild_sparse_tensor",
    ]

    /// The fields of a pickled `torch.nn.Module`.
    private func modules(_ value: PickleValue) -> PickleValue? {
        var state = value.state
        // torch_utils.persistence of StyleGAN's authors: the state is an entry of the only argument.
        if value.typeName == "torch_utils.persistence._reconstruct_persistent_obj" {
            state = value.arguments?.items?.first?["state"]
        }
        guard let state, state["_parameters"] != nil, state["_modules"] != nil else { return nil }
        return state
    }

    private mutating func walk(_ value: PickleValue, name: String, depth: Int) throws(TensorError) {
        // A search for fields goes through all of them, as often as objects share them.
        visits += 1 + (value.state?.entryIndices?.count ?? 0)
        guard name.utf8.count <= 1024 else { throw .tooLarge("a tensor's name of \(name.utf8.count) bytes") }
        guard visits <= Self.limit else { throw .tooLarge("more than \(Self.limit) values in a checkpoint") }
        guard depth <= 64 else { throw .tooLarge("values nested more than 64 deep in a checkpoint") }
        func path(_ key: String) -> String { name.isEmpty ? key : name + "." + key }
        if isTensor(value) || value.isArray {
            nameBytes += name.utf8.count
            guard nameBytes <= 64 << 20 else { throw .tooLarge("tensors' names in a checkpoint") }
        }
        if isTensor(value) {
            found.append(try tensor(value, name: name, depth: 0))
        } else if value.isArray {
            if let tensor = try array(value, name: name) { found.append(tensor) }
        } else if let fields = modules(value) {
            for part in ["_parameters", "_buffers", "_modules"] {
                for (key, value) in fields[part]?.entries ?? [] {
                    guard let key = key.string else { continue }
                    try walk(value, name: path(key), depth: depth + 1)
                }
            }
        } else if let entries = value.entries, !entries.isEmpty {
            for (key, value) in entries {
                guard let key = key.string ?? key.int.map({ "\($0)" }) else { continue }
                try walk(value, name: path(key), depth: depth + 1)
            }
        } else if value.kind == .list || value.kind == .tuple {
            for (index, item) in (value.items ?? []).enumerated() {
                try walk(item, name: path("\(index)"), depth: depth + 1)
            }
        }
    }

    /// The tensor that a call of one of `rebuilders` would make.
    private mutating func tensor(_ value: PickleValue, name: String, depth: Int) throws(TensorError) -> WeightTensor {
        func damaged(_ what: String) -> TensorError { .malformed("tensor \"\(name)\" \(what)", offset: 0) }
        guard depth < 8, let indices = value.arguments?.itemIndices, (1...16).contains(indices.count) else {
            throw damaged("has damaged arguments")
        }
        var arguments = indices.map(value.value)
        let first = arguments[0]
        var rebuilder = value.typeName ?? ""
        switch rebuilder {
        case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
            guard isTensor(first) else { throw damaged("is a parameter without a tensor") }
            return try tensor(first, name: name, depth: depth + 1)
        case "torch._tensor._rebuild_from_type_v2":
            // (function, class, its arguments, state)
            guard arguments.count == 4, let inner = arguments[2].items, let function = first.globalName else {
                throw damaged("has damaged arguments")
            }
            (rebuilder, arguments) = (function, inner)
        default: break
        }
        let counts = [
            "torch._utils._rebuild_tensor": 4...4, "torch._utils._rebuild_tensor_v2": 6...7,
            "torch._utils._rebuild_tensor_v3": 7...8,
        ]
        guard let count = counts[rebuilder] else { throw .unsupported("tensor \"\(name)\" made by \(rebuilder)") }
        guard count.contains(arguments.count), let offset = arguments[1].int, let shape = integers(arguments[2]),
            let strides = integers(arguments[3])
        else { throw damaged("has damaged arguments") }
        var type: ElementType?
        if rebuilder.hasSuffix("_v3") {
            guard let known = elementType(arguments[6]) else {
                throw .unsupported("the number type of tensor \"\(name)\"")
            }
            type = known
        }
        let (place, stored) = try storage(arguments[0], name: name)
        guard let type = type ?? stored else { throw damaged("has no number type") }
        return try WeightTensor(
            name: name, type: type, shape: shape, strides: strides, first: offset, storage: place.range,
            bytes: place.bytes)
    }

    /// An array of NumPy; nil for single numbers, which are settings, and for arrays of objects.
    private mutating func array(_ value: PickleValue, name: String) throws(TensorError) -> WeightTensor? {
        guard let parts = try value.arrayParts(), let type = parts.type, !parts.shape.isEmpty else { return nil }
        var place: (bytes: FileBytes, range: Range<Int>)
        if case .bytes(let range) = parts.data.node {
            place = (value.heap.bytes, range)
        } else if let known = decoded[parts.data.index] {
            place = (known, 0..<known.count)
        } else {
            guard let bytes = parts.data.bytes ?? parts.data.wrappedBytes else {
                throw .malformed("array \"\(name)\" has no elements", offset: 0)
            }
            place = (FileBytes(bytes), 0..<bytes.count)
            decoded[parts.data.index] = place.bytes
        }
        let tensor = try WeightTensor(
            name: name, type: type, shape: parts.shape, bytes: place.bytes, range: place.range)
        guard parts.columnMajor else { return tensor }
        var strides: [Int] = [], step = 1
        for size in parts.shape {
            strides.append(step)
            step *= max(size, 1)
        }
        return try WeightTensor(
            name: name, type: type, shape: parts.shape, strides: strides, first: 0, storage: place.range,
            bytes: place.bytes)
    }

    private func integers(_ value: PickleValue) -> [Int]? {
        // torch.Size is a tuple that is called with one.
        let tuple = value.typeName == "torch.Size" ? value.arguments?.items?.first : value
        guard let items = tuple?.itemIndices?.map(value.value), items.count <= 32 else { return nil }
        let numbers = items.compactMap(\.int)
        return numbers.count == items.count ? numbers : nil
    }

    private func elementType(_ value: PickleValue) -> ElementType? {
        switch value.globalName {
        case "torch.float32": .float32
        case "torch.float64": .float64
        case "torch.float16": .float16
        case "torch.bfloat16": .bfloat16
        case "torch.int64": .int64
        case "torch.int32": .int32
        case "torch.int16": .int16
        case "torch.int8": .int8
        case "torch.uint8": .uint8
        case "torch.uint16": .uint16
        case "torch.uint32": .uint32
        case "torch.uint64": .uint64
        case "torch.bool": .bool
        default: nil
        }
    }

    private mutating func storage(
        _ value: PickleValue, name: String
    ) throws(TensorError) -> (place: (bytes: FileBytes, range: Range<Int>), type: ElementType?) {
        if let reference = try TorchStorages.Reference(value) {
            return ((storages.bytes, try storages.place(of: reference)), reference.type)
        }
        if let known = nested[value.index] { return known }
        // A storage that was pickled without torch.save: a whole file of the old layout as bytes.
        if value.typeName == "torch.storage._load_from_bytes", let item = value.arguments?.items?.first {
            let reader: TorchLegacyReader
            if case .bytes(let range) = item.node {
                reader = TorchLegacyReader(item.heap.bytes, range)
            } else if let bytes = item.bytes {
                reader = TorchLegacyReader(FileBytes(bytes), 0..<bytes.count)
            } else {
                throw .malformed("tensor \"\(name)\" has no storage", offset: 0)
            }
            let (root, inner) = try reader.open()
            guard let reference = try TorchStorages.Reference(root) else {
                throw .malformed("tensor \"\(name)\" has no storage", offset: 0)
            }
            var places = inner
            let result = (place: (bytes: places.bytes, range: try places.place(of: reference)), type: reference.type)
            nested[value.index] = result
            return result
        }
        throw .malformed("tensor \"\(name)\" has no storage", offset: 0)
    }
}
