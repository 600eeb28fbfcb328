import Foundation

/// One OS thread that runs an actor's jobs for life: a GL context is current on one thread only.
final class GLThread: SerialExecutor, @unchecked Sendable {
    // Guarded by `condition`.
    private var jobs: [UnownedJob] = []
    private var isEnding = false
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
                condition.unlock()
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

    /// Ends the thread after its last job.
    func stop() {
        condition.lock()
        isEnding = true
        condition.signal()
        condition.unlock()
    }
}
