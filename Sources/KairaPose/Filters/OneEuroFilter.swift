/// The three numbers of a One-Euro filter.
public struct OneEuroParameters: Sendable, Hashable {
    /// Cut-off at rest, hertz: lower is calmer.
    public var minCutoff: Double
    /// Hertz a unit of speed (after the object scale): higher lags less.
    public var beta: Double
    /// Cut-off of the speed's own low pass, hertz.
    public var derivativeCutoff: Double

    /// Parameters from their parts.
    public init(minCutoff: Double, beta: Double, derivativeCutoff: Double = 1) {
        self.minCutoff = minCutoff
        self.beta = beta
        self.derivativeCutoff = derivativeCutoff
    }
}

/// Smooths points over time, each coordinate on its own: strongly at rest, weakly in fast motion.
///
/// Casiez, Roussel and Vogel, "1 Euro Filter", CHI 2012, with the speed taken from the raw signal and multiplied by an
/// object scale as MediaPipe does. Steps come from real time stamps and may vary.
public struct OneEuroFilter<Vector: SIMD & Sendable>: Sendable where Vector.Scalar == Float {
    /// The filter's constants.
    public var parameters: OneEuroParameters
    private var raw: [Vector] = []
    private var smooth: [Vector] = []
    private var speed: [Vector] = []
    private var lastTime: Double?

    /// A filter that has seen nothing.
    public init(_ parameters: OneEuroParameters) { self.parameters = parameters }

    /// Forgets the past.
    public mutating func reset() { lastTime = nil }

    /// The weight of a new sample in a first-order low pass.
    ///
    /// - Parameters:
    ///   - cutoff: hertz.
    ///   - step: seconds since the last sample.
    /// - Returns: 0...1.
    public static func alpha(cutoff: Double, step: Double) -> Double {
        1 / (1 + 1 / (2 * .pi * cutoff * step))
    }

    /// Filters one sample of all points, in place.
    ///
    /// - Parameters:
    ///   - points: as many as in the calls before, else the filter starts anew.
    ///   - time: seconds. A time not after the last one passes through unfiltered and leaves no trace.
    ///   - scale: multiplies speeds: 1 over the object's size where points are in pixels.
    public mutating func apply(_ points: inout [Vector], time: Double, scale: Double = 1) {
        guard let last = lastTime, points.count == raw.count else {
            raw.removeAll(keepingCapacity: true)
            smooth.removeAll(keepingCapacity: true)
            speed.removeAll(keepingCapacity: true)
            raw.append(contentsOf: points)
            smooth.append(contentsOf: points)
            for _ in points { speed.append(.zero) }
            lastTime = time
            return
        }
        let step = time - last
        guard step > 0 else { return }
        lastTime = time
        let speedAlpha = Float(Self.alpha(cutoff: parameters.derivativeCutoff, step: step))
        for i in points.indices {
            for lane in points[i].indices {
                let value = points[i][lane]
                let derivative = Float(Double(value - raw[i][lane]) * scale / step)
                let filtered = speedAlpha * derivative + (1 - speedAlpha) * speed[i][lane]
                speed[i][lane] = filtered
                raw[i][lane] = value
                let cutoff = parameters.minCutoff + parameters.beta * Double(abs(filtered))
                let alpha = Float(Self.alpha(cutoff: cutoff, step: step))
                smooth[i][lane] = alpha * value + (1 - alpha) * smooth[i][lane]
            }
            points[i] = smooth[i]
        }
    }
}
