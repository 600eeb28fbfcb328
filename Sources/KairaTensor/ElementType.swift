/// The number type of stored tensor elements.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    case float16, float32, float64
    /// The upper half of a float32: 8 bits of exponent, 7 of mantissa.
    case bfloat16
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool

    /// Bytes that one element takes.
    public var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Whether elements are floating-point numbers.
    package var isFloat: Bool {
        switch self {
        case .float16, .float32, .float64, .bfloat16: true
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .bool: false
        }
    }
}
