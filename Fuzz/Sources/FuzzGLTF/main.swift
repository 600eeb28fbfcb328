import KairaFormats
import KairaScene

/// libFuzzer's entry point; it comes with `-sanitize=fuzzer`.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv

// Reads whatever bytes come in, deforms and writes what was read, and reads that again: nothing may trap, hang or take
// much memory, and what could be written has to be readable.
_ = runFuzzer(&count, &arguments) { start, count in
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard var scene = try? GLTFReader().read(bytes, file: "fuzz.vrm") else { return 0 }
    _ = SceneReport(scene, file: "")
    let baker = GeometryBaker(scene)
    for clip in [nil, "0"] { _ = try? baker.bake(clip: clip, time: 0.4) }
    if scene.avatar?.version == .vrm0 { scene.avatar = nil }
    guard let written = try? GLTFWriter().write(scene) else { return 0 }
    do { _ = try GLTFReader().read(written) } catch { fatalError("what was written cannot be read: \(error)") }
    return 0
}
