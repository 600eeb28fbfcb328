import Foundation

/// The named tensors of a weight file, or of a folder with shards, whatever its format.
///
/// Files are mapped, not read: opening costs the header, and elements are fetched when they are asked for. Nothing of a
/// file is ever executed, and none can make Kaira take more memory than its own size justifies.
///
///     let file = try WeightFile(contentsOf: URL(filePath: "vitpose-b"))
///     let weights = try file["backbone.patch_embed.proj.weight"]?.floats()
public struct WeightFile: Sendable {
    /// How the file is laid out.
    public let format: WeightFormat
    /// The tensors' names, in the file's order.
    public let names: [String]
    /// Text that the file carries beside its tensors (safetensors' `__metadata__`).
    public let metadata: [String: String]
    /// The graph of an ONNX model, in the file's order; empty for other formats.
    package private(set) var nodes: [ONNXNode] = []
    private let tensors: [String: WeightTensor]

    /// The tensor of that name; nil where there is none.
    public subscript(name: String) -> WeightTensor? { tensors[name] }

    /// The tensor of that name.
    ///
    /// - Throws: `TensorError.noTensor` where there is none.
    public func tensor(_ name: String) throws(TensorError) -> WeightTensor {
        guard let tensor = tensors[name] else { throw .noTensor(name) }
        return tensor
    }

    /// Opens a weight file, an index of shards, or a folder that holds either.
    ///
    /// In a folder, `model.safetensors` goes before its shards, these before `pytorch_model.bin` and its shards; else
    /// the folder has to hold exactly one weight file of any name, where arrays of NumPy count as weights only if there is
    /// nothing else.
    ///
    /// - Throws: `TensorError.unreadable` where there is nothing to open, else what is wrong with the file.
    public init(contentsOf url: URL) throws(TensorError) {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        guard exists else { throw .unreadable("\"\(url.path)\" does not exist") }
        let file = isFolder.boolValue ? try Self.find(in: url) : url
        if file.lastPathComponent.hasSuffix(".index.json") {
            try self.init(index: file)
        } else {
            let folder = file.deletingLastPathComponent()
            var open: [String: FileBytes] = [:]
            try self.init(FileBytes(path: file.path)) { name throws(TensorError) in
                if let bytes = open[name] { return bytes }
                let bytes = try FileBytes(path: try Self.shard(name, in: folder).path)
                open[name] = bytes
                return bytes
            }
        }
    }

    /// Reads a weight file that is in memory.
    ///
    /// - Throws: what is wrong with the file.
    public init(bytes: [UInt8]) throws(TensorError) { try self.init(FileBytes(bytes)) }

    // `external` opens a file beside this one; only ONNX models name such.
    init(_ bytes: FileBytes, external: ((String) throws(TensorError) -> FileBytes)? = nil) throws(TensorError) {
        if SafetensorsReader.claims(bytes) {
            let (tensors, metadata) = try SafetensorsReader(bytes: bytes).read()
            try self.init(format: .safetensors, tensors: tensors, metadata: metadata)
        } else if bytes.has([0x50, 0x4b], at: 0) {
            let zip = ZipReader(bytes)
            let entries = try zip.entries()
            if TorchZipReader.claims(entries) {
                try self.init(format: .pytorch, tensors: try TorchZipReader(zip: zip, entries: entries).read())
            } else {
                try self.init(format: .npz, tensors: try Self.arrays(of: zip))
            }
        } else if TorchLegacyReader.claims(bytes) {
            try self.init(format: .pytorchLegacy, tensors: try TorchLegacyReader(bytes, 0..<bytes.count).read())
        } else if bytes.has([0x80], at: 0) {
            try self.init(format: .pytorchLegacy, tensors: try TorchPickleReader(bytes: bytes).read())
        } else if ONNXReader.claims(bytes) {
            let (tensors, nodes) = try ONNXReader(bytes: bytes, external: external).read()
            try self.init(format: .onnx, tensors: tensors)
            self.nodes = nodes
        } else {
            throw Self.unknown(bytes)
        }
    }

    /// The arrays of a NumPy archive.
    private static func arrays(of zip: ZipReader) throws(TensorError) -> [WeightTensor] {
        var tensors: [WeightTensor] = []
        for member in try zip.members(limit: 4 << 30) {
            let (header, start) = try NumPyHeader.read(from: member.bytes, member.range)
            let data = start..<member.range.upperBound
            if let type = header.type, !header.bigEndian, !header.columnMajor {
                tensors.append(
                    try WeightTensor(
                        name: member.name, type: type, shape: header.shape, bytes: member.bytes, range: data))
            } else {
                let array = try NumPyArray(header, bytes: member.bytes, data: data)
                tensors.append(
                    try WeightTensor(
                        name: member.name, type: array.type, shape: array.shape, bytes: FileBytes(array.bytes),
                        range: 0..<array.bytes.count))
            }
        }
        return tensors
    }

    /// What to say of a file in none of the formats.
    private static func unknown(_ bytes: FileBytes) -> TensorError {
        if bytes.has(Array("ustar".utf8), at: 257) {
            return .unsupported("PyTorch files in tar archives (before version 0.1.10): save the file anew")
        }
        if bytes.has([0x89, 0x48, 0x44, 0x46], at: 0) { return .unsupported("weights in HDF5 files") }
        if bytes.has(Array("TFL3".utf8), at: 4) {
            return .unsupported("a .tflite network as a weight file: TFLiteModel reads it")
        }
        if bytes.has(Array("version https://git-lfs".utf8), at: 0) {
            return .unreadable("this is a Git LFS pointer, not the weight file: fetch it with \"git lfs pull\"")
        }
        return .malformed("no weight file that Kaira knows begins like this", offset: 0)
    }

    /// The same tensors under other names: those of an exporter's that a network is found by.
    ///
    /// - Throws: `TensorError.malformed` where two get one name.
    package init(_ file: WeightFile, named tensors: [(name: String, tensor: WeightTensor)]) throws(TensorError) {
        try self.init(
            format: file.format, tensors: tensors.map { $0.tensor.renamed($0.name) }, metadata: file.metadata)
    }

    /// - Throws: `TensorError.malformed` where two tensors have one name.
    init(format: WeightFormat, tensors list: [WeightTensor], metadata: [String: String] = [:]) throws(TensorError) {
        var tensors: [String: WeightTensor] = [:]
        tensors.reserveCapacity(list.count)
        for tensor in list {
            guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
                throw .malformed("tensor \"\(tensor.name)\" is there twice", offset: 0)
            }
        }
        self.format = format
        self.tensors = tensors
        self.metadata = metadata
        names = list.map(\.name)
    }
}
