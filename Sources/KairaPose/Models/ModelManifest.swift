import Foundation

/// What a model's folder says about itself, in `kaira-model.json`: where its files came from and what they are.
///
/// It stands beside models whose files are not fixed by the catalogue: those of a hub, whose digests the hub tells at the
/// time of the pull, and those that a user added.
struct ModelManifest: Codable, Sendable, Hashable {
    static let file = "kaira-model.json"
    static let schema = "kaira.model/1"

    /// One file.
    struct Entry: Codable, Sendable, Hashable {
        var name: String
        var bytes: Int
        var sha256: String
    }

    var schema = Self.schema
    /// One line for a list.
    var summary: String
    /// SPDX identifier, or `unknown`.
    var license: String
    /// The address or path that the files came from.
    var source: String
    /// The hub's revision, where there is one.
    var revision: String?
    /// The files.
    var files: [Entry]

    /// The manifest of a folder; nil where there is none, or none that can be believed.
    init?(folder: String) {
        guard let data = FileManager.default.contents(atPath: folder + "/" + Self.file), data.count < 1 << 20,
            let manifest = try? JSONDecoder().decode(Self.self, from: data), manifest.schema == Self.schema,
            !manifest.files.isEmpty,
            manifest.files.allSatisfy({ ModelStore.isPlainName($0.name) && $0.bytes >= 0 && $0.sha256.count == 64 })
        else { return nil }
        self = manifest
    }

    init(summary: String, license: String, source: String, revision: String? = nil, files: [Entry]) {
        self.summary = summary
        self.license = license
        self.source = source
        self.revision = revision
        self.files = files
    }

    /// The files as a catalogue has them.
    var catalogueFiles: [ModelCatalogue.File] {
        files.map { ModelCatalogue.File(name: $0.name, member: $0.name, byteCount: $0.bytes, sha256: $0.sha256) }
    }

    /// The file's bytes.
    func json() throws(PoseError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { return try encoder.encode(self) } catch {
            throw .inputOutput(path: Self.file, reason: "cannot be written: \(error)")
        }
    }
}
