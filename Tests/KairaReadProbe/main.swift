import Foundation
import Glibc
import KairaFormats
import KairaScene

// Reads one scene file under the kernel's limits, for tests that a hostile file must not bring down:
//
//     KairaReadProbe FILE
//
// reads it, reports on it and deforms it, and prints `error MESSAGE`, or `ok` and one line a warning, then
// `peak KILOBYTES`. More than 5 seconds of work or 60 in all, or a trap, end it by a signal.

func limit(_ resource: __rlimit_resource, _ value: UInt) {
    var limits = rlimit(rlim_cur: value, rlim_max: value)
    guard unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limits) == 0 else { exit(70) }
}
limit(RLIMIT_CORE, 0)
limit(RLIMIT_CPU, 5)
limit(RLIMIT_DATA, 2 << 30)
alarm(60)

do throws(FormatsError) {
    let scene = try SceneFile.read(CommandLine.arguments[1])
    _ = SceneReport(scene, file: "")
    let baker = GeometryBaker(scene)
    for clip in [nil] + scene.animations.prefix(4).indices.map({ String($0) }) {
        for time in [0, 0.7] {
            let items = (try? baker.bake(clip: clip, time: time)) ?? []
            precondition(items.allSatisfy { $0.geometry.positions.count >= 0 })
        }
    }
    print("ok")
    for warning in scene.warnings { print(warning.replacing("\n", with: " ")) }
} catch {
    print("error \(error.description.replacing("\n", with: " "))")
}
// Not getrusage: its peak is inherited from the process that started this one.
let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber)
print("peak \(peak ?? "unknown")")
