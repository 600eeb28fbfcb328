import Glibc

/// What a node makes of its weighted sum: the functions of the first chapter, as plain functions of a number.
///
/// The layers of a network use the tape's operations of the same names; these are for reading, drawing and checking.
public enum ActivationFunction: String, Sendable, Hashable, CaseIterable, Codable {
    /// x itself: the output of a regression.
    case identity
    /// 0 at x < 0 and 1 at x >= 0.
    ///
    /// At exactly 0 this differs from the perceptron, which fires only above 0. Its slope is 0 wherever there is one, so
    /// nothing can be learned through it by descent.
    case step
    /// The larger of x and 0; its slope at 0 is taken as 0.
    case relu
    /// `1 / (1 + e^-x)`, between 0 and 1: the output that tells two classes apart. Its slope is at most 1/4, so that of n
    /// such layers shrinks like 4^-n.
    case sigmoid
    /// `(e^x - e^-x) / (e^x + e^-x)`, between -1 and 1.
    case tanh
    /// `x / (1 + e^-x)`; its minimum is -0.27846 at -1.27846. Ramachandran, Zoph and Le, "Searching for activation
    /// functions" (2017).
    case swish

    /// The function's value. Neither overflow nor loss of digits for any finite x.
    public func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .identity: x
        case .step: x >= 0 ? 1 : 0
        case .relu: max(x, 0)
        case .sigmoid: Self.logistic(x)
        case .tanh: Glibc.tanh(x)
        case .swish: x * Self.logistic(x)
        }
    }

    /// The function's slope at x.
    public func derivative(_ x: Double) -> Double {
        switch self {
        case .identity: return 1
        case .step: return 0
        case .relu: return x > 0 ? 1 : 0
        case .sigmoid:
            // s(-x) = 1 - s(x), but without the loss of digits for large x.
            return Self.logistic(x) * Self.logistic(-x)
        case .tanh:
            // 1 - tanh^2 loses every digit for large x; 1 / cosh^2 none.
            let c = cosh(x)
            return 1 / (c * c)
        case .swish:
            let s = Self.logistic(x)
            return s + x * s * Self.logistic(-x)
        }
    }

    /// For x < 0 as e^x / (1 + e^x), whose power cannot overflow.
    private static func logistic(_ x: Double) -> Double {
        if x >= 0 { return 1 / (1 + exp(-x)) }
        let e = exp(x)
        return e / (1 + e)
    }

    /// Turns scores into shares that are above 0 and sum to 1: `e^(a_k) / sum_i e^(a_i)`. The largest score is subtracted
    /// first, which changes nothing but that no power overflows.
    ///
    /// - Returns: one share a score; empty for no scores.
    public static func softmax(_ scores: [Double]) -> [Double] {
        guard let largest = scores.max() else { return [] }
        let powers = scores.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// The slopes of softmax, `y_i (delta_ij - y_j)`: row i, column j is how share i moves with score j.
    public static func softmaxDerivative(_ scores: [Double]) -> [[Double]] {
        let y = softmax(scores)
        return y.indices.map { i in y.indices.map { j in y[i] * ((i == j ? 1 : 0) - y[j]) } }
    }
}
