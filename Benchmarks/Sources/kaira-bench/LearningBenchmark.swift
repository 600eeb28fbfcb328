import Foundation
import KairaLearning
import KairaTensor

/// Training steps against PyTorch on the CPU, two threads: forward, backward and Adam's step of 784-512-512-10 with 128
/// rows and of a small convolutional network with 64 pictures; forward and backward of a transformer block.
struct LearningBenchmark: Benchmark {
    let name = "learning"

    private static let threads = 2
    private static let rounds = 15
    /// Microseconds that the other side gets to put its threads to sleep.
    private static let pause: UInt32 = 30_000

    func run(_ options: BenchmarkOptions, _ emit: (BenchmarkRow) throws -> Void) throws {
        Compute.threads = Self.threads
        let wanted = ProcessInfo.processInfo.environment["KAIRA_BENCH_ONLY"]?.split(separator: ",").map(String.init)
        for load in [Load.mlp, .cnn, .transformer] where wanted?.contains(load.rawValue) ?? true {
            let peer = options.peers ? try PeerProcess(script: "learning_peers.py") : nil
            let step = load.step()
            let runs = load.runs
            func request(_ runs: Int) -> [String: String] {
                ["load": load.rawValue, "threads": "\(Self.threads)", "runs": "\(runs)"]
            }
            _ = try peer?.measure(request(runs))
            usleep(Self.pause)
            _ = try milliseconds(runs, step)
            var times: [Double] = [], peerTimes: [Double] = []
            for _ in 0..<Self.rounds {
                usleep(Self.pause)
                // The first of a series wakes the threads.
                times += try milliseconds(runs, step).dropFirst()
                usleep(Self.pause)
                if let peer { peerTimes += try peer.measure(request(runs)).dropFirst() }
            }
            let row = BenchmarkRow(
                name: "learning-\(load.rawValue)", times: times, threads: Self.threads, type: "fp32",
                peer: peer == nil ? nil : "torch", peerTimes: peerTimes)
            try emit(row)
        }
        if wanted?.contains("memory") ?? true { try memory(emit) }
    }

    /// Resident memory after 10,000 small steps over that after 1,000.
    private func memory(_ emit: (BenchmarkRow) throws -> Void) throws {
        let step = Load.small.step()
        _ = try milliseconds(1000, step)
        // The first reading brings the code that reads into memory.
        _ = Self.residentMegabytes
        let before = Self.residentMegabytes
        let times = try milliseconds(9000, step)
        // Before the row is made, which brings more code into memory.
        let after = Self.residentMegabytes
        var row = BenchmarkRow(name: "learning-memory", times: times, threads: Self.threads, type: "fp32")
        row.resident_mb = BenchmarkRow.rounded(after)
        row.growth = BenchmarkRow.rounded(after / before)
        try emit(row)
    }

    private static var residentMegabytes: Double {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
    }

    /// What is trained.
    private enum Load: String {
        case mlp, cnn, transformer, small

        /// Steps in one series.
        var runs: Int { self == .transformer ? 3 : 8 }

        func step() -> () throws -> Void {
            var generator = RandomGenerator(seed: 1)
            switch self {
            case .mlp:
                let model = Sequential<Float>([
                    Dense(784, 512, activation: .relu, using: &generator),
                    Dense(512, 512, activation: .relu, using: &generator), Dense(512, 10, using: &generator),
                ])
                return Self.training(model, generator.normal([128, 784]), generator)
            case .small:
                let model = Sequential<Float>([
                    Dense(64, 32, activation: .relu, using: &generator), BatchNorm(32), Dropout(0.1),
                    Dense(32, 10, using: &generator),
                ])
                return Self.training(model, generator.normal([32, 64]), generator)
            case .cnn:
                let model = Sequential<Float>([
                    Conv2D(1, 32, kernel: 3, padding: 1, activation: .relu, using: &generator), MaxPool2D(2),
                    Conv2D(32, 64, kernel: 3, padding: 1, activation: .relu, using: &generator), MaxPool2D(2),
                    Flatten(), Dense(64 * 49, 128, activation: .relu, using: &generator),
                    Dense(128, 10, using: &generator),
                ])
                return Self.training(model, generator.normal([64, 1, 28, 28]), generator)
            case .transformer:
                let model = TransformerBlock<Float>(256, heads: 4, using: &generator)
                let x: Tensor<Float> = generator.normal([16, 128, 256])
                let weights = Variable(generator.normal(x.shape) as Tensor<Float>)
                return {
                    // The gradient for the input is part of a block's backward pass.
                    let tape = Tape<Float>(isTraining: true, generator: generator)
                    let (bound, variables) = model.bound(to: tape)
                    let input = tape.variable(x)
                    let y = (bound(input) * weights).mean()
                    let gradients = tape.gradients(of: y, with: [input] + variables.compactMap(\.variable))
                    withExtendedLifetime(gradients) {}
                }
            }
        }

        private static func training(
            _ network: Sequential<Float>, _ x: Tensor<Float>, _ random: RandomGenerator
        ) -> () throws -> Void {
            var model = network, generator = random, optimizer = Adam<Float>(learningRate: 1e-3)
            let labels = (0..<x.shape[0]).map { _ in generator.below(10) }
            return {
                let (_, gradients) = try model.lossAndGradients(using: &generator) { model in
                    try crossEntropy(model(x), labels: labels)
                }
                optimizer.update(&model, along: gradients)
            }
        }
    }
}
