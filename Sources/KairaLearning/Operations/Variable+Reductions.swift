import KairaTensor

extension Variable {
    /// The shape with the given axes at length 1, all without a list.
    private func keptShape(_ axes: [Int]?) -> [Int] {
        var kept = shape
        for axis in axes ?? Array(0..<rank) { kept[value.axis(axis)] = 1 }
        return kept
    }

    /// The sum over axes, all without a list. Its gradient is repeated.
    public func sum(axes: [Int]? = nil, keepDims: Bool = false) -> Variable {
        let (old, kept) = (shape, keptShape(axes))
        return Variable.record(value.sum(axes: axes, keepDims: keepDims), [self], "sum") { g in
            [g.reshaped(kept).broadcast(to: old)]
        }
    }

    /// The mean over axes, all without a list. Its gradient is divided by the count and repeated.
    public func mean(axes: [Int]? = nil, keepDims: Bool = false) -> Variable {
        let (old, kept) = (shape, keptShape(axes))
        let factor = 1 / Scalar(count / Swift.max(1, kept.reduce(1, *)))
        return Variable.record(value.mean(axes: axes, keepDims: keepDims), [self], "mean") { g in
            [g.scaled(factor).reshaped(kept).broadcast(to: old)]
        }
    }

    /// The largest value over axes, all without a list; equal ones share the gradient evenly.
    public func max(axes: [Int]? = nil, keepDims: Bool = false) -> Variable {
        let (old, kept) = (shape, keptShape(axes))
        return Variable.record(value.max(axes: axes, keepDims: keepDims), [self], "max", keeps: true) { g, y in
            let largest = self.value.isEqual(to: y.value.reshaped(kept).broadcast(to: old))
            let share = largest / largest.sum(axes: axes, keepDims: true)
            return [g.reshaped(kept).broadcast(to: old) * Variable(share)]
        }
    }

    /// The smallest value over axes, all without a list; equal ones share the gradient evenly.
    public func min(axes: [Int]? = nil, keepDims: Bool = false) -> Variable {
        -(-self).max(axes: axes, keepDims: keepDims)
    }

    /// The mean squared distance from the mean; divided by n, or by n - 1 where `unbiased`.
    public func variance(axes: [Int]? = nil, keepDims: Bool = false, unbiased: Bool = false) -> Variable {
        let squares = (self - mean(axes: axes, keepDims: true)).squared()
        guard unbiased else { return squares.mean(axes: axes, keepDims: keepDims) }
        let n = count / Swift.max(1, keptShape(axes).reduce(1, *))
        return squares.sum(axes: axes, keepDims: keepDims) / Scalar(n - 1)
    }

    /// ln sum e^x over axes, the largest value taken off first.
    public func logSumExp(axes: [Int]? = nil, keepDims: Bool = false) -> Variable {
        let most = Variable(value.max(axes: axes, keepDims: true))
        let sum = (self - most).exp().sum(axes: axes, keepDims: true).log() + most
        return keepDims ? sum : sum.reshaped(value.max(axes: axes).shape)
    }
}
