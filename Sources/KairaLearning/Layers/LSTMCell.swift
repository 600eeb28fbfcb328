import KairaTensor

/// One step of a long short-term memory (Hochreiter and Schmidhuber 1997; gates in PyTorch's order i, f, g, o).
public struct LSTMCell<Scalar: TensorReal>: Module {
    /// From the input: weight `[4 * hidden, inputs]`.
    public var input: Dense<Scalar>
    /// From the last state: weight `[4 * hidden, hidden]`.
    public var recurrent: Dense<Scalar>

    /// A cell with random weights, within 1 / sqrt(hidden).
    public init(_ inputs: Int, _ hidden: Int, using generator: inout RandomGenerator) {
        input = Dense(inputs, gates: 4, hidden: hidden, using: &generator)
        recurrent = Dense(hidden, gates: 4, hidden: hidden, using: &generator)
    }

    /// The next hidden state and memory, both `[batch, hidden]`, from `[batch, inputs]` and the last ones.
    public func callAsFunction(
        _ x: Variable<Scalar>, hidden: Variable<Scalar>, memory: Variable<Scalar>
    ) -> (hidden: Variable<Scalar>, memory: Variable<Scalar>) {
        let gates = input(x) + recurrent(hidden), size = hidden.shape[hidden.rank - 1]
        func gate(_ index: Int) -> Variable<Scalar> { gates.slice(axis: -1, index * size..<(index + 1) * size) }
        let next = gate(1).sigmoid() * memory + gate(0).sigmoid() * gate(2).tanh()
        return (gate(3).sigmoid() * next.tanh(), next)
    }

    /// Shows "input" and "recurrent".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&input, "input")
        visitor.visit(&recurrent, "recurrent")
    }
}
