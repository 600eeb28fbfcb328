import Foundation
import Synchronization

/// One OS thread that runs an actor's jobs for life: a GL context is current on one thread only.
final class GLThread: SerialExecutor, @unchecked Sendable {
    // Guarded by `condition`.
    private var jobs: [UnownedJob] = []
    private var isEnding = false
    private var last: (@Sendable () -> Void)?
    private let condition = NSCondition()
    // Set once, before anything else sees the object.
    private var thread = pthread_t()

    /// Starts the thread.
    init() {
        Self.joinEnded()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let failure = unsafe pthread_create(
            &thread, &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                let owner = unsafe Unmanaged<GLThread>.fromOpaque(context).takeRetainedValue()
                Thread.current.name = "kaira GL"
                owner.run()
                return nil
            }, context)
        precondition(failure == 0, "the system refused a thread")
        unsafe pthread_attr_destroy(&attributes)
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
                // Not where `joinAll` waits for it already: it would be joined twice.
                Self.stopped.withLock { if $0[thread] != nil { $0[thread] = true } }
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

    /// Ends the thread after its last job and some last work. A process that exits meanwhile waits for it: the driver's
    /// libraries must not be finalised under a thread that still works in them or frees its thread-local data.
    func stop(_ last: (@Sendable () -> Void)? = nil) {
        Self.stopped.withLock { $0[thread] = false }
        // Exit handlers run in reverse: the newest comes before those that the driver registered.
        atexit { GLThread.joinAll() }
        condition.lock()
        isEnding = true
        self.last = last
        condition.signal()
        condition.unlock()
    }

    /// Threads that were stopped and not joined yet, and whether their work is done.
    private static let stopped = Mutex<[pthread_t: Bool]>([:])

    /// Gives the system back the threads that have ended.
    private static func joinEnded() {
        let ended = stopped.withLock { threads in
            let ended = threads.filter(\.value).map(\.key)
            for thread in ended { threads[thread] = nil }
            return ended
        }
        for thread in ended { pthread_join(thread, nil) }
    }

    /// Waits for every thread that was stopped.
    private static func joinAll() {
        let all = stopped.withLock { threads in
            defer { threads = [:] }
            return Array(threads.keys)
        }
        for thread in all where pthread_equal(thread, pthread_self()) == 0 { pthread_join(thread, nil) }
    }
}
