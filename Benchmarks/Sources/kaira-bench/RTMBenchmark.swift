import Foundation
import KairaPose
import KairaTensor

/// RTMPose-m on one person of 256 x 192 and RTMDet-nano on a picture of 320 x 320: forward passes on two threads, random
/// weights, against other runtimes on the same weights as exporters write them (norms folded in).
struct RTMBenchmark: Benchmark {
    let name = "rtm"

    static let threads = 2
    private static let rounds = 16

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        for model in RandomRTM.allCases { try measure(model, options, emit) }
    }

    /// What is timed, whichever network it is.
    private struct Network {
        var pass: () -> Void
        var answer: () -> [Float]
        var gigaMultiplyAdds: Double
        var weightBytes: Int
        var profile: () -> [StepProfile]
    }

    private func measure(
        _ random: RandomRTM, _ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void
    ) throws {
        let folder = try random.folder(), network = try Self.network(random, folder)
        let names = options.peers ? ["onnxruntime-fp32", "openvino-fp32"] : []
        let peers = try names.map { (name: $0, process: try PeerProcess(script: "rtm_peers.py")) }
        func request(_ peer: String, runs: Int) -> [String: String] {
            ["model": folder.path, "peer": peer, "threads": "\(Self.threads)", "runs": "\(runs)"]
        }
        // Exports, loads, warms; and the answers are the same.
        network.pass()
        for peer in peers {
            _ = try peer.process.measure(request(peer.name, runs: 3))
            let theirs = try peer.process.measure(request(peer.name, runs: 0)), ours = network.answer()
            let range = theirs.map(abs).max() ?? 1
            let difference = zip(ours, theirs).map { abs(Double($0) - $1) }.max() ?? .infinity
            Self.report(
                "\(random.rawValue): \(peer.name) differs by \(difference / range) of the range in \(theirs.count) values"
            )
            guard theirs.count == ours.count, difference <= 1e-3 * range else {
                throw BenchmarkError("\(random.rawValue): \(peer.name) gives another answer")
            }
        }
        var times: [Double] = [], peerTimes = [[Double]](repeating: [], count: peers.count)
        for _ in 0..<Self.rounds {
            times += try milliseconds(6) { network.pass() }
            for (index, peer) in peers.enumerated() {
                peerTimes[index] += try peer.process.measure(request(peer.name, runs: 6))
            }
        }
        if options.steps { Self.report(network.profile()) }
        func row(_ peer: Int?) -> BenchmarkRow {
            var row = BenchmarkRow(
                name: random.rawValue, times: times, threads: Self.threads, type: "fp32",
                peer: peer.map { peers[$0].name }, peerTimes: peer.map { peerTimes[$0] } ?? [])
            row.gflops = BenchmarkRow.rounded(2 * network.gigaMultiplyAdds / times.quantile(0.5) * 1000)
            row.peak_gflops = KernelSet.peakGigaflops(.float32, threads: Self.threads).map(BenchmarkRow.rounded)
            row.weight_mb = BenchmarkRow.rounded(Double(network.weightBytes) / 1e6)
            return row
        }
        if peers.isEmpty { try emit(row(nil)) }
        for peer in peers.indices { try emit(row(peer)) }
    }

    /// Any picture will do: the arithmetic has no shortcuts for values. By pixel and channel, as the peers' script has it.
    private static func fill(_ span: inout MutableSpan<Float>) {
        if span[0] == 0 { for index in span.indices { span[index] = Float(index * 7919 % 1009) / 504.5 - 0.999 } }
    }

    private static func network(_ random: RandomRTM, _ folder: URL) throws -> Network {
        switch random {
        case .rtmpose:
            let model = try RTMPoseModel(contentsOf: folder, threads: threads)
            return Network(
                pass: { model.run(people: 1, fill: fill) { _, _ in } },
                answer: {
                    model.run(people: 1, fill: fill) { x, y in x.indices.map { x[$0] } + y.indices.map { y[$0] } }
                },
                gigaMultiplyAdds: model.gigaMultiplyAdds, weightBytes: model.weightBytes, profile: { model.profile() })
        case .rtmdet:
            let model = try RTMDetModel(contentsOf: folder, threads: threads)
            return Network(
                pass: { model.run(fill: fill) { _, _, _ in } },
                answer: {
                    var values: [Float] = []
                    model.run(fill: fill) { _, scores, distances in
                        values += scores.indices.map { scores[$0] } + distances.indices.map { distances[$0] }
                    }
                    return values
                },
                gigaMultiplyAdds: model.gigaMultiplyAdds, weightBytes: model.weightBytes, profile: { model.profile() })
        }
    }

    /// Each step's time and rate on one thread, to standard error.
    private static func report(_ steps: [StepProfile]) {
        let total = steps.reduce(0) { $0 + Double($1.nanoseconds) / 1e6 }
        report("\(total) ms in all on one thread")
        for step in steps.sorted(by: { $0.nanoseconds > $1.nanoseconds }).prefix(40) {
            let time = Double(step.nanoseconds) / 1e6
            report(
                String(format: "%8.3f ms %5.1f %% %8.1f GFLOP/s  ", time, time / total * 100, step.gigaflops)
                    + step.text)
        }
    }

    private static func report(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
