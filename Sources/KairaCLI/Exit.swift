import ArgumentParser
import Foundation
import Glibc
import Kaira

/// How the command ends.
enum Exit {
    /// Prints an error as one message and ends with its code; nil ends a success.
    static func now(for error: (any Error)?) -> Never {
        guard let error else { end(0) }
        if error is CancellationError { end(.interrupted, message: "interrupted; nothing half-written was left") }
        if let status = error as? ExitStatus { end(status, message: nil) }
        // Whoever reads has enough, as `head` does: nothing to tell.
        if let error = error as? MediaError, error.kind == .brokenPipe { end(.inputOutput, message: nil) }
        if let status = ExitStatus(of: error) { end(status, message: "\(error)") }
        // Left are ArgumentParser's own errors: help and version exit 0, everything else is wrong usage.
        let code = KairaCommand.exitCode(for: error)
        guard code != .success else { KairaCommand.exit(withError: error) }
        guard code == .validationFailure else { end(.failed, message: "\(error.localizedDescription)") }
        let hint = Misspelling.hint(for: Array(CommandLine.arguments.dropFirst()))
        let message = KairaCommand.fullMessage(for: error)
        Console.note((hint.map { "kaira: \($0)\n" } ?? "") + message)
        end(.usage, message: nil)
    }

    private static func end(_ status: ExitStatus, message: String?) -> Never {
        if let message { Console.warn(message) }
        end(status.rawValue)
    }

    private static func end(_ code: Int32) -> Never {
        fflush(nil)
        // Threads that decode, draw or wait may still run: nothing of theirs is worth waiting for, and what the drivers
        // do at an orderly exit would pull the ground from under them.
        _exit(code)
    }
}
