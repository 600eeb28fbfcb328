import Glibc

/// Zeroed memory for floats on a 64-byte border, which is a cache line and the widest vector; freed with its owner.
@safe package final class AlignedBuffer {
    /// The first float; valid as long as the buffer lives.
    package let base: UnsafeMutablePointer<Float>
    /// How many floats there are.
    package let count: Int

    /// Memory for `count` floats.
    ///
    /// - Throws: `TensorError.resources` where the system has not that much.
    package init(count: Int) throws(TensorError) {
        var raw: UnsafeMutableRawPointer?
        let bytes = max(count, 16).multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        guard count >= 0, !bytes.overflow, unsafe posix_memalign(&raw, 64, bytes.partialValue) == 0,
            let memory = unsafe raw
        else { throw .resources("memory for \(count) floats") }
        unsafe memset(memory, 0, bytes.partialValue)
        unsafe base = memory.bindMemory(to: Float.self, capacity: max(count, 16))
        self.count = count
    }

    deinit { unsafe free(base) }
}
