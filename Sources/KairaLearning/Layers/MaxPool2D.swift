import KairaTensor

/// The largest value of each window of `[batch, channels, height, width]`.
public struct MaxPool2D<Scalar: TensorReal>: Layer {
    /// Kernel, stride and padding.
    public var window: WindowShape

    /// Pooling over a window.
    public init(window: WindowShape) { self.window = window }

    /// Pooling over squares; they do not overlap unless a stride is given.
    public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0) {
        window = WindowShape(kernel: kernel, stride: stride ?? kernel, padding: padding)
    }

    /// Applies the layer.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> { x.maxPool2d(window) }

    /// Shows nothing.
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {}
}
