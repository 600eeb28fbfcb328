/// What is measured of 32 ms of sound.
public struct SpeechFrame: Sendable, Hashable {
    /// Seconds from the start of the sound to the middle of the frame.
    public var time: Double
    /// Mel-frequency cepstral coefficients c_1...c_12.
    public var mfcc: [Float]
    /// The same twelve of energies less those of the noise around, raised to 26 dB below the frame's strongest: what ears make
    /// of the frame, hardly changed by hiss or by how deep the valleys between resonances are.
    public var shape: [Float]
    /// Power between 100 and 4000 Hz, decibels; a full-scale sine is about -3.
    public var level: Float
    /// How far `level` is above the noise around, decibels.
    public var snr: Float
    /// How periodic the sound is, 0 (noise) to 1 (a steady vowel).
    public var voicing: Float
    /// The fundamental frequency, hertz; of a frame with little voicing a guess.
    public var pitch: Float
    /// Zero crossings a sample, 0...1: high for fricatives.
    public var zeroCrossings: Float
    /// Share of the power above 3.5 kHz, 0...1.
    public var brightness: Float
    /// Up to four resonances from 90 to 5000 Hz, by rising frequency.
    public var formants: [LinearPrediction.Formant]
    /// What is known of the speaker up to this frame.
    public var speaker: SpeakerStatistics
    /// What the sound has been like up to this frame.
    public var scene: SceneStatistics
}
