/// A bounds-checked view of a flatbuffer: every offset is verified before it is followed.
///
/// Layout: <https://flatbuffers.dev/internals/>. Offsets only lead forward except for the one to a table's field list,
/// so no walk over vectors of tables can go in circles; `visits` caps how often shared tables may be read again.
struct FlatBuffer {
    let bytes: [UInt8]
    private var visits = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A table: where it begins, and where its field list lies.
    struct Table {
        let position: Int
        fileprivate let fields: Int
        fileprivate let fieldsSize: Int
        fileprivate let size: Int
    }

    /// A vector: where its elements begin, how many there are and how many bytes each takes.
    struct Vector {
        let position: Int
        let count: Int
        let stride: Int
        static let empty = Vector(position: 0, count: 0, stride: 1)
    }

    func uint8(at offset: Int) throws(TensorError) -> UInt8 {
        guard offset >= 0, offset < bytes.count else {
            throw .malformed("an offset leads out of the file", offset: offset)
        }
        return bytes[offset]
    }

    func uint16(at offset: Int) throws(TensorError) -> UInt16 {
        guard offset >= 0, offset <= bytes.count - 2 else {
            throw .malformed("an offset leads out of the file", offset: offset)
        }
        return UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    }

    func uint32(at offset: Int) throws(TensorError) -> UInt32 {
        guard offset >= 0, offset <= bytes.count - 4 else {
            throw .malformed("an offset leads out of the file", offset: offset)
        }
        return UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24
    }

    func int32(at offset: Int) throws(TensorError) -> Int32 { Int32(bitPattern: try uint32(at: offset)) }

    func float(at offset: Int) throws(TensorError) -> Float { Float(bitPattern: try uint32(at: offset)) }

    func uint64(at offset: Int) throws(TensorError) -> UInt64 {
        UInt64(try uint32(at: offset)) | UInt64(try uint32(at: offset + 4)) << 32
    }

    /// The table that the offset stored at `place` leads to.
    mutating func table(from place: Int) throws(TensorError) -> Table {
        visits += 1
        guard visits <= 1_000_000 else { throw .tooLarge("more than a million tables in the file") }
        let position = place + Int(try uint32(at: place))
        guard position % 4 == 0 else { throw .malformed("a table is not aligned", offset: place) }
        let fields = position - Int(try int32(at: position))
        guard fields >= 0, fields % 2 == 0 else { throw .malformed("a field list lies outside", offset: position) }
        let fieldsSize = Int(try uint16(at: fields)), size = Int(try uint16(at: fields + 2))
        guard fieldsSize >= 4, fieldsSize % 2 == 0, fields + fieldsSize <= bytes.count, size >= 4,
            position + size <= bytes.count
        else { throw .malformed("a table reaches past the end", offset: position) }
        return Table(position: position, fields: fields, fieldsSize: fieldsSize, size: size)
    }

    mutating func root() throws(TensorError) -> Table { try table(from: 0) }

    /// Where field `index` of `size` bytes is stored; nil where the file leaves it at its default.
    func field(_ table: Table, _ index: Int, size: Int) throws(TensorError) -> Int? {
        let entry = 4 + 2 * index
        guard entry + 2 <= table.fieldsSize else { return nil }
        let offset = Int(try uint16(at: table.fields + entry))
        if offset == 0 { return nil }
        guard offset >= 4, offset + size <= table.size else {
            throw .malformed("field \(index) lies outside its table", offset: table.position)
        }
        return table.position + offset
    }

    func uint8(_ table: Table, _ index: Int, default value: UInt8 = 0) throws(TensorError) -> UInt8 {
        guard let place = try field(table, index, size: 1) else { return value }
        return try uint8(at: place)
    }

    func int32(_ table: Table, _ index: Int, default value: Int32 = 0) throws(TensorError) -> Int {
        guard let place = try field(table, index, size: 4) else { return Int(value) }
        return Int(try int32(at: place))
    }

    func uint32(_ table: Table, _ index: Int) throws(TensorError) -> Int {
        guard let place = try field(table, index, size: 4) else { return 0 }
        return Int(try uint32(at: place))
    }

    func uint64(_ table: Table, _ index: Int) throws(TensorError) -> UInt64 {
        guard let place = try field(table, index, size: 8) else { return 0 }
        return try uint64(at: place)
    }

    /// The table that field `index` refers to.
    mutating func table(_ table: Table, _ index: Int) throws(TensorError) -> Table? {
        guard let place = try field(table, index, size: 4) else { return nil }
        return try self.table(from: place)
    }

    /// The vector that field `index` refers to; empty where it is absent.
    func vector(_ table: Table, _ index: Int, stride: Int) throws(TensorError) -> Vector {
        guard let place = try field(table, index, size: 4) else { return .empty }
        let position = place + Int(try uint32(at: place))
        let count = Int(try uint32(at: position))
        guard count <= (bytes.count - position - 4) / stride else {
            throw .malformed("a list of \(count) reaches past the end", offset: position)
        }
        return Vector(position: position + 4, count: count, stride: stride)
    }

    /// Element `index` of a vector of tables.
    mutating func table(_ vector: Vector, at index: Int) throws(TensorError) -> Table {
        guard index >= 0, index < vector.count else {
            throw .malformed("index \(index) in a list of \(vector.count)", offset: vector.position)
        }
        return try table(from: vector.position + 4 * index)
    }

    /// A vector of int32 as integers, at most `limit` of them.
    func integers(_ table: Table, _ index: Int, limit: Int = 65_536) throws(TensorError) -> [Int] {
        let vector = try vector(table, index, stride: 4)
        guard vector.count <= limit else { throw .tooLarge("a list of \(vector.count) numbers") }
        var result: [Int] = []
        result.reserveCapacity(vector.count)
        for i in 0..<vector.count { result.append(Int(try int32(at: vector.position + 4 * i))) }
        return result
    }

    /// A string; what is not UTF-8 is replaced, what is beyond 4 KB is an error.
    func string(_ table: Table, _ index: Int) throws(TensorError) -> String {
        let vector = try vector(table, index, stride: 1)
        guard vector.count <= 4096 else { throw .tooLarge("a name of \(vector.count) bytes") }
        return String(decoding: bytes[vector.position..<vector.position + vector.count], as: UTF8.self)
    }
}
