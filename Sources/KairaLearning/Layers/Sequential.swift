import KairaTensor

/// Layers one after the other, named "0", "1", ...
public struct Sequential<Scalar: TensorReal>: Layer {
    /// The layers, first to last.
    public var layers: [any Layer<Scalar>]

    /// Layers in the order of their application.
    public init(_ layers: [any Layer<Scalar>]) { self.layers = layers }

    /// Applies the layers.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        var result = x
        for layer in layers { result = layer(result) }
        return result
    }

    /// Shows every layer.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        for index in layers.indices { visitor.visit(&layers[index], "\(index)") }
    }
}
