/// Reads a plain pickle with tensors or NumPy arrays in it, as `pickle.dump` writes them: networks of the StyleGAN
/// family, and checkpoints of small programs.
struct TorchPickleReader {
    let bytes: FileBytes

    /// - Throws: `TensorError`.
    func read() throws(TensorError) -> [WeightTensor] {
        var reader = PickleReader(bytes, 0..<bytes.count)
        let root = try reader.next()
        guard reader.isAtEnd else { throw .malformed("bytes behind the pickle", offset: reader.position) }
        return try TorchTensors.list(root, storages: TorchStorages(bytes: bytes, places: [:]))
    }
}
