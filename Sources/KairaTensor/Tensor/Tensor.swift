import CKairaKernels

/// Numbers in a box of any rank: row-major, with value semantics.
///
/// Copies share memory until one is written to. Slices, transposes, reshapes and broadcasts of a tensor are views: they
/// share its memory too, and become tensors of their own when they are written to. Shapes that do not fit are mistakes of
/// the program and stop it with a message that has both shapes; what can come from data is thrown by who reads it.
///
///     let a = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
///     let b = a.transposed()            // a view, [3, 2]
///     let c = a.matmul(b) + [1, 0]      // [2, 2]; the row is broadcast
public struct Tensor<Scalar: TensorScalar>: Sendable {
    package var storage: TensorStorage<Scalar>
    package var offset: Int
    /// Sizes, outermost first; empty for a single number.
    public package(set) var shape: [Int]
    /// Elements from one index to the next for each axis; nil for row-major order without gaps.
    package var viewStrides: [Int]?

    package init(storage: TensorStorage<Scalar>, offset: Int, shape: [Int], viewStrides: [Int]?) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.viewStrides = viewStrides
    }

    /// A tensor whose elements are not set.
    package init(unset shape: [Int]) {
        require(shape.allSatisfy { $0 >= 0 } && shape.count <= Int(KAIRA_RANK), "\(shape) is no tensor's shape")
        self.init(
            storage: TensorStorage(count: Self.product(shape)), offset: 0, shape: shape, viewStrides: nil)
    }

    private static func product(_ shape: [Int]) -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            require(!overflow, "\(shape) is too large a shape")
            count = product
        }
        return count
    }

    /// A tensor from its elements in row-major order.
    ///
    /// - Precondition: `values.count` is the product of `shape`.
    public init(_ values: [Scalar], shape: [Int]) {
        require(
            values.count == shape.reduce(1, *), "\(values.count) values for a tensor of shape \(shape)")
        self.init(unset: shape)
        let target = unsafe storage.base
        unsafe values.withUnsafeBufferPointer { source in
            if let from = source.baseAddress { unsafe target.update(from: from, count: source.count) }
        }
    }

    /// A tensor of one axis.
    public init(_ values: [Scalar]) { self.init(values, shape: [values.count]) }

    /// A single number, a tensor without axes.
    public init(_ value: Scalar) { self.init([value], shape: []) }

    /// A tensor of one value throughout.
    public init(repeating value: Scalar, shape: [Int]) {
        self.init(unset: shape)
        unsafe storage.base.update(repeating: value, count: count)
    }

    /// A tensor that `fill` writes in place, so that nothing is copied.
    ///
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - fill: gets all elements, row-major, and has to set every one.
    public init(shape: [Int], fill: (UnsafeMutableBufferPointer<Scalar>) throws -> Void) rethrows {
        self.init(unset: shape)
        let count = shape.reduce(1, *)
        try unsafe fill(UnsafeMutableBufferPointer(start: storage.base, count: count))
    }

    /// The number of elements.
    public var count: Int {
        var count = 1
        for size in shape { count *= size }
        return count
    }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// Elements from one index to the next, for each axis.
    public var strides: [Int] { viewStrides ?? Self.rowMajor(shape) }

    static func rowMajor(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count), step = 1
        for axis in shape.indices.reversed() {
            strides[axis] = step
            step *= shape[axis]
        }
        return strides
    }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool { viewStrides == nil }

    /// The name and shape that a network's interface would give this tensor.
    public func spec(named name: String) -> TensorSpec { TensorSpec(name: name, shape: shape) }

    /// The first element's place; valid as long as the storage lives.
    package var base: UnsafeMutablePointer<Scalar> { unsafe storage.base + offset }

    /// The same values, row-major without gaps; shares memory where they are so already.
    public func contiguous() -> Tensor {
        guard let strides = viewStrides else { return self }
        let result = Tensor(unset: shape)
        if result.count > 0 {
            var layout = kaira_layout(shape, strides)
            unsafe kaira_gather_strided(Int32(MemoryLayout<Scalar>.size), &layout, base, result.base)
        }
        return result
    }

    /// Makes the memory this tensor's own, row-major without gaps, so that it may be written to.
    package mutating func makeWritable() {
        if viewStrides == nil, isKnownUniquelyReferenced(&storage) { return }
        if viewStrides != nil {
            self = contiguous()
            return
        }
        let copy = Tensor(unset: shape)
        unsafe copy.base.update(from: base, count: count)
        self = copy
    }

    /// The elements in row-major order.
    public var values: [Scalar] {
        let dense = contiguous(), count = self.count
        return unsafe [Scalar](unsafeUninitializedCapacity: count) { target, initialized in
            if let to = target.baseAddress { unsafe to.update(from: dense.base, count: count) }
            initialized = count
        }
    }

    /// The value of a tensor with one element.
    ///
    /// - Precondition: there is one element.
    public var scalar: Scalar {
        require(count == 1, "a tensor of shape \(shape) is no single number")
        return unsafe base[0]
    }

    /// Gives access to the elements in row-major order; copies them only for views that lie otherwise.
    public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Scalar>) throws -> R) rethrows -> R {
        let dense = contiguous()
        return try withExtendedLifetime(dense.storage) {
            try unsafe body(UnsafeBufferPointer(start: dense.base, count: dense.count))
        }
    }

    /// Gives write access to the elements in row-major order; copies them only where the memory is shared.
    public mutating func withUnsafeMutableBufferPointer<R>(
        _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> R
    ) rethrows -> R {
        makeWritable()
        return try withExtendedLifetime(storage) {
            try unsafe body(UnsafeMutableBufferPointer(start: base, count: count))
        }
    }
}

