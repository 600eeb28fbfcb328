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
}
