import CKairaKernels

extension WeightTensor {
    /// The elements as float32, row-major: exact for 8- and 16-bit types and float32, rounded for the wider ones.
    ///
    /// - Throws: `TensorError.tooLarge` where they would not fit this process.
    public func floats() throws(TensorError) -> [Float] {
        guard count <= Int.max / 8 else { throw .tooLarge("\"\(name)\" of shape \(shape)") }
        return unsafe withUnsafeBytes { source in
            unsafe [Float](unsafeUninitializedCapacity: count) { target, initialized in
                initialized = count
                guard let to = target.baseAddress, let from = source.baseAddress, count > 0 else { return }
                switch type {
                case .float32: unsafe UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: count * 4)
                case .float16: unsafe kaira_float16_to_float32(from, to, count)
                case .bfloat16:
                    for index in 0..<count {
                        let bits = unsafe from.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                        unsafe to[index] = Float(bitPattern: UInt32(bits) << 16)
                    }
                case .float64: unsafe Self.convert(from, to, count, Double.self) { Float($0) }
                case .int8: unsafe Self.convert(from, to, count, Int8.self) { Float($0) }
                case .int16: unsafe Self.convert(from, to, count, Int16.self) { Float($0) }
                case .int32: unsafe Self.convert(from, to, count, Int32.self) { Float($0) }
                case .int64: unsafe Self.convert(from, to, count, Int64.self) { Float($0) }
                case .uint8: unsafe Self.convert(from, to, count, UInt8.self) { Float($0) }
                case .uint16: unsafe Self.convert(from, to, count, UInt16.self) { Float($0) }
                case .uint32: unsafe Self.convert(from, to, count, UInt32.self) { Float($0) }
                case .uint64: unsafe Self.convert(from, to, count, UInt64.self) { Float($0) }
                case .bool: unsafe Self.convert(from, to, count, UInt8.self) { $0 == 0 ? 0 : 1 }
                }
            }
        }
    }

    @inline(__always)
    private static func convert<T: BitwiseCopyable>(
        _ from: UnsafeRawPointer, _ to: UnsafeMutablePointer<Float>, _ count: Int, _: T.Type, _ value: (T) -> Float
    ) {
        for index in 0..<count {
            unsafe to[index] = value(
                unsafe from.loadUnaligned(fromByteOffset: MemoryLayout<T>.stride * index, as: T.self))
        }
    }

    /// The tensor as an array of NumPy, with its own copy of the bytes.
    public var array: NumPyArray {
        NumPyArray(type: type, shape: shape, bytes: unsafe withUnsafeBytes { unsafe [UInt8]($0) })
    }

    /// Whether an element is infinite or not a number; never for integers.
    ///
    /// - Complexity: O(count), no memory but for tensors that the file holds in another order.
    public var containsNonFinite: Bool {
        unsafe withUnsafeBytes { source in
            switch type {
            case .float16: unsafe Self.any(source, exponent: UInt16(0x7c00))
            case .bfloat16: unsafe Self.any(source, exponent: UInt16(0x7f80))
            case .float32: unsafe Self.any(source, exponent: UInt32(0x7f80_0000))
            case .float64: unsafe Self.any(source, exponent: UInt64(0x7ff0_0000_0000_0000))
            case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .bool: false
            }
        }
    }

    /// Whether a value's exponent bits are all set.
    @inline(__always)
    private static func any<T: FixedWidthInteger & BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer, exponent: T
    ) -> Bool {
        guard let from = source.baseAddress else { return false }
        let size = MemoryLayout<T>.stride, count = source.count / size
        var start = 0
        while start < count {
            // Blocks without a branch inside, which the compiler turns into vector code.
            let end = min(start + 4096, count)
            var found: T = 0
            for index in start..<end {
                let bits = unsafe from.loadUnaligned(fromByteOffset: size * index, as: T.self)
                found |= bits & exponent == exponent ? 1 : 0
            }
            if found != 0 { return true }
            start = end
        }
        return false
    }
}
