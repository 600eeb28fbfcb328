import KairaTensor

/// A block of an encoder: attention, then two dense layers with GELU, each on the normalised input and added to it.
public struct TransformerBlock<Scalar: TensorReal>: Layer {
    /// Before attention.
    public var norm1: LayerNorm<Scalar>
    /// Attention of the tokens on each other.
    public var attention: MultiHeadAttention<Scalar>
    /// Before the dense layers.
    public var norm2: LayerNorm<Scalar>
    /// To the inner width, with GELU.
    public var expand: Dense<Scalar>
    /// Back to the width.
    public var contract: Dense<Scalar>

    /// A block with random weights; `inner` is the width between the dense layers, 4 * width without one.
    public init(
        _ width: Int, heads: Int, inner: Int? = nil, isCausal: Bool = false, using generator: inout RandomGenerator
    ) {
        norm1 = LayerNorm(width)
        attention = MultiHeadAttention(width, heads: heads, isCausal: isCausal, using: &generator)
        norm2 = LayerNorm(width)
        expand = Dense(width, inner ?? 4 * width, activation: .gelu, using: &generator)
        contract = Dense(inner ?? 4 * width, width, using: &generator)
    }

    /// Applies the block to `[batch, tokens, width]`.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        let y = x + attention(norm1(x))
        return y + contract(expand(norm2(y)))
    }

    /// Shows "norm1", "attention", "norm2", "expand" and "contract".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&norm1, "norm1")
        visitor.visit(&attention, "attention")
        visitor.visit(&norm2, "norm2")
        visitor.visit(&expand, "expand")
        visitor.visit(&contract, "contract")
    }
}
