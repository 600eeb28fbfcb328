import CKairaKernels

/// What a matrix product does to its results before they are written.
package enum Finish: Int32, Sendable {
    case none, relu, gelu, sigmoid, tanh
}

extension Tensor where Scalar: TensorReal {
    /// The matrix product of the last two axes, the others broadcast: `[..., m, k]` times `[..., k, n]`.
    ///
    /// Transposed views are read as they lie; nothing is copied for them.
    public func matmul(_ other: Tensor) -> Tensor {
        var before: Tensor?
        return Self.product(self, other, before: &before)
    }

    /// a b, then a bias for each column and an activation.
    ///
    /// - Parameters:
    ///   - a: `[..., m, k]`.
    ///   - b: `[..., k, n]`.
    ///   - bias: `[n]`.
    ///   - finish: the activation.
    ///   - halves: whether both operands are rounded to bfloat16 first (float only).
    ///   - before: gets the values before the activation where it comes in as a tensor.
    /// - Returns: `[..., m, n]`.
    package static func product(
        _ a: Tensor, _ b: Tensor, bias: Tensor? = nil, finish: Finish = .none, halves: Bool = false,
        before: inout Tensor?
    ) -> Tensor {
        require(
            a.rank >= 2 && b.rank >= 2 && a.shape[a.rank - 1] == b.shape[b.rank - 2],
            "matmul: shapes \(a.shape) and \(b.shape) do not go together")
        let m = a.shape[a.rank - 2], k = a.shape[a.rank - 1], n = b.shape[b.rank - 1]
        if let bias {
            require(bias.shape == [n], "matmul: bias of shape \(bias.shape) for \(n) columns of \(b.shape)")
        }
        let leading = broadcastShape(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), for: "matmul")
        let result = Tensor(unset: leading + [m, n])
        if before != nil { before = Tensor(unset: result.shape) }
        guard result.count > 0 else { return result }
        if k == 0 {
            let zeros = Tensor(zeros: result.shape)
            return bias.map { zeros + $0 } ?? zeros
        }
        var product = unsafe kaira_product()
        unsafe product.m = Int64(m)
        unsafe product.n = Int64(n)
        unsafe product.k = Int64(k)
        unsafe product.c_row = Int64(n)
        unsafe product.c_column = 1
        unsafe product.alpha = 1
        unsafe product.finish = finish.rawValue
        unsafe product.halves = halves ? 1 : 0
        unsafe product.batch = 1
        unsafe product.inner = 1
        let biasValues = bias?.contiguous()
        var x = a, y = b
        if b.rank == 2, a.rank > 2, let rows = a.collapsedRows() {
            // One right matrix: the left ones are one long one.
            unsafe product.m = Int64(rows.shape[0])
            x = rows
        } else if !leading.isEmpty {
            x = a.broadcast(to: leading + [m, k])
            y = b.broadcast(to: leading + [k, n])
            let batch = leading.reduce(1, *)
            unsafe product.batch = Int64(batch)
            // Two levels of strides; deeper ones than that are laid out anew.
            let (left, right) = (batchStrides(x), batchStrides(y))
            let inner = leading[leading.count - 1]
            unsafe product.inner = Int64(inner)
            if left == nil { x = x.contiguous() }
            if right == nil { y = y.contiguous() }
            let l = left ?? (inner * m * k, m * k), r = right ?? (inner * k * n, k * n)
            unsafe (product.a_outer, product.a_inner) = (Int64(l.0), Int64(l.1))
            unsafe (product.b_outer, product.b_inner) = (Int64(r.0), Int64(r.1))
            unsafe (product.c_outer, product.c_inner) = (Int64(inner * m * n), Int64(m * n))
        }
        let s = x.strides, t = y.strides
        unsafe (product.a_row, product.a_column) = (Int64(s[s.count - 2]), Int64(s[s.count - 1]))
        unsafe (product.b_row, product.b_column) = (Int64(t[t.count - 2]), Int64(t[t.count - 1]))
        withExtendedLifetime((x, y, biasValues)) {
            unsafe product.a = UnsafeRawPointer(x.base)
            unsafe product.b = UnsafeRawPointer(y.base)
            unsafe product.c = UnsafeMutableRawPointer(result.base)
            if let biasValues { unsafe product.bias = UnsafeRawPointer(biasValues.base) }
            if let kept = before { unsafe product.before = UnsafeMutableRawPointer(kept.base) }
            unsafe kaira_multiply(Scalar.kernelType, &product)
        }
        return result
    }

    /// The leading axes joined to rows, where they lie evenly; a copy otherwise never happens here.
    private func collapsedRows() -> Tensor? {
        let width = shape[rank - 1], strides = self.strides
        for axis in 0..<rank - 2 where shape[axis] != 1 {
            guard strides[axis] == strides[axis + 1] * shape[axis + 1] else { return nil }
        }
        let rows = shape.dropLast().reduce(1, *)
        return Tensor(
            storage: storage, offset: offset, shape: [rows, width],
            viewStrides: isContiguous ? nil : [strides[rank - 2], strides[rank - 1]])
    }

    /// Strides over all leading axes but the last, taken as one, and over the last leading axis.
    private static func batchStrides(_ x: Tensor) -> (Int, Int)? {
        let strides = x.strides, axes = x.rank - 2
        if axes == 1 { return (0, strides[0]) }
        for axis in 0..<axes - 2 where strides[axis] != strides[axis + 1] * x.shape[axis + 1] { return nil }
        return (strides[axes - 2], strides[axes - 1])
    }
}
