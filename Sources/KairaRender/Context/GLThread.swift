import Foundation
import Glibc

/// One OS thread that runs an actor's jobs for life: a GL context is current on one thread only.
final class GLThread: SerialExecutor, @unchecked Sendable {
    // Guarded by `condition`.
    private var jobs: [UnownedJob] = []
    private var isEnding = false
    private var last: (@Sendable () -> Void)?
    private let condition = NSCondition()

    /// Starts the thread.
    init() {
        let thread = Thread { [self] in run() }
        thread.name = "kaira GL"
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func run() {
        let executor = unsafe asUnownedSerialExecutor()
        while true {
            condition.lock()
            while jobs.isEmpty, !isEnding { condition.wait() }
            guard !jobs.isEmpty else {
                let last = last
                condition.unlock()
                last?()
                Self.endings.leave()
                return
            }
            let job = jobs.removeFirst()
            condition.unlock()
            unsafe job.runSynchronously(on: executor)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        jobs.append(job)
        condition.signal()
        condition.unlock()
    }

    /// Ends the thread after its last job and some last work.
    func stop(_ last: (@Sendable () -> Void)? = nil) {
        _ = Self.waitsAtExit
        Self.endings.enter()
        condition.lock()
        isEnding = true
        self.last = last
        condition.signal()
        condition.unlock()
    }

    /// Threads that free their context.
    private static let endings = DispatchGroup()

    /// An exit of the program runs the driver's own last handlers, which pull the ground from under a thread that frees
    /// its context: it has to wait. Registered after the driver was loaded, so that it runs before those.
    private static let waitsAtExit: Bool = atexit { _ = GLThread.endings.wait(timeout: .now() + 5) } == 0
}
