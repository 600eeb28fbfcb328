import FuzzDriver
import KairaLearning

/// A training whose check-points are small: two inputs, two classes, three examples.
func training<Rule: Optimizer<Float>>(_ rule: Rule) throws -> (Trainer<Sequential<Float>, Rule>, DataSet) {
    let network = try TrainedNetwork(
        .dense(inputShape: [2], hidden: [], outputs: 2, classNames: ["a", "b"]), seed: 1)
    let set = try DataSet(
        name: "three", inputShape: [2], elements: .floats([0, 1, 1, 0, 1, 1]),
        targets: .classes([0, 1, 1], names: ["a", "b"]))
    return (try Trainer(network.layers, optimizer: rule, settings: TrainingSettings(epochs: 2, batchSize: 2)), set)
}

/// A check-point that is taken up has to be one that training goes on from.
func resume<Rule: Optimizer<Float>>(_ rule: Rule, from bytes: [UInt8]) {
    guard var (trainer, set) = try? training(rule), (try? trainer.resume(from: bytes)) != nil else { return }
    try? trainer.train(on: set)
}

// Reads whatever bytes come in as IDX (plain or gzipped), as CSV, as a saved network and as a check-point: nothing may trap, hang or
// take more memory than the bytes justify, and an array comes back as it was.
fuzz { bytes in
    resume(Adam<Float>(), from: bytes)
    resume(SGD<Float>(learningRate: 0.1, momentum: 0.9), from: bytes)
    if let array = try? IDXArray(idx: bytes, limit: 1 << 24) {
        guard let again = try? IDXArray(idx: array.idx()), again == array else { fatalError("an array changed") }
        if array.count < 1 << 20 { _ = array.doubles() }
        let labels = IDXArray(
            element: .uint8, shape: [array.shape[0] & 0xffff],
            bytes: [UInt8](repeating: 1, count: array.shape[0] & 0xffff))
        _ = try? DataSet(name: "fuzz", images: array, labels: labels, classNames: ["a", "b"])
    }
    for hasHeader in [false, true] {
        if let table = try? CSVTable(csv: bytes, hasHeader: hasHeader) {
            _ = try? DataSet(name: "fuzz", table: table, label: "-1")
            _ = try? DataSet(name: "fuzz", table: table, target: "0")
        }
    }
    _ = try? TrainedNetwork(safetensors: bytes)
}
