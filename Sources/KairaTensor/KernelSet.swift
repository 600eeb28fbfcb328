import CKairaKernels

/// Which kernels were chosen for this CPU.
public enum KernelSet {
    /// `avx512`, `avx2` or `generic`.
    public static var name: String { unsafe String(cString: kaira_kernels_isa()) }

    /// The transformer kernels' set: `avx512bf16`, `avx512vnni`, `avx512`, `avx2` or `generic`.
    public static var transformerName: String { TransformerKernels.best.name }

    /// Billions of multiplications and additions that one thread could do a second in products of this type, measured now
    /// with a chain of the instructions alone; nil for a type without instructions of its own.
    public static func peakGigaflops(_ precision: Precision) -> Double? {
        let kernels = TransformerKernels.best
        guard let type = TransformerKernels.NumberType(precision), kernels.has(type) else { return nil }
        return 2 * kernels.peak(type)
    }
}
