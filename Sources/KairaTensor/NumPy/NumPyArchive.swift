/// Named arrays of NumPy's `.npz` format: a zip file of `.npy` entries, stored or deflated.
///
/// Zip: PKWARE APPNOTE 6.3; zip64 is read where an entry asks for it.
public struct NumPyArchive: Sendable, Hashable {
    /// The arrays' names, in the file's order.
    public private(set) var names: [String] = []
    private var arrays: [String: NumPyArray] = [:]

    /// An empty archive.
    public init() {}

    /// The array of that name, without `.npy`. Setting nil removes it.
    public subscript(name: String) -> NumPyArray? {
        get { arrays[name] }
        set {
            if newValue == nil { names.removeAll { $0 == name } } else if arrays[name] == nil { names.append(name) }
            arrays[name] = newValue
        }
    }

    /// The array of that name.
    ///
    /// - Throws: `TensorError.noTensor` where there is none.
    public func array(_ name: String) throws(TensorError) -> NumPyArray {
        guard let array = arrays[name] else { throw .noTensor(name) }
        return array
    }

    /// Reads an archive.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - limit: bytes that all arrays may take together once unpacked.
    /// - Throws: `TensorError`; sizes are checked before anything is allocated, checksums after.
    public init(npz bytes: [UInt8], limit: Int = 1 << 30) throws(TensorError) {
        for member in try ZipReader(bytes).members(limit: limit) {
            let (header, start) = try NumPyHeader.read(from: member.bytes, member.range)
            self[member.name] = try NumPyArray(header, bytes: member.bytes, data: start..<member.range.upperBound)
        }
    }

    /// The archive as a file, its entries stored.
    ///
    /// - Throws: `TensorError.tooLarge` where the file would reach 4 GB.
    public func npz() throws(TensorError) -> [UInt8] {
        var file: [UInt8] = [], directory: [UInt8] = []
        func u16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
        func u32(_ value: Int) -> [UInt8] { u16(value & 0xffff) + u16(value >> 16 & 0xffff) }
        for name in names {
            guard let array = arrays[name] else { continue }
            let contents = array.npy(), path = Array("\(name).npy".utf8), offset = file.count
            guard offset + contents.count + path.count < 0xffff_ffff - 4096, path.count < 65_536, names.count < 65_535
            else {
                throw .tooLarge("a .npz file of 4 GB or more")
            }
            // 1980-01-01, so that equal arrays make equal files.
            let common =
                u16(20) + u16(0x0800) + u16(0) + u16(0) + u16(0x21) + u32(Int(ZipReader.checksum(contents)))
                + u32(contents.count) + u32(contents.count) + u16(path.count) + u16(0)
            file += [0x50, 0x4b, 3, 4] + common + path + contents
            directory += [0x50, 0x4b, 1, 2] + u16(20) + common + u16(0) + u16(0) + u16(0) + u32(0) + u32(offset) + path
        }
        let start = file.count
        return file + directory + [0x50, 0x4b, 5, 6] + u16(0) + u16(0) + u16(names.count) + u16(names.count)
            + u32(directory.count) + u32(start) + u16(0)
    }
}
