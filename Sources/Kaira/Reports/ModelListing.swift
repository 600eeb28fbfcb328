import KairaPose

/// The models of a store: `kaira.models/1`.
public struct ModelListing: Sendable, Encodable {
    /// One model.
    public struct Row: Sendable, Encodable {
        /// Its name.
        public var name: String
        /// One line.
        public var summary: String
        /// Its licence.
        public var license: String
        /// Whether all its files are there.
        public var isComplete: Bool
        /// Bytes of its files.
        public var bytes: Int
        /// Where they are or would be.
        public var folder: String
    }

    /// The schema's name.
    public let schema = "kaira.models/1"
    /// In the catalogue's order.
    public var models: [Row]

    /// A listing of statuses.
    public init(_ statuses: [ModelStatus]) {
        models = statuses.map {
            Row(
                name: $0.model.name, summary: $0.model.summary, license: $0.model.license, isComplete: $0.isComplete,
                bytes: $0.byteCount, folder: $0.folder)
        }
    }

    /// Lines for a person.
    public var text: String {
        models.map { row in
            "\(row.name)  \(row.isComplete ? "here" : "not here: kaira models pull \(row.name)")"
                + "  \(rounded(Double(row.bytes) / 1e6)) MB  \(row.license)\n    \(row.summary)\n    \(row.folder)"
        }.joined(separator: "\n")
    }
}
