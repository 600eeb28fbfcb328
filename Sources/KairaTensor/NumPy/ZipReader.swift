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
        /// Where the packed bytes lie.
        var data = 0..<0
    }

    let bytes: FileBytes

    init(_ bytes: [UInt8]) { self.bytes = FileBytes(bytes) }

    init(_ bytes: FileBytes) { self.bytes = bytes }

    private func number(_ offset: Int, _ size: Int) throws(TensorError) -> Int {
        try bytes.number(at: offset, size: size)
    }

    /// The entries in the directory's order. No two share bytes, and none reaches into the directory.
    func entries() throws(TensorError) -> [Entry] {
        // The end record is 22 bytes and a comment of at most 65,535.
        guard bytes.count >= 22 else { throw .malformed("this is not a zip file", offset: 0) }
        var end = bytes.count - 22
        let lowest = max(0, end - 65_535)
        while true {
            let comment = try number(end + 20, 2)
            if bytes.has([0x50, 0x4b, 5, 6], at: end), comment == bytes.count - end - 22 { break }
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
        guard start <= end, size <= end - start, count <= size / 46 else {
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
                name: String(decoding: bytes.copy(at + 46..<at + 46 + nameLength), as: UTF8.self),
                method: try number(at + 10, 2), checksum: UInt32(truncatingIfNeeded: try number(at + 16, 4)),
                compressed: try number(at + 20, 4), size: try number(at + 24, 4), offset: try number(at + 42, 4))
            guard try number(at + 8, 2) & 1 == 0 else { throw .unsupported("encrypted entry \"\(entry.name)\"") }
            try readExtra(&entry, from: at + 46 + nameLength, length: extraLength)
            guard names.insert(entry.name).inserted else {
                throw .malformed("entry \"\(entry.name)\" is there twice", offset: at)
            }
            entry.data = try place(of: entry, before: start)
            list.append(entry)
            at += 46 + nameLength + extraLength + commentLength
        }
        // Entries that share bytes are how small archives unpack to enormous ones.
        var reached = 0
        for entry in list.sorted(by: { $0.offset < $1.offset }) {
            guard entry.offset >= reached else {
                throw .malformed("entry \"\(entry.name)\" overlaps another", offset: entry.offset)
            }
            reached = entry.data.upperBound
        }
        return list
    }

    /// The packed bytes of an entry, by its local header; sizes there may be missing, so the directory's count.
    private func place(of entry: Entry, before end: Int) throws(TensorError) -> Range<Int> {
        let offset = entry.offset
        guard offset <= end - 30, try number(offset, 4) == 0x0403_4b50 else {
            throw .malformed("entry \"\(entry.name)\" is not where the directory says", offset: offset)
        }
        let name = Array(entry.name.utf8)
        let start = offset + 30 + (try number(offset + 26, 2)) + (try number(offset + 28, 2))
        guard start <= end, entry.compressed <= end - start, try number(offset + 26, 2) == name.count,
            bytes.has(name, at: offset + 30), try number(offset + 8, 2) == entry.method
        else { throw .malformed("entry \"\(entry.name)\" disagrees with the directory", offset: offset) }
        return start..<start + entry.compressed
    }

    /// Where the bytes of a stored entry lie in the file; nothing is copied and no checksum computed.
    func stored(_ entry: Entry) throws(TensorError) -> Range<Int> {
        guard entry.method == 0 else {
            throw .unsupported("compressed entry \"\(entry.name)\" where the format stores them plain")
        }
        guard entry.size == entry.compressed else {
            throw .malformed("stored entry \"\(entry.name)\" has two sizes", offset: entry.offset)
        }
        return entry.data
    }

    /// The `.npy` entries of an archive, unpacked but for stored ones, which stay where they are.
    ///
    /// - Throws: `TensorError.tooLarge` where they take more than `limit` bytes together; checksums are verified.
    func members(limit: Int) throws(TensorError) -> [(name: String, bytes: FileBytes, range: Range<Int>)] {
        var members: [(name: String, bytes: FileBytes, range: Range<Int>)] = []
        var total = 0
        for entry in try entries() {
            guard entry.name.hasSuffix(".npy") else {
                throw .malformed("entry \"\(entry.name)\" is no array", offset: entry.offset)
            }
            guard entry.size <= limit - total else { throw .tooLarge("arrays of more than \(limit) bytes") }
            total += entry.size
            let name = String(entry.name.dropLast(4))
            if entry.method == 0 {
                let range = try stored(entry)
                try verify(entry)
                members.append((name, bytes, range))
            } else {
                let contents = FileBytes(try contents(of: entry))
                members.append((name, contents, 0..<contents.count))
            }
        }
        return members
    }

    /// Throws where the checksum of a stored entry is wrong.
    func verify(_ entry: Entry) throws(TensorError) {
        let sum = unsafe bytes.withUnsafeBytes(entry.data) { unsafe Self.checksum($0) }
        guard sum == entry.checksum else {
            throw .malformed("the checksum of \"\(entry.name)\" is wrong", offset: entry.data.lowerBound)
        }
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
        if entry.method == 0 {
            let range = try stored(entry)
            try verify(entry)
            return bytes.copy(range)
        }
        guard entry.method == 8 else { throw .unsupported("compression \(entry.method) of \"\(entry.name)\"") }
        let result = try Inflate.inflate(bytes.copy(entry.data)[...], size: entry.size)
        guard unsafe result.withUnsafeBytes({ unsafe Self.checksum($0) }) == entry.checksum else {
            throw .malformed("the checksum of \"\(entry.name)\" is wrong", offset: entry.data.lowerBound)
        }
        return result
    }

    /// Tables for eight bytes at a time: entry `256 k + b` is byte `b` followed by `k` zeros.
    private static let table: [UInt32] = {
        var table: [UInt32] = []
        for byte in UInt32(0)..<256 {
            var value = byte
            for _ in 0..<8 { value = value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
            table.append(value)
        }
        for index in 256..<2048 { table.append(table[Int(table[index - 256] & 255)] ^ (table[index - 256] >> 8)) }
        return table
    }()

    /// CRC-32 of ISO 3309, as zip uses it.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        unsafe table.withUnsafeBufferPointer { table in
            var value: UInt32 = 0xffff_ffff
            var index = 0
            while index + 8 <= bytes.count {
                let low = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self) ^ value
                let high = unsafe bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self)
                let first = unsafe table[1792 + Int(low & 255)] ^ table[1536 + Int(low >> 8 & 255)]
                let second = unsafe table[1280 + Int(low >> 16 & 255)] ^ table[1024 + Int(low >> 24)]
                let third = unsafe table[768 + Int(high & 255)] ^ table[512 + Int(high >> 8 & 255)]
                let fourth = unsafe table[256 + Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
                value = first ^ second ^ third ^ fourth
                index += 8
            }
            while index < bytes.count {
                value = unsafe table[Int((value ^ UInt32(bytes[index])) & 255)] ^ (value >> 8)
                index += 1
            }
            return ~value
        }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 { unsafe bytes.withUnsafeBytes { unsafe checksum($0) } }
}
