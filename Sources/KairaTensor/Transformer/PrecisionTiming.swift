import Synchronization

/// Which number type is fastest on this machine: features of a CPU do not tell, so each is timed.
package enum PrecisionTiming {
    /// What was found out in this process, by kernels and width.
    private static let known = Mutex<[String: TransformerKernels.NumberType]>([:])

    /// The fastest type for networks of this width; a few milliseconds the first time.
    package static func fastest(
        width: Int, kernels: TransformerKernels = .best
    ) -> TransformerKernels.NumberType {
        let key = "\(kernels.name) \(width)"
        if let type = known.withLock({ $0[key] }) { return type }
        let type = measured(width: width, kernels: kernels)
        known.withLock { $0[key] = type }
        return type
    }

    private static func measured(width: Int, kernels: TransformerKernels) -> TransformerKernels.NumberType {
        let times = TransformerKernels.NumberType.allCases.filter(kernels.has).map { type in
            (type: type, time: time(of: type, width: width, kernels: kernels))
        }
        return times.min { $0.time < $1.time }?.type ?? .float32
    }

    /// Nanoseconds of a block's hidden layer for 192 tokens on one thread, best of five; `Int64.max` where it cannot run.
    package static func time(
        of type: TransformerKernels.NumberType, width: Int, kernels: TransformerKernels = .best
    ) -> Int64 {
        do throws(TensorError) {
            var builder = try TransformerBuilder(kernels: kernels, batch: 1, threads: 1)
            let input = try builder.rows(rows: 192, columns: width, type: type)
            let output = try builder.rows(rows: 192, columns: 2 * width)
            try builder.linear(
                input,
                LinearWeights(
                    outputs: 2 * width, inputs: width,
                    weight: (0..<2 * width * width).map { Float($0 % 251) / 251 - 0.5 }), to: output)
            let program = try TransformerProgram(builder)
            var times = [Int64](repeating: 0, count: 1), best = Int64.max
            for _ in 0..<5 {
                program.run(times: &times)
                best = min(best, times[0])
            }
            return best
        } catch { return .max }
    }
}
