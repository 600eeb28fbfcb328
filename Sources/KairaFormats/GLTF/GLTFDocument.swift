/// A parsed glTF: its JSON, and its buffers, each read when first asked for.
///
/// Holds the budget of what may be decoded, so that a small file cannot ask for much memory.
struct GLTFDocument {
    let root: JSONNode
    let file: String
    private let bytes: [UInt8]
    private let binary: Range<Int>?
    private let external: ExternalFiles?
    private var buffers: [Int: [UInt8]] = [:]
    /// Files beside the document, by URI.
    private var files: [String: [UInt8]] = [:]
    private(set) var inputSize: Int

    /// The lengths of the arrays that indices refer to.
    let counts: [String: Int]
    /// What the reader left out or repaired.
    var warnings: [String] = []

    /// Later ones are dropped.
    static let maximumWarnings = 100

    // What was read, so that the rest can be looked at too.
    private var readAccessors: Set<Int> = []
    /// Accessors whose users were told that bounds are missing.
    var lacksBounds: Set<Int> = []
    private var readViews: Set<Int> = []
    private var readBuffers: Set<Int> = []

    func isRead(accessor index: Int) -> Bool { readAccessors.contains(index) }
    func isRead(view index: Int) -> Bool { readViews.contains(index) }
    func isRead(buffer index: Int) -> Bool { readBuffers.contains(index) }

    /// Notes that an accessor is read; whether for the first time.
    mutating func note(accessor index: Int) -> Bool { readAccessors.insert(index).inserted }

    private var decodedBytes = 0
    private var decodedPixels = 0

    init(_ bytes: [UInt8], file: String, external: ExternalFiles?) throws(FormatsError) {
        self.file = file
        self.bytes = bytes
        inputSize = bytes.count
        let range: Range<Int>
        if GLBContainer.matches(bytes) {
            let container = try GLBContainer(bytes, file: file)
            binary = container.binary
            self.external = nil
            warnings = container.warnings
            range = container.json
        } else {
            binary = nil
            self.external = external
            range = 0..<bytes.count
        }
        if bytes[range].starts(with: [0xEF, 0xBB, 0xBF]) {
            warnings.append("The JSON begins with a byte order mark, which glTF does not allow.")
        }
        let value = try JSONParser.parse(bytes, range: range, file: file)
        root = JSONNode(value: value, path: "", file: file)
        var counts: [String: Int] = [:]
        for name in [
            "accessors", "animations", "buffers", "bufferViews", "cameras", "images", "materials", "meshes", "nodes",
            "samplers", "scenes", "skins", "textures",
        ] {
            guard let node = try root.optional(name) else { continue }
            let count = try node.elements().count
            // Entries of these become structures much larger than their shortest text, `{}`.
            let limit = name == "accessors" || name == "bufferViews" ? Int.max : name == "nodes" ? 1 << 18 : 1 << 15
            guard count <= limit else {
                throw .tooLarge(
                    file: file, at: node.path, reason: "\(count) entries are more than the \(limit) allowed")
            }
            counts[name] = count
        }
        self.counts = counts
    }

    /// How many entries a top-level array has.
    func count(_ name: String) -> Int { counts[name] ?? 0 }

    /// An entry of a top-level array.
    func entry(_ name: String, _ index: Int) throws(FormatsError) -> JSONNode {
        let list = try root.required(name)
        guard case .array(let values) = list.value, values.indices.contains(index) else {
            throw list.failure("there is no entry \(index)")
        }
        return JSONNode(value: values[index], path: "/\(name)/\(index)", file: file)
    }

    /// Adds a warning; a hostile file cannot make them many.
    mutating func warn(_ text: String) {
        if warnings.count < Self.maximumWarnings { warnings.append(text) }
    }

    /// Takes part of the budget for decoded arrays: 48 MB, and 12 times the size of the input.
    mutating func claim(bytes count: Int, at node: JSONNode) throws(FormatsError) {
        let limit = 48 << 20 + 12 * inputSize
        guard count >= 0, count <= limit - decodedBytes else {
            throw .tooLarge(
                file: file, at: node.path, reason: "the file asks for more data than a file of its size may hold")
        }
        decodedBytes += count
    }

