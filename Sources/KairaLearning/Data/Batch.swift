import KairaTensor

/// Some examples of a data set, gathered to be shown to a network together.
public struct Batch: Sendable {
    /// `[examples, ...]`, the shape of one input after the first axis.
    public var inputs: Tensor<Float>
    /// The class of each example; empty where targets are numbers.
    public var labels: [Int]
    /// `[examples, width]`; nil where targets are classes.
    public var values: Tensor<Float>?

    /// A batch from its parts.
    public init(inputs: Tensor<Float>, labels: [Int], values: Tensor<Float>?) {
        self.inputs = inputs
        self.labels = labels
        self.values = values
    }

    /// How many examples it has.
    public var count: Int { inputs.shape.first ?? 0 }
}
