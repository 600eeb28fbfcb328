import FuzzDriver
import KairaTensor

// Reads, compiles and, where it is small, runs whatever bytes come in: nothing may trap, hang or take much memory.
fuzz { bytes in
    guard let model = try? TFLiteModel(bytes: bytes, threads: 1), model.multiplyAdds < 2_000_000 else { return }
    try? model.run()
}
