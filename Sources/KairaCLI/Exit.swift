import ArgumentParser
import Foundation
import Kaira

/// How the command ends.
enum Exit {
    /// Prints an error as one message and ends with its code.
    static func now(for error: any Error) -> Never {
        if error is CancellationError { end(.interrupted, message: "interrupted; nothing half-written was left") }
        if let status = error as? ExitStatus { exit(status.rawValue) }
        if let status = ExitStatus(of: error) { end(status, message: "\(error)") }
        // Left are ArgumentParser's own errors: help and version exit 0, everything else is wrong usage.
        KairaCommand.exit(withError: error)
    }

    /// Ends after work that was done in part.
    static func partial(_ warnings: [String]) throws {
        if !warnings.isEmpty { throw ExitStatus.partial }
    }

    private static func end(_ status: ExitStatus, message: String) -> Never {
        Console.standard.error("kaira: \(message)")
        exit(status.rawValue)
    }
}
