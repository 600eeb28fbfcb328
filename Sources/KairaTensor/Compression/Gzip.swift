/// Unpacks gzip files (RFC 1952): one member or several in a row, each with its checksum and length verified.
public enum Gzip {
    /// Whether bytes begin as a gzip file does.
    public static func claims(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

    /// The bytes that a gzip file holds.
    ///
    /// - Parameters:
    ///   - bytes: the whole file; zeros after the last member are allowed, as tapes leave them.
    ///   - limit: how many bytes may come out.
    /// - Returns: the bytes of all members, one after the other.
    /// - Throws: `TensorError.malformed` where the file is damaged or cut short, `.unsupported` for a compression other
    ///   than DEFLATE, `.tooLarge` where more than `limit` bytes would come out.
    public static func unpack(_ bytes: [UInt8], limit: Int = 1 << 32) throws(TensorError) -> [UInt8] {
        guard claims(bytes) else { throw .malformed("this is no gzip file", offset: 0) }
        var result: [UInt8] = [], at = 0
        while at < bytes.count {
            guard bytes[at...].starts(with: [0x1f, 0x8b]) else {
                guard bytes[at...].allSatisfy({ $0 == 0 }) else {
                    throw .malformed("something that is no gzip member follows the compressed data", offset: at)
                }
                break
            }
            let start = try headerEnd(bytes, at: at)
            // The last four bytes tell the size of the last member: only a hint.
            let hint = bytes.count >= 4 ? number(bytes, bytes.count - 4) : 0
            let (part, end) = try Inflate.stream(bytes[start...], expected: hint, limit: limit - result.count)
            guard end + 8 <= bytes.count else { throw .malformed("the file is cut short", offset: bytes.count) }
            guard unsafe part.withUnsafeBytes({ unsafe ZipReader.checksum($0) }) == UInt32(number(bytes, end)) else {
                throw .malformed("the checksum of the compressed data is wrong", offset: end)
            }
            guard part.count & 0xffff_ffff == number(bytes, end + 4) else {
                throw .malformed("the compressed data has another length than announced", offset: end + 4)
            }
            if result.isEmpty { result = part } else { result += part }
            at = end + 8
        }
        return result
    }

    /// Where the compressed data of the member at `start` begins.
    private static func headerEnd(_ bytes: [UInt8], at start: Int) throws(TensorError) -> Int {
        let cut = TensorError.malformed("the file is cut short", offset: bytes.count)
        guard start + 10 <= bytes.count else { throw cut }
        guard bytes[start + 2] == 8 else {
            throw .unsupported("gzip with compression \(bytes[start + 2]); only DEFLATE (8) is in use")
        }
        let flags = bytes[start + 3]
        guard flags & 0xe0 == 0 else { throw .malformed("unknown flags in the gzip header", offset: start + 3) }
        var at = start + 10
        if flags & 4 != 0 {
            guard at + 2 <= bytes.count else { throw cut }
            at += 2 + Int(bytes[at]) + Int(bytes[at + 1]) << 8
        }
        // The file's name and a comment, each up to a zero byte.
        for flag in [8, 16] as [UInt8] where flags & flag != 0 {
            guard at <= bytes.count, let zero = bytes[at...].firstIndex(of: 0) else { throw cut }
            at = zero + 1
        }
        if flags & 2 != 0 { at += 2 }
        guard at <= bytes.count else { throw cut }
        return at
    }

    private static func number(_ bytes: [UInt8], _ at: Int) -> Int {
        Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
    }
}
