/// How loud it is around a speaker: a running estimate that drops at once and rises slowly, and hardly at all while
/// somebody speaks.
struct NoiseFloor: Sendable {
    /// Decibels; nil before the first frame.
    private var floor: Float?
    private var slow: Float = 0
    private var steadyFrames = 0
    private var age = 0
    private var voicedFrames = 0

    /// Below this all is silence, decibels.
    static let silence: Float = -75

    /// Takes a frame.
    ///
    /// - Returns: how far the frame is above the floor, decibels, not below 0; whether what the floor started from turned out
    ///   to be voice.
    mutating func add(level: Float, voicing: Float) -> (snr: Float, isReset: Bool) {
        guard var floor else {
            let start = max(level, Self.silence)
            floor = start
            slow = level
            return (max(0, level - start), false)
        }
        // Sound that starts with a vowel says nothing of the noise; one that starts otherwise most often does. The first
        // frame of all is half empty and shows no voice yet. One voice is more periodic than any babble of many.
        age += 1
        voicedFrames = voicing > 0.92 ? voicedFrames + 1 : 0
        let isReset = age < 12 && voicedFrames == 3
        if isReset {
            floor = min(floor, level - 30)
            age = 12
        }
        // Noise stays as loud as it is; speech does not, not even an s for longer than a third of a second.
        slow += (level - slow) * 0.15
        steadyFrames = abs(level - slow) < 4 && voicing < 0.85 ? steadyFrames + 1 : max(steadyFrames - 4, 0)
        if level < floor {
            floor += (level - floor) * 0.08
        } else if steadyFrames > 35 {
            floor += (level - floor) * 0.15
        } else {
            // Decibels a frame: 10 a second without voice, hardly anything while one voice speaks.
            let step: Float = voicing < 0.6 ? 0.1 : voicing < 0.8 ? 0.06 : voicing < 0.88 ? 0.02 : 0.005
            floor += min(level - floor, step)
        }
        floor = max(floor, Self.silence)
        self.floor = floor
        return (max(0, level - floor), isReset)
    }
}
