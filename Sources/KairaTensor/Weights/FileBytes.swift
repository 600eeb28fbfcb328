import Glibc

/// The bytes of a file: mapped read-only, or an array in memory. Readers share one, and tensors keep it alive.
///
/// A mapped file that another program cuts short while it is read ends the process with SIGBUS, as with any mapping;
/// writers that replace a file by renaming do no harm.
@safe final class FileBytes: @unchecked Sendable {  // nothing of it changes after `init`
    /// How many bytes there are.
    let count: Int
    private let mapping: UnsafeRawPointer?
    private let array: [UInt8]

    /// Bytes that are in memory already.
    init(_ array: [UInt8]) {
        self.array = array
        count = array.count
        unsafe mapping = nil
    }

    /// Maps a file.
    ///
    /// - Throws: `TensorError.unreadable` where there is no such plain file.
    init(path: String) throws(TensorError) {
        func failed() -> TensorError { .unreadable("\"\(path)\": \(unsafe String(cString: strerror(errno)))") }
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failed() }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw failed() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable("\"\(path)\" is not a plain file") }
        guard let size = Int(exactly: status.st_size), size >= 0 else { throw .tooLarge("the file \"\(path)\"") }
        array = []
        count = size
        guard size > 0 else {
            unsafe mapping = nil
            return
        }
        let start = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0)
        guard unsafe start != MAP_FAILED, let start = unsafe start else { throw failed() }
        unsafe mapping = UnsafeRawPointer(start)
    }

    deinit {
        if let mapping = unsafe mapping { unsafe munmap(UnsafeMutableRawPointer(mutating: mapping), count) }
    }

    /// Gives access to a part.
    ///
    /// - Precondition: `range` lies within `0..<count`: readers check ranges where they read them.
    func withUnsafeBytes<R, E>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range outside the file")
        defer { withExtendedLifetime(self) {} }
        if let mapping = unsafe mapping {
            return try unsafe body(UnsafeRawBufferPointer(start: mapping + range.lowerBound, count: range.count))
        }
        // `withUnsafeBytes` of Array does not take typed throws.
        let result = unsafe array.withUnsafeBytes { all -> Result<R, E> in
            do throws(E) { return .success(try unsafe body(UnsafeRawBufferPointer(rebasing: all[range]))) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A copy of a part.
    ///
    /// - Precondition: as for `withUnsafeBytes`.
    func copy(_ range: Range<Int>) -> [UInt8] { unsafe withUnsafeBytes(range) { unsafe [UInt8]($0) } }

    /// The unsigned little-endian number of `size` bytes (1...8) at `offset`.
    ///
    /// - Throws: `TensorError.malformed` where it is cut off or beyond 2^63.
    func number(at offset: Int, size: Int) throws(TensorError) -> Int {
        guard offset >= 0, count >= size, offset <= count - size else {
            throw .malformed("the file is cut short", offset: max(offset, 0))
        }
        let value = unsafe withUnsafeBytes(offset..<offset + size) { bytes in
            var value: UInt64 = 0
            for index in 0..<size { value |= unsafe UInt64(bytes[index]) << UInt64(8 * index) }
            return value
        }
        guard let result = Int(exactly: value) else { throw .malformed("a number beyond 2^63", offset: offset) }
        return result
    }

    /// Whether these bytes lie at `offset`.
    func has(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, count >= bytes.count, offset <= count - bytes.count else { return false }
        return unsafe withUnsafeBytes(offset..<offset + bytes.count) { unsafe $0.elementsEqual(bytes) }
    }
}
