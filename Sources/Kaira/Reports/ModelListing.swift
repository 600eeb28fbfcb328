import KairaPose

/// The models of a store: `kaira.models/1`.
public struct ModelListing: Sendable, Encodable {
    /// One file.
    public struct File: Sendable, Encodable {
        /// Its name.
        public var name: String
        /// `present`, `missing` or `damaged`.
        public var state: String
        /// Why it is damaged.
        public var reason: String?
    }

    /// One model.
    public struct Row: Sendable, Encodable {
        /// Its name.
        public var name: String
        /// One line.
        public var summary: String
        /// Its licence.
        public var license: String
        /// Where its files come from: a package, an address, or the path where they were when they were added.
        public var source: String
        /// Whether it was added by hand, so that it cannot be pulled.
        public var isAdded: Bool
        /// Whether all its files are there and, after a check, sound.
        public var isComplete: Bool
        /// Bytes of its files.
        public var bytes: Int
        /// Where they are or would be.
        public var folder: String
        /// Its files.
        public var files: [File]
    }

    /// The schema's name.
    public let schema = "kaira.models/1"
    /// In the catalogue's order.
    public var models: [Row]

    /// A listing of statuses.
    public init(_ statuses: [ModelStatus]) {
        models = statuses.map { status in
            Row(
                name: status.model.name, summary: status.model.summary, license: status.model.license,
                source: Self.source(status.model.source), isAdded: Self.isAdded(status.model.source),
                isComplete: status.isComplete, bytes: status.byteCount, folder: status.folder,
                files: zip(status.model.files, status.files).map { file, state in
                    switch state {
                    case .present: File(name: file.name, state: "present")
                    case .missing: File(name: file.name, state: "missing")
                    case .damaged(let reason): File(name: file.name, state: "damaged", reason: reason)
                    }
                })
        }
    }

    /// Whether every file is there.
    public var isComplete: Bool { models.allSatisfy(\.isComplete) }

    /// Whether a file is there that is not what it should be.
    public var isDamaged: Bool { models.contains { $0.files.contains { $0.state == "damaged" } } }

    /// Lines for a person: what is here.
    public var text: String {
        models.map { row in
            let isHere = row.files.contains { $0.state != "missing" }
            let state = row.isComplete ? "here" : "\(isHere ? "damaged" : "not here"): \(Self.remedy(row))"
            let size = row.bytes > 0 ? "\(rounded(Double(row.bytes) / 1e6)) MB  " : ""
            return "\(row.name)  \(state)  \(size)\(row.license)\n    \(row.summary)"
                + "\n    \(row.folder)"
        }.joined(separator: "\n")
    }

    /// Lines for a person: what a check of every byte found.
    public var verification: String {
        models.map { row in
            if row.isComplete {
                let ownHand = row.isAdded || row.source.hasSuffix(".pth")
                return "\(row.name): the weights are \(ownHand ? "those that were added" : "the published ones")"
            }
            let faults = row.files.filter { $0.state != "present" }.map {
                "  \(row.folder)/\($0.name): \($0.reason ?? "missing")"
            }
            return
                (["\(row.name): \(row.files.count - faults.count) of \(row.files.count) files are sound"] + faults
                + ["  -> \(Self.remedy(row))"]).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func source(_ source: ModelCatalogue.Source) -> String {
        switch source {
        case .pythonWheel(let package, let version, _, _): "https://pypi.org/project/\(package)/\(version)"
        case .hub(let repository, let revision): "https://huggingface.co/\(repository)/tree/\(revision)"
        case .added(let path): path
        case .byHand(let address): address
        }
    }

    private static func isAdded(_ source: ModelCatalogue.Source) -> Bool {
        if case .added = source { true } else { false }
    }

    private static func remedy(_ row: Row) -> String {
        if row.isAdded { return "kaira models add \(row.source) --name \(row.name) --force" }
        return
            row.source.hasSuffix(".pth")
            ? "kaira models pull \(row.name) says where they are"
            : row.files.contains { $0.state == "damaged" }
                ? "kaira models rm \(row.name) && kaira models pull \(row.name)" : "kaira models pull \(row.name)"
    }
}
