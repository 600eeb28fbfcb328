import CKairaKernels

extension Tensor {
    /// An axis counted from the front; negative ones count from the back.
    package func axis(_ axis: Int) -> Int {
        let index = axis < 0 ? axis + rank : axis
        require(index >= 0 && index < rank, "there is no axis \(axis) in shape \(shape)")
        return index
    }

    /// The same elements in another shape. One size may be -1: it is what is left.
    ///
    /// - Complexity: a view for contiguous tensors, else a copy.
    public func reshaped(_ newShape: [Int]) -> Tensor {
        var sizes = newShape
        if let open = sizes.firstIndex(of: -1) {
            let known = sizes.enumerated().reduce(1) { $1.offset == open ? $0 : $0 * $1.element }
            require(
                known > 0 && count % known == 0, "a tensor of shape \(shape) cannot be reshaped to \(newShape)")
            sizes[open] = count / known
        }
        require(
            sizes.allSatisfy { $0 >= 0 } && sizes.reduce(1, *) == count,
            "a tensor of shape \(shape) cannot be reshaped to \(newShape)")
        if sizes == shape { return self }
        let dense = contiguous()
        return Tensor(storage: dense.storage, offset: dense.offset, shape: sizes, viewStrides: nil)
    }

    private func view(offset: Int? = nil, shape: [Int], strides: [Int]) -> Tensor {
        // Strides of axes of length 1 are never taken.
        var dense = true, step = 1
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            if strides[axis] != step { dense = false }
            step *= shape[axis]
        }
        return Tensor(
            storage: storage, offset: offset ?? self.offset, shape: shape,
            viewStrides: dense || step == 0 ? nil : strides)
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor. A view.
    public func permuted(_ order: [Int]) -> Tensor {
        let axes = order.map { axis($0) }
        require(axes.sorted() == Array(0..<rank), "\(order) is no order of the axes of shape \(shape)")
        let strides = self.strides
        return view(shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] })
    }

    /// The last two axes exchanged. A view.
    public func transposed() -> Tensor { transposed(-2, -1) }

    /// Two axes exchanged. A view.
    public func transposed(_ first: Int, _ second: Int) -> Tensor {
        var order = Array(0..<rank)
        order.swapAt(axis(first), axis(second))
        return permuted(order)
    }

    /// Part of one axis. A view.
    public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
        let axis = self.axis(axis), strides = self.strides
        require(
            range.lowerBound >= 0 && range.upperBound <= shape[axis],
            "\(range) reaches out of axis \(axis) of shape \(shape)")
        var sizes = shape
        sizes[axis] = range.count
        return view(offset: offset + range.lowerBound * strides[axis], shape: sizes, strides: strides)
    }

    /// One index of the first axis, which goes. A view.
    public subscript(row index: Int) -> Tensor {
        let one = slice(axis: 0, index..<index + 1)
        return one.view(shape: Array(shape.dropFirst()), strides: Array(one.strides.dropFirst()))
    }

    /// A new axis of length 1 before the given one (-1: at the end). A view.
    public func expanded(axis: Int) -> Tensor {
        let place = axis < 0 ? axis + rank + 1 : axis
        require(place >= 0 && place <= rank, "no axis can be added at \(axis) of shape \(shape)")
        var sizes = shape, strides = self.strides
        sizes.insert(1, at: place)
        strides.insert(0, at: place)
        return view(shape: sizes, strides: strides)
    }

    /// Without an axis, which has length 1. A view.
    public func squeezed(axis: Int) -> Tensor {
        let axis = self.axis(axis)
        require(shape[axis] == 1, "axis \(axis) of shape \(shape) is not of length 1")
        var sizes = shape, strides = self.strides
        sizes.remove(at: axis)
        strides.remove(at: axis)
        return view(shape: sizes, strides: strides)
    }

    /// The tensor repeated along axes of length 1, and along new ones at the front, to a shape. A view.
    public func broadcast(to target: [Int]) -> Tensor {
        if target == shape { return self }
        let new = target.count - rank, strides = self.strides
        require(new >= 0, "shape \(shape) cannot be broadcast to \(target)")
        var steps = [Int](repeating: 0, count: target.count)
        for axis in shape.indices {
            require(
                shape[axis] == target[new + axis] || shape[axis] == 1,
                "shape \(shape) cannot be broadcast to \(target)")
            steps[new + axis] = shape[axis] == 1 ? 0 : strides[axis]
        }
        return view(shape: target, strides: steps)
    }

    /// The shape to which two shapes are broadcast: axes are compared from the back, and a length of 1 is repeated.
    package static func broadcastShape(_ a: [Int], _ b: [Int], for what: String) -> [Int] {
        if a == b { return a }
        let rank = Swift.max(a.count, b.count)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let x = axis - rank + a.count >= 0 ? a[axis - rank + a.count] : 1
            let y = axis - rank + b.count >= 0 ? b[axis - rank + b.count] : 1
            require(x == y || x == 1 || y == 1, "\(what): shapes \(a) and \(b) do not go together")
            result[axis] = x == 1 ? y : x
        }
        return result
    }

    /// Elements one after the other along an axis.
    ///
    /// - Precondition: there is at least one tensor, and the shapes differ along that axis only.
    public static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
        guard let first = tensors.first else { fatalError("nothing to concatenate") }
        let axis = first.axis(axis)
        var shape = first.shape
        shape[axis] = 0
        for tensor in tensors {
            var expected = tensor.shape
            if tensor.rank == first.rank { expected[axis] = first.shape[axis] }
            require(
                expected == first.shape,
                "shapes \(first.shape) and \(tensor.shape) cannot be concatenated along axis \(axis)")
            shape[axis] += tensor.shape[axis]
        }
        var result = Tensor(unset: shape), start = 0
        for tensor in tensors {
            result.write(tensor, axis: axis, at: start)
            start += tensor.shape[axis]
        }
        return result
    }

    /// Tensors of one shape as the slices of a new first axis.
    public static func stacked(_ tensors: [Tensor]) -> Tensor {
        concatenated(tensors.map { $0.expanded(axis: 0) }, axis: 0)
    }

    /// Writes a tensor into the slices of an axis from `start` on.
    package mutating func write(_ tensor: Tensor, axis: Int, at start: Int) {
        makeWritable()
        guard tensor.count > 0 else { return }
        let dense = tensor.contiguous(), strides = self.strides
        var layout = kaira_layout(tensor.shape, strides)
        unsafe kaira_scatter_strided(
            Int32(MemoryLayout<Scalar>.size), &layout, dense.base, base + start * strides[axis])
    }

    /// The element at an index.
    public subscript(_ index: Int...) -> Scalar {
        get { unsafe storage.base[place(index)] }
        set {
            makeWritable()
            unsafe storage.base[place(index)] = newValue
        }
    }

    private func place(_ index: [Int]) -> Int {
        require(index.count == rank, "\(index) is no index into shape \(shape)")
        let strides = self.strides
        var place = offset
        for axis in index.indices {
            require(
                index[axis] >= 0 && index[axis] < shape[axis], "index \(index) reaches out of shape \(shape)")
            place += index[axis] * strides[axis]
        }
        return place
    }

    /// Rows (indices of the first axis) in the order asked for; they may repeat. A copy.
    ///
    /// - Precondition: all indices are in range.
    public func rows(_ indices: [Int]) -> Tensor {
        require(rank > 0, "a single number has no rows")
        for index in indices {
            require(index >= 0 && index < shape[0], "there is no row \(index) in shape \(shape)")
        }
        return rows(at: indices.map { Int32($0) })
    }

    /// Rows by checked indices.
    package func rows(at indices: [Int32]) -> Tensor {
        let dense = contiguous(), result = Tensor(unset: [indices.count] + shape.dropFirst())
        let width = shape.dropFirst().reduce(1, *)
        unsafe indices.withUnsafeBufferPointer { list in
            guard let list = list.baseAddress, width > 0 else { return }
            unsafe kaira_take_rows(
                Int32(MemoryLayout<Scalar>.size), Int64(indices.count), Int64(width), list, dense.base, result.base)
        }
        return result
    }

    /// The tensor with zeros around one axis.
    package func padded(axis: Int, before: Int, after: Int, with value: Scalar) -> Tensor {
        let axis = self.axis(axis)
        var sizes = shape
        sizes[axis] += before + after
        var result = Tensor(repeating: value, shape: sizes)
        result.write(self, axis: axis, at: before)
        return result
    }
}
