/// What one step of a compiled network costs.
public struct StepProfile: Sendable, Hashable {
    /// The operation, its kernel size and stride, and the shapes it works on.
    public let text: String
    /// Multiplications with additions that the step stands for; skipped zeros count.
    public let multiplyAdds: Int
    /// The shortest time it took.
    public let nanoseconds: Int64

    /// A step's cost from its parts.
    package init(text: String, multiplyAdds: Int, nanoseconds: Int64) {
        self.text = text
        self.multiplyAdds = multiplyAdds
        self.nanoseconds = nanoseconds
    }

    /// Billions of multiplications and additions a second.
    public var gigaflops: Double { nanoseconds > 0 ? 2 * Double(multiplyAdds) / Double(nanoseconds) : 0 }
}

extension TFLiteModel {
    /// Times each step of the network by itself on one thread, best of `rounds`, on what the inputs hold.
    public func profile(rounds: Int = 20) -> [StepProfile] {
        var best = [Int64](repeating: .max, count: compiled.steps.count)
        for _ in 0..<max(rounds, 1) {
            for (index, time) in compiled.timeSteps().enumerated() { best[index] = min(best[index], time) }
        }
        return zip(compiled.steps, best).map {
            StepProfile(text: $0.text, multiplyAdds: $0.multiplyAdds, nanoseconds: $1)
        }
    }

    /// Multiplications with additions of one run, skipped zeros among them.
    public var multiplyAdds: Int { compiled.steps.reduce(0) { $0 + $1.multiplyAdds } }

    /// Bytes that packed weights take, and bytes that the values between operations share.
    public var memory: (weights: Int, values: Int) { (compiled.weightBytes, compiled.arenaBytes) }

    /// The instruction set that this machine's kernels use: `avx512`, `avx2` or `generic`.
    public static var instructionSet: String { compiledInstructionSet }
}
