import KairaTensor

/// What can go wrong between a picture and its keypoints, and with the weights that it takes.
public enum PoseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No model or estimator of that name; the names that exist.
    case unknownModel(String, known: [String])
    /// The model's files are not on this machine, or not all of them.
    case missingModel(String, file: String)
    /// A file is not what its name promises: wrong size, wrong hash, or a network of another kind.
    case damagedModel(String, file: String, reason: String)
    /// A file that the user named holds no network that can be used; the text says why.
    case unusableModel(file: String, reason: String)
    /// Something outside is needed that is not there: a network, Python, pip.
    case unavailable(String)
    /// A file or folder could not be read or written.
    case inputOutput(path: String, reason: String)
    /// The network could not be compiled or run.
    case network(TensorError)

    /// One sentence: what, where, and what to do.
    public var description: String {
        switch self {
        case .unknownModel(let name, let known):
            "there is no model \"\(name)\"; known: \(known.joined(separator: ", "))"
        case .missingModel(let name, let file):
            "model \"\(name)\" is not on this machine (\(file) is missing); run: kaira models pull \(name)"
        case .damagedModel(let name, let file, let reason):
            "\(file): \(reason); run: kaira models rm \(name) && kaira models pull \(name)"
        case .unusableModel(let file, let reason): "\(file): \(reason)"
        case .unavailable(let what): what
        case .inputOutput(let path, let reason): "\(path): \(reason)"
        case .network(let error): "the network cannot run: \(error)"
        }
    }

    /// The exit code of a command that ends with this error (BSD `sysexits.h`): 65 bad data, 69 something is missing,
    /// 74 input or output failed.
    public var exitCode: Int32 {
        switch self {
        case .unknownModel, .missingModel, .unavailable: 69
        case .damagedModel, .unusableModel, .network: 65
        case .inputOutput: 74
        }
    }
}
