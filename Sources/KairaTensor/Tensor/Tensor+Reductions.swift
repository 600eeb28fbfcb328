import CKairaKernels

extension Tensor where Scalar: TensorReal {
    /// The reduction over some axes, all without a list.
    package func reduced(
        _ operation: Int, axes: [Int]?, keepDims: Bool, scale: (Int) -> Double = { _ in 1 }
    ) -> Tensor {
        let chosen = Set((axes ?? Array(0..<rank)).map { axis($0) })
        var kept: [Int] = [], gone: [Int] = []
        for axis in 0..<rank { if chosen.contains(axis) { gone.append(axis) } else { kept.append(axis) } }
        let size = gone.reduce(1) { $0 * shape[$1] }
        let finalShape = keepDims ? (0..<rank).map { chosen.contains($0) ? 1 : shape[$0] } : kept.map { shape[$0] }
        let result = Tensor(unset: finalShape)
        let outer: Int, inner: Int, dense: Tensor
        if let first = gone.first, let last = gone.last, last - first + 1 == gone.count {
            // Neighbouring axes: [outer][reduced][inner].
            dense = contiguous()
            outer = shape[..<first].reduce(1, *)
            inner = shape[(last + 1)...].reduce(1, *)
        } else {
            dense = permuted(kept + gone).contiguous()
            outer = kept.reduce(1) { $0 * shape[$1] }
            inner = 1
        }
        unsafe kaira_reduce(
            Scalar.kernelType, Int32(operation), scale(size), Int64(outer), Int64(size), Int64(inner), dense.base,
            result.base)
        return result
    }

    /// The sum over axes, all without a list.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the back.
    ///   - keepDims: whether the axes stay, with length 1.
    /// - Returns: the sums.
    public func sum(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        reduced(KAIRA_REDUCE_SUM, axes: axes, keepDims: keepDims)
    }

    /// The mean over axes, all without a list.
    public func mean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        reduced(KAIRA_REDUCE_SUM, axes: axes, keepDims: keepDims) { 1 / Double($0) }
    }

    /// The largest value over axes, all without a list; NaN where there is one.
    public func max(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        reduced(KAIRA_REDUCE_MAXIMUM, axes: axes, keepDims: keepDims)
    }

    /// The smallest value over axes, all without a list; NaN where there is one.
    public func min(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        reduced(KAIRA_REDUCE_MINIMUM, axes: axes, keepDims: keepDims)
    }

    /// The mean squared distance from the mean over axes, all without a list; divided by n, or by n - 1 where `unbiased`.
    public func variance(axes: [Int]? = nil, keepDims: Bool = false, unbiased: Bool = false) -> Tensor {
        let centred = self - mean(axes: axes, keepDims: true)
        return centred.reduced(KAIRA_REDUCE_SQUARES, axes: axes, keepDims: keepDims) {
            1 / Double(unbiased ? $0 - 1 : $0)
        }
    }

    /// The sum of all squares.
    public func squaredNorm() -> Scalar {
        reduced(KAIRA_REDUCE_SQUARES, axes: nil, keepDims: false).scalar
    }

    /// The index of the largest value along an axis, the first of equal ones; row-major over the other axes.
    public func argMax(axis: Int = -1) -> [Int] {
        let axis = self.axis(axis), dense = contiguous()
        require(shape[axis] > 0, "axis \(axis) of shape \(shape) has no largest value")
        let outer = shape[..<axis].reduce(1, *), inner = shape[(axis + 1)...].reduce(1, *)
        let found = unsafe [Int64](unsafeUninitializedCapacity: outer * inner) { target, initialized in
            if let to = target.baseAddress {
                unsafe kaira_argmax(
                    Scalar.kernelType, Int64(outer), Int64(shape[axis]), Int64(inner), dense.base, to)
            }
            initialized = outer * inner
        }
        return found.map { Int($0) }
    }

    /// The sum over the axes that broadcasting to this tensor's shape has repeated: back to `target`.
    package func summed(to target: [Int]) -> Tensor {
        if shape == target { return self }
        let new = rank - target.count
        var axes = Array(0..<new)
        for axis in target.indices where target[axis] == 1 && shape[new + axis] != 1 { axes.append(new + axis) }
        return sum(axes: axes, keepDims: true).reshaped(target)
    }
}
