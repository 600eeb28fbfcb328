import Foundation
import Testing

/// Prints a measured figure beside the expected one and returns the relative difference.
@discardableResult
func report(_ name: String, _ measured: Double, expected: Double) -> Double {
    let error = abs(measured - expected) / max(abs(expected), 1e-300)
    print("figure: \(name): measured \(measured), expected \(expected), relative difference \(error)")
    return error
}

/// Complete elliptic integral of the first kind K(k) by the arithmetic-geometric mean (Abramowitz and Stegun 17.6).
func ellipticK(_ k: Double) -> Double {
    var (a, b) = (1.0, (1 - k * k).squareRoot())
    while abs(a - b) > 1e-15 { (a, b) = ((a + b) / 2, (a * b).squareRoot()) }
    return .pi / (2 * a)
}

/// Times at which a signal passes zero upwards, by linear interpolation of samples.
func upwardCrossings(_ samples: [Double], step: Double) -> [Double] {
    var times: [Double] = []
    for i in 1..<samples.count where samples[i - 1] < 0 && samples[i] >= 0 {
        let t = samples[i - 1] / (samples[i - 1] - samples[i])
        times.append((Double(i - 1) + t) * step)
    }
    return times
}

/// Mean period of a signal's upward passes through zero.
func period(_ samples: [Double], step: Double) -> Double {
    let times = upwardCrossings(samples, step: step)
    guard times.count > 1, let first = times.first, let last = times.last else { return .nan }
    return (last - first) / Double(times.count - 1)
}
