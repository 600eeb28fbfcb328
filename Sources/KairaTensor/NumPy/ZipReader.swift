/// Reads zip files by their central directory; stored and deflated entries, no encryption, no parts.
struct ZipReader {
    struct Entry {
        var name: String
        var method: Int
        var checksum: UInt32
        var compressed: Int
        var size: Int
        /// Where the local header lies.
        var offset: Int
    }

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func number(_ offset: Int, _ size: Int) throws(TensorError) -> Int {
        guard offset >= 0, offset <= bytes.count - size else {
            throw .malformed("the zip file is cut short", offset: offset)
        }
        var value: UInt64 = 0
        for i in 0..<size { value |= UInt64(bytes[offset + i]) << UInt64(8 * i) }
        guard let result = Int(exactly: value) else { throw .malformed("a size beyond 2^63", offset: offset) }
        return result
    }

    func entries() throws(TensorError) -> [Entry] {
        // The end record is 22 bytes and a comment of at most 65,535.
        guard bytes.count >= 22 else { throw .malformed("this is not a zip file", offset: 0) }
        var end = bytes.count - 22
        let lowest = max(0, end - 65_535)
        while try number(end, 4) != 0x0605_4b50 {
            guard end > lowest else {
                throw .malformed("this is not a zip file, or its end is missing", offset: bytes.count)
            }
            end -= 1
        }
        var count = try number(end + 10, 2), size = try number(end + 12, 4), start = try number(end + 16, 4)
        if count == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff {
            guard end >= 20, try number(end - 20, 4) == 0x0706_4b50 else {
                throw .malformed("the zip64 directory is missing", offset: end)
            }
            let record = try number(end - 12, 8)
            guard record <= bytes.count - 56, try number(record, 4) == 0x0606_4b50 else {
                throw .malformed("the zip64 directory is missing", offset: end)
            }
            (count, size, start) = (try number(record + 32, 8), try number(record + 40, 8), try number(record + 48, 8))
        }
        guard start <= bytes.count, size <= bytes.count - start, count <= size / 46 else {
            throw .malformed("a directory of \(count) entries in \(size) bytes", offset: end)
        }
        var list: [Entry] = [], names = Set<String>()
        var at = start
        for _ in 0..<count {
            guard try number(at, 4) == 0x0201_4b50 else { throw .malformed("a directory entry is damaged", offset: at) }
            let nameLength = try number(at + 28, 2), extraLength = try number(at + 30, 2)
            let commentLength = try number(at + 32, 2)
            guard at + 46 + nameLength + extraLength + commentLength <= start + size else {
                throw .malformed("a directory entry reaches past the end", offset: at)
            }
            var entry = Entry(
                name: String(decoding: bytes[at + 46..<at + 46 + nameLength], as: UTF8.self),
                method: try number(at + 10, 2), checksum: UInt32(truncatingIfNeeded: try number(at + 16, 4)),
                compressed: try number(at + 20, 4), size: try number(at + 24, 4), offset: try number(at + 42, 4))
            guard try number(at + 8, 2) & 1 == 0 else { throw .unsupported("encrypted entry \"\(entry.name)\"") }
            try readExtra(&entry, from: at + 46 + nameLength, length: extraLength)
            guard names.insert(entry.name).inserted else {
                throw .malformed("entry \"\(entry.name)\" is there twice", offset: at)
            }
            list.append(entry)
            at += 46 + nameLength + extraLength + commentLength
        }
        return list
    }

    /// Sizes and the offset that did not fit 32 bits.
    private func readExtra(_ entry: inout Entry, from start: Int, length: Int) throws(TensorError) {
        var at = start
        while at + 4 <= start + length {
            let tag = try number(at, 2), size = try number(at + 2, 2)
            guard at + 4 + size <= start + length else { return }
            if tag == 1 {
                var field = at + 4
                let end = field + size
                func next() throws(TensorError) -> Int {
                    guard field + 8 <= end else { throw .malformed("a zip64 field is missing", offset: at) }
                    defer { field += 8 }
                    return try number(field, 8)
                }
                if entry.size == 0xffff_ffff { entry.size = try next() }
                if entry.compressed == 0xffff_ffff { entry.compressed = try next() }
                if entry.offset == 0xffff_ffff { entry.offset = try next() }
            }
            at += 4 + size
        }
    }

    func contents(of entry: Entry) throws(TensorError) -> [UInt8] {
        let offset = entry.offset
        guard offset <= bytes.count - 30, try number(offset, 4) == 0x0403_4b50 else {
            throw .malformed("entry \"\(entry.name)\" is not where the directory says", offset: offset)
        }
        let nameLength = try number(offset + 26, 2)
        let start = offset + 30 + nameLength + (try number(offset + 28, 2))
        guard start <= bytes.count, entry.compressed <= bytes.count - start,
            Array(bytes[offset + 30..<offset + 30 + nameLength]) == Array(entry.name.utf8),
            try number(offset + 8, 2) == entry.method
        else { throw .malformed("entry \"\(entry.name)\" disagrees with the directory", offset: offset) }
        let packed = bytes[start..<start + entry.compressed]
        let result: [UInt8]
        switch entry.method {
        case 0:
            guard entry.size == entry.compressed else {
                throw .malformed("stored entry \"\(entry.name)\" has two sizes", offset: offset)
            }
            result = Array(packed)
        case 8: result = try Inflate.inflate(packed, size: entry.size)
        default: throw .unsupported("compression \(entry.method) of \"\(entry.name)\"")
        }
        guard Self.checksum(result[...]) == entry.checksum else {
            throw .malformed("the checksum of \"\(entry.name)\" is wrong", offset: start)
        }
        return result
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
    }

    /// CRC-32 of ISO 3309, as zip uses it.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var value: UInt32 = 0xffff_ffff
        for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 255)] ^ (value >> 8) }
        return ~value
    }
}
