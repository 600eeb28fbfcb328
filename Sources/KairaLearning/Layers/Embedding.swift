import KairaTensor

/// A row of numbers for each of a vocabulary's entries.
public struct Embedding<Scalar: TensorReal>: Module {
    /// `[entries, width]`, starts normal with deviation 1.
    public var weight: Parameter<Scalar>

    /// A table with random rows.
    public init(_ entries: Int, _ width: Int, using generator: inout RandomGenerator) {
        weight = Parameter(generator.normal([entries, width]))
    }

    /// The rows of some entries, `[indices.count, width]`.
    ///
    /// - Throws: `LearningError.labelOutOfRange` for an index that the table does not have.
    public func callAsFunction(_ indices: [Int]) throws(LearningError) -> Variable<Scalar> {
        let entries = weight.value.shape[0]
        for (place, index) in indices.enumerated() where index < 0 || index >= entries {
            throw .labelOutOfRange(label: index, classes: entries, at: place)
        }
        return weight.variable.rows(at: indices.map { Int32($0) })
    }

    /// Shows "weight".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) { visitor.visit(&weight, "weight") }
}
