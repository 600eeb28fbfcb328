import KairaTensor

/// A layer whose every output sees every input: activation(x W^T + b), equation 1.17 of the study for rows x.
public struct Dense<Scalar: TensorReal>: Layer {
    /// `[outputs, inputs]`.
    public var weight: Parameter<Scalar>
    /// `[outputs]`; nil: none.
    public var bias: Parameter<Scalar>?
    /// What is applied to the results.
    public var activation: Activation
    /// The number type of the products' operands.
    public var precision = ProductPrecision.full

    /// A layer with random weights.
    ///
    /// - Parameters:
    ///   - inputs: the length of the last axis.
    ///   - outputs: what that becomes.
    ///   - activation: what is applied to the results.
    ///   - bias: whether a number is added to each output; it starts within 1 / sqrt(inputs) with `.uniform`, else at 0.
    ///   - initialization: how the weights start.
    ///   - generator: where they come from.
    public init(
        _ inputs: Int, _ outputs: Int, activation: Activation = .identity, bias: Bool = true,
        initialization: Initialization = .uniform, using generator: inout RandomGenerator
    ) {
        require(inputs > 0 && outputs > 0, "a dense layer from \(inputs) to \(outputs)")
        weight = Parameter(
            initialization.tensor([outputs, inputs], inputs: inputs, outputs: outputs, using: &generator))
        if bias {
            let start = initialization == .uniform ? initialization : .zeros
            self.bias = Parameter(start.tensor([outputs], inputs: inputs, outputs: outputs, using: &generator))
        }
        self.activation = activation
    }

    /// A layer with given weights `[outputs, inputs]` and bias `[outputs]`.
    public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>?, activation: Activation = .identity) {
        require(
            weight.rank == 2 && (bias == nil || bias?.shape == [weight.shape[0]]),
            "a dense layer with weights of shape \(weight.shape) and bias of shape \(bias?.shape ?? [])")
        self.weight = Parameter(weight)
        self.bias = bias.map { Parameter($0) }
        self.activation = activation
    }

    /// A layer whose weights and bias are uniform within 1 / sqrt(hidden): `gates` rows of a recurrent cell for each of
    /// its `hidden` numbers.
    init(_ inputs: Int, gates: Int, hidden: Int, using generator: inout RandomGenerator) {
        let bound = Scalar(nearest: 1 / Double(max(hidden, 1)).squareRoot())
        self.init(
            weight: generator.uniform([gates * hidden, inputs], in: -bound..<bound),
            bias: generator.uniform([gates * hidden], in: -bound..<bound))
    }

    /// Applies the layer to `[..., inputs]`.
    public func callAsFunction(_ x: Variable<Scalar>) -> Variable<Scalar> {
        x.affine(weight.variable, bias?.variable, activation: activation, precision: precision)
    }

    /// Shows "weight" and "bias".
    public mutating func visit(_ visitor: inout ModuleVisitor<Scalar>) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}
