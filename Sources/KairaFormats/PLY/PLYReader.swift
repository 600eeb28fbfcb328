import KairaGeometry

/// Reads the surface of a Stanford PLY file: text, little or big endian.
///
/// Vertices are `x`, `y`, `z` of the element `vertex`, faces the list `vertex_indices` or `vertex_index` of `face`; polygons
/// are cut into triangles, all other properties and elements are passed over.
public enum PLYReader {
    /// Reads the surface, as one mesh without a name.
    ///
    /// - Throws: `FormatsError.malformed` with the byte or the line; counts are held against the file's size first.
    public static func read(_ bytes: [UInt8], file: String = "PLY") throws(FormatsError) -> [SolidMesh] {
        let header = try PLYHeader(bytes, file: file)
        var values = PLYValues(bytes, header, file: file)
        var positions: [SIMD3<Double>] = []
        var corners: [Int32] = []
        var ends: [Int] = []
        for element in header.elements {
            try values.expect(element)
            let isVertex = element.name == "vertex"
            let isFace = element.name == "face"
            let axes = ["x", "y", "z"].map { name in
                element.properties.firstIndex { $0.name == name && $0.count == nil }
            }
            let list = element.properties.firstIndex {
                ($0.name == "vertex_indices" || $0.name == "vertex_index") && $0.count != nil
            }
            if isVertex {
                guard axes.allSatisfy({ $0 != nil }) else {
                    throw .malformed(file: file, at: "header", reason: "the vertices lack x, y or z")
                }
                positions.reserveCapacity(element.count)
            }
            if isFace, list == nil {
                throw .malformed(file: file, at: "header", reason: "the faces lack the list vertex_indices")
            }
            // Elements without properties have no bytes, whatever their number.
            for row in 0..<(element.properties.isEmpty ? 0 : element.count) {
                var p = SIMD3<Double>.zero
                for (i, property) in element.properties.enumerated() {
                    guard let countType = property.count else {
                        let value = try values.next(property.type)
                        if isVertex, let k = axes.firstIndex(of: i) { p[k] = value }
                        continue
                    }
                    let count = try values.next(countType)
                    guard count >= 0, count < 1e9, count == count.rounded() else {
                        throw values.failure("a list of \(count) entries")
                    }
                    try values.expect(Int(count), property.type)
                    for _ in 0..<Int(count) {
                        let value = try values.next(property.type)
                        guard isFace, i == list else { continue }
                        guard value >= 0, value < 2147483647, value == value.rounded() else {
                            throw values.failure("face \(row + 1) names vertex \(value)")
                        }
                        corners.append(Int32(value))
                    }
                }
                if isVertex {
                    guard p.isFinite else { throw values.failure("vertex \(row + 1) is not finite") }
                    positions.append(p)
                }
                if isFace { ends.append(corners.count) }
                values.endRow()
            }
        }
        var mesh = SolidMesh(positions: positions)
        var start = 0
        for (i, end) in ends.enumerated() {
            let slice = corners[start..<end]
            start = end
            for c in slice where Int(c) >= positions.count {
                throw .malformed(
                    file: file, at: "face \(i + 1)", reason: "it names vertex \(c), and there are \(positions.count)")
            }
            PolygonFaces.append(slice, of: positions, to: &mesh.triangles)
        }
        return mesh.triangles.isEmpty ? [] : [mesh]
    }
}

/// What a PLY file says it holds.
struct PLYHeader {
    enum Encoding { case text, little, big }
    enum Scalar: Int {
        case int8, uint8, int16, uint16, int32, uint32, float32, float64

        init?(_ name: String) {
            switch name {
            case "char", "int8": self = .int8
            case "uchar", "uint8": self = .uint8
            case "short", "int16": self = .int16
            case "ushort", "uint16": self = .uint16
            case "int", "int32": self = .int32
            case "uint", "uint32": self = .uint32
            case "float", "float32": self = .float32
            case "double", "float64": self = .float64
            default: return nil
            }
        }

        var size: Int { [1, 1, 2, 2, 4, 4, 4, 8][rawValue] }
    }
    struct Property {
        var name: String
        var type: Scalar
        /// The type of a list's length; nil for one value.
        var count: Scalar?
    }
    struct Element {
        var name: String
        var count: Int
        var properties: [Property]
    }

    private(set) var encoding = Encoding.text
    private(set) var elements: [Element] = []
    /// Where the values begin.
    private(set) var end = 0
    private(set) var lines = 1

