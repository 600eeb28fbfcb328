import Foundation
import KairaTensor

/// The two networks of BlazePose against LiteRT with XNNPACK: same file, same threads, blocks in alternation.
struct BlazePoseBenchmark: Benchmark {
    let name = "blazepose"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        for (row, file) in [("blazepose-landmark", "pose_landmark_full"), ("blazepose-detector", "pose_detection")] {
            for threads in [1, 2] {
                try emit(try measure(row, file, threads: threads, options))
            }
        }
    }

    private func measure(
        _ row: String, _ file: String, threads: Int, _ options: BenchmarkOptions
    ) throws -> BenchmarkRow {
        let path = try Self.model(file)
        let model = try TFLiteModel(bytes: [UInt8](Data(contentsOf: path)), threads: threads)
        model.withInput(0) { span in
            // Any picture will do: the arithmetic has no shortcuts for values.
            for index in span.indices { span[index] = Float(index * 7919 % 1009) / 1009 }
        }
        let peer = options.peers ? try PeerProcess(script: "litert.py") : nil
        let request = ["model": path.path, "threads": "\(threads)", "runs": "10"]
        _ = try milliseconds(10) { try model.run() }
        _ = try peer?.measure(request)
        var times: [Double] = [], peerTimes: [Double] = []
        for _ in 0..<12 {
            times += try milliseconds(10) { try model.run() }
            if let peer { peerTimes += try peer.measure(request) }
        }
        if options.steps, threads == 1 { Self.report(model) }
        return BenchmarkRow(
            name: row, times: times, threads: threads, type: "fp32 \(TFLiteModel.instructionSet)",
            peer: peer == nil ? nil : "litert-xnnpack", peerTimes: peerTimes)
    }

    /// Each step's time, its share and its rate, to standard error.
    private static func report(_ model: TFLiteModel) {
        let steps = model.profile()
        let total = steps.reduce(0) { $0 + $1.nanoseconds }
        for step in steps {
            let share = Double(step.nanoseconds) / Double(total) * 100
            let line = String(
                format: "%8.1f us %5.1f %% %7.1f GFLOP/s  ", Double(step.nanoseconds) / 1000, share, step.gigaflops)
            FileHandle.standardError.write(Data((line + step.text + "\n").utf8))
        }
        FileHandle.standardError.write(Data("\(Double(total) / 1e6) ms in all\n".utf8))
    }

    private static func model(_ name: String) throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache").path
        let folder = environment["KAIRA_MODELS"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(cache)/kaira/models/blazepose"
        let path = URL(filePath: "\(folder)/\(name).tflite")
        guard FileManager.default.fileExists(atPath: path.path) else {
            throw BenchmarkError("\(path.path) is missing; get it with `kaira models pull blazepose`")
        }
        return path
    }
}