extension kaira_layout {
    /// A shape and up to three operands' strides.
    package init(_ shape: [Int], _ first: [Int], _ second: [Int]? = nil, _ third: [Int]? = nil) {
        self.init()
        require(shape.count <= Int(KAIRA_RANK), "\(shape) has more than \(KAIRA_RANK) axes")
        rank = Int32(shape.count)
        unsafe withUnsafeMutableBytes(of: &self.shape) { raw in
            let sizes = unsafe raw.assumingMemoryBound(to: Int64.self)
            for axis in shape.indices { unsafe sizes[axis] = Int64(shape[axis]) }
        }
        unsafe withUnsafeMutableBytes(of: &strides) { raw in
            let all = unsafe raw.assumingMemoryBound(to: Int64.self)
            for axis in shape.indices {
                unsafe all[axis] = Int64(first[axis])
                if let second { unsafe all[Int(KAIRA_RANK) + axis] = Int64(second[axis]) }
                if let third { unsafe all[2 * Int(KAIRA_RANK) + axis] = Int64(third[axis]) }
            }
        }
    }
}

extension Tensor: Equatable {
    /// Whether shapes and all values are equal; as for numbers, NaN equals nothing.
    public static func == (a: Tensor, b: Tensor) -> Bool { a.shape == b.shape && a.values == b.values }
}

extension Tensor: CustomStringConvertible {
    /// The shape and the first values.
    public var description: String {
        let shown = reshaped([count]).slice(axis: 0, 0..<Swift.min(count, 12)).values.map { "\($0)" }
        return "Tensor<\(Scalar.self)>\(shape) [\(shown.joined(separator: ", "))\(count > 12 ? ", ..." : "")]"
    }
}

extension Tensor: ExpressibleByArrayLiteral {
    /// A tensor of one axis.
    public init(arrayLiteral elements: Scalar...) { self.init(elements) }
}

extension Tensor where Scalar: TensorReal {
    /// Zeros.
    public init(zeros shape: [Int]) { self.init(repeating: 0, shape: shape) }

    /// Ones.
    public init(ones shape: [Int]) { self.init(repeating: 1, shape: shape) }

    /// Rows of zeros with a one at each label's place, `[labels.count, classes]`.
    ///
    /// - Precondition: every label is in `0 ..< classes`.
    public init(oneHot labels: [Int], classes: Int) {
        self.init(zeros: [labels.count, classes])
        for (row, label) in labels.enumerated() {
            require(label >= 0 && label < classes, "label \(label) at \(row) is not in 0..<\(classes)")
            unsafe storage.base[row * classes + label] = 1
        }
    }
}

extension Tensor {
    /// The values of another tensor in this number type: rounded to nearest, integers towards zero and held to range.
    public init<Other: TensorScalar>(converting other: Tensor<Other>) {
        let dense = other.contiguous()
        self.init(unset: other.shape)
        unsafe Self.convert(dense.base, storage.base, other.count)
    }

    @_specialize(where Scalar == Float, Other == UInt8)
    @_specialize(where Scalar == Float, Other == Double)
    @_specialize(where Scalar == Float, Other == Float16)
    @_specialize(where Scalar == Float, Other == BFloat16)
    @_specialize(where Scalar == Double, Other == Float)
    @_specialize(where Scalar == Double, Other == UInt8)
    @_specialize(where Scalar == Float16, Other == Float)
    @_specialize(where Scalar == BFloat16, Other == Float)
    private static func convert<Other: TensorScalar>(
        _ from: UnsafeMutablePointer<Other>, _ to: UnsafeMutablePointer<Scalar>, _ count: Int
    ) {
        for index in 0..<count { unsafe to[index] = Scalar(nearest: from[index].doubleValue) }
    }
}
