import Glibc

/// Mel-frequency cepstral coefficients of a power spectrum (Davis and Mermelstein 1980).
///
/// Filters are triangles over frequency whose corners are evenly spaced on mel = 2595 log10(1 + f / 700) from 0 Hz to half
/// the sample rate, with a peak of 1; energies below 1e-10 count as 1e-10; c_m = sum_j ln(E_j) cos(pi m (j + 0.5) / J).
public struct MelCepstrum: Sendable {
    /// How many filters: J.
    public static let filterCount = 30
    /// How many coefficients: m = 1...12.
    public static let coefficientCount = 12
    /// What energies are raised to.
    public static let floor = 1e-10

    /// For each filter the first bin and its weights.
    private let filters: [(first: Int, weights: [Double])]
    private let cosines: [Double]

    /// Filters for the spectrum of a transform.
    public init(transformSize: Int, sampleRate: Double) {
        func mel(_ f: Double) -> Double { 2595 * log10(1 + f / 700) }
        let top = mel(sampleRate / 2)
        let corners = (0..<Self.filterCount + 2).map { i in
            700 * (pow(10, top * Double(i) / Double(Self.filterCount + 1) / 2595) - 1)
        }
        filters = (0..<Self.filterCount).map { j in
            let (low, middle, high) = (corners[j], corners[j + 1], corners[j + 2])
            let bins = (0...transformSize / 2).compactMap { k -> (Int, Double)? in
                let f = Double(k) * sampleRate / Double(transformSize)
                let weight = f <= middle ? (f - low) / (middle - low) : (high - f) / (high - middle)
                return weight > 0 ? (k, weight) : nil
            }
            return (bins.first?.0 ?? 0, bins.map(\.1))
        }
        cosines = (1...Self.coefficientCount).flatMap { m in
            (0..<Self.filterCount).map { j in cos(.pi * Double(m) * (Double(j) + 0.5) / Double(Self.filterCount)) }
        }
    }

    /// Natural logarithms of the filters' energies.
    ///
    /// - Parameter power: |X_k|^2 of bins 0...N/2.
    /// - Returns: one a filter.
    public func logEnergies(_ power: [Double]) -> [Double] {
        filters.map { first, weights in
            var sum = 0.0
            for (i, weight) in weights.enumerated() { sum += weight * power[first + i] }
            return log(max(sum, Self.floor))
        }
    }

    /// c_1...c_12 of log energies.
    public func coefficients(_ logEnergies: [Double]) -> [Double] {
        (0..<Self.coefficientCount).map { m in
            var sum = 0.0
            for j in 0..<Self.filterCount { sum += logEnergies[j] * cosines[m * Self.filterCount + j] }
            return sum
        }
    }
}
