import Dispatch
import Foundation
import Glibc
import Kaira
import Synchronization

/// Turns Ctrl-C and a polite kill into cancellation, so that half-written files are removed before the process ends.
enum Interruption {
    /// How long the stages may take to end by themselves; one may wait for a reader of stdout that never reads.
    private static let grace = DispatchTimeInterval.seconds(2)

    /// Runs work that is cancelled by SIGINT, SIGTERM or SIGHUP; a second signal ends the process at once.
    static func cancelling<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number -> (any DispatchSourceSignal)? in
            let before = signal(number, SIG_IGN)
            // What `nohup` starts goes on when its terminal closes.
            if number == SIGHUP, unsafe unsafeBitCast(before, to: Int.self) == 1 { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                if task.isCancelled { leave() }
                task.cancel()
                // Stages that wait for a child are woken by its end.
                OpenMedia.abandonAll()
                DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + grace) { leave() }
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        do {
            return try await task.value
        } catch {
            // Whatever a stage threw while it was being stopped, the reason is the interruption.
            if task.isCancelled { throw CancellationError() }
            throw error
        }
    }

    /// Ends the process without waiting for its threads.
    private static func leave() -> Never {
        OpenMedia.abandonAll()
        Exit.now(for: CancellationError())
    }
}
