import Foundation

/// Runs `KairaReadProbe`: reading a file in a process of its own, under limits.
struct ReadProbe {
    enum Outcome: Equatable {
        case read(warnings: [String])
        case refused(String)
        /// A trap, more than 5 s of work, or no output.
        case died(String)
    }
    let outcome: Outcome
    let peakMegabytes: Int

    /// The program lies beside the bundle of tests.
    private static let program: URL? = {
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<4 {
            let program = folder.appending(path: "KairaReadProbe")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    init(_ file: URL) throws {
        guard let program = Self.program else { throw CocoaError(.executableNotLoadable) }
        let process = Process()
        process.executableURL = program
        process.arguments = [file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: (try? pipe.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var lines = text.split(separator: "\n").map(String.init)
        let peak = lines.popLast().flatMap { $0.hasPrefix("peak ") ? Int($0.dropFirst(5)) : nil }
        peakMegabytes = (peak ?? 0) >> 10
        let first = lines.first ?? ""
        if process.terminationReason == .uncaughtSignal || process.terminationStatus != 0 || peak == nil {
            outcome = .died("status \(process.terminationStatus)")
        } else if first.hasPrefix("error ") {
            outcome = .refused(String(first.dropFirst(6)))
        } else {
            outcome = .read(warnings: Array(lines.dropFirst()))
        }
    }
}
