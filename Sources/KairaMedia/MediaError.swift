/// What can go wrong between files and frames.
public enum MediaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// ffmpeg or ffprobe is not installed.
    case toolMissing(String)
    /// The input is not there or cannot be opened.
    case noInput(path: String, reason: String)
    /// The input is there but holds no picture that can be decoded.
    case badData(path: String, reason: String)
    /// The output is there already.
    case outputExists(path: String)
    /// The output cannot be created.
    case cannotCreate(path: String, reason: String)
    /// Reading or writing failed half-way.
    case failed(path: String, reason: String)
    /// A name, size or rate that this output cannot have.
    case unsupported(String)

    /// One sentence that says what, where, and what to do.
    public var description: String {
        switch self {
        case .toolMissing(let tool): "\(tool) was not found: install it (apt-get install ffmpeg)"
        case .noInput(let path, let reason), .badData(let path, let reason): "\(path): \(reason)"
        case .outputExists(let path): "\(path) exists already: name another output, or add --force to replace it"
        case .cannotCreate(let path, let reason): "\(path) cannot be created: \(reason)"
        case .failed(let path, let reason): "\(path): \(reason)"
        case .unsupported(let message): message
        }
    }
}
