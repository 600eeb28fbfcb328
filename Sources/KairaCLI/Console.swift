import Foundation
import Kaira

/// Writes to the terminal: messages and progress to stderr, results to stdout, or to stderr where stdout carries pictures.
final class Console: Sendable {
    /// The process's own streams.
    static let standard = Console()

    /// Writes a line to stderr.
    func error(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    /// Writes a note to stderr.
    func note(_ line: String) { error(line) }

    /// Writes a result: pretty JSON with sorted keys.
    func result(_ value: some Encodable, toStandardError: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(value)
        data.append(0x0A)
        try (toStandardError ? FileHandle.standardError : .standardOutput).write(contentsOf: data)
    }

    /// Writes text lines to stdout.
    func print(_ text: String) throws {
        try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }
}
