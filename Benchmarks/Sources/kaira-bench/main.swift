import Foundation

/// Every benchmark; a new one is a file that holds it and a line here.
let benchmarks: [any Benchmark] = [
    AnimateBenchmark(),
    BlazePoseBenchmark(),
    PhysicsBenchmark(),
    RenderBenchmark(),
    ViTBenchmark(),
    WeightsBenchmark(),
]

let names = benchmarks.map(\.name).joined(separator: ", ")
var arguments = Array(CommandLine.arguments.dropFirst())
let options = BenchmarkOptions(
    peers: arguments.contains("--peers"), steps: arguments.contains("--steps"),
    growth: arguments.contains("--growth"))
arguments.removeAll { $0.hasPrefix("--") }
guard arguments.count == 1, let benchmark = benchmarks.first(where: { $0.name == arguments[0] }) else {
    FileHandle.standardError.write(
        Data("usage: scripts/bench NAME [--peers] [--steps] [--growth]; NAME is one of \(names)\n".utf8))
    exit(64)
}
do {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try await benchmark.run(options) { row in
        print(String(decoding: try encoder.encode(row), as: UTF8.self))
        fflush(nil)
    }
} catch {
    FileHandle.standardError.write(Data("kaira-bench: \(error)\n".utf8))
    exit(1)
}
