import KairaTensor

/// An array of the IDX format, in which the MNIST digits and their kin come.
///
/// Format: two zero bytes, the number type, the rank, the sizes as big-endian 32-bit numbers, outermost first, then the
/// elements, row-major and big-endian. The bytes may be gzipped. <http://yann.lecun.com/exdb/mnist/> (archived).
public struct IDXArray: Sendable, Hashable {
    /// The number type of the elements; the raw value is the third byte of the file.
    public enum Element: UInt8, Sendable, Hashable, CaseIterable {
        case uint8 = 0x08
        case int8 = 0x09
        case int16 = 0x0b
        case int32 = 0x0c
        case float32 = 0x0d
        case float64 = 0x0e

        /// Bytes that one element takes.
        public var size: Int {
            switch self {
            case .uint8, .int8: 1
            case .int16: 2
            case .int32, .float32: 4
            case .float64: 8
            }
        }
    }

    /// The number type.
    public let element: Element
    /// Sizes, outermost first.
    public let shape: [Int]
    /// The elements as they are stored: `count * element.size` bytes, big-endian.
    public let bytes: [UInt8]

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// An array from its parts.
    ///
    /// - Precondition: sizes of 0 to 2^32 - 1, at most 255 of them, and as many bytes as they ask for.
    public init(element: Element, shape: [Int], bytes: [UInt8]) {
        precondition(shape.count < 256 && shape.allSatisfy { 0...0xffff_ffff ~= $0 }, "sizes that IDX cannot hold")
        precondition(bytes.count == shape.reduce(element.size, *), "\(bytes.count) bytes for a shape of \(shape)")
        self.element = element
        self.shape = shape
        self.bytes = bytes
    }

    /// Reads a file, plain or gzipped.
    ///
    /// - Parameters:
    ///   - file: all its bytes.
    ///   - limit: how many bytes may come out of a gzipped file.
    /// - Throws: `LearningError.data` where the file is damaged, cut short, longer than its sizes say, or no IDX file.
    public init(idx file: [UInt8], limit: Int = 1 << 32) throws(LearningError) {
        var plain = file
        if Gzip.claims(file) {
            do { plain = try Gzip.unpack(file, limit: limit) } catch { throw .data("gzip: \(error)") }
        }
        guard plain.count >= 4 else { throw .data("an IDX file of \(plain.count) bytes: its header alone has 4") }
        guard plain[0] == 0, plain[1] == 0 else {
            throw .data("this is no IDX file: it begins with \(plain[0]) and \(plain[1]), not with two zeros")
        }
        guard let element = Element(rawValue: plain[2]) else {
            throw .data("IDX number type \(plain[2]) at byte 2; the format knows 8, 9, 11, 12, 13 and 14")
        }
        let rank = Int(plain[3]), start = 4 + 4 * rank
        guard rank > 0 else { throw .data("an IDX file without any size: byte 3, its rank, is 0") }
        guard start <= plain.count else {
            throw .data("the IDX header is cut short: \(rank) sizes need \(start) bytes, there are \(plain.count)")
        }
        var shape: [Int] = [], product = element.size
        for axis in 0..<rank {
            let at = 4 + 4 * axis
            let length = plain[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            shape.append(length)
            // A size of 0 must not hide others whose product overflows: `count` multiplies all of them.
            let (next, overflow) = product.multipliedReportingOverflow(by: max(length, 1))
            guard !overflow else { throw .data("IDX sizes \(shape) are more than any file can hold") }
            product = next
        }
        let size = shape.contains(0) ? 0 : product
        guard size == plain.count - start else {
            let what = size > plain.count - start ? "cut short" : "too long"
            throw .data(
                "the IDX file is \(what): sizes \(shape) ask for \(size) bytes after the header, there are "
                    + "\(plain.count - start)")
        }
        self.init(element: element, shape: shape, bytes: Array(plain[start...]))
    }

    /// The array as a plain IDX file.
    public func idx() -> [UInt8] {
        var file: [UInt8] = [0, 0, element.rawValue, UInt8(shape.count)]
        for size in shape { for shift in [24, 16, 8, 0] { file.append(UInt8(size >> shift & 255)) } }
        return file + bytes
    }

    /// The elements as numbers: exact.
    public func doubles() -> [Double] {
        let size = element.size
        return (0..<count).map { i in
            let bits = bytes[i * size..<(i + 1) * size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return switch element {
            case .uint8: Double(bits)
            case .int8: Double(Int8(truncatingIfNeeded: bits))
            case .int16: Double(Int16(truncatingIfNeeded: bits))
            case .int32: Double(Int32(truncatingIfNeeded: bits))
            case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            case .float64: Double(bitPattern: bits)
            }
        }
    }
}
