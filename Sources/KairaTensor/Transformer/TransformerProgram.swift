import CKairaKernels

/// A transformer network made ready to run. Running it allocates nothing; not for use from two threads at once.
@safe package final class TransformerProgram {
    package let kernels: TransformerKernels
    /// What the steps are, in order.
    package let steps: [TransformerBuilder.StepDescription]
    /// Most images of one run.
    package let batch: Int
    /// Bytes of packed weights, and of weights and values together.
    package let weightBytes: Int, bytes: Int
    private let pool: ThreadPool
    private let arena: TransformerArena
    private var program: [kaira_transformer_step]
    private var prepared = 0
    private let progress: AlignedBuffer
    private let scratch: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>

    package init(_ builder: TransformerBuilder) throws(TensorError) {
        kernels = builder.kernels
        steps = builder.descriptions
        batch = builder.batch
        weightBytes = builder.weightBytes
        arena = builder.arena
        pool = builder.packers
        unsafe program = builder.steps
        progress = try AlignedBuffer(count: 16 * max(builder.descriptions.count, 1))
        var floats = 64
        for unsafestep in unsafe program {
            var step = unsafe step
            floats = max(floats, Int(unsafe kaira_transformer_scratch(builder.kernels.handle.pointer, &step)))
        }
        unsafe scratch = .allocate(capacity: pool.threads)
        for index in 0..<pool.threads { unsafe (scratch + index).initialize(to: nil) }
        for index in 0..<pool.threads { unsafe scratch[index] = try arena.floats(floats) }
        bytes = arena.bytes
    }

    deinit { unsafe scratch.deallocate() }

    /// Threads that share the work.
    package var threads: Int { pool.threads }

    /// Runs the first `count` steps (nil: all) on `images` images.
    /// `times` gets the nanoseconds of each step as the caller's thread saw them.
    package func run(images: Int = 1, steps count: Int? = nil, times: inout [Int64]) {
        precondition(images >= 1 && images <= batch && times.count >= steps.count)
        unsafe times.withUnsafeMutableBufferPointer { unsafe run(images, count, $0.baseAddress) }
    }

    /// Runs the first `count` steps (nil: all) on `images` images.
    package func run(images: Int = 1, steps count: Int? = nil) { unsafe run(images, count, nil) }

    private func run(_ images: Int, _ count: Int?, _ times: UnsafeMutablePointer<Int64>?) {
        precondition(images >= 1 && images <= batch)
        // The steps' pointers lead into the arena, which lives as long as this object.
        unsafe program.withUnsafeMutableBufferPointer { steps in
            if images != prepared {
                for index in steps.indices {
                    unsafe kaira_transformer_prepare(
                        kernels.handle.pointer, &steps[index], Int32(images), Int32(pool.threads))
                }
                prepared = images
            }
            let counters = unsafe UnsafeMutableRawPointer(progress.base).assumingMemoryBound(to: kaira_progress.self)
            unsafe kaira_transformer_run(
                kernels.handle.pointer, pool.handle, steps.baseAddress, Int32(min(count ?? steps.count, steps.count)),
                counters, scratch, times)
        }
    }
}
