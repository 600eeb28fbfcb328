import KairaTensor

/// A model whose parameters are running means of another's: average = decay * average + (1 - decay) * parameter.
public struct ExponentialMovingAverage<M: Module>: Sendable {
    /// The averaged model; its buffers are the latest.
    public private(set) var model: M
    /// How much of the average is kept at each update.
    public var decay: Double

    /// Starts with a model's own parameters.
    public init(_ model: M, decay: Double = 0.999) {
        require(decay >= 0 && decay <= 1, "an average with a decay of \(decay)")
        self.model = model
        self.decay = decay
    }

    /// Takes a model's parameters in.
    public mutating func update(_ other: M) {
        var parameters: [Tensor<M.Scalar>] = [], buffers: [Tensor<M.Scalar>] = [], copy = other
        var reader = ModuleVisitor<M.Scalar>(
            parameter: { parameters.append($1.value) }, buffer: { buffers.append($1.value) })
        copy.visit(&reader)
        var place = 0, slot = 0
        let factor = 1 - decay
        var writer = ModuleVisitor<M.Scalar>(
            parameter: {
                $1.value.blend(towards: parameters[place], factor: factor)
                place += 1
            },
            buffer: {
                $1.value = buffers[slot]
                slot += 1
            })
        model.visit(&writer)
    }
}
