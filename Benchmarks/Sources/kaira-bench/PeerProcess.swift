import Foundation

/// A script in the peers' Python environment, or a program that scripts/bench built, that measures on request: a line of
/// JSON in, a line of JSON out.
final class PeerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending = Data()

    /// Starts `Benchmarks/Peers/SCRIPT` with the interpreter that `scripts/bench --peers` prepared.
    init(script: String) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let python = environment["KAIRA_PEERS_PYTHON"], let folder = environment["KAIRA_PEERS_SCRIPTS"] else {
            throw BenchmarkError("peers need the environment of scripts/bench --peers")
        }
        try start(python, ["\(folder)/\(script)"])
    }

    /// Starts the program that an environment variable names.
    init(program variable: String) throws {
        guard let path = ProcessInfo.processInfo.environment[variable] else {
            throw BenchmarkError("peers need the environment of scripts/bench --peers: \(variable) is not set")
        }
        try start(path, [])
    }

    private func start(_ program: String, _ arguments: [String]) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Sends a request and waits for the times it gives, in milliseconds.
    func measure(_ request: [String: String]) throws -> [Double] {
        let line = try JSONEncoder().encode(request) + Data("\n".utf8)
        try input.fileHandleForWriting.write(contentsOf: line)
        while true {
            if let end = pending.firstIndex(of: 0x0a) {
                let answer = pending[..<end]
                pending = Data(pending[(end + 1)...])
                return try JSONDecoder().decode([Double].self, from: answer)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw BenchmarkError("the peer ended early") }
            pending += more
        }
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// A benchmark that cannot run, and why.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
