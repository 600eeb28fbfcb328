/// A number type that a `Tensor` can hold.
///
/// Arithmetic needs `TensorReal`; the others are for storage, labels and indices.
public protocol TensorScalar: BitwiseCopyable, Sendable, Hashable {
    /// The type's name in files.
    static var elementType: ElementType { get }
    /// The value as a double: exact but for 64-bit integers beyond 2^53.
    var doubleValue: Double { get }
    /// The nearest value of this type; integers are rounded towards zero and held to their range, NaN becomes 0 there.
    init(nearest value: Double)
}

extension TensorScalar where Self: FixedWidthInteger {
    /// The value as a double.
    public var doubleValue: Double { Double(self) }

    /// Rounds towards zero and holds to the range.
    public init(nearest value: Double) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else if value.isNaN {
            self = 0
        } else {
            self = value < 0 ? .min : .max
        }
    }
}

extension Float: TensorScalar {
    /// `float32`.
    public static var elementType: ElementType { .float32 }
    /// The value as a double, exactly.
    public var doubleValue: Double { Double(self) }
    /// The nearest float.
    public init(nearest value: Double) { self = Float(value) }
}

extension Double: TensorScalar {
    /// `float64`.
    public static var elementType: ElementType { .float64 }
    /// The value itself.
    public var doubleValue: Double { self }
    /// The value itself.
    public init(nearest value: Double) { self = value }
}

extension Float16: TensorScalar {
    /// `float16`.
    public static var elementType: ElementType { .float16 }
    /// The value as a double, exactly.
    public var doubleValue: Double { Double(self) }
    /// The nearest half.
    public init(nearest value: Double) { self = Float16(value) }
}

extension UInt8: TensorScalar {
    /// `uint8`.
    public static var elementType: ElementType { .uint8 }
}

extension Int32: TensorScalar {
    /// `int32`.
    public static var elementType: ElementType { .int32 }
}

extension Int64: TensorScalar {
    /// `int64`.
    public static var elementType: ElementType { .int64 }
}
