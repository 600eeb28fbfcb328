/// One stored tensor: type, shape and a way to its elements; cheap to copy; keeps the mapped file alive.
///
/// Elements are little-endian. A tensor may be a view of a storage that others share, with any order of its axes.
public struct WeightTensor: Sendable {
    /// The name in the file.
    public let name: String
    /// The number type of the stored elements.
    public let type: ElementType
    /// Sizes, outermost first; empty for a single number.
    public let shape: [Int]
    /// Where the elements lie.
    private let bytes: FileBytes
    private let offset: Int
    /// Elements from one index to the next, per axis; nil for row-major order without gaps.
    private let strides: [Int]?

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// A view of bytes from `offset` on; whoever makes one has checked it with `claim`.
    private init(name: String, type: ElementType, shape: [Int], bytes: FileBytes, offset: Int, strides: [Int]?) {
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
        self.offset = offset
        self.strides = strides
    }

    /// The same elements in another shape of as many; as it is where that cannot be without a copy.
    package func reshaped(_ shape: [Int]) -> WeightTensor {
        guard strides == nil, let size = Self.byteCount(type, shape), size == count * type.size else { return self }
        return WeightTensor(name: name, type: type, shape: shape, bytes: bytes, offset: offset, strides: nil)
    }

    /// The same elements with the axes of a matrix swapped; other tensors as they are.
    package var transposed: WeightTensor {
        guard shape.count == 2, count > 0 else { return self }
        let steps = strides ?? [shape[1], 1]
        return WeightTensor(
            name: name, type: type, shape: [shape[1], shape[0]], bytes: bytes, offset: offset,
            strides: [steps[1], steps[0]])
    }

    /// A tensor whose elements lie in row-major order within `range` of the bytes.
    ///
    /// - Throws: `TensorError.malformed` where shape and type do not ask for exactly these bytes, or where `range` is
    ///   not within the file.
    init(name: String, type: ElementType, shape: [Int], bytes: FileBytes, range: Range<Int>) throws(TensorError) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            throw .malformed("\"\(name)\" lies outside the file", offset: max(range.lowerBound, 0))
        }
        guard let size = Self.byteCount(type, shape), size == range.count else {
            throw .malformed(
                "\"\(name)\" has \(range.count) bytes for \(type) of shape \(shape)", offset: range.lowerBound)
        }
        self.init(name: name, type: type, shape: shape, bytes: bytes, offset: range.lowerBound, strides: nil)
    }

    /// A view of a storage: `strides` in elements, from element `first` of the storage.
    ///
    /// - Throws: `TensorError.malformed` where it reaches out of the storage; `.tooLarge` where a view that repeats
    ///   elements would take more memory than the file.
    init(
        name: String, type: ElementType, shape: [Int], strides: [Int], first: Int, storage: Range<Int>,
        bytes: FileBytes
    ) throws(TensorError) {
        func damaged(_ what: String) -> TensorError { .malformed("\"\(name)\" \(what)", offset: storage.lowerBound) }
        guard storage.lowerBound >= 0, storage.upperBound <= bytes.count else { throw damaged("lies outside the file") }
        guard shape.count == strides.count, shape.count <= 32, first >= 0, shape.allSatisfy({ $0 >= 0 }),
            strides.allSatisfy({ $0 >= 0 })
        else { throw damaged("has a shape of \(shape) with strides \(strides)") }
        guard let size = Self.byteCount(type, shape) else { throw damaged("has a shape of \(shape)") }
        if size > 0 {
            var last = first
            for (length, stride) in zip(shape, strides) {
                let (step, tooFar) = (length - 1).multipliedReportingOverflow(by: stride)
                let (sum, overflow) = last.addingReportingOverflow(step)
                guard !tooFar, !overflow else { throw damaged("reaches past its storage") }
                last = sum
            }
            guard last < storage.count / type.size else { throw damaged("reaches past its storage") }
            // Stride 0 repeats elements: the one way in which a tensor can be larger than what is stored.
            guard size <= max(bytes.count, storage.count) else {
                throw .tooLarge("\"\(name)\" of shape \(shape) from a file of \(bytes.count) bytes")
            }
        }
        var dense = true, step = 1
        for (length, stride) in zip(shape, strides).reversed() where length != 1 {
            if stride != step { dense = false }
            step *= max(length, 1)
        }
        self.init(
            name: name, type: type, shape: shape, bytes: bytes,
            offset: size > 0 ? storage.lowerBound + first * type.size : storage.lowerBound,
            // The stride of an axis of length 1 may be any number: it is never taken.
            strides: dense || size == 0 ? nil : zip(shape, strides).map { $0 == 1 ? 0 : $1 })
    }

    /// The bytes that a shape asks for; nil where that is negative or beyond 2^63.
    ///
    /// The product of sizes is checked even beside a size of 0, so that `count` never overflows.
    static func byteCount(_ type: ElementType, _ shape: [Int]) -> Int? {
        guard shape.count <= 32 else { return nil }
        var count = type.size
        for size in shape {
            guard size >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
            guard !overflow else { return nil }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    /// The same elements under another name.
    package func renamed(_ name: String) -> WeightTensor {
        WeightTensor(name: name, type: type, shape: shape, bytes: bytes, offset: offset, strides: strides)
    }

    /// Gives access to the elements: `count * type.size` bytes, row-major, little-endian, of any alignment.
    ///
    /// Nothing is copied but where the file holds the elements in another order.
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        if strides != nil { return try unsafe gathered().withUnsafeBytes(body) }
        return try unsafe bytes.withUnsafeBytes(offset..<offset + count * type.size, body)
    }

    /// The elements in row-major order, picked from a storage that holds them in another.
    private func gathered() -> [UInt8] {
        guard let strides else { return [] }
        let size = type.size, total = count * size
        guard total > 0, let width = shape.last, let inner = strides.last else { return [] }
        let reach = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 } * size + size
        return unsafe [UInt8](unsafeUninitializedCapacity: total) { target, initialized in
            guard let to = UnsafeMutableRawPointer(target.baseAddress) else { return }
            unsafe bytes.withUnsafeBytes(offset..<offset + reach) { source in
                guard let from = source.baseAddress else { return }
                var index = [Int](repeating: 0, count: shape.count - 1)
                var row = 0
                for place in stride(from: 0, to: total, by: width * size) {
                    for column in 0..<width {
                        unsafe (to + place + column * size).copyMemory(
                            from: from + (row + column * inner) * size, byteCount: size)
                    }
                    for axis in index.indices.reversed() {
                        index[axis] += 1
                        row += strides[axis]
                        if index[axis] < shape[axis] { break }
                        row -= shape[axis] * strides[axis]
                        index[axis] = 0
                    }
                }
            }
            initialized = total
        }
    }
}
