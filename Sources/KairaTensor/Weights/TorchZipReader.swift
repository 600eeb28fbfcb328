/// Reads PyTorch's zip layout: a pickle that describes the tensors, and an uncompressed entry for each storage.
///
/// Layout: `torch/serialization.py` and `caffe2/serialize/inline_container.cc` of PyTorch. Checksums of storages are not
/// computed, as PyTorch itself does not: that would read a file in full which is mapped to be read in parts.
struct TorchZipReader {
    let zip: ZipReader
    let entries: [ZipReader.Entry]

    /// Whether a zip file is one of PyTorch.
    static func claims(_ entries: [ZipReader.Entry]) -> Bool {
        entries.contains { $0.name.hasSuffix("/data.pkl") || $0.name.hasSuffix("/constants.pkl") }
    }

    /// - Throws: `TensorError`; TorchScript archives and big-endian files are refused by name.
    func read() throws(TensorError) -> [WeightTensor] {
        let pickles = entries.filter { $0.name.hasSuffix("/data.pkl") }
        guard pickles.count == 1, let pickle = pickles.first else {
            throw .malformed("\(pickles.count) entries end in /data.pkl instead of one", offset: 0)
        }
        let prefix = String(pickle.name.dropLast("data.pkl".count))
        var places: [String: Range<Int>] = [:]
        for entry in entries {
            guard entry.name.hasPrefix(prefix) else {
                throw .malformed("entry \"\(entry.name)\" lies beside the folder \"\(prefix)\"", offset: entry.offset)
            }
            let name = String(entry.name.dropFirst(prefix.count))
            if name == "constants.pkl" || name.hasPrefix("code/") {
                throw .unsupported("TorchScript archives: save the module's state_dict() instead")
            }
            if name == "byteorder" {
                let range = try zip.stored(entry)
                guard range.count <= 16, zip.bytes.copy(range) == Array("little".utf8) else {
                    throw .unsupported("PyTorch files of big-endian machines")
                }
            }
            if name.hasPrefix("data/") { places[String(name.dropFirst(5))] = try zip.stored(entry) }
        }
        let range = try zip.stored(pickle)
        try zip.verify(pickle)
        var reader = PickleReader(zip.bytes, range)
        let root = try reader.next()
        guard reader.isAtEnd else { throw .malformed("bytes behind the pickle", offset: reader.position) }
        return try TorchTensors.list(root, storages: TorchStorages(bytes: zip.bytes, places: places))
    }
}
