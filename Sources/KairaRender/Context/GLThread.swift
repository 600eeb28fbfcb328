import Foundation
import Glibc

/// One OS thread that runs an actor's jobs for life: a GL context is current on one thread only.
///
/// `@unchecked Sendable`: what changes is guarded by `condition`, but for `handle`, which is set once before the thread is
/// shared.
final class GLThread: SerialExecutor, @unchecked Sendable {
    // Guarded by `condition`.
    private var jobs: [UnownedJob] = []
    private var isEnding = false
    private var last: (@Sendable () -> Void)?
    private let condition = NSCondition()
    private var hasRun = false
    private var handle = pthread_t()

    /// Starts the thread.
    init() {
        EndedThreads.reap()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
        defer { unsafe pthread_attr_destroy(&attributes) }
        // The thread holds itself until it has run.
        let this = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(
            &handle, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<GLThread>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, this)
        precondition(result == 0, "no thread can be started")
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
                condition.withLock {
                    self.last = nil
                    hasRun = true
                    condition.broadcast()
                }
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

    /// Ends the thread after its last job and some last work. Called once.
    func stop(_ last: (@Sendable () -> Void)? = nil) {
        EndedThreads.reap()
        EndedThreads.add(self)
        condition.lock()
        isEnding = true
        self.last = last
        condition.signal()
        condition.unlock()
    }

    /// Whether it has nothing more to do but end.
    var isThrough: Bool { condition.withLock { hasRun } }

    /// Whether the caller runs on it.
    var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    /// Waits for that, at most until a time; false if it did not come.
    func waitUntilThrough(limit: Date) -> Bool {
        condition.withLock {
            while !hasRun, condition.wait(until: limit) {}
            return hasRun
        }
    }

    /// Waits for the end of the thread. Called once, where it is through.
    func join() { pthread_join(handle, nil) }
}

/// GL threads that were told to end.
///
/// An exit of the program runs the last handlers of the drivers, which pull the ground from under a thread that frees its
/// context or its thread-local values (seen with Mesa 22.3: "double free or corruption"). So the exit waits for them.
private enum EndedThreads {
    private static let lock = NSLock()
    // Guarded by `lock`.
    private nonisolated(unsafe) static var threads: [GLThread] = []

    /// Registered when the first thread ends, so after its driver was loaded, and therefore run before what that registered.
    private static let waitsAtExit: Bool = atexit { EndedThreads.joinAll() } == 0

    static func add(_ thread: GLThread) {
        _ = waitsAtExit
        lock.withLock { unsafe threads.append(thread) }
    }

    /// Frees what is left of those that are through.
    static func reap() {
        let through = lock.withLock {
            defer { unsafe threads.removeAll { $0.isThrough } }
            return unsafe threads.filter { $0.isThrough }
        }
        for thread in through { thread.join() }
    }

    private static func joinAll() {
        let limit = Date(timeIntervalSinceNow: 5)
        for thread in lock.withLock({ unsafe threads }) where !thread.isCurrent {
            // Not for ever: a driver may hang.
            if thread.waitUntilThrough(limit: limit) { thread.join() }
        }
    }
}
