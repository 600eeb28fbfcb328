/// The name and shape of a tensor that a network reads or writes; float32, row-major.
public struct TensorSpec: Sendable, Hashable {
    /// The name in the model file.
    public let name: String
    /// Sizes, outermost first; images are `[batch, height, width, channels]`.
    public let shape: [Int]

    /// A name and a shape.
    public init(name: String, shape: [Int]) {
        self.name = name
        self.shape = shape
    }

    /// The number of values.
    public var count: Int { shape.reduce(1, *) }
}
