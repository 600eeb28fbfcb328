import Glibc

/// How much of each band of a stretch of sound repeats with the period of one voice, and which period that is.
///
/// One voice drives all its resonances with the same pulses; of many voices at once, no period explains more than a part.
/// For a band with power P_k of bins k, z(T) = sum of P_k exp(2 pi i k T / N) / sum of P_k is its autocorrelation at lag T
/// with the band's own phase; the real part asks that the wave repeats, the magnitude that its envelope does, which holds in
/// high bands even where pulses come a little early or late. It is the correlogram of auditory scene analysis (Wang and
/// Brown 2006, section 3.4) in the frequency domain.
struct BandCoherence: Sendable {
    /// Samples that it looks at: 48 ms, three periods of the lowest voice.
    static let window = 768
    /// The middles of the bands, evenly spaced on the mel scale from 200 to 5000 Hz, hertz.
    static let centres: [Double] = {
        let (low, high) = (2595 * log10(1 + 200 / 700.0), 2595 * log10(1 + 5000 / 700.0))
        return (0..<bandCount).map { 700 * (pow(10, (low + (high - low) * Double($0) / Double(bandCount - 1)) / 2595) - 1) }
    }()
    /// How many bands.
    static let bandCount = 10

    /// What was measured.
    struct Measure: Sendable {
        /// 0 (noise, or other voices) to 1 (this voice alone), one a band.
        var bands: [Float]
        /// The same of the whole sound, bands weighted by the root of their power.
        var whole: Float
        /// The voice's fundamental frequency, hertz.
        var pitch: Float
    }

    private static let size = 1024
    private let shape: [Double]
    private let fourier = FourierTransform(size: size)
    /// For each band its first bin and weights.
    private let bands: [(first: Int, weights: [Double], isFine: Bool)]
    private let lags: ClosedRange<Int>
    private let correction: [Double]
    private let sampleRate: Double

    init(sampleRate: Double) {
        self.sampleRate = sampleRate
        let count = Self.window
        let shape = (0..<count).map { 0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(count)) }
        self.shape = shape
        lags = Int(sampleRate / 450)...Int(sampleRate / 70)
        let energy = shape.reduce(0) { $0 + $1 * $1 }
        correction = (0...lags.upperBound + 1).map { lag in
            var own = 0.0
            for i in lag..<count { own += shape[i] * shape[i - lag] }
            return energy / own
        }
        let centres = Self.centres
        bands = centres.indices.map { b in
            let low = b > 0 ? centres[b - 1] : 60, middle = centres[b]
            let high = b + 1 < centres.count ? centres[b + 1] : 6200
            let bins = (0...Self.size / 2).compactMap { k -> (Int, Double)? in
                let f = Double(k) * sampleRate / Double(Self.size)
                let weight = f <= middle ? (f - low) / (middle - low) : (high - f) / (high - middle)
                return weight > 0 ? (k, weight) : nil
            }
            return (bins[0].0, bins.map(\.1), middle < 1000)
        }
    }

    /// Measures `window` samples.
    func measure(_ samples: some RandomAccessCollection<Float>) -> Measure {
        var padded = [Double](repeating: 0, count: Self.size)
        var mean = 0.0
        for sample in samples { mean += Double(sample) }
        mean /= Double(Self.window)
        for (i, sample) in samples.enumerated() { padded[i] = (Double(sample) - mean) * shape[i] }
        let (real, imaginary) = fourier.transform(padded)
        let last = lags.upperBound + 1
        var score = [Double](repeating: 0, count: last + 1)
        var coherences: [[Double]] = []
        var total = 0.0
        for band in bands {
            var power = [Double](repeating: 0, count: Self.size)
            var energy = 0.0
            for (i, weight) in band.weights.enumerated() {
                let k = band.first + i
                power[k] = weight * (real[k] * real[k] + imaginary[k] * imaginary[k])
                energy += power[k]
            }
            guard energy > 1e-9 else {
                coherences.append([Double](repeating: 0, count: last + 1))
                continue
            }
            let (x, y) = fourier.transform(power)
            let share = energy.squareRoot()
            total += share
            var coherence = [Double](repeating: 0, count: last + 1)
            for lag in 0...last {
                let value = band.isFine ? x[lag] : (x[lag] * x[lag] + y[lag] * y[lag]).squareRoot()
                coherence[lag] = value / energy * correction[lag]
                score[lag] += share * coherence[lag]
            }
            coherences.append(coherence)
        }
        guard total > 0 else {
            return Measure(bands: [Float](repeating: 0, count: Self.bandCount), whole: 0, pitch: 150)
        }
        var (best, most) = (lags.lowerBound, -Double.infinity)
        for lag in lags where score[lag] >= score[lag - 1] && score[lag] >= score[lag + 1] {
            // Of peaks as high as each other the shortest period is the true one.
            let value = score[lag] / total - 0.04 * log2(Double(lag) / Double(lags.lowerBound))
            if value > most { (best, most) = (lag, value) }
        }
        let (a, b, c) = (score[best - 1], score[best], score[best + 1])
        let bend = a - 2 * b + c
        let shift = bend < 0 ? min(max(0.5 * (a - c) / bend, -0.5), 0.5) : 0
        return Measure(
            bands: coherences.map { Float(min(max($0[best], 0), 1)) }, whole: Float(min(max(b / total, 0), 1)),
            pitch: Float(sampleRate / (Double(best) + shift)))
    }
}
