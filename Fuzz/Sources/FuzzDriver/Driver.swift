/// libFuzzer's entry point; it comes with `-sanitize=fuzzer`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What is tried; a C function cannot carry it along.
nonisolated(unsafe) private var target: ([UInt8]) -> Void = { _ in }

/// Feeds inputs to a target for as long as the command line says.
public func fuzz(_ body: @escaping ([UInt8]) -> Void) {
    target = body
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = runFuzzer(&count, &arguments) { start, count in
        target([UInt8](UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
}
