import KairaTensor

/// What a layer does to each of its results. Formulas and slopes: section 2 of the study's first chapter.
public enum Activation: String, Sendable, Codable, CaseIterable {
    /// x: for regression.
    case identity
    /// max(x, 0).
    case relu
    /// 1 / (1 + e^-x): for one output that tells two classes apart.
    case sigmoid
    /// (e^x - e^-x) / (e^x + e^-x).
    case tanh
    /// x / (1 + e^-x).
    case swish
    /// x Phi(x), with the normal distribution function.
    case gelu
    /// e^x / sum e^x over the last axis: for many classes.
    case softmax
    /// 0 where x < 0, else 1 (equation 1.4); nothing is learnt through it.
    case step

    /// Applies the activation.
    public func callAsFunction<Scalar>(_ x: Variable<Scalar>) -> Variable<Scalar> {
        switch self {
        case .identity: x
        case .relu: x.relu()
        case .sigmoid: x.sigmoid()
        case .tanh: x.tanh()
        case .swish: x.swish()
        case .gelu: x.gelu()
        case .softmax: x.softmax()
        case .step: x.step()
        }
    }

    /// What a product can do to its results by itself.
    var finish: Finish? {
        switch self {
        case .identity: Finish.none
        case .relu: .relu
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        case .gelu: .gelu
        case .swish, .softmax, .step: nil
        }
    }
}
