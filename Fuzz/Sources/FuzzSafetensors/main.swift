import FuzzDriver
import KairaTensor

// Opens whatever bytes come in as a weight file of any format and reads all that it holds: nothing may trap, hang or take
// more memory than the bytes justify.
fuzz { bytes in
    guard let file = try? WeightFile(bytes: bytes) else { return }
    var left = 4 << 20
    for name in file.names {
        guard let tensor = file[name], tensor.count <= left else { continue }
        left -= tensor.count
        guard let values = try? tensor.floats(), values.count == tensor.count else { fatalError("a tensor changed") }
        _ = tensor.containsNonFinite
    }
}
