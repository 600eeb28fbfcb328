import KairaTensor

/// Attention of several heads (Vaswani et al. 2017): queries, keys and values by one projection each, their heads joined
/// and projected again.
public struct MultiHeadAttention<Scalar: TensorReal>: Layer {
    /// Width to queries, keys and values in turn: weight `[3 * width, width]`.
    public var input: Dense<Scalar>
    /// From the joined heads back to the width.
    public var output: Dense<Scalar>
    /// How many heads share the width.
    public var heads: Int
    /// Whether a token sees only itself and those before it.
    public var isCausal: Bool

    /// Attention with random weights.
    public init(
        _ width: Int, heads: Int, isCausal: Bool = false, bias: Bool = true, using generator: inout RandomGenerator
    ) {
        require(heads > 0 && width % heads == 0, "\(heads) heads for a width of \(width)")
        input = Dense(width, 3 * width, bias: bias, initialization: .xavier, using: &generator)
        output = Dense(width, width, bias: bias, using: &generator)
        self.heads = heads
        self.isCausal = isCausal
    }

    /// Attention of `[batch, tokens, width]` on itself.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        require(x.rank == 3, "attention works on [batch, tokens, width], not on \(x.shape)")
        return output(Variable.selfAttention(input(x), heads: heads, causal: isCausal))
    }

    /// Attention of `[batch, tokens, width]` on another sequence.
    public func callAsFunction(_ x: Variable<Scalar>, attending other: Variable<Scalar>) -> Variable<Scalar> {
        require(x.rank == 3 && other.rank == 3, "attention of \(x.shape) on \(other.shape)")
        let width = output.weight.value.shape[0], weight = input.weight.variable
        func part(_ source: Variable<Scalar>, _ range: Range<Int>) -> Variable<Scalar> {
            let bias = input.bias?.variable.slice(axis: 0, range)
            return source.affine(weight.slice(axis: 0, range), bias)
        }
        func split(_ x: Variable<Scalar>) -> Variable<Scalar> {
            x.reshaped([x.shape[0], x.shape[1], heads, width / heads]).transposed(1, 2)
        }
        let q = split(part(x, 0..<width))
        let k = split(part(other, width..<2 * width)), v = split(part(other, 2 * width..<3 * width))
        let joined = Variable.attention(q, k, v, causal: isCausal).transposed(1, 2)
        return output(joined.reshaped([x.shape[0], x.shape[1], width]))
    }

    /// Shows "input" and "output".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&input, "input")
        visitor.visit(&output, "output")
    }
}
