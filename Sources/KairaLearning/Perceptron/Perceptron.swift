/// The smallest network: one node that fires when the weighted sum of its inputs and its bias is above zero.
///
/// `y = 1 if w1 x1 + w2 x2 + ... + b > 0, else 0`: strictly above, so a sum of exactly 0 does not fire. With two inputs the
/// line `w1 x1 + w2 x2 + b = 0` divides the plane into the points of 1 and those of 0; one node can do no more than that.
/// Rosenblatt, "The perceptron", Psychological Review 65 (1958).
///
/// ```swift
/// let gate = Perceptron.and
/// gate(1, 1)  // 1
/// gate(1, 0)  // 0
/// ```
public struct Perceptron: Sendable, Hashable {
    /// What each input counts for.
    public var weights: [Double]
    /// How easily the node fires: the weight of an input that is always 1.
    public var bias: Double

    /// A perceptron from its parts.
    public init(weights: [Double], bias: Double) {
        self.weights = weights
        self.bias = bias
    }

    /// A perceptron of `inputs` inputs whose weights and bias are 0: it never fires.
    public init(inputs: Int) { self.init(weights: [Double](repeating: 0, count: max(inputs, 0)), bias: 0) }

    /// The weighted sum of the inputs, plus the bias: what is compared with 0.
    ///
    /// - Precondition: as many inputs as weights.
    public func sum(of inputs: [Double]) -> Double {
        precondition(
            inputs.count == weights.count, "\(inputs.count) inputs for a perceptron of \(weights.count) weights")
        return zip(weights, inputs).reduce(0) { $0 + $1.0 * $1.1 } + bias
    }

    /// 1 where it fires, 0 where not.
    ///
    /// - Precondition: as many inputs as weights.
    public func callAsFunction(_ inputs: [Double]) -> Int { sum(of: inputs) > 0 ? 1 : 0 }

    /// 1 where it fires, 0 where not.
    ///
    /// - Precondition: the perceptron has two inputs.
    public func callAsFunction(_ x1: Double, _ x2: Double) -> Int { self([x1, x2]) }

    /// Fires when both inputs are 1: weights 0.5 and 0.5, bias -0.7, one of infinitely many choices.
    public static let and = Perceptron(weights: [0.5, 0.5], bias: -0.7)
    /// Fires when at least one input is 1.
    public static let or = Perceptron(weights: [0.5, 0.5], bias: -0.2)
    /// Fires unless both inputs are 1.
    public static let nand = Perceptron(weights: [-0.5, -0.5], bias: 0.7)
}
