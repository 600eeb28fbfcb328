import CKairaKernels

/// Threads that sleep between jobs and share the work of a compiled network; the caller's thread is one of them.
@safe package final class ThreadPool {
    package let handle: OpaquePointer

    /// The participants, at least 1 and at most 64.
    package let threads: Int

    package init(threads: Int) throws(TensorError) {
        self.threads = min(max(threads, 1), 64)
        guard let pool = unsafe kaira_pool_create(Int32(self.threads)) else { throw .resources("a thread pool") }
        unsafe handle = pool
    }

    deinit { unsafe kaira_pool_destroy(handle) }
}
