/// The storages that the tensors of one PyTorch file are views of: where their bytes lie, by key.
struct TorchStorages {
    /// A storage as a pickle refers to it: `("storage", type, key, location, count)`.
    struct Reference {
        var key: String
        /// Nil for a storage of bytes without a type, whose tensors name theirs.
        var type: ElementType?
        /// Elements, or bytes where there is no type.
        var count: Int
        /// Old files: a part of the storage, in elements.
        var view: Range<Int>?

        /// The reference that a persistent value holds; nil where it refers to something else.
        init?(_ value: PickleValue) throws(TensorError) {
            guard let parts = value.reference?.itemIndices, let first = parts.first,
                value.value(first).string == "storage"
            else { return nil }
            func damaged() -> TensorError { .malformed("a storage's description is damaged", offset: 0) }
            guard parts.count == 5 || parts.count == 6 else { throw damaged() }
            let items = parts.map(value.value)
            guard let name = items[1].globalName, let key = items[2].string,
                let count = items[4].int, count >= 0
            else { throw damaged() }
            self.key = key
            self.count = count
            switch name {
            case "torch.FloatStorage": type = .float32
            case "torch.DoubleStorage": type = .float64
            case "torch.HalfStorage": type = .float16
            case "torch.BFloat16Storage": type = .bfloat16
            case "torch.LongStorage": type = .int64
            case "torch.IntStorage": type = .int32
            case "torch.ShortStorage": type = .int16
            case "torch.CharStorage": type = .int8
            case "torch.ByteStorage": type = .uint8
            case "torch.BoolStorage": type = .bool
            case "torch.storage.UntypedStorage", "torch.UntypedStorage": type = nil
            default: throw .unsupported("PyTorch's storage type \"\(name)\"")
            }
            if items.count == 6, items[5].kind != .none {
                guard let part = items[5].items, part.count == 3, let first = part[1].int, let size = part[2].int,
                    first >= 0, size >= 0, size <= count, first <= count - size
                else { throw damaged() }
                view = first..<first + size
            }
        }

        /// The bytes of an element.
        var stride: Int { type?.size ?? 1 }
    }

    let bytes: FileBytes
    private var places: [String: Range<Int>]
    private var types: [String: ElementType?] = [:]

    init(bytes: FileBytes, places: [String: Range<Int>]) {
        self.bytes = bytes
        self.places = places
    }

    /// Where the bytes of a storage lie.
    ///
    /// - Throws: `TensorError.malformed` where there is no such storage, where it is smaller than the reference says, or
    ///   where two references give it different types.
    mutating func place(of reference: Reference) throws(TensorError) -> Range<Int> {
        guard let place = places[reference.key] else {
            throw .malformed("storage \"\(reference.key)\" is missing", offset: 0)
        }
        if let known = types[reference.key] {
            guard known == reference.type else {
                throw .malformed("storage \"\(reference.key)\" has two types", offset: place.lowerBound)
            }
        } else {
            types[reference.key] = reference.type
        }
        guard reference.count <= place.count / reference.stride else {
            throw .malformed(
                "storage \"\(reference.key)\" has \(place.count) bytes for \(reference.count) elements",
                offset: place.lowerBound)
        }
        let part = reference.view ?? 0..<reference.count
        let start = place.lowerBound + part.lowerBound * reference.stride
        return start..<start + part.count * reference.stride
    }
}
