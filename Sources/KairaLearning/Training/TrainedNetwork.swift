import Foundation
import KairaTensor

/// A network with its weights and what is needed to use them: how inputs are shaped and what the outputs are called.
///
/// Its file is one of safetensors: the weights by name, and in the metadata under `kaira.network` a JSON object that says
/// how it is built (`docs/formats/learn.md`).
public struct TrainedNetwork: Sendable {
    /// How it is built.
    public let description: NetworkDescription
    /// Its layers.
    public var layers: Sequential<Float>
    /// Words about it that go into the file's metadata: what it was trained on, its test accuracy.
    public var notes: [String: String]

    /// A network from its parts.
    public init(description: NetworkDescription, layers: Sequential<Float>, notes: [String: String] = [:]) {
        (self.description, self.layers, self.notes) = (description, layers, notes)
    }

    /// A network with weights drawn by a seed.
    ///
    /// - Throws: `LearningError.configuration` where its layers do not fit each other.
    public init(_ description: NetworkDescription, seed: UInt64) throws(LearningError) {
        var random = RandomGenerator(seed: seed)
        self.init(description: description, layers: try description.makeLayers(using: &random))
    }

    private static let key = "kaira.network"

    private struct Record: Codable {
        var format: String
        var network: NetworkDescription
        var notes: [String: String]
    }

    /// Reads a file.
    ///
    /// - Throws: `LearningError.data` where the bytes are no such file, `.configuration` where the layers do not fit each
    ///   other, `.state` where the weights do not fit the layers.
    public init(safetensors bytes: [UInt8]) throws(LearningError) {
        let state: StateDictionary<Float>
        do { state = try StateDictionary<Float>(bytes: bytes) } catch { throw .data("\(error)") }
        guard let text = state.metadata[Self.key] else {
            throw .data(
                "the file holds weights but no \"\(Self.key)\" that says how they are used; was it saved by kaira learn?"
            )
        }
        let record: Record
        do { record = try JSONDecoder().decode(Record.self, from: Data(text.utf8)) } catch {
            throw .data("\"\(Self.key)\" in the file's metadata is damaged: \(error)")
        }
        guard record.format == "kaira.network/1" else {
            throw .data("a network of format \"\(record.format.prefix(40))\"; this version reads kaira.network/1")
        }
        // Weights are drawn before they are replaced: a small file must not ask for a large network.
        guard let count = record.network.parameterCount, count <= bytes.count / 4 else {
            throw .data("the network that the file describes has more weights than the file")
        }
        var random = RandomGenerator(seed: 0)
        description = record.network
        notes = record.notes
        layers = try record.network.makeLayers(using: &random)
        try layers.load(state)
    }

    /// The network as a file; the same network gives the same bytes.
    public func safetensors() throws(LearningError) -> [UInt8] {
        var state = layers.state
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let record = Record(format: "kaira.network/1", network: description, notes: notes)
            state.metadata[Self.key] = String(decoding: try encoder.encode(record), as: UTF8.self)
        } catch { throw .state("the network cannot be described: \(error)") }
        return state.safetensors()
    }

    /// What the network answers: shares of the classes, or numbers.
    ///
    /// - Parameter inputs: `[examples, ...]`.
    /// - Returns: a row an example; of a network that tells two classes apart, the shares of both.
    /// - Throws: `LearningError.shape` where the inputs are of another shape.
    public func answers(to inputs: Tensor<Float>) throws(LearningError) -> [[Double]] {
        guard Array(inputs.shape.dropFirst()) == description.inputShape else {
            throw .shape(
                "inputs of shape \(inputs.shape.dropFirst()) for a network that takes \(description.inputShape)")
        }
        let sums = layers(inputs).value, width = sums.shape.last ?? 1
        let values = sums.values.map(Double.init)
        return stride(from: 0, to: values.count, by: width).map { start in
            let row = description.task.outputs(of: Array(values[start..<start + width]))
            return description.task == .binaryClassification ? [1 - row[0], row[0]] : row
        }
    }
}
