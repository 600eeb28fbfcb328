import CKairaKernels

/// The memory of tensors, on a 64-byte border. Tensors that share it never write to it.
@safe package final class TensorStorage<Scalar: TensorScalar>: @unchecked Sendable {
    // Sendable because memory is written only by whoever holds the single reference (`isKnownUniquelyReferenced`).

    /// The first element; valid as long as the storage lives.
    package let base: UnsafeMutablePointer<Scalar>
    /// How many elements there are.
    package let count: Int

    /// Memory whose contents are not set.
    package init(count: Int) {
        let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
        guard !overflow, let memory = unsafe kaira_memory_take(bytes) else {
            fatalError("the system refused memory for a tensor of \(count) elements")
        }
        unsafe base = memory.bindMemory(to: Scalar.self, capacity: max(count, 1))
        self.count = count
    }

    deinit { unsafe kaira_memory_give(base, max(count, 1) * MemoryLayout<Scalar>.stride) }
}
