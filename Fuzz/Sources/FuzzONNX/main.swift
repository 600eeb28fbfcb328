import FuzzDriver
import KairaTensor

// Opens whatever bytes come in as an ONNX model's constants: nothing may trap, hang or take more memory than the bytes justify,
// and no other file may be opened.
fuzz { bytes in
    guard let file = try? WeightFile(bytes: bytes), file.format == .onnx else { return }
    for name in file.names.prefix(200) {
        guard let tensor = file[name], tensor.count <= 1 << 20 else { continue }
        guard let values = try? tensor.floats(), values.count == tensor.count else { fatalError("a tensor changed") }
    }
}
