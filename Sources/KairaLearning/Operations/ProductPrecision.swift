/// The number type of a matrix product's operands; sums and results are always of the tensors' own type.
public enum ProductPrecision: String, Sendable, Codable, CaseIterable {
    /// The tensors' own.
    case full
    /// Float operands are rounded to bfloat16 first: 8 bits of mantissa, the range of float. No effect on double.
    case bfloat16
}
