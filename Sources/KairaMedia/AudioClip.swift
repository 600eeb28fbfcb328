/// A stretch of sound in memory, all channels mixed to one.
public struct AudioClip: Sendable, Equatable {
    /// Samples, full scale -1...1.
    public var samples: [Float]
    /// Samples a second.
    public var sampleRate: Int
    /// Channels of the source.
    public var channels: Int
    /// What of the source was damaged or missing, for the user; empty for a sound file.
    public var notes: [String]

    /// A clip from its parts.
    public init(samples: [Float], sampleRate: Int, channels: Int = 1, notes: [String] = []) {
        self.samples = samples
        self.sampleRate = sampleRate
        self.channels = channels
        self.notes = notes
    }

    /// Seconds.
    public var duration: Double { sampleRate > 0 ? Double(samples.count) / Double(sampleRate) : 0 }

    /// The share of samples at full scale, 0...1: above a thousandth the recording is audibly clipped.
    public var clippedShare: Double {
        samples.isEmpty ? 0 : Double(samples.count { abs($0) >= 0.9995 }) / Double(samples.count)
    }
}
