import Foundation
import Glibc
import Kaira

/// Writes to the terminal: messages and progress to stderr, results to stdout, or to stderr where stdout carries pictures.
enum Console {
    /// Writes a line to stderr; one that cannot be written is lost, since there is no other place to say so.
    static func note(_ line: String) { errorText(line + "\n") }

    /// Writes text to stderr as it is.
    static func errorText(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Writes a warning to stderr.
    static func warn(_ text: String) { note("kaira: \(text)") }

    /// Writes a result: pretty JSON with sorted keys in snake case.
    static func result(_ value: some Encodable, toStandardError: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let text = String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
        if toStandardError { errorText(text) } else { try output(text) }
    }

    /// Writes text lines to stdout.
    static func print(_ text: String) throws { try output(text + "\n") }

    private static func output(_ text: String) throws { try WholeFile.write(Array(text.utf8), to: "-", force: true) }

    /// Whether stdout is a terminal, which would show pictures as noise.
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// A result that a job reports: its warnings, and how it is shown.
protocol JobResult: Encodable {
    /// What the user should know.
    var warnings: [String] { get }
    /// Of these, what makes the result only a part of what was asked for.
    var failures: [String] { get }
    /// One line for a person.
    var sentence: String { get }
}

extension AnimateReport: JobResult {}
extension JobReport: JobResult {}

extension OutputOptions {
    /// Shows what a job did.
    ///
    /// - Throws: `ExitStatus.partial` after work that was done in part.
    func show(_ result: some JobResult, output: String) throws {
        for warning in result.warnings { Console.warn(warning) }
        if json {
            try Console.result(result, toStandardError: output == "-")
        } else {
            Console.note(result.sentence)
        }
        if !result.failures.isEmpty { throw ExitStatus.partial }
    }
}
