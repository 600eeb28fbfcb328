/// What `LipSyncJob` did: `kaira.lipsync/1`.
public struct LipSyncReport: Sendable, Encodable {
    /// The schema's name.
    public let schema = "kaira.lipsync/1"
    /// The input.
    public var input: String
    /// The output.
    public var output: String
    /// Viseme frames.
    public var frames = 0
    /// Frames with voice in them; 0 for a track that was given.
    public var voicedFrames = 0
    /// Stretches in which the lips are pressed together.
    public var closures = 0
    /// Seconds of sound.
    public var seconds = 0.0
    /// Seconds of one processor a second of sound, decoding left out.
    public var cpuPerSecond = 0.0
    /// Seconds from a sound to its frame where sound comes in live; frames of a file are not late.
    public var liveLatency = 0.0
    /// What the user should know.
    public var warnings: [String] = []
    /// Of these, what makes the result only a part of what was asked for.
    public var failures: [String] = []

    /// One line for a person.
    public var sentence: String {
        let cost = liveLatency > 0 ? ", \(rounded(cpuPerSecond * 1000)) ms of CPU a second of sound" : ""
        return
            "\(output == "-" ? "stdout" : output): \(frames) frames of \(rounded(seconds)) s, \(closures) closures\(cost)"
    }

    enum CodingKeys: String, CodingKey {
        case schema, input, output, frames, closures, seconds, warnings
        case voicedFrames = "voiced_frames"
        case cpuPerSecond = "cpu_seconds_per_second"
        case liveLatency = "live_latency_seconds"
    }
}
