import Foundation

/// Reads periods off sampled motion.
enum LabSignal {
    /// Mean time between upward passes through zero, by linear interpolation; not a number for fewer than two.
    static func period(_ samples: [SIMD2<Double>]) -> Double {
        var times: [Double] = []
        for (a, b) in zip(samples, samples.dropFirst()) where a.y < 0 && b.y >= 0 {
            times.append(a.x + (b.x - a.x) * a.y / (a.y - b.y))
        }
        guard times.count > 1, let first = times.first, let last = times.last else { return .nan }
        return (last - first) / Double(times.count - 1)
    }

    /// Complete elliptic integral of the first kind K(k), by the arithmetic-geometric mean (Abramowitz, Stegun 17.6).
    static func ellipticK(_ k: Double) -> Double {
        var (a, b) = (1.0, (1 - k * k).squareRoot())
        for _ in 0..<60 where abs(a - b) > 1e-16 * a { (a, b) = ((a + b) / 2, (a * b).squareRoot()) }
        return .pi / (2 * a)
    }

    /// Jacobi's cd = cn / dn of argument u and modulus k, by descending Landen steps (Abramowitz, Stegun 16.4).
    static func jacobiCD(_ u: Double, _ k: Double) -> Double {
        var (a, b) = (1.0, (1 - k * k).squareRoot())
        var ratios: [Double] = []
        while ratios.count < 30, a - b > 1e-16 * a {
            ratios.append((a - b) / (a + b))
            (a, b) = ((a + b) / 2, (a * b).squareRoot())
        }
        var phase = pow(2, Double(ratios.count)) * a * u
        for ratio in ratios.reversed() { phase = (phase + asin(ratio * sin(phase))) / 2 }
        let s = sin(phase)
        return cos(phase) / (1 - k * k * s * s).squareRoot()
    }

    /// At most `count` of some points, evenly taken.
    static func thinned(_ points: [SIMD2<Double>], to count: Int = 2000) -> [SIMD2<Double>] {
        let stride = max(1, points.count / count)
        return points.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    }
}
