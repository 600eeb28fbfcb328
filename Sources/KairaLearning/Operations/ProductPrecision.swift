/// The number type of a matrix product's operands; sums and results are always of the tensors' own type.
public enum ProductPrecision: String, Sendable, Codable, CaseIterable {
    /// The tensors' own.
    case full
    /// Float operands are rounded to bfloat16 first: 8 bits of mantissa, the range of float. No effect on double.
    ///
    /// Faster than `full` on processors with AMX (Intel Xeon from 2023 on). Elsewhere the products are those of floats, and
    /// rounding costs a little time: there it is for comparing, not for speed.
    case bfloat16
}