    init(_ bytes: [UInt8], file: String) throws(FormatsError) {
        var scanner = TextScanner(bytes, file: file)
        guard let magic = scanner.word(), scanner.matches(magic, "ply") else {
            throw .malformed(file: file, at: "byte 0", reason: "a PLY file begins with the word ply")
        }
        var hasFormat = false
        while scanner.nextLine() {
            guard let keyword = scanner.word() else { continue }
            if scanner.matches(keyword, "end_header") {
                guard hasFormat else { throw scanner.failure("the header has no line 'format'") }
                guard scanner.nextLine() else { throw scanner.failure("the file ends with its header") }
                (end, lines) = (scanner.at, scanner.line)
                return
            }
            let words = scanner.restOfLine().split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            if scanner.matches(keyword, "format") {
                switch words.first {
                case "ascii": encoding = .text
                case "binary_little_endian": encoding = .little
                case "binary_big_endian": encoding = .big
                default: throw scanner.failure("the format '\(words.first ?? "")' is not read")
                }
                hasFormat = true
            } else if scanner.matches(keyword, "element") {
                guard words.count == 2, let count = Int(words[1]), count >= 0 else {
                    throw scanner.failure("an element has a name and a number")
                }
                elements.append(Element(name: words[0], count: count, properties: []))
            } else if scanner.matches(keyword, "property") {
                guard !elements.isEmpty else { throw scanner.failure("a property before the first element") }
                if words.count == 4, words[0] == "list", let count = Scalar(words[1]), let type = Scalar(words[2]) {
                    elements[elements.count - 1].properties.append(Property(name: words[3], type: type, count: count))
                } else if words.count == 2, let type = Scalar(words[0]) {
                    elements[elements.count - 1].properties.append(Property(name: words[1], type: type))
                } else {
                    throw scanner.failure("the property '\(words.joined(separator: " ").prefix(60))' is not read")
                }
            }
        }
        throw scanner.failure("the header does not end: it was cut short")
    }
}

/// The values after a PLY file's header.
private struct PLYValues {
    private let bytes: [UInt8]
    private let encoding: PLYHeader.Encoding
    private let file: String
    private var at: Int
    private var scanner: TextScanner

    init(_ bytes: [UInt8], _ header: PLYHeader, file: String) {
        (self.bytes, self.file, encoding, at) = (bytes, file, header.encoding, header.end)
        scanner = TextScanner(bytes, file: file, at: header.end, line: header.lines)
    }

    func failure(_ reason: String) -> FormatsError {
        encoding == .text ? scanner.failure(reason) : .malformed(file: file, at: "byte \(at)", reason: reason)
    }

    private var left: Int { encoding == .text ? bytes.count - scanner.at : bytes.count - at }

    /// Holds an element's number of rows against what is left of the file.
    func expect(_ element: PLYHeader.Element) throws(FormatsError) {
        let least =
            encoding == .text
            ? element.properties.count : element.properties.reduce(0) { $0 + ($1.count ?? $1.type).size }
        try expect(element.count, size: least, element.name)
    }

    /// Holds a list's length against what is left of the file.
    func expect(_ count: Int, _ type: PLYHeader.Scalar) throws(FormatsError) {
        try expect(count, size: encoding == .text ? 1 : type.size, "list entries")
    }

    private func expect(_ count: Int, size: Int, _ what: String) throws(FormatsError) {
        let (needed, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, needed <= left else {
            throw failure("\(count) of \(what) do not fit into the \(left) bytes that are left: it was cut short")
        }
    }

    mutating func next(_ type: PLYHeader.Scalar) throws(FormatsError) -> Double {
        if encoding == .text {
            guard let word = scanner.wordOnAnyLine() else { throw failure("the file ends early: it was cut short") }
            return try scanner.number(word, "a value")
        }
        let size = type.size
        guard bytes.count - at >= size else { throw failure("the file ends early: it was cut short") }
        var bits: UInt64 = 0
        for k in 0..<size { bits |= UInt64(bytes[at + (encoding == .little ? k : size - 1 - k)]) << UInt64(8 * k) }
        at += size
        switch type {
        case .int8: return Double(Int8(truncatingIfNeeded: bits))
        case .uint8: return Double(UInt8(truncatingIfNeeded: bits))
        case .int16: return Double(Int16(truncatingIfNeeded: bits))
        case .uint16: return Double(UInt16(truncatingIfNeeded: bits))
        case .int32: return Double(Int32(truncatingIfNeeded: bits))
        case .uint32: return Double(UInt32(truncatingIfNeeded: bits))
        case .float32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: return Double(bitPattern: bits)
        }
    }

    /// Rows of text end with their line.
    mutating func endRow() {
        if encoding == .text { scanner.nextLine() }
    }
}
