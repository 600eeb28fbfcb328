import Glibc

/// An all-pole model of a stretch of sound, x_n ~ sum of a_j x_(n-j), by the autocorrelation method.
public struct LinearPrediction: Sendable {
    /// a_1...a_p.
    public let coefficients: [Double]
    /// What the model leaves of the energy r_0.
    public let residual: Double

    /// A resonance of the model.
    public struct Formant: Sendable, Hashable {
        /// Hertz.
        public var frequency: Double
        /// Width at -3 dB, hertz.
        public var bandwidth: Double

        /// A resonance from its parts.
        public init(frequency: Double, bandwidth: Double) {
            self.frequency = frequency
            self.bandwidth = bandwidth
        }
    }

    /// Solves for the coefficients by the recursion of Levinson (1947) and Durbin (1960).
    ///
    /// - Parameter r: r_0...r_p; with r_0 <= 0 or no finite number the model is empty.
    public init(autocorrelation r: [Double]) {
        guard r.count > 1, r[0] > 0, r.allSatisfy(\.isFinite) else {
            coefficients = []
            residual = 0
            return
        }
        var a = [Double](repeating: 0, count: r.count)
        var error = r[0]
        for i in 1..<r.count {
            var k = r[i]
            for j in 1..<i { k -= a[j] * r[i - j] }
            k /= error
            let old = a
            a[i] = k
            for j in 1..<i { a[j] = old[j] - k * old[i - j] }
            error *= 1 - k * k
            // A signal of fewer sinusoids than the order is predicted without error; there is no more to find.
            guard error > r[0] * 1e-12 else { break }
        }
        coefficients = Array(a.dropFirst())
        residual = error
    }

    /// The model of a windowed stretch of sound.
    ///
    /// - Parameters:
    ///   - samples: windowed already.
    ///   - order: p.
    public init(_ samples: [Double], order: Int) {
        var r: [Double] = []
        for lag in 0...max(1, min(order, samples.count - 1)) {
            var sum = 0.0
            unsafe samples.withUnsafeBufferPointer { x in
                for i in lag..<max(lag, x.count) { unsafe sum += x[i] * x[i - lag] }
            }
            r.append(sum)
        }
        // White noise 90 dB down keeps the equations well conditioned.
        if !r.isEmpty { r[0] *= 1 + 1e-9 }
        self.init(autocorrelation: r)
    }

    /// Resonances between 90 and 5000 Hz narrower than 400 Hz, by rising frequency, from the roots z of
    /// 1 - sum of a_j z^-j: F = rate arg(z) / 2 pi, bandwidth -rate ln|z| / pi.
    public func formants(sampleRate: Double) -> [Formant] {
        roots().compactMap { x, y in
            guard y > 1e-6 else { return nil }
            let frequency = sampleRate * atan2(y, x) / (2 * .pi)
            let bandwidth = -sampleRate * log((x * x + y * y).squareRoot()) / .pi
            guard 90...5000 ~= frequency, bandwidth > 0, bandwidth < 400 else { return nil }
            return Formant(frequency: frequency, bandwidth: bandwidth)
        }.sorted { $0.frequency < $1.frequency }
    }

    /// All roots at once by the iteration of Ehrlich (1967) and Aberth (1973).
    private func roots() -> [(Double, Double)] {
        var degree = coefficients.count
        while degree > 0, coefficients[degree - 1] == 0 { degree -= 1 }
        guard degree > 0 else { return [] }
        // p(z) = z^n - a_1 z^(n-1) ... - a_n.
        let p = [1.0] + coefficients[..<degree].map { -$0 }
        // Not on a symmetric pattern, which would never break.
        var x = (0..<degree).map { 0.9 * cos(2 * .pi * (Double($0) + 0.27) / Double(degree)) }
        var y = (0..<degree).map { 0.9 * sin(2 * .pi * (Double($0) + 0.27) / Double(degree)) }
        for _ in 0..<60 {
            var largest = 0.0
            for i in 0..<degree {
                // Horner, with the derivative.
                var (vx, vy, dx, dy) = (1.0, 0.0, 0.0, 0.0)
                for c in p.dropFirst() {
                    (dx, dy) = (dx * x[i] - dy * y[i] + vx, dx * y[i] + dy * x[i] + vy)
                    (vx, vy) = (vx * x[i] - vy * y[i] + c, vx * y[i] + vy * x[i])
                }
                let (nx, ny) = Self.divide(vx, vy, dx, dy)
                var (sx, sy) = (0.0, 0.0)
                for j in 0..<degree where j != i {
                    let (qx, qy) = Self.divide(1, 0, x[i] - x[j], y[i] - y[j])
                    (sx, sy) = (sx + qx, sy + qy)
                }
                let (wx, wy) = Self.divide(nx, ny, 1 - (nx * sx - ny * sy), -(nx * sy + ny * sx))
                guard wx.isFinite, wy.isFinite else { continue }
                (x[i], y[i]) = (x[i] - wx, y[i] - wy)
                largest = max(largest, abs(wx) + abs(wy))
            }
            if largest < 1e-10 { break }
        }
        return Array(zip(x, y))
    }

    private static func divide(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) -> (Double, Double) {
        let square = bx * bx + by * by
        guard square > 0 else { return (0, 0) }
        return ((ax * bx + ay * by) / square, (ay * bx - ax * by) / square)
    }
}
