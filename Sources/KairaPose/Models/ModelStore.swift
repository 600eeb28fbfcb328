import Foundation
import Glibc

/// The folder that holds the weights: one sub-folder a model, one file a network.
///
/// Files appear in it whole, by a rename after their digest was checked, so a reader never sees half of one.
public struct ModelStore: Sendable, Hashable {
    /// The folder.
    public let root: String
    /// What may be in it.
    public let catalogue: ModelCatalogue

    /// A store in a folder, which need not exist yet.
    public init(root: String = Self.defaultRoot(), catalogue: ModelCatalogue = .standard) {
        self.root = root
        self.catalogue = catalogue
    }

    /// `$XDG_CACHE_HOME/kaira/models`, by default `~/.cache/kaira/models`.
    ///
    /// A relative `XDG_CACHE_HOME` is ignored, as the XDG base directory specification asks.
    public static func defaultRoot(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        CacheFolder.path(environment) + "/models"
    }

    /// What is here of every model of the catalogue and of those that were added; sizes are looked at, digests are not.
    public func list() -> [ModelStatus] { (catalogue.models + added).map(status) }

    /// The models that were added by hand, by name.
    public var added: [ModelCatalogue.Model] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.sorted().filter { name in
            Self.isPlainName(name) && !catalogue.models.contains { $0.name == name }
        }.compactMap { name in
            ModelManifest(folder: root + "/" + name).map { manifest in
                ModelCatalogue.Model(
                    name: name, summary: manifest.summary, license: manifest.license,
                    source: .added(from: manifest.source), files: manifest.catalogueFiles)
            }
        }
    }

    /// The model of that name, of the catalogue or added, with the sizes and digests that its manifest tells.
    ///
    /// - Throws: `PoseError.unknownModel`.
    func model(_ name: String) throws(PoseError) -> ModelCatalogue.Model {
        let added = self.added
        if let model = catalogue.models.first(where: { $0.name == name }) { return known(model) }
        if let model = added.first(where: { $0.name == name }) { return model }
        throw .unknownModel(name, known: (catalogue.models + added).map(\.name))
    }

    /// A model with the files that its folder's manifest names, where the catalogue does not fix them.
    func known(_ model: ModelCatalogue.Model) -> ModelCatalogue.Model {
        guard model.files.contains(where: { $0.sha256 == nil }), let manifest = ModelManifest(folder: folder(of: model))
        else { return model }
        return ModelCatalogue.Model(
            name: model.name, summary: model.summary, license: model.license, source: model.source,
            files: manifest.catalogueFiles)
    }

    /// Whether a name can be that of a file or folder here: ASCII letters and digits, and after the first also `.`, `_`, `-`.
    static func isPlainName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 200 else { return false }
        func isWord(_ byte: UInt8) -> Bool {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        }
        return isWord(first) && name.utf8.allSatisfy { isWord($0) || Array("._-".utf8).contains($0) }
    }

    /// What is here of a model; sizes are looked at, digests are not.
    ///
    /// - Throws: `PoseError.unknownModel`.
    public func status(of name: String) throws(PoseError) -> ModelStatus { status(try model(name)) }

    /// The folder of a model that is here.
    ///
    /// - Throws: `PoseError.unknownModel`, `.missingModel`, or `.damagedModel` where a file has the wrong size.
    public func path(of name: String) throws(PoseError) -> String {
        let status = status(try model(name))
        try require(status)
        return status.folder
    }

    /// Checks every byte of a model.
    ///
    /// - Returns: the state of each file, `.damaged` where its digest is wrong.
    /// - Throws: `PoseError.unknownModel`, or `.inputOutput` where a file cannot be read.
    public func verify(_ name: String) throws(PoseError) -> ModelStatus {
        let model = try model(name)
        var states: [ModelStatus.FileState] = []
        for (file, state) in zip(model.files, status(model).files) {
            guard state == .present else {
                states.append(state)
                continue
            }
            guard let expected = file.sha256 else {
                states.append(.damaged("has no known SHA-256"))
                continue
            }
            let place = path(of: file, in: model)
            guard let digest = SHA256.hex(file: place) else {
                throw .inputOutput(path: place, reason: "cannot be read: \(Self.systemMessage())")
            }
            states.append(digest == expected ? .present : .damaged("SHA-256 is \(digest), not \(expected)"))
        }
        return ModelStatus(model: model, folder: folder(of: model), files: states)
    }

    /// Takes a model's files away, those that its pulls left behind included.
    ///
    /// - Returns: whether anything was there.
    /// - Throws: `PoseError.unknownModel`, or `.inputOutput` where a file cannot be removed.
    @discardableResult
    public func remove(_ name: String) throws(PoseError) -> Bool {
        let model = try model(name)
        guard FileManager.default.fileExists(atPath: root) else { return false }
        let lock = try StoreLock(path: root + "/.\(model.name).lock")
        defer { lock.unlock() }
        var found = false
        let manifest = ModelCatalogue.File(
            name: ModelManifest.file, member: ModelManifest.file, byteCount: nil, sha256: nil)
        for file in model.files + [manifest] {
            let path = path(of: file, in: model)
            if unsafe unlink(path) == 0 {
                found = true
            } else if errno != ENOENT {
                throw .inputOutput(path: path, reason: "cannot be removed: \(Self.systemMessage())")
            }
        }
        // Only where nothing else is in it.
        unsafe rmdir(folder(of: model))
        return found
    }

    /// The bytes of one file; its size is checked here, its digest when it was pulled and by `verify`.
    ///
    /// - Throws: `PoseError.unknownModel`, `.missingModel`, `.damagedModel`, `.inputOutput`.
    public func contents(of file: String, in name: String) throws(PoseError) -> [UInt8] {
        let model = try model(name)
        guard let entry = model.files.first(where: { $0.name == file }) else {
            throw .missingModel(name, file: folder(of: model) + "/" + file)
        }
        try require(status(model))
        return try read(path(of: entry, in: model))
    }

    func folder(of model: ModelCatalogue.Model) -> String { root + "/" + model.name }

    func path(of file: ModelCatalogue.File, in model: ModelCatalogue.Model) -> String {
        folder(of: model) + "/" + file.name
    }

    func status(_ asked: ModelCatalogue.Model) -> ModelStatus {
        let model = known(asked)
        let states = model.files.map { file -> ModelStatus.FileState in
            var information = stat()
            guard unsafe stat(path(of: file, in: model), &information) == 0 else { return .missing }
            guard information.st_mode & S_IFMT == S_IFREG else { return .damaged("is no file") }
            guard let byteCount = file.byteCount else { return .damaged("is of unknown origin") }
            guard Int(information.st_size) == byteCount else {
                return .damaged("has \(information.st_size) bytes, not \(byteCount)")
            }
            return .present
        }
        return ModelStatus(model: model, folder: folder(of: model), files: states)
    }

    private func require(_ status: ModelStatus) throws(PoseError) {
        for (file, state) in zip(status.model.files, status.files) {
            let path = path(of: file, in: status.model)
            switch state {
            case .present: continue
            case .missing: throw .missingModel(status.model.name, file: path)
            case .damaged(let reason): throw .damagedModel(status.model.name, file: path, reason: reason)
            }
        }
    }

    private func read(_ path: String) throws(PoseError) -> [UInt8] {
        do {
            return try [UInt8](Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .inputOutput(path: path, reason: "cannot be read: \(error.localizedDescription)")
        }
    }

    static func systemMessage() -> String { unsafe String(cString: strerror(errno)) }
}

/// Holds a model against other processes and threads that pull or remove it.
struct StoreLock: ~Copyable {
    private let descriptor: Int32

    /// Waits for the lock.
    init(path: String) throws(PoseError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .inputOutput(path: path, reason: "cannot be opened: \(ModelStore.systemMessage())")
        }
        // A file system without locks (some network mounts) still gets atomic renames.
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    func unlock() { close(descriptor) }
}
