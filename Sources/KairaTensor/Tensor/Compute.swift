import CKairaKernels

/// How tensor operations are carried out.
public enum Compute {
    /// The threads that share each operation's work, the caller's among them; 1...64. At first as many as the machine has
    /// cores, at most 16. Results have the same bits for any number.
    public static var threads: Int {
        get { Int(kaira_compute_threads()) }
        set { kaira_compute_set_threads(Int32(clamping: newValue)) }
    }

    /// Bytes of tensors that exist now, and of freed ones whose memory is kept for the next.
    public static var memory: (used: Int, kept: Int) {
        var used = 0, kept = 0
        unsafe kaira_memory_usage(&used, &kept)
        return (used, kept)
    }

    /// Gives the memory of freed tensors back to the system.
    public static func trimMemory() { kaira_memory_trim() }

    /// The kernels that the calling thread's operations run on: `amx`, `avx512`, `avx2` or `generic`.
    public static var kernels: String { unsafe String(cString: kaira_learning_isa()) }

    /// Runs a closure on the kernels of an instruction set; nil, and nothing is run, where this CPU lacks it.
    package static func with<R, E: Error>(kernels name: String, _ body: () throws(E) -> R) throws(E) -> R? {
        guard unsafe kaira_learning_choose(name) != 0 else { return nil }
        defer { _ = kaira_learning_choose(nil) }
        return try body()
    }
}
