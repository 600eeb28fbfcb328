import Foundation
import KairaPose
import KairaTensor

/// ViTPose forward passes, one person of 256 x 192, two threads, random weights, against other runtimes on the same weights.
struct ViTBenchmark: Benchmark {
    let name = "vit"

    static let threads = 2
    private static let rounds = 12

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        if options.growth { return try growth(emit) }
        let environment = ProcessInfo.processInfo.environment
        let wanted = environment["KAIRA_BENCH_ONLY"]?.split(separator: ",").map(String.init)
        for size in [RandomViTPose.Size.b, .s] {
            for head in [ViTPoseConfiguration.Head.classic, .simple] {
                if let wanted, !wanted.contains("\(size.rawValue)-\(head.rawValue)") { continue }
                try measure(size, head, options, emit)
            }
        }
    }

    private func measure(
        _ size: RandomViTPose.Size, _ head: ViTPoseConfiguration.Head, _ options: BenchmarkOptions,
        _ emit: (BenchmarkRow) throws -> Void
    ) throws {
        let folder = try RandomViTPose.folder(size, head)
        let types = [Precision.float32, .bfloat16, .int8].filter(KernelSet.has)
        let models = try types.map { try ViTPoseModel(contentsOf: folder, precision: $0, threads: Self.threads) }
        let reference = try heatmaps(models[0])
        for (type, model) in zip(types, models).dropFirst() {
            let difference = zip(try heatmaps(model), reference).map { abs($0 - $1) }.max() ?? 0
            let range = reference.map(abs).max() ?? 1
            Self.report(
                "\(size.rawValue) \(head.rawValue): \(type) differs from float32 by \(difference / range) of the range")
        }
        let peers: [(name: String, process: PeerProcess)] =
            options.peers
            ? try ["onnxruntime-fp32", "onnxruntime-int8", "openvino-fp32", "openvino-bf16", "torch-bf16"].map {
                ($0, try PeerProcess(script: "vit_peers.py"))
            } : []
        func request(_ peer: String, runs: Int) -> [String: String] {
            ["model": folder.path, "peer": peer, "threads": "\(Self.threads)", "runs": "\(runs)"]
        }
        // Exports, loads, warms.
        for peer in peers { _ = try peer.process.measure(request(peer.name, runs: 3)) }
        for model in models { _ = try milliseconds(3) { try pass(model) } }

        var times = [[Double]](repeating: [], count: models.count)
        var peerTimes = [[Double]](repeating: [], count: peers.count)
        for _ in 0..<Self.rounds {
            for (index, model) in models.enumerated() { times[index] += try milliseconds(2) { try pass(model) } }
            for (index, peer) in peers.enumerated() {
                peerTimes[index] += try peer.process.measure(request(peer.name, runs: 2))
            }
        }
        if options.steps { for (type, model) in zip(types, models) { Self.report(type, model) } }

        let best = times.indices.min { times[$0].quantile(0.5) < times[$1].quantile(0.5) } ?? 0
        let peaks = types.map { KernelSet.peakGigaflops($0, threads: Self.threads) }
        func row(_ index: Int, _ label: String, peer: Int?) -> BenchmarkRow {
            var row = BenchmarkRow(
                name: "vit-\(size.rawValue)", times: times[index], threads: Self.threads, type: label,
                peer: peer.map { peers[$0].name }, peerTimes: peer.map { peerTimes[$0] } ?? [])
            row.head = head.rawValue
            row.gflops = BenchmarkRow.rounded(
                2 * models[index].configuration.gigaMultiplyAdds / times[index].quantile(0.5) * 1000)
            row.peak_gflops = peaks[index].map(BenchmarkRow.rounded)
            row.weight_mb = BenchmarkRow.rounded(Double(models[index].weightBytes) / 1e6)
            return row
        }
        let labels: [Precision: String] = [.float32: "fp32", .bfloat16: "bf16", .int8: "int8"]
        for (index, type) in types.enumerated() {
            let label = labels[type] ?? type.rawValue
            let alike = peers.indices.filter { peers[$0].name.hasSuffix(label) }
            if alike.isEmpty { try emit(row(index, label, peer: nil)) }
            for peer in alike { try emit(row(index, label, peer: peer)) }
        }
        let others = peers.indices.filter { !peers[$0].name.hasSuffix("fp32") }
        if others.isEmpty { try emit(row(best, "best", peer: nil)) }
        for peer in others { try emit(row(best, "best", peer: peer)) }
    }

    func pass(_ model: ViTPoseModel, people: Int = 1) throws {
        model.run(people: people) { span in
            // Any picture will do: the arithmetic has no shortcuts for values.
            if span[0] == 0 { for index in span.indices { span[index] = Float(index * 7919 % 1009) / 504.5 - 0.999 } }
        } read: { _ in
        }
    }

    private func heatmaps(_ model: ViTPoseModel) throws -> [Float] {
        try pass(model)
        return model.run(people: 1) { _ in
        } read: { span in
            span.indices.map { span[$0] }
        }
    }

    /// Each operator's time, share and rate, equal ones together, to standard error.
    private static func report(_ type: Precision, _ model: ViTPoseModel) {
        var order: [String] = [], times: [String: Double] = [:], work: [String: Double] = [:],
            counts: [String: Int] = [:]
        for step in model.profile(rounds: 8) {
            if times[step.text] == nil { order.append(step.text) }
            times[step.text, default: 0] += Double(step.nanoseconds) / 1e6
            work[step.text, default: 0] += Double(step.multiplyAdds) / 1e9
            counts[step.text, default: 0] += 1
        }
        let total = times.values.reduce(0, +)
        report("\(type): \(total) ms in all, peak \(KernelSet.peakGigaflops(type, threads: threads) ?? 0) GFLOP/s")
        for text in order {
            let time = times[text] ?? 0
            let line = String(
                format: "%8.3f ms %5.1f %% %8.1f GFLOP/s  %2d x ", time, time / total * 100,
                2 * (work[text] ?? 0) / time * 1000, counts[text] ?? 0)
            report(line + text)
        }
    }

    static func report(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
