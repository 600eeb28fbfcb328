/// The two chunks of a GLB 2.0 file (glTF 2.0, section 4.4).
struct GLBContainer {
    /// Where the JSON is.
    var json: Range<Int>
    /// Where the binary buffer is, or nil.
    var binary: Range<Int>?
    /// Chunks that were passed over although the specification forbids them.
    var warnings: [String] = []

    /// Whether bytes begin as a GLB does.
    static func matches(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x67, 0x6C, 0x54, 0x46]) }

    /// Finds the chunks; unknown ones are passed over.
    ///
    /// - Throws: `FormatsError.malformed` with the byte offset.
    init(_ bytes: [UInt8], file: String) throws(FormatsError) {
        func u32(_ at: Int) -> Int {
            Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
        }
        func failure(_ at: Int, _ reason: String) -> FormatsError {
            .malformed(file: file, at: "byte \(at)", reason: reason)
        }
        guard bytes.count >= 20 else { throw failure(bytes.count, "the GLB ends inside its header") }
        let version = u32(4)
        guard version == 2 else {
            throw failure(4, "GLB version \(version) is not read, only 2: export it as glTF 2.0")
        }
        let length = u32(8)
        guard length >= 20, length <= bytes.count else {
            throw failure(8, "the header speaks of \(length) bytes, the file has \(bytes.count): it was cut short")
        }
        var json: Range<Int>?
        var binary: Range<Int>?
        var at = 12
        var position = 0
        while at < length {
            guard at + 8 <= length else { throw failure(at, "a chunk's header is cut short") }
            let (size, kind) = (u32(at), u32(at + 4))
            guard size <= length - at - 8 else {
                throw failure(at, "a chunk of \(size) bytes does not fit into what is left (\(length - at - 8))")
            }
            let range = (at + 8)..<(at + 8 + size)
            switch kind {
            case 0x4E4F_534A:
                guard position == 0 else { throw failure(at, "the JSON chunk has to come first, once") }
                json = range
            case 0x004E_4942:
                if position == 0 { throw failure(at, "the first chunk has to be JSON") }
                // The buffer is the second chunk; a second one is passed over.
                if binary == nil {
                    binary = range
                    if position > 1 { warnings.append("byte \(at): the binary chunk is not the second one.") }
                } else if warnings.count < 8 {
                    warnings.append("byte \(at): a second binary chunk is passed over.")
                }
            default:
                if position == 0 { throw failure(at, "the first chunk has to be JSON") }
            }
            position += 1
            // Chunks are padded to 4 bytes; a last one that is not is still complete.
            at += 8 + size + (4 - size % 4) % 4
        }
        guard let json else { throw failure(12, "the JSON chunk is missing") }
        self.json = json
        self.binary = binary
    }
}
