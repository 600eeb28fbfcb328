import Foundation

/// Runs the reference evaluators of `Tests/Support`, which are written in numpy.
public enum ReferenceScript {
    /// The interpreter: what the environment names in `KAIRA_TEST_PYTHON` (`scripts/test` makes one), or `python3`.
    private static let python = ProcessInfo.processInfo.environment["KAIRA_TEST_PYTHON"] ?? "python3"

    /// Whether an interpreter with numpy is there: for `.enabled(if:)`.
    public static let isThere = (try? run(["-c", "import numpy"]))?.status == 0

    /// Runs a script of `Tests/Support` by its name.
    ///
    /// - Returns: its exit status, and what it printed to both outputs.
    public static func run(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        try run([TestData.root.appending(path: "Tests/Support/" + name).path] + arguments)
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
