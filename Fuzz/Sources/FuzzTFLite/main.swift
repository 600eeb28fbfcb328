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

// Reads, compiles and, where it is small, runs whatever bytes come in: nothing may trap, hang or take much memory.
_ = runFuzzer(&count, &arguments) { start, count in
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let model = try? TFLiteModel(bytes: bytes, threads: 1), model.multiplyAdds < 2_000_000 else { return 0 }
    try? model.run()
    return 0
}
