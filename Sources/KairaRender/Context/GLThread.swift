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
    private var handle = pthread_t()

    /// Starts the thread.
    init() {
        EndedThreads.reap()
        var attributes = unsafe pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
        defer { unsafe pthread_attr_destroy(&attributes) }
        // The thread holds itself until it has run.
        let this = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(
            &handle, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe pthread_setname_np(pthread_self(), "kaira GL")
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
        EndedThreads.add(handle)
        condition.lock()
        isEnding = true
        self.last = last
        condition.signal()
        condition.unlock()
    }
}

/// GL threads that were told to end.
///
/// An exit of the program runs the last handlers of the drivers, which pull the ground from under a thread that frees its
/// context or its thread-local values (seen with Mesa 22.3: "double free or corruption"). So the exit waits for them.
private enum EndedThreads {
    private static let lock = NSLock()
    // Guarded by `lock`.
    private nonisolated(unsafe) static var threads: [pthread_t] = []

    /// Registered when the first thread ends, so after its driver was loaded, and therefore run before what that registered.
    private static let waitsAtExit: Bool = atexit { EndedThreads.joinAll() } == 0

    static func add(_ thread: pthread_t) {
        _ = waitsAtExit
        reap()
        lock.withLock { unsafe threads.append(thread) }
    }

    /// Frees what is left of those that are through.
    static func reap() {
        lock.withLock { unsafe threads.removeAll { unsafe pthread_tryjoin_np($0, nil) == 0 } }
    }

    private static func joinAll() {
        let waiting = lock.withLock {
            defer { unsafe threads = [] }
            return unsafe threads
        }
        // A program that exits on a GL thread cannot wait for that one; nor for ever for a driver that hangs.
        var limit = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &limit)
        limit.tv_sec += 5
        for thread in waiting where pthread_equal(thread, pthread_self()) == 0 {
            unsafe pthread_timedjoin_np(thread, nil, &limit)
        }
    }
}
