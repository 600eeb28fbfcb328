/// What can go wrong with model files, arrays and compiled networks.
public enum TensorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes are not what they claim to be; `offset` is where in the file.
    case malformed(String, offset: Int)
    /// The file is sound but needs something that this version lacks: an operator, an option, a number type.
    case unsupported(String)
    /// The file cannot be opened, or the folder holds no weights; the text names it and says why.
    case unreadable(String)
    /// The file asks for more memory or work than its size justifies, or than the limit allows.
    case tooLarge(String)
    /// Shapes that do not fit together.
    case shape(String)
    /// The tensors of a file are not those that a network needs; the text lists the names.
    case weights(String)
    /// No tensor or array of that name.
    case noTensor(String)
    /// The system refused memory or a thread.
    case resources(String)

    /// One sentence: what, where, and what to do.
    public var description: String {
        switch self {
        case .malformed(let what, let offset):
            "damaged file at byte \(offset): \(what); fetch or export it again"
        case .unsupported(let what): "not supported: \(what)"
        case .unreadable(let what): "cannot be read: \(what)"
        case .tooLarge(let what): "too large: \(what)"
        case .shape(let what): "shapes do not fit: \(what)"
        case .weights(let what): "the weights do not fit the network: \(what)"
        case .noTensor(let name): "there is no tensor named \"\(name)\""
        case .resources(let what): "the system refused \(what); close other programs or use fewer threads"
        }
    }
}
