/// The number type of a network's matrix products.
///
/// Sums, layer norms and softmax are float32 in every type.
public enum Precision: String, Sendable, Hashable, CaseIterable {
    /// The fastest of the others on this machine, found by timing them once.
    case auto
    /// Exact to rounding.
    case float32
    /// Weights and activations of 8 bits of mantissa.
    case bfloat16
    /// Weights of 8 bits with one scale an output, activations of 8 bits with a scale and a minimum a token, both taken
    /// from the values at hand.
    case int8

    /// Its short name, as command lines and results have it: `auto`, `fp32`, `bf16`, `int8`.
    public var label: String {
        switch self {
        case .auto: "auto"
        case .float32: "fp32"
        case .bfloat16: "bf16"
        case .int8: "int8"
        }
    }

    /// The type of a short name; nil where it is none.
    public init?(label: String) {
        guard let precision = Self.allCases.first(where: { $0.label == label }) else { return nil }
        self = precision
    }
}
