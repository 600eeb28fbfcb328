import KairaTensor

/// One step of a gated recurrent unit (Cho et al. 2014; gates in PyTorch's order r, z, n, the reset after the product).
public struct GRUCell<Scalar: TensorReal>: Module {
    /// From the input: weight `[3 * hidden, inputs]`.
    public var input: Dense<Scalar>
    /// From the last state: weight `[3 * hidden, hidden]`.
    public var recurrent: Dense<Scalar>

    /// A cell with random weights, within 1 / sqrt(hidden).
    public init(_ inputs: Int, _ hidden: Int, using generator: inout RandomGenerator) {
        input = Dense(inputs, gates: 3, hidden: hidden, using: &generator)
        recurrent = Dense(hidden, gates: 3, hidden: hidden, using: &generator)
    }

    /// The next state `[batch, hidden]` from `[batch, inputs]` and the last one.
    public func callAsFunction(_ x: Variable<Scalar>, hidden: Variable<Scalar>) -> Variable<Scalar> {
        let a = input(x), b = recurrent(hidden), size = hidden.shape[hidden.rank - 1]
        func gate(_ v: Variable<Scalar>, _ index: Int) -> Variable<Scalar> {
            v.slice(axis: -1, index * size..<(index + 1) * size)
        }
        let reset = (gate(a, 0) + gate(b, 0)).sigmoid(), keep = (gate(a, 1) + gate(b, 1)).sigmoid()
        let new = (gate(a, 2) + reset * gate(b, 2)).tanh()
        return new + keep * (hidden - new)
    }

    /// Shows "input" and "recurrent".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&input, "input")
        visitor.visit(&recurrent, "recurrent")
    }
}
