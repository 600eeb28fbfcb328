import FuzzDriver
import KairaLearning

// Reads whatever bytes come in as IDX (plain or gzipped), as CSV and as a saved network: nothing may trap, hang or take more memory
// than the bytes justify, and an array comes back as it was.
fuzz { bytes in
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
