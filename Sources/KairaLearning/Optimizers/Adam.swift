import KairaTensor

/// Adam (Kingma and Ba 2015): m and v are running means of the gradient and its square, p -= rate m^ / (sqrt v^ + epsilon)
/// with m^ = m / (1 - beta1^t), v^ = v / (1 - beta2^t).
public struct Adam<Scalar: TensorReal>: Optimizer {
    /// The step's length.
    public var learningRate: Double
    /// How much of m is kept.
    public var beta1: Double
    /// How much of v is kept.
    public var beta2: Double
    /// Keeps the division finite.
    public var epsilon: Double
    /// How strongly parameters are pulled to 0, by way of the gradient; `AdamW` does so apart from it.
    public var weightDecay: Double
    private var moments = AdamMoments<Scalar>()

    /// Adam with these settings.
    public init(
        learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
        weightDecay: Double = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// Takes one step.
    public mutating func update<M: Module>(
        _ model: inout M, along gradients: Gradients<Scalar>
    ) where M.Scalar == Scalar {
        moments.update(
            &model, along: gradients, rate: learningRate, betas: (beta1, beta2), epsilon: epsilon, decay: weightDecay,
            decoupled: false)
    }

    /// The moments and the number of steps.
    public var state: StateDictionary<Scalar> { moments.state("adam") }

    /// Takes up moments.
    public mutating func load(_ state: StateDictionary<Scalar>) throws(LearningError) {
        moments = try AdamMoments(state, "adam")
    }

    /// Looks whether the moments go with a model.
    public func check(against model: some Module<Scalar>) throws(LearningError) {
        try check(moments.shapes, of: "moments", against: model)
    }
}
