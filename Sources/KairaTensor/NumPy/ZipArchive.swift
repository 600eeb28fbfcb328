/// A zip file whose entries are read one by one, by name; stored and deflated entries.
///
/// Nothing is ever written to a path that an archive names.
public struct ZipArchive: Sendable {
    private let reader: ZipReader
    private let entries: [String: ZipReader.Entry]

    /// Opens an archive held in memory.
    ///
    /// - Throws: `TensorError.malformed` where the bytes are no sound zip file.
    public init(_ bytes: [UInt8]) throws(TensorError) {
        reader = ZipReader(bytes)
        var entries: [String: ZipReader.Entry] = [:]
        for entry in try reader.entries() { entries[entry.name] = entry }
        self.entries = entries
    }

    /// The names of all entries, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// The unpacked contents of an entry.
    ///
    /// - Parameters:
    ///   - name: the entry's whole path in the archive.
    ///   - limit: the most bytes it may unpack to.
    /// - Returns: the entry's bytes.
    /// - Throws: `TensorError.noTensor` where there is no such entry, `.tooLarge`, or `.malformed` where the data is
    ///   damaged.
    public func contents(of name: String, limit: Int) throws(TensorError) -> [UInt8] {
        guard let entry = entries[name] else { throw .noTensor(name) }
        guard entry.size <= limit else { throw .tooLarge("entry \"\(name)\" of \(entry.size) bytes, limit \(limit)") }
        return try reader.contents(of: entry)
    }
}
