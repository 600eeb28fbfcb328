import Glibc

/// What a network is to answer; it settles the last layer's activation and the loss together.
///
/// Each pair is chosen so that the loss's slope at the last weighted sum is simply `y - t`, what came out minus what should.
public enum LearningTask: String, Sendable, Hashable, CaseIterable, Codable {
    /// A number, or several.
    case regression
    /// Yes or no.
    case binaryClassification
    /// One of several classes.
    case multiclassClassification

    /// What the last layer does with its weighted sums.
    public enum Output: String, Sendable, Hashable, Codable {
        /// Hands them on.
        case identity
        /// One node, between 0 and 1.
        case sigmoid
        /// A node a class; shares that sum to 1.
        case softmax
    }

    /// How wrong answers are priced.
    public enum Loss: String, Sendable, Hashable, Codable {
        /// `1/2 sum (y - t)^2`.
        case halfSumOfSquares
        /// `-(t ln y + (1 - t) ln (1 - y))`.
        case binaryCrossEntropy
        /// `-sum t ln y`.
        case crossEntropy
    }

    /// The activation of the last layer.
    public var output: Output {
        switch self {
        case .regression: .identity
        case .binaryClassification: .sigmoid
        case .multiclassClassification: .softmax
        }
    }

    /// The loss that goes with it.
    public var loss: Loss {
        switch self {
        case .regression: .halfSumOfSquares
        case .binaryClassification: .binaryCrossEntropy
        case .multiclassClassification: .crossEntropy
        }
    }

    /// The outputs of the last layer.
    ///
    /// - Parameter sums: the last layer's weighted sums.
    /// - Returns: as many numbers.
    public func outputs(of sums: [Double]) -> [Double] {
        switch output {
        case .identity: sums
        case .sigmoid: sums.map { ActivationFunction.sigmoid($0) }
        case .softmax: ActivationFunction.softmax(sums)
        }
    }

    /// The loss from the last layer's weighted sums, in the form that no large sum spoils.
    ///
    /// - Parameters:
    ///   - sums: the last layer's weighted sums.
    ///   - targets: what should have come out: numbers; 0 or 1; 1 for the right class and 0 for the others, or shares.
    /// - Returns: the loss, 0 or more.
    /// - Precondition: as many targets as sums.
    public func lossValue(sums: [Double], targets: [Double]) -> Double {
        precondition(sums.count == targets.count, "\(sums.count) outputs and \(targets.count) targets")
        switch loss {
        case .halfSumOfSquares: return zip(sums, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2
        case .binaryCrossEntropy:
            return zip(sums, targets).reduce(0) { sum, one in
                sum + max(one.0, 0) - one.0 * one.1 + log1p(exp(-abs(one.0)))
            }
        case .crossEntropy:
            guard let largest = sums.max() else { return 0 }
            let logSum = largest + log(sums.reduce(0) { $0 + exp($1 - largest) })
            return zip(sums, targets).reduce(0) { $0 - $1.1 * ($1.0 - logSum) }
        }
    }

    /// The slope of the loss at each weighted sum of the last layer.
    ///
    /// - Parameters:
    ///   - sums: the last layer's weighted sums.
    ///   - targets: what should have come out; for classes they sum to 1.
    /// - Returns: `y - t`, whatever the task.
    /// - Precondition: as many targets as sums.
    public func lossSlope(sums: [Double], targets: [Double]) -> [Double] {
        precondition(sums.count == targets.count, "\(sums.count) outputs and \(targets.count) targets")
        return zip(outputs(of: sums), targets).map { $0 - $1 }
    }
}
