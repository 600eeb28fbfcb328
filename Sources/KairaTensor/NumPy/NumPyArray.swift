import CKairaKernels

/// An array of NumPy's `.npy` format: number type, shape and the elements' bytes, row-major and little-endian.
///
/// Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, versions 1, 2 and 3. Arrays of
/// objects hold a pickle and are refused; nothing of a file is ever executed.
public struct NumPyArray: Sendable, Hashable {
    /// The number type of the elements.
    public let type: ElementType
    /// Sizes, outermost first; empty for a single number.
    public let shape: [Int]
    /// `count * type.size` bytes.
    public let bytes: [UInt8]

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// An array from its parts.
    ///
    /// - Precondition: `bytes` has as many bytes as type and shape ask for.
    public init(type: ElementType, shape: [Int], bytes: [UInt8]) {
        precondition(shape.allSatisfy { $0 >= 0 } && bytes.count == shape.reduce(type.size, *))
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// A float32 array.
    ///
    /// - Precondition: `values.count` is the product of `shape`.
    public init(_ values: [Float], shape: [Int]) {
        self.init(
            type: .float32, shape: shape,
            bytes: values.flatMap { value in
                let bits = value.bitPattern
                return [UInt8(bits & 255), UInt8(bits >> 8 & 255), UInt8(bits >> 16 & 255), UInt8(bits >> 24)]
            })
    }

    /// An int32 array.
    ///
    /// - Precondition: `values.count` is the product of `shape`.
    public init(_ values: [Int32], shape: [Int]) {
        self.init(
            type: .int32, shape: shape,
            bytes: values.flatMap { value in
                let bits = UInt32(bitPattern: value)
                return [UInt8(bits & 255), UInt8(bits >> 8 & 255), UInt8(bits >> 16 & 255), UInt8(bits >> 24)]
            })
    }

    /// The elements as float32: exact for 8- and 16-bit types and float32, rounded for the wider ones.
    public func floats() -> [Float] {
        if type == .float16 {
            return unsafe [Float](unsafeUninitializedCapacity: count) { target, initialized in
                unsafe bytes.withUnsafeBytes { source in
                    guard let to = target.baseAddress, let from = source.baseAddress else { return }
                    unsafe kaira_float16_to_float32(from, to, count)
                }
                initialized = count
            }
        }
        return (0..<count).map { Float(double(at: $0)) }
    }

    /// The elements as doubles: exact but for 64-bit integers beyond 2^53.
    public func doubles() -> [Double] {
        if type == .float16 { return floats().map(Double.init) }
        return (0..<count).map { double(at: $0) }
    }

    private func bits(at index: Int) -> UInt64 {
        var value: UInt64 = 0
        for i in 0..<type.size { value |= UInt64(bytes[index * type.size + i]) << UInt64(8 * i) }
        return value
    }

    private func double(at index: Int) -> Double {
        let bits = bits(at: index)
        return switch type {
        case .float32: Double(Float(bitPattern: UInt32(bits)))
        case .float64: Double(bitPattern: bits)
        case .int8: Double(Int8(bitPattern: UInt8(bits)))
        case .int16: Double(Int16(bitPattern: UInt16(bits)))
        case .int32: Double(Int32(bitPattern: UInt32(bits)))
        case .int64: Double(Int64(bitPattern: bits))
        case .uint8, .uint16, .uint32, .uint64: Double(bits)
        case .bool: bits == 0 ? 0 : 1
        case .bfloat16: Double(Float(bitPattern: UInt32(bits) << 16))
        case .float16: 0  // read in one go by `floats`
        }
    }
}
