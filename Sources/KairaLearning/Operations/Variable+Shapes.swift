import KairaTensor

// What only moves numbers has the inverse move as its rule; what repeats them has the sum.
extension Variable {
    /// The same elements in another shape; one size may be -1.
    public func reshaped(_ newShape: [Int]) -> Variable {
        let old = shape
        return Variable.record(value.reshaped(newShape), [self], "reshaped") { g in [g.reshaped(old)] }
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]` of this.
    public func permuted(_ order: [Int]) -> Variable {
        let axes = order.map { value.axis($0) }
        var inverse = axes
        for (place, axis) in axes.enumerated() { inverse[axis] = place }
        return Variable.record(value.permuted(axes), [self], "permuted") { [inverse] g in [g.permuted(inverse)] }
    }

    /// The last two axes exchanged.
    public func transposed() -> Variable { transposed(-2, -1) }

    /// Two axes exchanged.
    public func transposed(_ first: Int, _ second: Int) -> Variable {
        Variable.record(value.transposed(first, second), [self], "transposed") { g in [g.transposed(first, second)] }
    }

    /// Part of one axis. Its gradient is put into zeros.
    public func slice(axis: Int, _ range: Range<Int>) -> Variable {
        let axis = value.axis(axis), size = shape[axis]
        return Variable.record(value.slice(axis: axis, range), [self], "slice") { g in
            [g.padded(axis: axis, before: range.lowerBound, after: size - range.upperBound)]
        }
    }

    /// One index of the first axis, which goes.
    public subscript(row index: Int) -> Variable { slice(axis: 0, index..<index + 1).squeezed(axis: 0) }

    /// Zeros before and after along an axis. Its gradient is a slice.
    public func padded(axis: Int, before: Int, after: Int) -> Variable {
        let axis = value.axis(axis), size = shape[axis]
        return Variable.record(
            value.padded(axis: axis, before: before, after: after, with: 0), [self], "padded"
        ) { g in [g.slice(axis: axis, before..<before + size)] }
    }

    /// A new axis of length 1 (-1: at the end).
    public func expanded(axis: Int) -> Variable { reshaped(value.expanded(axis: axis).shape) }

    /// Without an axis, which has length 1.
    public func squeezed(axis: Int) -> Variable { reshaped(value.squeezed(axis: axis).shape) }

    /// All axes but the first joined to one.
    public func flattened() -> Variable { reshaped([shape.first ?? 1, shape.dropFirst().reduce(1, *)]) }

    /// Repeated along axes of length 1, and along new ones at the front.
    public func broadcast(to target: [Int]) -> Variable {
        let old = shape
        if target == old { return self }
        return Variable.record(value.broadcast(to: target), [self], "broadcast") { g in [g.summed(to: old)] }
    }

    /// The sum over the axes that broadcasting has repeated.
    func summed(to target: [Int]) -> Variable {
        let old = shape
        if target == old { return self }
        return Variable.record(value.summed(to: target), [self], "summed") { g in [g.broadcast(to: old)] }
    }

    /// Elements one after the other along an axis.
    public static func concatenated(_ parts: [Variable], axis: Int) -> Variable {
        require(!parts.isEmpty, "nothing to concatenate")
        let axis = parts[0].value.axis(axis)
        let sizes = parts.map { $0.shape[axis] }
        return record(Tensor.concatenated(parts.map(\.value), axis: axis), parts, "concatenated") { g in
            var start = 0
            return sizes.map { size in
                defer { start += size }
                return g.slice(axis: axis, start..<start + size)
            }
        }
    }

    /// Variables of one shape as the slices of a new first axis.
    public static func stacked(_ parts: [Variable]) -> Variable {
        concatenated(parts.map { $0.expanded(axis: 0) }, axis: 0)
    }

    /// Rows (indices of the first axis) in the order asked for; repeated ones add their gradients up.
    ///
    /// - Precondition: all indices are in range.
    public func rows(_ indices: [Int]) -> Variable {
        for index in indices {
            require(
                rank > 0 && index >= 0 && index < shape[0], "there is no row \(index) in shape \(shape)")
        }
        return rows(at: indices.map { Int32($0) })
    }

    func rows(at indices: [Int32]) -> Variable {
        let count = shape[0]
        return Variable.record(value.rows(at: indices), [self], "rows") { g in
            [g.rowsAdded(at: indices, count: count)]
        }
    }

    /// `count` rows of zeros to which these rows are added.
    private func rowsAdded(at indices: [Int32], count: Int) -> Variable {
        var sum = Tensor<Scalar>(zeros: [count] + shape.dropFirst())
        sum.addRows(value, at: indices)
        return Variable.record(sum, [self], "rowsAdded") { g in [g.rows(at: indices)] }
    }
}
