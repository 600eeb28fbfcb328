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
}
