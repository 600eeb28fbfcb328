import KairaTensor

/// A layer whose result is added to its input.
public struct Residual<Inner: Layer>: Layer {
    /// The layer.
    public var inner: Inner

    /// x + inner(x).
    public init(_ inner: Inner) { self.inner = inner }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Inner.Scalar>) -> Variable<Inner.Scalar> { x + inner(x) }

    /// Shows "inner".
    public mutating func visit(_ visitor: inout ModuleVisitor<Inner.Scalar>) { visitor.visit(&inner, "inner") }
}
