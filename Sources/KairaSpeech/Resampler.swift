import Glibc

/// Brings sound to another sample rate: a polyphase filter bank of a sinc under a Kaiser window.
///
/// A stream: push blocks of any length; what comes out does not depend on how the input was cut. The pass band ends at
/// 0.8 of the lower rate's half; from 1.02 of it on all is 90 dB down. Output sample n is the input at time n / output rate: the
/// filter's delay is taken out.
public struct Resampler: Sendable {
    /// Samples a second that come in.
    public let inputRate: Int
    /// Samples a second that go out.
    public let outputRate: Int

    /// Output n lies at input position n * step / phases, in lowest terms.
    private let phases: Int
    private let step: Int
    /// Taps of each kept phase, oldest input first.
    private let taps: [Float]
    private let tapCount: Int
    private let keptPhases: Int
    /// Input samples before `position`'s centre tap.
    private let reach: Int
    /// Input from sample `start` on.
    private var pending: [Float]
    private var start: Int
    private var received = 0
    private var produced = 0

    /// A stream from its rates.
    ///
    /// - Throws: `SpeechError.badSampleRate` outside 1000...768000.
    public init(from inputRate: Int, to outputRate: Int = SpeechAnalyzer.sampleRate) throws(SpeechError) {
        for rate in [inputRate, outputRate] where !(1000...768_000 ~= rate) { throw .badSampleRate(Double(rate)) }
        self.inputRate = inputRate
        self.outputRate = outputRate
        let divisor = Self.greatestCommonDivisor(inputRate, outputRate)
        phases = outputRate / divisor
        step = inputRate / divisor
        // Half a filter: 32 zero crossings of the lower rate.
        let cutoff = 0.92 * min(1, Double(outputRate) / Double(inputRate))
        reach = inputRate == outputRate ? 0 : Int((32 / cutoff).rounded(.up))
        tapCount = 2 * reach + 1
        // Odd rates have thousands of phases; 1/4096 of a sample between them is an error below -80 dB.
        keptPhases = min(phases, 4096)
        var taps: [Float] = []
        taps.reserveCapacity(keptPhases * tapCount)
        for phase in 0..<keptPhases {
            let shift = Double(phase) / Double(keptPhases)
            var row: [Double] = []
            for k in -reach...reach {
                let t = Double(k) - shift
                row.append(cutoff * Self.sinc(cutoff * t) * Self.kaiser(t / Double(reach + 1)))
            }
            // Exactly one at 0 Hz, for every phase.
            let sum = row.reduce(0, +)
            for value in row { taps.append(inputRate == outputRate ? 1 : Float(value / sum)) }
        }
        self.taps = taps
        pending = Array(repeating: 0, count: reach)
        start = -reach
    }

    /// Takes input.
    ///
    /// - Returns: the output samples that it completes.
    public mutating func push(_ samples: some Collection<Float>) -> [Float] {
        if reach == 0 {
            received += samples.count
            produced += samples.count
            return Array(samples)
        }
        pending.append(contentsOf: samples)
        received += samples.count
        return drain(until: nil)
    }

    /// Ends the stream.
    ///
    /// - Returns: the rest of the output, as if silence followed; the whole output lasts as long as the input.
    public mutating func finish() -> [Float] {
        if reach == 0 { return [] }
        pending.append(contentsOf: repeatElement(0, count: reach + 1))
        let count = (received * phases + step - 1) / step
        return drain(until: count)
    }

    private mutating func drain(until limit: Int?) -> [Float] {
        var out: [Float] = []
        while limit.map({ produced < $0 }) ?? true {
            let (whole, part) = (produced * step).quotientAndRemainder(dividingBy: phases)
            let first = whole - reach - start
            guard first + tapCount <= pending.count else { break }
            let phase = keptPhases == phases ? part : part * keptPhases / phases
            var sum: Float = 0
            unsafe pending.withUnsafeBufferPointer { input in
                unsafe taps.withUnsafeBufferPointer { taps in
                    let (a, b) = unsafe (
                        UnsafeBufferPointer(rebasing: input[first..<first + tapCount]),
                        UnsafeBufferPointer(rebasing: taps[phase * tapCount..<(phase + 1) * tapCount])
                    )
                    // Eight sums: one would wait for each addition.
                    var lanes = SIMD8<Float>.zero
                    var i = 0
                    while i + 8 <= tapCount {
                        var (x, y) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
                        for k in 0..<8 { unsafe (x[k], y[k]) = (a[i + k], b[i + k]) }
                        lanes += x * y
                        i += 8
                    }
                    sum = lanes.sum()
                    while i < tapCount {
                        unsafe sum += a[i] * b[i]
                        i += 1
                    }
                }
            }
            out.append(sum)
            produced += 1
        }
        let used = produced * step / phases - reach - start
        if used > 4096 {
            let dropped = min(used, pending.count)
            pending.removeFirst(dropped)
            start += dropped
        }
        return out
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }

    /// The Kaiser window with beta 9, -1...1.
    private static func kaiser(_ x: Double) -> Double {
        abs(x) >= 1 ? 0 : bessel(9 * (1 - x * x).squareRoot()) / bessel(9)
    }

    /// The modified Bessel function of order 0, by its series.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for k in 1..<60 {
            term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
            sum += term
        }
        return sum
    }
}
