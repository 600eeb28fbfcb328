import Foundation

/// What the command line asks for.
struct BenchmarkOptions: Sendable {
    /// Whether other implementations are timed in alternation.
    var peers: Bool
    /// Whether a table of each step's cost goes to standard error.
    var steps: Bool
    /// Whether the cost's growth with people and sizes, loading and memory are measured instead.
    var growth = false
}

/// A family of measurements.
protocol Benchmark: Sendable {
    /// What `scripts/bench` calls it.
    var name: String { get }

    /// Measures and hands out the rows one by one.
    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) async throws
}

/// One line of output; times in milliseconds.
struct BenchmarkRow: Encodable {
    var name: String
    var median_ms: Double
    var p95_ms: Double
    var min_ms: Double
    var threads: Int
    var cpu: String
    var type: String
    var peer: String?
    var peer_median_ms: Double?
    var peer_min_ms: Double?
    /// Median over the peer's median: below 1 is faster than the peer.
    var ratio: Double?
    /// Of a network with several: the layers after the backbone.
    var head: String?
    /// Billions of multiplications and additions a second, and the most that the machine's instructions allow on as many
    /// threads.
    var gflops: Double?
    var peak_gflops: Double?
    /// Bytes of weights in the type.
    var weight_mb: Double?
    /// Resident megabytes of the process with the network loaded.
    var resident_mb: Double?
    /// Of a whole pipeline: output frames, those in a second, what passed before the first, and each stage's median.
    var frames: Int?
    var frames_per_second: Double?
    var startup_ms: Double?
    var stages: [String: Double]?
    /// People of a run, billions of multiplications with additions of all of them, and the time for a billion over that of
    /// one person with the same network: 1 is linear growth. Of a longer clip: its memory over the shorter one's.
    var people: Int?
    var gmac: Double?
    var growth: Double?
    /// Of an approximation: the mean error, and the peer's.
    var mean_error: Double?
    var peer_mean_error: Double?
    /// What constraints were left unsatisfied by, ours and the peer's: relative, root mean square and greatest.
    var residual: Double?
    var peer_residual: Double?
    var greatest_residual: Double?
    var peer_greatest_residual: Double?

    init(name: String, times: [Double], threads: Int, type: String, peer: String? = nil, peerTimes: [Double] = []) {
        self.name = name
        self.threads = threads
        self.type = type
        cpu = Machine.cpu
        median_ms = Self.rounded(times.quantile(0.5))
        p95_ms = Self.rounded(times.quantile(0.95))
        min_ms = Self.rounded(times.quantile(0))
        if let peer, !peerTimes.isEmpty {
            self.peer = peer
            peer_median_ms = Self.rounded(peerTimes.quantile(0.5))
            peer_min_ms = Self.rounded(peerTimes.quantile(0))
            ratio = Self.rounded(times.quantile(0.5) / peerTimes.quantile(0.5))
        }
    }

    static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension [Double] {
    /// The value below which `part` of the values lie.
    func quantile(_ part: Double) -> Double {
        let sorted = sorted()
        return sorted.isEmpty ? 0 : sorted[Swift.min(count - 1, Int(Double(count) * part))]
    }
}

/// The machine that the figures belong to.
enum Machine {
    /// The CPU's name with the number of processors.
    static let cpu: String = {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        func value(_ key: String) -> String? {
            lines.first { $0.hasPrefix(key) }?.split(separator: ":").last.map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        let name = value("model name") ?? "unknown"
        return "\(name) family \(value("cpu family") ?? "?") model \(value("model\t") ?? "?"), "
            + "\(ProcessInfo.processInfo.activeProcessorCount) CPUs"
    }()
}

/// Milliseconds of each of `count` calls.
func milliseconds(_ count: Int, _ body: () throws -> Void) rethrows -> [Double] {
    let clock = ContinuousClock()
    return try (0..<count).map { _ in
        let time = try clock.measure { try body() }
        return Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) * 1e-15
    }
}

/// Milliseconds of one asynchronous call.
func milliseconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    let time = ContinuousClock.now - start
    return Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) * 1e-15
}
