import Glibc

/// Zeroed memory for weights and values, taken piece by piece and freed as a whole.
///
/// It comes in slabs that the system may back with large pages: weights are read once a frame from end to end.
@safe package final class TransformerArena {
    private static let slab = 32 << 20
    private static let page = 2 << 20
    private var slabs: [(base: UnsafeMutableRawPointer, size: Int)] = unsafe []
    private var free = 0
    /// Bytes that were asked for.
    package private(set) var bytes = 0

    package init() {}

    deinit { for unsafeslab in unsafe slabs { unsafe munmap(slab.base, slab.size) } }

    /// `bytes` of zeros on a 64-byte border.
    ///
    /// - Throws: `TensorError.resources` where the system has not that much.
    package func take(_ bytes: Int) throws(TensorError) -> UnsafeMutableRawPointer {
        let size = (max(bytes, 1) + 63) / 64 * 64
        if size > free {
            let length = (max(size, Self.slab) + Self.page - 1) / Self.page * Self.page
            // One page more than needed, given back around an aligned slab: large pages begin on their own borders.
            let raw = unsafe mmap(nil, length + Self.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let raw = unsafe raw, unsafe raw != MAP_FAILED else { throw .resources("memory for \(bytes) bytes") }
            let before = (Self.page - Int(bitPattern: raw) % Self.page) % Self.page
            if before > 0 { unsafe munmap(raw, before) }
            if before < Self.page { unsafe munmap(raw + before + length, Self.page - before) }
            let base = unsafe raw + before
            unsafe madvise(base, length, MADV_HUGEPAGE)
            unsafe slabs.append((base, length))
            free = length
        }
        let last = unsafe slabs[slabs.count - 1]
        let piece = unsafe last.base + (last.size - free)
        free -= size
        self.bytes += size
        return unsafe piece
    }

    /// `count` zero floats.
    package func floats(_ count: Int) throws(TensorError) -> UnsafeMutablePointer<Float> {
        unsafe try take(count * 4).bindMemory(to: Float.self, capacity: max(count, 1))
    }

    /// The given floats, followed by zeros up to `padded`.
    package func floats(_ values: [Float], padded: Int) throws(TensorError) -> UnsafeMutablePointer<Float> {
        let base = unsafe try floats(max(values.count, padded))
        unsafe values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { unsafe base.update(from: start, count: source.count) }
        }
        return unsafe base
    }
}
