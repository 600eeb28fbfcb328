import Foundation

/// Fetches a model's files from the hub with `curl`, so that a user's proxies and certificates hold.
///
/// The hub's interface names the revision's commit, and sizes and SHA-256 digests of large files; files are fetched at
/// that commit and checked. `HF_ENDPOINT` names another hub, as for the hub's own client.
struct HubDownload {
    var model: ModelCatalogue.Model
    var repository: String
    var revision: String
    var environment: [String: String]

    /// What the hub tells of a repository: <https://huggingface.co/docs/hub/api>.
    private struct Answer: Decodable {
        var sha: String
        var siblings: [Sibling]

        struct Sibling: Decodable {
            var rfilename: String
            var size: Int?
            var lfs: LargeFile?
        }

        struct LargeFile: Decodable {
            var sha256: String
            var size: Int
        }
    }

    private var endpoint: String {
        let given = environment["HF_ENDPOINT"] ?? ""
        let endpoint = given.isEmpty ? "https://huggingface.co" : given
        return endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
    }

    /// Fetches the files into a folder and checks them.
    ///
    /// - Returns: what they are.
    /// - Throws: `PoseError.unavailable` where curl or the network is missing, `.damagedModel` where a file is not what the
    ///   hub said, or no network that can be used.
    func run(into folder: String, progress: (String) -> Void) throws(PoseError) -> ModelManifest {
        progress("asking \(endpoint) for \(repository)")
        let list = folder + "/.answer"
        try fetch("\(endpoint)/api/models/\(repository)/revision/\(revision)?blobs=true", to: list, limit: 16 << 20)
        guard let data = FileManager.default.contents(atPath: list),
            let answer = try? JSONDecoder().decode(Answer.self, from: data), ModelStore.isPlainName(answer.sha)
        else { throw .unavailable("\(endpoint) does not answer as a model hub does; is HF_ENDPOINT right?") }
        try? FileManager.default.removeItem(atPath: list)
        var entries: [ModelManifest.Entry] = []
        for file in model.files {
            guard let told = answer.siblings.first(where: { $0.rfilename == file.member }) else {
                throw .unavailable("\(repository) at \(answer.sha) has no file \(file.member)")
            }
            let path = folder + "/" + file.name
            let size = told.lfs?.size ?? told.size
            progress("fetching \(file.name)" + (size.map { ", \($0) bytes" } ?? ""))
            try fetch("\(endpoint)/\(repository)/resolve/\(answer.sha)/\(file.member)", to: path, limit: size)
            guard let digest = SHA256.hex(file: path),
                let bytes = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            else { throw .inputOutput(path: path, reason: "cannot be read") }
            if let size, bytes != size {
                throw .damagedModel(model.name, file: file.name, reason: "refused, it has \(bytes) bytes, not \(size)")
            }
            // The catalogue's digest where one is known, else the hub's.
            if let expected = file.sha256 ?? told.lfs?.sha256, digest != expected {
                throw .damagedModel(
                    model.name, file: file.name, reason: "refused, its SHA-256 is \(digest) and not \(expected)")
            }
            progress("\(file.name): SHA-256 \(digest)")
            entries.append(ModelManifest.Entry(name: file.name, bytes: bytes, sha256: digest))
        }
        try ViTPoseFiles(contentsOf: URL(filePath: folder)).check(file: repository)
        return ModelManifest(
            summary: model.summary, license: model.license, source: "\(endpoint)/\(repository)",
            revision: answer.sha, files: entries)
    }

    /// Fetches one address into a file.
    ///
    /// `limit` is the bytes beyond which the transfer is given up.
    private func fetch(_ address: String, to path: String, limit: Int?) throws(PoseError) {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        guard
            let curl = folders.lazy.map({ "\($0)/curl" })
                .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
        else { throw .unavailable("curl is not installed, and it fetches models; on Debian: apt install curl") }
        let process = Process()
        process.executableURL = URL(filePath: curl)
        process.arguments =
            [
                "--fail", "--location", "--silent", "--show-error", "--retry", "2", "--connect-timeout", "20",
                "--speed-time", "60", "--speed-limit", "1000", "--proto", "=http,https", "--output", path,
            ] + (limit.map { ["--max-filesize", "\($0)"] } ?? []) + ["--url", address]
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        do { try process.run() } catch {
            throw .unavailable("\(curl) cannot be started: \(error.localizedDescription)")
        }
        // Drained to the end before waiting: a full pipe would stop curl.
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let reason = text.split(separator: "\n").last.map(String.init) ?? "curl ended with no reason given"
            throw .unavailable(
                "\(address) could not be fetched: \(reason); check the network, or fetch config.json and"
                    + " model.safetensors of \(repository) elsewhere and run: kaira models add FOLDER --name \(model.name)"
            )
        }
    }
}
