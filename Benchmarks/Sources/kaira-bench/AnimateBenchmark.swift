import Foundation

/// `kaira animate` as a user runs it, a process of its own: the committed clip of squats at 720x1280 with the mascot, 4x
/// MSAA, decoded, estimated, drawn and encoded, start-up included; then a clip ten times as long, for the memory.
///
/// Times are milliseconds a frame, one of each run.
struct AnimateBenchmark: Benchmark {
    let name = "animate"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) async throws {
        guard let tool = ProcessInfo.processInfo.environment["KAIRA_TOOL"] else {
            throw BenchmarkError("the tool is built by scripts/bench animate; run that")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let clip = "assets/demo/squats.mp4"
        let long = folder.appending(path: "long.mp4").path
        _ = try Self.output(
            of: "/usr/bin/env",
            ["ffmpeg", "-v", "error", "-stream_loop", "9", "-i", clip, "-c", "copy", "-y", long])
        var resident: Double?
        for (row, input, runs) in [("animate", clip, 3), ("animate-10x", long, 1)] {
            let reports = try (0..<runs).map { _ in
                try JSONDecoder().decode(
                    Report.self,
                    from: try Self.output(
                        of: tool,
                        [
                            "animate", input, "--avatar", "assets/avatars/kaira-kun.vrm", "--size", "720x1280",
                            "--force", "--json", "--progress", "none", "-o", folder.appending(path: "out.mp4").path,
                        ]))
            }
            let times = reports.map { $0.wall_seconds * 1e3 / Double($0.frames) }
            var line = BenchmarkRow(
                name: row, times: times, threads: ProcessInfo.processInfo.activeProcessorCount,
                type: reports[0].precision)
            line.frames = reports[0].frames
            line.frames_per_second = BenchmarkRow.rounded(1e3 / times.quantile(0.5))
            line.startup_ms = BenchmarkRow.rounded(reports.map { $0.startup_seconds * 1e3 }.quantile(0.5))
            let peak = Double(reports.map(\.peak_resident_bytes).max() ?? 0) / 1e6
            line.resident_mb = BenchmarkRow.rounded(peak)
            if let resident { line.growth = BenchmarkRow.rounded(peak / resident) }
            resident = peak
            line.stages = reports[0].stages.mapValues { BenchmarkRow.rounded($0.median_ms) }
            try emit(line)
        }
    }

    /// What the measurement reads of `kaira.animate/1`.
    private struct Report: Decodable {
        struct Stage: Decodable {
            var median_ms: Double
        }
        var frames: Int
        var wall_seconds: Double
        var startup_seconds: Double
        var peak_resident_bytes: Int
        var precision: String
        var stages: [String: Stage]
    }

    private static func output(of tool: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkError("\(tool) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
        return data
    }
}
