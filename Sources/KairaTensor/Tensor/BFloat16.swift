/// The upper half of a `Float`: 8 bits of exponent, 7 of mantissa. A storage type without arithmetic.
@frozen public struct BFloat16: Sendable, Hashable, BitwiseCopyable, CustomStringConvertible {
    /// Sign, exponent and mantissa.
    public var bitPattern: UInt16

    /// A value from its bits.
    @inlinable public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

    /// The nearest value, ties to even; NaN stays NaN.
    @inlinable public init(_ value: Float) {
        let bits = value.bitPattern
        bitPattern =
            value.isNaN
            ? UInt16(bits >> 16) | 0x40 : UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
    }

    /// The value as a float, exactly.
    @inlinable public var floatValue: Float { Float(bitPattern: UInt32(bitPattern) << 16) }

    /// The value's decimal digits.
    public var description: String { "\(floatValue)" }
}

extension BFloat16: TensorScalar {
    /// `bfloat16`.
    public static var elementType: ElementType { .bfloat16 }
    /// The value as a double, exactly.
    public var doubleValue: Double { Double(floatValue) }
    /// The nearest value to the nearest float.
    public init(nearest value: Double) { self.init(Float(value)) }
}
