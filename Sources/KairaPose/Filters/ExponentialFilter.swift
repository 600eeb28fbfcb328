/// A low pass with a fixed weight a sample, whatever the time between samples: MediaPipe's visibility filter.
public struct ExponentialFilter: Sendable {
    /// The weight of a new sample, 0...1.
    public var alpha: Float
    private var values: [Float] = []

    /// A filter that has seen nothing.
    public init(alpha: Float) { self.alpha = alpha }

    /// Forgets the past.
    public mutating func reset() { values.removeAll(keepingCapacity: true) }

    /// Filters one sample of all values, in place; the first passes through.
    public mutating func apply(_ samples: inout [Float]) {
        if values.count != samples.count {
            values.removeAll(keepingCapacity: true)
            values.append(contentsOf: samples)
            return
        }
        for i in samples.indices {
            values[i] = alpha * samples[i] + (1 - alpha) * values[i]
            samples[i] = values[i]
        }
    }
}
