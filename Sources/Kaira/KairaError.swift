/// What can go wrong between the modules: what a caller of a pipeline can act on.
public enum KairaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The request itself makes no sense; the message says which part and what would.
    case usage(String)
    /// An input file is not there or cannot be read.
    case noInput(path: String, reason: String)
    /// An input was read but says nothing usable.
    case badData(path: String, reason: String)
    /// The output is there already and nothing said that it may be replaced.
    case outputExists(path: String)
    /// The output cannot be created.
    case cannotCreate(path: String, reason: String)
    /// A tool, a driver or a model that the work needs is missing.
    case missing(what: String, remedy: String)
    /// A comparison found a difference.
    case different(String)

    /// One sentence that says what, where, and what to do.
    public var description: String {
        switch self {
        case .usage(let message): message
        case .noInput(let path, let reason): "\(path): \(reason)"
        case .badData(let path, let reason): "\(path): \(reason)"
        case .outputExists(let path): "\(path) exists already: name another output, or add --force to replace it"
        case .cannotCreate(let path, let reason): "\(path) cannot be created: \(reason)"
        case .missing(let what, let remedy): "\(what) is missing: \(remedy)"
        case .different(let message): message
        }
    }
}
