import Foundation
import KairaTensor

/// Named tensors in order, and text beside them: what a model or an optimiser needs to go on as it was.
public struct StateDictionary<Scalar: TensorReal>: Sendable {
    /// The tensors' names, in the order in which they were added.
    public private(set) var names: [String] = []
    private var tensors: [String: Tensor<Scalar>] = [:]
    /// Text beside the tensors.
    public var metadata: [String: String] = [:]

    /// An empty state.
    public init() {}

    /// The tensor of that name. Setting nil removes it.
    public subscript(name: String) -> Tensor<Scalar>? {
        get { tensors[name] }
        set {
            if newValue == nil { names.removeAll { $0 == name } } else if tensors[name] == nil { names.append(name) }
            tensors[name] = newValue
        }
    }

    /// Adds another state's tensors and text under names that begin with a prefix.
    public mutating func merge(_ other: StateDictionary, prefix: String) {
        for name in other.names { self[prefix + name] = other[name] }
        for (key, text) in other.metadata { metadata[prefix + key] = text }
    }

    /// The tensors and text whose names begin with a prefix, without it.
    public func part(prefix: String) -> StateDictionary {
        var result = StateDictionary()
        for name in names where name.hasPrefix(prefix) { result[String(name.dropFirst(prefix.count))] = tensors[name] }
        for (key, text) in metadata where key.hasPrefix(prefix) {
            result.metadata[String(key.dropFirst(prefix.count))] = text
        }
        return result
    }

    /// The state as a safetensors file; equal states make equal files.
    public func safetensors() -> [UInt8] {
        var writer = SafetensorsWriter()
        writer.metadata = metadata
        for name in names { if let tensor = tensors[name] { writer.add(name, tensor.array) } }
        return writer.bytes()
    }

    /// The tensors of a weight file; numbers of other types are converted.
    ///
    /// - Throws: what is wrong with the file.
    public init(_ file: WeightFile) throws(TensorError) {
        for name in file.names { self[name] = try Tensor(file.tensor(name)) }
        metadata = file.metadata
    }

    /// Reads a weight file that is in memory.
    ///
    /// - Throws: what is wrong with the file.
    public init(bytes: [UInt8]) throws(TensorError) { try self.init(WeightFile(bytes: bytes)) }

    /// Reads a weight file.
    ///
    /// - Throws: what is wrong with the file.
    public init(contentsOf url: URL) throws(TensorError) { try self.init(WeightFile(contentsOf: url)) }
}
