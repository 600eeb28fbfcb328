import CKairaKernels

extension Tensor where Scalar: TensorReal {
    /// softmax(scale q k^T) v for `[batch, heads, tokens, width]`; views are read as they lie if their rows are whole.
    ///
    /// - Returns: the result as a view of `[batch, tokens, heads, width]` memory, and the probabilities.
    package static func attention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Double, causal: Bool
    ) -> (result: Tensor, probabilities: Tensor) {
        let (q, k, v) = (q.wholeRows(), k.wholeRows(), v.wholeRows())
        let o = Tensor(unset: [q.shape[0], q.shape[2], q.shape[1], q.shape[3]]).transposed(1, 2)
        let p = Tensor(unset: [q.shape[0], q.shape[1], q.shape[2], k.shape[2]])
        var s = attentionShape(q, k, v, o, scale: scale, causal: causal)
        unsafe kaira_attention(Scalar.kernelType, &s, q.base, k.base, v.base, p.base, o.base)
        return (o, p)
    }

    /// The gradients of attention for q, k and v.
    package static func attentionSlope(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, probabilities: Tensor, _ d: Tensor, scale: Double, causal: Bool
    ) -> (Tensor, Tensor, Tensor) {
        let (q, k, v, d) = (q.wholeRows(), k.wholeRows(), v.wholeRows(), d.wholeRows())
        var s = attentionShape(q, k, v, d, scale: scale, causal: causal)
        let (dq, dk, dv) = (freshHeads(q), freshHeads(k), freshHeads(v))
        var g = attentionShape(dq, dk, dv, d, scale: scale, causal: causal)
        unsafe kaira_attention_slope(
            Scalar.kernelType, &s, &g, q.base, k.base, v.base, probabilities.base, d.base, dq.base, dk.base, dv.base)
        return (dq, dk, dv)
    }

    /// The gradient of attention on the thirds of `packed`, `[batch, tokens, 3, heads, width]`, in the same form.
    package static func attentionSlope(
        packed: Tensor, probabilities: Tensor, _ d: Tensor, scale: Double, causal: Bool
    ) -> Tensor {
        let result = Tensor(unset: packed.shape)
        func third(_ x: Tensor, _ index: Int) -> Tensor {
            x.slice(axis: 2, index..<index + 1).squeezed(axis: 2).transposed(1, 2)
        }
        let dense = packed.contiguous(), d = d.wholeRows()
        let (q, k, v) = (third(dense, 0), third(dense, 1), third(dense, 2))
        let (dq, dk, dv) = (third(result, 0), third(result, 1), third(result, 2))
        var s = attentionShape(q, k, v, d, scale: scale, causal: causal)
        var g = attentionShape(dq, dk, dv, d, scale: scale, causal: causal)
        unsafe kaira_attention_slope(
            Scalar.kernelType, &s, &g, q.base, k.base, v.base, probabilities.base, d.base, dq.base, dk.base, dv.base)
        return result
    }

    /// Unset memory for a tensor `[batch, heads, tokens, width]`, laid out with the heads of a token together.
    private static func freshHeads(_ x: Tensor) -> Tensor {
        Tensor(unset: [x.shape[0], x.shape[2], x.shape[1], x.shape[3]]).transposed(1, 2)
    }

    private func wholeRows() -> Tensor {
        require(rank == 4, "attention works on [batch, heads, tokens, width], not on \(shape)")
        return strides[3] == 1 ? self : contiguous()
    }

    private static func attentionShape(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, _ o: Tensor, scale: Double, causal: Bool
    ) -> kaira_attention_shape {
        require(
            k.shape == v.shape && q.shape[0] == k.shape[0] && q.shape[1] == k.shape[1] && q.shape[3] == k.shape[3],
            "attention: shapes \(q.shape), \(k.shape) and \(v.shape) do not go together")
        let (a, b, c, d) = (q.strides, k.strides, v.strides, o.strides)
        return kaira_attention_shape(
            batch: Int64(q.shape[0]), heads: Int64(q.shape[1]), queries: Int64(q.shape[2]), keys: Int64(k.shape[2]),
            width: Int64(q.shape[3]), q_batch: Int64(a[0]), q_head: Int64(a[1]), q_token: Int64(a[2]),
            k_batch: Int64(b[0]), k_head: Int64(b[1]), k_token: Int64(b[2]), v_batch: Int64(c[0]),
            v_head: Int64(c[1]), v_token: Int64(c[2]), o_batch: Int64(d[0]), o_head: Int64(d[1]), o_token: Int64(d[2]),
            causal: causal ? 1 : 0, scale: scale)
    }
}
