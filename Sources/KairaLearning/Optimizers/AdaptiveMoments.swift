import Foundation
import KairaTensor

/// Adam, named after its adaptive estimates of moments: use it as ``Adam`` or ``AdamW``, which differ in where the decay
/// of weights goes (`Decay`).
///
/// m and v are running means of the gradient and its square, p -= rate m^ / (sqrt v^ + epsilon) with
/// m^ = m / (1 - beta1^t), v^ = v / (1 - beta2^t) (Kingma and Ba 2015). Each parameter counts its own steps t.
public struct AdaptiveMoments<Scalar: TensorReal, Decay: DecayPlacement>: Optimizer {
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

    private struct Moments: Sendable {
        var first, second: Tensor<Scalar>
        var steps = 0
    }

    private var moments: [Moments?] = []

    /// An optimiser with these settings, PyTorch's where they are left out.
    public init(
        learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
        weightDecay: Double = Decay.usualWeight
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
        while moments.count < gradients.values.count { moments.append(nil) }
        model.step(along: gradients) { place, parameter, gradient in
            var own =
                moments[place] ?? Moments(first: Tensor(zeros: parameter.shape), second: Tensor(zeros: parameter.shape))
            // Taken out, so that the memory has one owner and is changed in place.
            moments[place] = nil
            require(
                own.first.shape == parameter.shape,
                "moments of shape \(own.first.shape) for a parameter of shape \(parameter.shape)")
            own.steps += 1
            let corrections = (1 - pow(beta1, Double(own.steps)), 1 - pow(beta2, Double(own.steps)))
            parameter.adam(
                along: gradient, rate: learningRate, betas: (beta1, beta2), epsilon: epsilon, decay: weightDecay,
                decoupled: Decay.isDecoupled, corrections: corrections, first: &own.first, second: &own.second)
            moments[place] = own
        }
    }

    /// The moments and the number of steps.
    public var state: StateDictionary<Scalar> {
        var state = StateDictionary<Scalar>()
        state.metadata["optimizer"] = Decay.optimizer
        state.metadata["parameters"] = "\(moments.count)"
        for (place, moments) in moments.enumerated() {
            guard let moments else { continue }
            state["first.\(place)"] = moments.first
            state["second.\(place)"] = moments.second
            state.metadata["steps.\(place)"] = "\(moments.steps)"
        }
        return state
    }

    /// Takes up moments.
    public mutating func load(_ state: StateDictionary<Scalar>) throws(LearningError) {
        var loaded: [Moments?] = []
        for place in 0..<(try state.parameters(of: Decay.optimizer)) {
            guard let first = state["first.\(place)"], let second = state["second.\(place)"] else {
                loaded.append(nil)
                continue
            }
            guard first.shape == second.shape else {
                throw .state("moments of shapes \(first.shape) and \(second.shape) for parameter \(place)")
            }
            loaded.append(Moments(first: first, second: second, steps: try state.count("steps.\(place)")))
        }
        moments = loaded
    }

    /// Looks whether the moments go with a model.
    public func check(against model: some Module<Scalar>) throws(LearningError) {
        try check(moments.map { $0?.first.shape }, of: "moments", against: model)
    }
}
