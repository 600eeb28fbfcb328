import Foundation
import Glibc
import KairaSpeech

/// Hearing a minute of voice, on one thread: milliseconds of CPU, of which a sixtieth is the cost of a second of sound.
struct LipsyncBenchmark: Benchmark {
    let name = "lipsync"

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        for rate in [16_000, 48_000] {
            let samples = voice(seconds: 60, rate: rate)
            func row(_ title: String, _ body: () throws -> Void) throws {
                try body()
                let times = try (0..<9).map { _ in
                    let start = clock()
                    try body()
                    // Milliseconds a second of sound.
                    return Double(clock() - start) / 1e3 / 60
                }
                try emit(
                    BenchmarkRow(
                        name: "\(title) (\(rate / 1000) kHz, CPU a second of sound)", times: times, threads: 1,
                        type: "fp64"))
            }
            try row("visemes") { _ = try VisemeTracker.track(samples, sampleRate: rate) }
            try row("visemes live, blocks of 10 ms") {
                var tracker = try VisemeTracker(sampleRate: rate)
                for start in stride(from: 0, to: samples.count, by: rate / 100) {
                    _ = tracker.push(samples[start..<min(start + rate / 100, samples.count)])
                }
                _ = tracker.finish()
            }
            try row("measurements") {
                var resampler = try Resampler(from: rate)
                var analyzer = SpeechAnalyzer()
                _ = analyzer.push(resampler.push(samples))
                _ = analyzer.finish()
            }
        }
    }

    /// Harmonics of a gliding pitch that come and go, with hiss: the cost hardly depends on what is said.
    private func voice(seconds: Int, rate: Int) -> [Float] {
        var phase = 0.0
        var state: UInt64 = 1
        return (0..<seconds * rate).map { i in
            let t = Double(i) / Double(rate)
            phase += (120 + 30 * sin(t * 2)) / Double(rate)
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let hiss = Double(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
            var sum = 0.0
            for k in 1...12 { sum += sin(2 * .pi * phase * Double(k)) / Double(k) }
            return Float(0.1 * max(0, sin(t * 9)) * sum + 0.002 * hiss)
        }
    }
}
