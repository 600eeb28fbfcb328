import Foundation
import KairaLearning
import KairaTensor
import Testing

@Suite struct NetworkTests {
    private func description() -> NetworkDescription {
        .convolutional(inputShape: [1, 8, 8], channels: 4, hidden: 6, classNames: (0..<10).map(String.init))
    }

    /// Oracle: counted by hand: 4(9 + 1) + 8 + 4(36 + 1) + 8 + 6(64 + 1) + 10(6 + 1).
    @Test("its weights are counted") func count() throws {
        #expect(description().parameterCount == 40 + 8 + 148 + 8 + 390 + 70)
        let network = try TrainedNetwork(description(), seed: 1)
        #expect(network.layers.parameterCount == 664)
        #expect(try description().outputShape() == [10])
    }

    @Test("a saved network comes back and answers with the same bits") func roundTrip() throws {
        var network = try TrainedNetwork(description(), seed: 3)
        network.notes = ["data": "nothing"]
        let bytes = try network.safetensors(), again = try TrainedNetwork(safetensors: bytes)
        #expect(again.description == network.description)
        #expect(again.notes == network.notes)
        #expect(try again.safetensors() == bytes)
        let inputs = try DataSet.digits().batch(0..<7).inputs
        #expect(try network.answers(to: inputs) == again.answers(to: inputs))
        for row in try again.answers(to: inputs) { #expect(abs(row.reduce(0, +) - 1) < 1e-12) }
        #expect(throws: LearningError.self) { try again.answers(to: Tensor<Float>(zeros: [1, 64])) }
    }

    @Test("damaged files are refused: cut, without a description, of another version, larger than they are")
    func hostile() throws {
        let network = try TrainedNetwork(description(), seed: 3), bytes = try network.safetensors()
        for end in stride(from: 0, to: bytes.count, by: 61) {
            #expect(throws: LearningError.self) { try TrainedNetwork(safetensors: Array(bytes[..<end])) }
        }
        #expect(throws: LearningError.self) { try TrainedNetwork(safetensors: network.layers.state.safetensors()) }
        func changed(_ text: String, _ other: String) throws -> [UInt8] {
            var state = try StateDictionary<Float>(bytes: bytes)
            let before = try #require(state.metadata["kaira.network"])
            let after = before.replacing(text, with: other)
            try #require(after != before)
            state.metadata["kaira.network"] = after
            return state.safetensors()
        }
        for (text, other) in [
            ("kaira.network/1", "kaira.network/9"), ("\"outputs\":6", "\"outputs\":7"),
            ("\"outputs\":6", "\"outputs\":0"),
            ("\"outputs\":6", "\"outputs\":9000000000000000000"), ("\"outputs\":6", "\"outputs\":-6"),
            ("\"inputShape\":[1,8,8]", "\"inputShape\":[65536,65536,65536,65536]"),
            ("\"inputShape\":[1,8,8]", "\"inputShape\":[1,8,8,0]"),
            ("\"inputShape\":[1,8,8]", "\"inputShape\":[9223372036854775807,2,8]"),
            ("\"inputShape\":[1,8,8]", "\"inputShape\":[1,8,10]"), ("\"inputShape\":[1,8,8]", "\"inputShape\":[]"),
            ("\"size\":2", "\"size\":0"), ("\"size\":2", "\"size\":9"), ("\"kernel\":3", "\"kernel\":2"),
            ("\"layers\":[", "\"layers\":[7,"), ("\"classNames\":[\"0\",", "\"classNames\":["),
        ] {
            let file = try changed(text, other)
            #expect(throws: LearningError.self, "\(text) -> \(other)") { try TrainedNetwork(safetensors: file) }
        }
    }

    /// A tensor without elements whose sizes overflow when they are multiplied.
    @Test(
        "tensors of impossible sizes are refused",
        arguments: ["[4611686018427387904,4,0]", "[0,4611686018427387904,4]"])
    func impossible(shape: String) throws {
        let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,0]}}"
        let bytes =
            withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { unsafe [UInt8]($0) } + [UInt8](header.utf8)
        #expect(throws: (any Error).self) { try StateDictionary<Float>(bytes: bytes) }
        #expect(throws: LearningError.self) { try TrainedNetwork(safetensors: bytes) }
    }

    /// Oracle: counting by hand on four examples.
    @Test("accuracy, confusion and loss") func evaluation() throws {
        // The network hands its two inputs on: the larger wins.
        var layer = try TrainedNetwork(
            .dense(inputShape: [2], hidden: [], outputs: 2, classNames: ["a", "b"]), seed: 1)
        var state = layer.layers.state
        state["0.weight"] = Tensor<Float>([1, 0, 0, 1], shape: [2, 2])
        state["0.bias"] = Tensor<Float>([0, 0], shape: [2])
        try layer.layers.load(state)
        let set = try DataSet(
            name: "four", inputShape: [2], elements: .floats([2, 1, 0, 3, 1, 0, 0, 1]),
            targets: .classes([0, 1, 1, 1], names: ["a", "b"]))
        let found = try layer.layers.evaluate(on: set, task: .multiclassClassification, batchSize: 3)
        #expect(found.predictions == [0, 1, 0, 1])
        #expect(found.accuracy == 0.75)
        #expect(found.confusion(labels: set.labels, classes: 2) == [[1, 0], [1, 2]])
        // -ln of the right share: ln(1 + e^-d) with d = 1, 3, -1, 1.
        let loss = [1.0, 3, -1, 1].reduce(0) { $0 + log1p(exp(-$1)) } / 4
        #expect(abs(found.loss - loss) < 1e-12)
    }
}
