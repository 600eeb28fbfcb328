/// What can go wrong with training that no program could have known beforehand.
///
/// Shapes that do not fit are mistakes of the program and stop it; what comes from data and files is thrown.
public enum LearningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A label that no class has; `at` is its place in the batch.
    case labelOutOfRange(label: Int, classes: Int, at: Int)
    /// A set without samples where some are needed.
    case emptySet(String)
    /// A loss or a gradient that is infinite or not a number.
    case notFinite(String)
    /// A state that does not fit the model or the optimiser; the text lists the names.
    case state(String)
    /// Data whose sizes do not fit.
    case shape(String)
    /// A setting that makes no sense.
    case configuration(String)
    /// Data that is damaged.
    case data(String)
    /// A file that is needed and is not there.
    case missing(String)
    /// The caller asked to stop.
    case cancelled

    /// One sentence: what, where, and what to do.
    public var description: String {
        switch self {
        case .labelOutOfRange(let label, let classes, let place):
            "label \(label) at \(place) is not in 0..<\(classes): check the labels, or give the last layer more outputs"
        case .emptySet(let what): "\(what) is empty: training needs at least one sample"
        case .notFinite(let what):
            "\(what) is not finite: lower the learning rate, clip the gradients, or check the data"
        case .state(let what): "the state does not fit: \(what)"
        case .shape(let what): "sizes do not fit: \(what)"
        case .configuration(let what): "not a usable setting: \(what)"
        case .data(let what): "damaged data: \(what)"
        case .missing(let what): what
        case .cancelled: "cancelled"
        }
    }
}
