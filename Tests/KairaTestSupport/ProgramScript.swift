import Foundation

/// Makes a program of a shell script, for tests that put something else in the place of one.
///
/// Another process writes it. If the tests' own did, a copy of the descriptor in a child that another test starts just then
/// would keep the system from running the program ("text file busy").
public func makeProgram(_ script: String, at url: URL) throws {
    let draft = url.appendingPathExtension("draft")
    try Data(script.utf8).write(to: draft)
    let install = try Process.run(
        URL(filePath: "/usr/bin/install"), arguments: ["-m", "755", draft.path, url.path])
    install.waitUntilExit()
    try FileManager.default.removeItem(at: draft)
    guard install.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
}
