extension Tensor {
    /// The tensor as an array of NumPy: type, shape and little-endian bytes.
    public var array: NumPyArray {
        let bytes = unsafe withUnsafeBufferPointer { unsafe [UInt8](UnsafeRawBufferPointer($0)) }
        return NumPyArray(type: Scalar.elementType, shape: shape, bytes: bytes)
    }

    /// The tensor as a `.npy` file; bfloat16, which NumPy lacks, is written as float32.
    public func npy() -> [UInt8] { array.npy() }

    /// The values of a NumPy array, of whatever number type, in this one.
    ///
    /// - Throws: `TensorError.tooLarge` where it has more than eight axes.
    public init(_ array: NumPyArray) throws(TensorError) {
        guard array.shape.count <= 8 else { throw .tooLarge("a tensor of shape \(array.shape): at most 8 axes") }
        if array.type == Scalar.elementType {
            self.init(unset: array.shape)
            let target = unsafe UnsafeMutableRawPointer(storage.base)
            unsafe array.bytes.withUnsafeBytes { source in
                if let from = source.baseAddress { unsafe target.copyMemory(from: from, byteCount: source.count) }
            }
        } else {
            self.init(array.doubles().map { Scalar(nearest: $0) }, shape: array.shape)
        }
    }

    /// Reads a `.npy` file.
    ///
    /// - Throws: what is wrong with the file.
    public init(npy bytes: [UInt8]) throws(TensorError) { try self.init(NumPyArray(npy: bytes)) }

    /// The values of a tensor in a weight file, of whatever number type, in this one.
    ///
    /// - Throws: `TensorError.tooLarge` where it has more than eight axes.
    public init(_ weights: WeightTensor) throws(TensorError) { try self.init(weights.array) }
}
