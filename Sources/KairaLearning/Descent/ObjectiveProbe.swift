/// Shows why a network is not trained on its accuracy: as one weight moves, accuracy stands still or jumps, while the loss
/// always says which way is better.
///
/// The network is one sigmoid node on examples of one number, `y = sigmoid(w x + b)`; it answers 1 where y > 1/2.
public struct ObjectiveProbe: Sendable, Hashable {
    /// The number of each example.
    public var inputs: [Double]
    /// 0 or 1 for each.
    public var targets: [Int]
    /// b, held still.
    public var bias: Double

    /// What a weight gives.
    public struct Reading: Sendable, Hashable {
        /// The weight.
        public var weight: Double
        /// The share of right answers.
        public var accuracy: Double
        /// The mean cross entropy.
        public var loss: Double
        /// The slope of accuracy at the weight, by central differences: 0 unless a jump is nearer than h.
        public var accuracySlope: Double
        /// The slope of the loss at the weight, exact.
        public var lossSlope: Double
    }

    /// A probe from its parts.
    ///
    /// - Precondition: as many targets as inputs, at least one.
    public init(inputs: [Double], targets: [Int], bias: Double = 0) {
        precondition(inputs.count == targets.count && !inputs.isEmpty, "a probe needs a target for each input")
        self.inputs = inputs
        self.targets = targets
        self.bias = bias
    }

    /// Twelve examples, of which two lie on the wrong side.
    public static let example = ObjectiveProbe(
        inputs: [-3, -2.4, -1.9, -1.3, -0.8, 0.5, -0.4, 0.7, 1.2, 1.8, 2.3, 3.1],
        targets: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], bias: -0.3)

    /// The share of right answers.
    public func accuracy(weight: Double) -> Double {
        let right = zip(inputs, targets).count { x, t in (weight * x + bias > 0 ? 1 : 0) == t }
        return Double(right) / Double(inputs.count)
    }

    /// The mean cross entropy.
    public func loss(weight: Double) -> Double {
        let task = LearningTask.binaryClassification
        return zip(inputs, targets).reduce(0) { sum, one in
            sum + task.lossValue(sums: [weight * one.0 + bias], targets: [Double(one.1)])
        } / Double(inputs.count)
    }

    /// Everything at one weight.
    public func reading(weight: Double, step: Double = 1e-6) -> Reading {
        let slope = zip(inputs, targets).reduce(0) { sum, one in
            sum + (ActivationFunction.sigmoid(weight * one.0 + bias) - Double(one.1)) * one.0
        }
        return Reading(
            weight: weight, accuracy: accuracy(weight: weight), loss: loss(weight: weight),
            accuracySlope: NumericDerivative<Double>(.central, step: step)({ accuracy(weight: $0) }, at: weight),
            lossSlope: slope / Double(inputs.count))
    }
}
