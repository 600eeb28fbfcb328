/// A `.npz` or `.npy` file whose arrays may hold Python objects, as data sets of motion are often published.
///
/// NumPy reads such files only with `allow_pickle=True`, which runs whatever the file says. Here nothing runs: objects
/// are `PickleValue`s to walk.
///
///     let archive = try PickledArchive(bytes: bytes)
///     let positions = try archive.object("positions_3d")["S1"]?["Walking"]?.array()
public struct PickledArchive: Sendable {
    /// The arrays' names, without `.npy`, in the file's order; a `.npy` file's only array has the name "".
    public let names: [String]
    private let members: [String: (header: NumPyHeader, bytes: FileBytes, data: Range<Int>)]

    /// Reads an archive.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - limit: bytes that all arrays may take together once unpacked.
    /// - Throws: `TensorError` where the file is damaged or too large.
    public init(bytes: [UInt8], limit: Int = 4 << 30) throws(TensorError) {
        let file = FileBytes(bytes)
        if !file.has([0x50, 0x4b], at: 0) {
            let (header, start) = try NumPyHeader.read(from: file, 0..<file.count)
            names = [""]
            members = ["": (header, file, start..<file.count)]
            return
        }
        let zip = ZipReader(file)
        var names: [String] = []
        var members: [String: (header: NumPyHeader, bytes: FileBytes, data: Range<Int>)] = [:]
        for member in try zip.members(limit: limit) {
            let (header, start) = try NumPyHeader.read(from: member.bytes, member.range)
            names.append(member.name)
            members[member.name] = (header, member.bytes, start..<member.range.upperBound)
        }
        self.names = names
        self.members = members
    }

    /// Whether an array holds Python objects; false also where there is no such array.
    public func holdsObjects(_ name: String) -> Bool { members[name].map { $0.header.type == nil } ?? false }

    /// An array of numbers.
    ///
    /// - Throws: `TensorError.noTensor` where there is none of that name, `.unsupported` where it holds objects.
    public func array(_ name: String) throws(TensorError) -> NumPyArray {
        guard let member = members[name] else { throw .noTensor(name) }
        return try NumPyArray(member.header, bytes: member.bytes, data: member.data)
    }

    /// What an array of objects holds: its element where it holds one without axes, else the array, for
    /// `PickleValue.objects()`.
    ///
    /// - Throws: `TensorError.noTensor` where there is none of that name, `.unsupported` where it holds numbers or its
    ///   pickle an operation that is refused, `.malformed` where it is damaged.
    public func object(_ name: String) throws(TensorError) -> PickleValue {
        guard let member = members[name] else { throw .noTensor(name) }
        guard member.header.type == nil else { throw .unsupported("numbers where objects are needed: \"\(name)\"") }
        var reader = PickleReader(member.bytes, member.data)
        let value = try reader.next()
        guard reader.isAtEnd else { throw .malformed("bytes behind the pickle", offset: reader.position) }
        guard let (shape, elements) = try value.objects(), shape == member.header.shape else {
            throw .malformed("the pickle is not the array of its header", offset: member.data.lowerBound)
        }
        return shape.isEmpty ? elements[0] : value
    }
}
