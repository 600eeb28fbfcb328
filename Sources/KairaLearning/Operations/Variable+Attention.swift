import KairaTensor

extension Variable {
    /// softmax(q k^T / sqrt(width)) v for `[batch, heads, tokens, width]`.
    ///
    /// P = softmax(S): dV = P^T dO, dP = dO V^T, dS = P (dP - rowsum(dP P)), dQ = dS K / sqrt(width),
    /// dK = dS^T Q / sqrt(width).
    ///
    /// - Parameters:
    ///   - q: queries.
    ///   - k: keys.
    ///   - v: values, as many as keys.
    ///   - causal: whether a token sees only itself and those before it.
    /// - Returns: `[batch, heads, tokens of q, width]`.
    public static func attention(_ q: Variable, _ k: Variable, _ v: Variable, causal: Bool = false) -> Variable {
        let scale = 1 / Double(q.shape[q.rank - 1]).squareRoot()
        let (result, p) = Tensor.attention(q.value, k.value, v.value, scale: scale, causal: causal)
        return record(result, [q, k, v], "attention") { g in
            if [g, q, k, v].contains(where: \.records) {
                let p = probabilities(q, k, scale: scale, causal: causal)
                let dp = g.matmul(v.transposed())
                let ds = p * (dp - (dp * p).sum(axes: [-1], keepDims: true)) * Scalar(scale)
                return [ds.matmul(k), ds.transposed().matmul(q), p.transposed().matmul(g)]
            }
            let (dq, dk, dv) = Tensor.attentionSlope(
                q.value, k.value, v.value, probabilities: p, g.value, scale: scale, causal: causal)
            return [Variable(dq), Variable(dk), Variable(dv)]
        }
    }

    /// Attention among the tokens of `[batch, tokens, 3 * heads * width]`: queries, keys and values of all heads in turn.
    ///
    /// - Returns: `[batch, tokens, heads * width]`.
    static func selfAttention(_ packed: Variable, heads: Int, causal: Bool) -> Variable {
        let batch = packed.shape[0], tokens = packed.shape[1], width = packed.shape[2] / (3 * heads)
        let parts = packed.value.reshaped([batch, tokens, 3, heads, width])
        func third(_ index: Int) -> Tensor<Scalar> {
            parts.slice(axis: 2, index..<index + 1).squeezed(axis: 2).transposed(1, 2)
        }
        let scale = 1 / Double(width).squareRoot()
        let (result, p) = Tensor.attention(third(0), third(1), third(2), scale: scale, causal: causal)
        let joined = result.transposed(1, 2).reshaped([batch, tokens, heads * width])
        return record(joined, [packed], "selfAttention") { g in
            if g.records || packed.records {
                // By the rules of its parts.
                let split = packed.reshaped([batch, tokens, 3, heads, width]).permuted([2, 0, 3, 1, 4])
                let (q, k, v) = (split[row: 0], split[row: 1], split[row: 2])
                let d = g.reshaped([batch, tokens, heads, width]).transposed(1, 2)
                let p = probabilities(q, k, scale: scale, causal: causal)
                let dp = d.matmul(v.transposed())
                let ds = p * (dp - (dp * p).sum(axes: [-1], keepDims: true)) * Scalar(scale)
                let all = stacked([ds.matmul(k), ds.transposed().matmul(q), p.transposed().matmul(d)])
                return [all.permuted([1, 3, 0, 2, 4]).reshaped(packed.shape)]
            }
            let d = g.value.reshaped([batch, tokens, heads, width]).transposed(1, 2)
            let slope = Tensor.attentionSlope(packed: parts, probabilities: p, d, scale: scale, causal: causal)
            return [Variable(slope.reshaped(packed.shape))]
        }
    }

    private static func probabilities(_ q: Variable, _ k: Variable, scale: Double, causal: Bool) -> Variable {
        var scores = q.matmul(k.transposed()) * Scalar(scale)
        if causal {
            let rows = q.shape[2], columns = k.shape[2]
            let hidden = unsafe Tensor<Scalar>(shape: [rows, columns]) { cells in
                for row in 0..<rows {
                    for column in 0..<columns {
                        unsafe cells[row * columns + column] = column > row + columns - rows ? -.infinity : 0
                    }
                }
            }
            scores += Variable(hidden)
        }
        return scores.softmax()
    }
}
