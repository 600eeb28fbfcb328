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
    /// the folder has to hold exactly one weight file of any name.
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
            try self.init(FileBytes(path: file.path))
        }
    }

    /// Reads a weight file that is in memory.
    ///
    /// - Throws: what is wrong with the file.
    public init(bytes: [UInt8]) throws(TensorError) { try self.init(FileBytes(bytes)) }

    init(_ bytes: FileBytes) throws(TensorError) {
        if SafetensorsReader.claims(bytes) {
            let (tensors, metadata) = try SafetensorsReader(bytes: bytes).read()
            try self.init(format: .safetensors, tensors: tensors, metadata: metadata)
        } else {
            throw .malformed("no weight file that Kaira knows begins like this", offset: 0)
        }
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
