import Glibc

/// How strong each frequency is over time, for pictures.
public struct Spectrogram: Sendable {
    /// Decibels from 0 Hz to half the rate, `bins` a column; 0 is a full-scale sine.
    public let columns: [[Float]]

    /// Measures evenly spaced stretches of 16 ms under a Hann window, with 6 dB an octave added from 500 Hz on as eyes expect
    /// of speech.
    ///
    /// - Parameters:
    ///   - samples: full scale -1...1.
    ///   - sampleRate: samples a second.
    ///   - count: columns.
    public init(_ samples: [Float], sampleRate: Int = SpeechAnalyzer.sampleRate, count: Int) {
        let size = 256
        let fourier = FourierTransform(size: size)
        let window = (0..<size).map { 0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(size)) }
        columns = (0..<max(0, count)).map { column in
            let centre = Int((Double(column) + 0.5) / Double(count) * Double(samples.count))
            var windowed = [Double](repeating: 0, count: size)
            for i in 0..<size where samples.indices.contains(centre + i - size / 2) {
                let sample = Double(samples[centre + i - size / 2])
                if sample.isFinite { windowed[i] = min(max(sample, -8), 8) * window[i] }
            }
            let (real, imaginary) = fourier.transform(windowed)
            return (0...size / 2).map { k in
                // A full-scale sine has a peak of size / 4 under this window.
                let power = (real[k] * real[k] + imaginary[k] * imaginary[k]) * 16 / Double(size * size)
                let frequency = Double(k) * Double(sampleRate) / Double(size)
                return Float(10 * log10(power + 1e-12) + 20 * log10(max(frequency, 500) / 500))
            }
        }
    }
}
