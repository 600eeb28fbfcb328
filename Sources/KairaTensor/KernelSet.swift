import CKairaKernels

/// Which kernels were chosen for this CPU.
public enum KernelSet {
    /// `avx512`, `avx2` or `generic`.
    public static var name: String { unsafe String(cString: kaira_kernels_isa()) }

    /// The transformer kernels' set: `avx512bf16`, `avx512vnni`, `avx512`, `avx2` or `generic`.
    public static var transformerName: String { TransformerKernels.best.name }

    /// Billions of multiplications and additions that so many threads do a second in products of this type at most: measured
    /// now, in a quarter of a second, with a chain of the instructions alone on all threads at once. Nil for a type without
    /// instructions of its own.
    public static func peakGigaflops(_ precision: Precision, threads: Int) -> Double? {
        let kernels = TransformerKernels.best
        guard has(precision), let type = TransformerKernels.NumberType(precision),
            let pool = try? ThreadPool(threads: threads)
        else { return nil }
        return 2 * kernels.peak(type, on: pool)
    }

    /// Whether this CPU has instructions for products of a type.
    public static func has(_ precision: Precision) -> Bool {
        TransformerKernels.NumberType(precision).map(TransformerKernels.best.has) ?? false
    }
}
