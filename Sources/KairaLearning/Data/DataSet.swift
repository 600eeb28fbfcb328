import KairaTensor

/// Examples to learn from or to be tested on: an input each, and what should come out of it.
///
/// Inputs stay as they came, bytes or floats; only the batch that is asked for is gathered into a tensor, once. A part of
/// a set (`subset`, `split`) is a list of indices, which shares the elements of the whole.
public struct DataSet: Sendable {
    /// What should come out.
    public enum Targets: Sendable, Hashable {
        /// The class of each example, from 0, and the names of the classes.
        case classes([Int], names: [String])
        /// Numbers, row-major: `width` of them an example.
        case values([Float], width: Int)
    }

    /// The elements of all inputs, row-major, example after example.
    public enum Elements: Sendable, Hashable {
        /// Bytes, each of which counts `scale` in the tensor: 1 / 255 for grey levels.
        case bytes([UInt8], scale: Float)
        /// Numbers as they are.
        case floats([Float])

        var count: Int {
            switch self {
            case .bytes(let bytes, _): bytes.count
            case .floats(let floats): floats.count
            }
        }
    }

    /// What it is called.
    public var name: String
    /// The shape of one input, without the batch's axis: `[1, 28, 28]` for pictures, `[2]` for points.
    public private(set) var inputShape: [Int]
    /// All inputs, also of examples that are not in this part.
    public let elements: Elements
    /// All targets, also of examples that are not in this part.
    public let targets: Targets
    /// Which examples of the whole are in this part, in order.
    public let indices: [Int]

    /// How many examples there are.
    public var count: Int { indices.count }

    /// A set from its parts.
    ///
    /// - Parameters:
    ///   - name: what it is called.
    ///   - inputShape: the shape of one input.
    ///   - elements: those of all inputs.
    ///   - targets: one an example.
    /// - Throws: `LearningError.emptySet`, `.shape` where inputs and targets do not go together, `.labelOutOfRange` for a
    ///   class that has no name, `.data` for a number that is not finite.
    public init(name: String, inputShape: [Int], elements: Elements, targets: Targets) throws(LearningError) {
        guard inputShape.allSatisfy({ $0 > 0 }) else { throw .shape("an input of shape \(inputShape) in \(name)") }
        let width = inputShape.reduce(1, *), count: Int
        switch targets {
        case .classes(let labels, let names):
            count = labels.count
            for (i, label) in labels.enumerated() where !(0..<names.count ~= label) {
                throw .labelOutOfRange(label: label, classes: names.count, at: i)
            }
        case .values(let values, let wide):
            guard wide > 0, values.count % wide == 0 else {
                throw .shape("\(values.count) target values are no multiple of \(wide) in \(name)")
            }
            if let bad = values.firstIndex(where: { !$0.isFinite }) {
                throw .data("target \(bad / wide) of \(name) is \(values[bad])")
            }
            count = values.count / wide
        }
        guard count > 0 else { throw .emptySet(name) }
        guard elements.count == count * width else {
            throw .shape(
                "\(name) has \(elements.count) input elements and \(count) targets; inputs of shape \(inputShape) "
                    + "take \(count * width)")
        }
        if case .floats(let floats) = elements, let bad = floats.firstIndex(where: { !$0.isFinite }) {
            throw .data("element \(bad % width) of input \(bad / width) of \(name) is \(floats[bad])")
        }
        (self.name, self.inputShape, self.elements, self.targets) = (name, inputShape, elements, targets)
        indices = Array(0..<count)
    }

    private init(_ whole: DataSet, indices: [Int]) {
        (name, inputShape, elements, targets) = (whole.name, whole.inputShape, whole.elements, whole.targets)
        self.indices = indices
    }

    /// The names of the classes; empty where targets are numbers.
    public var classNames: [String] {
        if case .classes(_, let names) = targets { names } else { [] }
    }

    /// The class of each example; empty where targets are numbers.
    public var labels: [Int] {
        guard case .classes(let labels, _) = targets else { return [] }
        return indices.map { labels[$0] }
    }

    /// How many examples each class has.
    public var classCounts: [Int] { labels.reduce(into: classNames.map { _ in 0 }) { $0[$1] += 1 } }

    /// The examples at some places of this part, in their order; the elements are shared.
    ///
    /// - Precondition: the places are within `0..<count`.
    public func subset(_ places: some Sequence<Int>) -> DataSet { DataSet(self, indices: places.map { indices[$0] }) }

    /// The same inputs in another shape of as many elements.
    ///
    /// - Throws: `LearningError.shape`.
    public func reshapingInputs(to shape: [Int]) throws(LearningError) -> DataSet {
        guard shape.allSatisfy({ $0 > 0 }), shape.reduce(1, *) == inputShape.reduce(1, *) else {
            throw .shape("inputs of shape \(inputShape) do not fit \(shape)")
        }
        var result = self
        result.inputShape = shape
        return result
    }

    /// Gathers examples into a batch: the one copy that is made of them.
    ///
    /// - Precondition: the places are within `0..<count`.
    public func batch(_ places: some Collection<Int>) -> Batch {
        let width = inputShape.reduce(1, *)
        let inputs = unsafe Tensor<Float>(shape: [places.count] + inputShape) { target in
            var at = 0
            switch elements {
            case .bytes(let bytes, let scale):
                unsafe bytes.withUnsafeBufferPointer { source in
                    for place in places {
                        let start = indices[place] * width
                        for i in 0..<width { unsafe target[at + i] = Float(source[start + i]) * scale }
                        at += width
                    }
                }
            case .floats(let floats):
                unsafe floats.withUnsafeBufferPointer { source in
                    for place in places {
                        let start = indices[place] * width
                        for i in 0..<width { unsafe target[at + i] = source[start + i] }
                        at += width
                    }
                }
            }
        }
        switch targets {
        case .classes(let labels, _):
            return Batch(inputs: inputs, labels: places.map { labels[indices[$0]] }, values: nil)
        case .values(let values, let wide):
            let gathered = unsafe Tensor<Float>(shape: [places.count, wide]) { target in
                for (row, place) in places.enumerated() {
                    for i in 0..<wide { unsafe target[row * wide + i] = values[indices[place] * wide + i] }
                }
            }
            return Batch(inputs: inputs, labels: [], values: gathered)
        }
    }

    /// One input as numbers, row-major.
    ///
    /// - Precondition: the place is within `0..<count`.
    public func input(_ place: Int) -> [Float] {
        let width = inputShape.reduce(1, *), start = indices[place] * width
        switch elements {
        case .bytes(let bytes, let scale): return bytes[start..<start + width].map { Float($0) * scale }
        case .floats(let floats): return Array(floats[start..<start + width])
        }
    }
}
