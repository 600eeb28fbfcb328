/// What can go wrong when a file is read or written.
public enum FormatsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file is not what its name or first bytes say; `at` is a byte offset or a JSON path.
    case malformed(file: String, at: String, reason: String)
    /// The file needs an extension that this reader lacks.
    case unsupportedExtension(file: String, name: String)
    /// The file refers to another file that it may not reach, or that is not there.
    case externalFile(file: String, uri: String, reason: String)
    /// The file would need more memory than its own size allows.
    case tooLarge(file: String, at: String, reason: String)
    /// The file cannot be opened.
    case unreadable(file: String, reason: String)
    /// No reader or writer for such a name.
    case unknownKind(file: String, reason: String)
    /// A value that the format cannot hold.
    case cannotWrite(String)

    /// One sentence that says what, where, and what to do.
    public var description: String {
        switch self {
        case .malformed(let file, let at, let reason): "\(file): \(at): \(reason)"
        case .unsupportedExtension(let file, let name):
            "\(file): it requires the glTF extension \(name), which Kaira does not read: export it without that"
        case .externalFile(let file, let uri, let reason): "\(file): it refers to \(uri): \(reason)"
        case .tooLarge(let file, let at, let reason): "\(file): \(at): \(reason)"
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .unknownKind(let file, let reason): "\(file): \(reason)"
        case .cannotWrite(let message): message
        }
    }
}
