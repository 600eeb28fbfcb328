import KairaTensor

/// Adam with weight decay apart from the gradient: p -= rate * decay * p before Adam's step (Loshchilov and Hutter 2019).
public struct AdamW<Scalar: TensorReal>: Optimizer {
    /// The step's length.
    public var learningRate: Double
    /// How much of m is kept.
    public var beta1: Double
    /// How much of v is kept.
    public var beta2: Double
    /// Keeps the division finite.
    public var epsilon: Double
    /// How strongly parameters are pulled to 0.
    public var weightDecay: Double
    private var moments = AdamMoments<Scalar>()

    /// AdamW with these settings.
    public init(
        learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
        weightDecay: Double = 1e-2
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
            decoupled: true)
    }

    /// The moments and the number of steps.
    public var state: StateDictionary<Scalar> { moments.state("adamw") }

    /// Takes up moments.
    public mutating func load(_ state: StateDictionary<Scalar>) throws(LearningError) {
        moments = try AdamMoments(state, "adamw")
    }

    /// Looks whether the moments go with a model.
    public func check(against model: some Module<Scalar>) throws(LearningError) {
        try check(moments.shapes, of: "moments", against: model)
    }
}
