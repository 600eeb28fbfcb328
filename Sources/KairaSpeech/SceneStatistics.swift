import Glibc

/// What a sound has been like lately: whether one voice stands out of what else is heard.
///
/// A speaker among others is louder than they are and pauses now and then; a crowd is about as loud all the time, and hardly
/// ever does one period explain it.
public struct SceneStatistics: Sendable, Hashable {
    /// Frames heard, at most 200.
    public private(set) var count: Float = 0
    /// What the loudest frames reach: follows upwards at once, falls by 3 dB a second. Decibels.
    public private(set) var loud: Float = -90
    /// What the quietest frames reach: follows downwards within a few frames, rises by 3 dB a second. Decibels.
    public private(set) var quiet: Float = -90
    /// Means over the last quarter of a second: of coherence, voicing, change of level from frame to frame in decibels, change
    /// of pitch from frame to frame in octaves (at most a half).
    public private(set) var recent = [Float](repeating: 0, count: 4)
    /// The same over the last one and a half seconds.
    public private(set) var lasting = [Float](repeating: 0, count: 4)
    /// How far levels of the last one and a half seconds are spread: mean distance from their mean, decibels.
    public private(set) var spread: Float = 0

    private var mean: Float = 0
    private var level: Float = 0
    private var pitch: Float = 150

    /// Nothing heard.
    public init() {}

    /// Takes a frame.
    mutating func add(level raw: Float, coherence: Float, voicing: Float, pitch newPitch: Float) {
        let now = max(raw, -90)
        if count == 0 {
            (loud, quiet, mean, level, pitch) = (now, now, now, now, newPitch)
        }
        count = min(count + 1, 200)
        loud = max(now, loud - 0.03)
        quiet = now < quiet ? quiet + (now - quiet) * 0.3 : min(now, quiet + 0.03)
        let values = [coherence, voicing, min(abs(now - level), 20), min(abs(log2f(newPitch / pitch)), 0.5)]
        let (fast, slow) = (1 / min(count, 25), 1 / min(count, 150))
        for i in values.indices {
            recent[i] += (values[i] - recent[i]) * fast
            lasting[i] += (values[i] - lasting[i]) * slow
        }
        mean += (now - mean) * slow
        spread += (abs(now - mean) - spread) * slow
        (level, pitch) = (now, newPitch)
    }
}
