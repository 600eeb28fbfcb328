import KairaTensor

/// libFuzzer's entry point; it comes with `-sanitize=fuzzer`.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv

// Opens whatever bytes come in as a weight file of any format and reads all that it holds: nothing may trap, hang or take
// more memory than the bytes justify.
_ = runFuzzer(&count, &arguments) { start, count in
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let file = try? WeightFile(bytes: bytes) else { return 0 }
    var left = 4 << 20
    for name in file.names {
        guard let tensor = file[name], tensor.count <= left else { continue }
        left -= tensor.count
        guard let values = try? tensor.floats(), values.count == tensor.count else { fatalError("a tensor changed") }
        _ = tensor.containsNonFinite
    }
    return 0
}
