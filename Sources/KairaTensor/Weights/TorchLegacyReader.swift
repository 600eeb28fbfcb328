/// Reads PyTorch's layout before version 1.6: five pickles one after another, then the storages.
///
/// Layout: `_legacy_save` in PyTorch's `torch/serialization.py`.
struct TorchLegacyReader {
    private let bytes: FileBytes
    private let range: Range<Int>

    /// The first pickle: protocol 2 and the magic number 0x1950a86a20f9469cfc6c.
    private static let magic: [UInt8] = [
        0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
    ]

    init(_ bytes: FileBytes, _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    /// Whether the bytes are in this layout.
    static func claims(_ bytes: FileBytes) -> Bool { bytes.has(magic, at: 0) }

    /// - Throws: `TensorError`; big-endian files are refused by name.
    func read() throws(TensorError) -> [WeightTensor] {
        let (root, storages) = try open()
        return try TorchTensors.list(root, storages: storages)
    }

    /// The pickled object, and where its storages lie.
    func open() throws(TensorError) -> (root: PickleValue, storages: TorchStorages) {
        guard range.count >= Self.magic.count, bytes.has(Self.magic, at: range.lowerBound) else {
            throw .malformed("this is not a PyTorch file", offset: range.lowerBound)
        }
        var reader = PickleReader(bytes, range.lowerBound + Self.magic.count..<range.upperBound)
        guard try reader.next().int == 1001 else { throw .unsupported("this version of PyTorch's old layout") }
        guard try reader.next()["little_endian"]?.bool == true else {
            throw .unsupported("PyTorch files of big-endian machines")
        }
        let root = try reader.next()
        let list = try reader.next()
        guard list.kind == .list, let items = list.items else {
            throw .malformed("the list of storages is missing", offset: reader.position)
        }
        // A storage's bytes can only be skipped by who knows its type, which the object tells.
        var references: [String: TorchStorages.Reference] = [:]
        for index in root.heap.nodes.indices {
            guard case .persistent = root.heap.nodes[index],
                let reference = try TorchStorages.Reference(root.value(PickleHeap.Index(index)))
            else { continue }
            references[reference.key] = reference
        }
        var places: [String: Range<Int>] = [:]
        var at = reader.position
        for item in items {
            guard let key = item.string, let reference = references[key] else {
                throw .malformed("a storage that nothing uses", offset: at)
            }
            let count = try bytes.number(at: at, size: 8)
            at += 8
            guard at <= range.upperBound, count == reference.count,
                count <= (range.upperBound - at) / reference.stride
            else { throw .malformed("storage \"\(key)\" has \(count) elements", offset: at - 8) }
            guard places.updateValue(at..<at + count * reference.stride, forKey: key) == nil else {
                throw .malformed("storage \"\(key)\" is there twice", offset: at - 8)
            }
            at += count * reference.stride
        }
        guard at == range.upperBound else { throw .malformed("bytes behind the last storage", offset: at) }
        return (root, TorchStorages(bytes: bytes, places: places))
    }
}
