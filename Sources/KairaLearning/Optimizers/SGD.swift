import KairaTensor

/// Gradient descent, x <- x - a grad f (equation 1.13 of the study), with momentum where asked for.
///
/// With g the gradient plus decay * p: v = momentum v + g, p -= rate v; Nesterov's: p -= rate (g + momentum v). The first
/// v is g. Conventions as PyTorch's.
public struct SGD<Scalar: TensorReal>: Optimizer {
    /// The step's length.
    public var learningRate: Double
    /// How much of the last velocity is kept.
    public var momentum: Double
    /// Whether the step looks ahead (Nesterov 1983).
    public var isNesterov: Bool
    /// How strongly parameters are pulled to 0.
    public var weightDecay: Double
    private var velocities: [Tensor<Scalar>?] = []

    /// Gradient descent with these settings.
    public init(learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
        self.learningRate = learningRate
        self.momentum = momentum
        isNesterov = nesterov
        self.weightDecay = weightDecay
    }

    /// Takes one step.
    public mutating func update<M: Module>(
        _ model: inout M, along gradients: Gradients<Scalar>
    ) where M.Scalar == Scalar {
        while velocities.count < gradients.values.count { velocities.append(nil) }
        model.step(along: gradients) { place, parameter, gradient in
            parameter.descend(
                along: gradient, rate: learningRate, momentum: momentum, decay: weightDecay, nesterov: isNesterov,
                velocity: &velocities[place])
        }
    }

    /// The velocities.
    public var state: StateDictionary<Scalar> {
        var state = StateDictionary<Scalar>()
        state.metadata["optimizer"] = "sgd"
        state.metadata["parameters"] = "\(velocities.count)"
        for (place, velocity) in velocities.enumerated() { state["velocity.\(place)"] = velocity }
        return state
    }

    /// Takes up velocities.
    public mutating func load(_ state: StateDictionary<Scalar>) throws(LearningError) {
        velocities = (0..<(try state.parameters(of: "sgd"))).map { state["velocity.\($0)"] }
    }

    /// Looks whether the velocities go with a model.
    public func check(against model: some Module<Scalar>) throws(LearningError) {
        try check(velocities.map { $0?.shape }, of: "velocities", against: model)
    }
}
