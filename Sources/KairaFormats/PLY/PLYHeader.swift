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
