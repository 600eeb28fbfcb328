/// What `kaira learn` can show.
public enum LearnExperiment: String, Sendable, Hashable, CaseIterable, Codable {
    /// Perceptrons as logic gates, and the rule that learns them.
    case gates
    /// What one perceptron cannot do and a network can.
    case xor
    /// Activation functions and their slopes.
    case activations
    /// Why a network is not trained on its accuracy.
    case objective
    /// What the learning rate makes of gradient descent.
    case descent
    /// Numeric slopes and the two ways in which h is wrong.
    case derivatives
    /// Learning examples by heart.
    case overfit
    /// The digits that are built in.
    case digits
    /// MNIST and sets of its layout.
    case mnist
    /// Pictures in a folder a class.
    case images
    /// A table of comma-separated values.
    case table
    /// One picture, shown to a network that was saved.
    case predict
}
