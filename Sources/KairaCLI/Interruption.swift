import Dispatch
import Foundation

/// Turns Ctrl-C and a polite kill into cancellation, so that half-written files are removed before the process ends.
enum Interruption {
    /// Runs work that is cancelled by SIGINT or SIGTERM; a second signal ends the process at once.
    static func cancelling<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { exit(130) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        do {
            let value = try await task.value
            return value
        } catch {
            // Whatever a stage threw while it was being stopped, the reason is the interruption.
            if task.isCancelled { throw CancellationError() }
            throw error
        }
    }
}
