import Foundation
import KairaPose
import KairaTensor
import KairaTestSupport
import Synchronization
import Testing

@Suite("ViTPose beside another program", .serialized)
struct ViTPoseBusyCoreTests {
    /// Two threads on two cores, one of which somebody else keeps busy, have three quarters of them at the least: 1.33
    /// times the time if work could be split at will, 2 if a thread waits for a half core. Threads that spin while they wait
    /// for one that does not run cost 10 times and more. 2.2 is the project's bar; the machine's other load is in both
    /// figures, so the best of five attempts counts.
    @Test(
        "a core that is kept busy costs at most 2.2 times",
        .enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2, "one core only"))
    func busy() throws {
        var network = try #require(GeneratedViTPose.all.first { $0.description == "w160-h2-256x192" })
        let weights = try WeightFile(bytes: network.weights())
        let configuration = try ViTPoseConfiguration(
            json: [UInt8](Data(contentsOf: network.folder.appending(path: "config.json"))))
        // As many threads as cores, so that the busy one is missed.
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let model = try ViTPoseModel(
            configuration, weights: weights, precision: .float32, threads: min(cores, 16))
        func median() -> Double {
            let times = (0..<21).map { _ in
                let time = ContinuousClock().measure {
                    model.run(people: 1) { _ in
                    } read: { _ in
                    }
                }
                return Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds)
            }
            return times.sorted()[10]
        }
        _ = median()
        var ratios: [Double] = []
        for _ in 0..<5 where ratios.allSatisfy({ $0 > 2.2 }) {
            let alone = median()
            let stop = Spinner()
            Thread { while !stop.isSet { for _ in 0..<10_000 { stop.turn() } } }.start()
            let besides = median()
            stop.set()
            ratios.append(besides / alone)
        }
        print("a busy core costs \(ratios) times")
        #expect((ratios.min() ?? 10) <= 2.2)
    }

    /// Work that the compiler cannot leave out, until told to stop.
    private final class Spinner: Sendable {
        private let stopped = Atomic(false)
        private let turns = Atomic(0)
        var isSet: Bool { stopped.load(ordering: .relaxed) }

        func set() { stopped.store(true, ordering: .relaxed) }
        func turn() { turns.wrappingAdd(1, ordering: .relaxed) }
    }
}
