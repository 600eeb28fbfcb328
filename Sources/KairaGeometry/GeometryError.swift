/// What can go wrong when solids are built, measured or joined.
public enum GeometryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The arrays make no mesh: an index out of range, a number that is not finite, too many triangles.
    case badMesh(String)
    /// A measure or an operation that only closed shells have.
    case openShell(what: String, reason: String)
    /// A plane without a direction.
    case badPlane(String)
    /// A library that the operation needs is not installed.
    case missingLibrary(what: String, remedy: String)
    /// The operation was tried and gave no solid.
    case failed(String)

    /// One sentence that says what, where, and what to do.
    public var description: String {
        switch self {
        case .badMesh(let message), .badPlane(let message), .failed(let message): message
        case .openShell(let what, let reason): "\(what) needs a closed shell: \(reason)"
        case .missingLibrary(let what, let remedy): "\(what) is missing: \(remedy)"
        }
    }
}
