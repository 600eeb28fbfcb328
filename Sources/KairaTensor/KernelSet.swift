import CKairaKernels

/// Which kernels were chosen for this CPU.
public enum KernelSet {
    /// `avx512`, `avx2` or `generic`.
    public static var name: String { unsafe String(cString: kaira_kernels_isa()) }
}
