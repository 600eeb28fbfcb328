/// What the store holds of one model.
public struct ModelStatus: Sendable, Hashable {
    /// The state of one file.
    public enum FileState: Sendable, Hashable {
        /// Of the right size; after `verify`, of the right digest too.
        case present
        /// Not there.
        case missing
        /// There, but not what it should be: why.
        case damaged(String)
    }

    /// The model.
    public let model: ModelCatalogue.Model
    /// Its folder, whether it exists or not.
    public let folder: String
    /// One state a file, in the catalogue's order.
    public let files: [FileState]

    /// Whether every file is there and sound.
    public var isComplete: Bool { files.allSatisfy { $0 == .present } }

    /// Whether any file is there, sound or not.
    public var isPresent: Bool { files.contains { $0 != .missing } }

    /// The bytes of all files once they are there; 0 for those whose size only their source knows.
    public var byteCount: Int { model.files.reduce(0) { $0 + ($1.byteCount ?? 0) } }
}
