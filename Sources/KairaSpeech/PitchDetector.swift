import Glibc

/// Pitch and voicing of a frame from its autocorrelation over that of its window (Boersma 1993), taken from the part of the
/// spectrum below 1500 Hz, where voices are strongest against noise.
struct PitchDetector: Sendable {
    private let window: [Double]
    private let fourier: FourierTransform
    /// 1 over the window's own autocorrelation, for each lag.
    private let correction: [Double]
    private let weights: [Double]
    private let lags: ClosedRange<Int>
    private let sampleRate: Double

    init(sampleRate: Double, window count: Int) {
        self.sampleRate = sampleRate
        fourier = FourierTransform(size: 2 * count)
        window = (0..<count).map { 0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(count)) }
        lags = Int(sampleRate / 500)...Int(sampleRate / 65)
        weights = (0...count).map { k in
            let f = Double(k) * sampleRate / Double(2 * count)
            // Rumble and mains hum are no voice.
            if f < 40 { return 0 }
            return f < 1200 ? 1 : f < 1500 ? 0.5 + 0.5 * cos(.pi * (f - 1200) / 300) : 0
        }
        let own = Self.correlation(
            window + [Double](repeating: 0, count: count), weights: [Double](repeating: 1, count: count + 1), fourier)
        correction = (0...count / 2 + 1).map { own[0] / max(own[$0], own[0] * 1e-3) }
    }

    /// The autocorrelation, times the length, of samples whose second half is zeros; the weights are those of the power of
    /// bins.
    private static func correlation(_ padded: [Double], weights: [Double], _ fourier: FourierTransform) -> [Double] {
        let (real, imaginary) = fourier.transform(padded)
        var power = [Double](repeating: 0, count: padded.count)
        for k in real.indices {
            let value = weights[k] * (real[k] * real[k] + imaginary[k] * imaginary[k])
            power[k] = value
            if k > 0 { power[padded.count - k] = value }
        }
        // Even and real: forward and backward are the same but for a factor.
        return fourier.transform(power).real
    }

    /// Voicing 0...1 and pitch in hertz.
    func measure(_ samples: some RandomAccessCollection<Float>) -> (voicing: Float, pitch: Float) {
        let count = window.count
        var padded = [Double](repeating: 0, count: 2 * count)
        var mean = 0.0
        for sample in samples { mean += Double(sample) }
        mean /= Double(count)
        for (i, sample) in samples.enumerated() { padded[i] = (Double(sample) - mean) * window[i] }
        let real = Self.correlation(padded, weights: weights, fourier)
        guard real[0] > 1e-9 else { return (0, 150) }
        func correlation(_ lag: Int) -> Double { real[lag] / real[0] * correction[lag] }
        var (best, score) = (lags.lowerBound, -1.0)
        var before = correlation(lags.lowerBound - 1), here = correlation(lags.lowerBound)
        for lag in lags {
            let after = correlation(lag + 1)
            if here >= before, here >= after {
                // Between samples: short periods are seldom whole samples long, and their multiples would win.
                let bend = before - 2 * here + after
                let peak = bend < 0 ? here - (before - after) * (before - after) / (8 * bend) : here
                // Of peaks as high as each other the shortest period is the true one.
                let value = min(peak, 1) - 0.03 * log2(Double(lag) / Double(lags.lowerBound))
                if value > score { (best, score) = (lag, value) }
            }
            (before, here) = (here, after)
        }
        guard score > -1 else { return (0, 150) }
        let (a, b, c) = (correlation(best - 1), correlation(best), correlation(best + 1))
        let bend = a - 2 * b + c
        let shift = bend < 0 ? min(max(0.5 * (a - c) / bend, -0.5), 0.5) : 0
        return (Float(min(max(b, 0), 1)), Float(sampleRate / (Double(best) + shift)))
    }
}