    /// Takes part of the budget for pictures: 25 million pixels, and 4 for each byte of the input.
    mutating func claimPixels(at node: JSONNode) -> Int { max((3 << 23) + 4 * inputSize - decodedPixels, 0) }

    /// Counts pixels that were decoded.
    mutating func usePixels(_ count: Int) { decodedPixels += count }

    /// The bytes of a buffer view.
    mutating func view(_ index: Int, for node: JSONNode) throws(FormatsError) -> (
        bytes: ArraySlice<UInt8>, stride: Int?
    ) {
        let view = try entry("bufferViews", index)
        let buffer = try view.required("buffer").integer(in: 0..<count("buffers"))
        let offset = try view.optional("byteOffset")?.integer(in: 0..<1 << 48) ?? 0
        let length = try view.required("byteLength").integer(in: 1..<1 << 48)
        let strideNode = try view.optional("byteStride")
        let stride = try strideNode?.integer(in: 4..<253)
        if readViews.insert(index).inserted, let stride, let strideNode {
            guard stride % 4 == 0 else { throw strideNode.failure("a stride is a multiple of 4, not \(stride)") }
            if let target = try view.optional("target"), try target.number() != 34962 {
                warn("\(strideNode.path): only views of vertices have a stride.")
            }
        }
        let data = try self.buffer(buffer)
        guard offset <= data.count, length <= data.count - offset else {
            throw view.failure("\(length) bytes at \(offset) lie outside the buffer of \(data.count) bytes")
        }
        return (data[(data.startIndex + offset)..<(data.startIndex + offset + length)], stride)
    }

    /// The bytes of a buffer.
    mutating func buffer(_ index: Int) throws(FormatsError) -> ArraySlice<UInt8> {
        readBuffers.insert(index)
        let node = try entry("buffers", index)
        let length = try node.required("byteLength").integer(in: 1..<1 << 48)
        guard let uri = try node.optional("uri") else {
            guard index == 0, let binary else {
                throw node.failure("the buffer has no data: neither a URI nor a GLB chunk")
            }
            // The chunk may be up to 3 bytes longer than the buffer (padding).
            guard length <= binary.count else {
                throw node.failure("byteLength \(length) is more than the GLB's binary chunk of \(binary.count) bytes")
            }
            return bytes[binary.lowerBound..<(binary.lowerBound + length)]
        }
        if buffers[index] == nil {
            guard let data = try data(of: uri) else {
                throw .externalFile(
                    file: file, uri: String(try uri.string().prefix(120)), reason: "there is no such file")
            }
            buffers[index] = data
        }
        guard let data = buffers[index], length <= data.count else {
            throw node.failure(
                "byteLength \(length) is more than the data behind its URI (\(buffers[index]?.count ?? 0))")
        }
        return data[0..<length]
    }

    /// The bytes of a `data:` URI, or of a file beside a `.gltf`; nil where that is not there.
    ///
    /// A file is read once, however often it is referred to.
    mutating func data(of uri: JSONNode) throws(FormatsError) -> [UInt8]? {
        let text = try uri.string()
        if text.hasPrefix("data:") {
            guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64"),
                !text[..<comma].contains(";;"),
                let data = Base64.decode(text[text.index(after: comma)...].utf8)
            else { throw uri.failure("the data URI is not base64") }
            return data
        }
        guard let external else {
            throw .externalFile(
                file: file, uri: String(text.prefix(120)),
                reason: "a GLB or VRM has to hold all its data itself: other files are not followed")
        }
        if let known = files[text] { return known }
        guard let data = try external.bytes(text, file: file) else { return nil }
        guard data.count <= SceneFile.maximumBytes - inputSize else {
            throw .tooLarge(
                file: file, at: uri.path,
                reason: "its files together are larger than \(SceneFile.maximumBytes >> 20) MB")
        }
        files[text] = data
        inputSize += data.count
        return data
    }
}
