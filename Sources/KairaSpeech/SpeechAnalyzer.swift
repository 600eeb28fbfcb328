import Glibc

/// Measures a stream of sound, 100 frames a second.
///
/// Frame n is centred at n * 10 ms; it is out once the 16 ms of sound after its middle are in. What comes out does not
/// depend on how the input was cut. Samples that are not finite count as 0, and those beyond 8 as 8.
public struct SpeechAnalyzer: Sendable {
    /// Samples a second that the analysis works at.
    public static let sampleRate = 16_000
    /// Samples from frame to frame: 10 ms.
    public static let hop = 160
    /// Samples a frame: 32 ms.
    public static let window = 512
    /// The order of linear prediction.
    public static let predictionOrder = 14
    /// x_n - 0.97 x_(n-1) before the spectrum.
    public static let preEmphasis = 0.97

    private var pending: [Float]
    private var received = 0
    private var produced = 0
    private var floor = NoiseFloor()
    private var noise = BandNoise()
    private var scene = SceneTracker()
    private var speaker: SpeakerStatistics
    private let fixesSpeaker: Bool

    private let hamming: [Double]
    /// What takes the pre-emphasis back from the power of each bin.
    private let deemphasis: [Double]
    private let pitch: PitchDetector
    private let fourier = FourierTransform(size: window)
    private let cepstrum = MelCepstrum(transformSize: window, sampleRate: Double(sampleRate))

    /// A stream of 16 kHz sound.
    ///
    /// - Parameter speaker: what is known already; the analysis then keeps it as it is. nil learns as it goes.
    public init(speaker: SpeakerStatistics? = nil) {
        self.speaker = speaker ?? SpeakerStatistics()
        fixesSpeaker = speaker != nil
        hamming = (0..<Self.window).map { 0.54 - 0.46 * cos(2 * .pi * Double($0) / Double(Self.window - 1)) }
        deemphasis = (0...Self.window / 2).map { k in
            let cosine = cos(2 * .pi * Double(k) / Double(Self.window))
            return 1 / (1 + Self.preEmphasis * Self.preEmphasis - 2 * Self.preEmphasis * cosine)
        }
        pitch = PitchDetector(sampleRate: Double(Self.sampleRate), window: Self.window)
        // Half a window before the start, and one sample more for the pre-emphasis.
        pending = Array(repeating: 0, count: Self.window / 2 + 1)
    }

    /// Takes sound at 16 kHz, full scale -1...1.
    ///
    /// - Returns: the frames that it completes.
    public mutating func push(_ samples: some Collection<Float>) -> [SpeechFrame] {
        received += samples.count
        pending.reserveCapacity(pending.count + samples.count)
        for sample in samples { pending.append(sample.isFinite ? min(max(sample, -8), 8) : 0) }
        return drain(until: nil)
    }

    /// Ends the stream.
    ///
    /// - Returns: the frames that are left, as if silence followed; the last is centred within the sound.
    public mutating func finish() -> [SpeechFrame] {
        pending += [Float](repeating: 0, count: Self.window)
        return drain(until: (received + Self.hop - 1) / Self.hop)
    }

    private mutating func drain(until limit: Int?) -> [SpeechFrame] {
        var out: [SpeechFrame] = []
        var first = 0
        while first + Self.window + 1 <= pending.count, limit.map({ produced < $0 }) ?? true {
            out.append(measure(Array(pending[first..<first + Self.window + 1])))
            first += Self.hop
            produced += 1
        }
        pending.removeFirst(first)
        return out
    }

    /// One frame; the first sample is the one before it.
    private mutating func measure(_ samples: [Float]) -> SpeechFrame {
        let count = Self.window
        var emphasised = [Double](repeating: 0, count: count)
        for i in 0..<count {
            emphasised[i] = (Double(samples[i + 1]) - Self.preEmphasis * Double(samples[i])) * hamming[i]
        }
        let (real, imaginary) = fourier.transform(emphasised)
        var power = [Double](repeating: 0, count: count / 2 + 1)
        for k in 0...count / 2 { power[k] = real[k] * real[k] + imaginary[k] * imaginary[k] }
        let energies = cepstrum.logEnergies(power)
        let mfcc = cepstrum.coefficients(energies).map { Float($0) }
        // Bins of 31.25 Hz; the pre-emphasis is taken back, so that rumble and hiss count as they are.
        var (band, high, all) = (0.0, 0.0, 0.0)
        for k in 2...count / 2 {
            let value = power[k] * deemphasis[k]
            if 4...128 ~= k { band += value }
            if k > 112 { high += value }
            all += value
        }
        // Parseval: both halves of the spectrum, over the window's own energy.
        let level = Float(10 * log10(2 * band / (Double(count) * Double(count) * 0.3974) + 1e-12))
        let (voicing, pitch) = pitch.measure(samples.dropFirst())
        var crossings = 0
        for i in 1..<count where (samples[i] < 0) != (samples[i + 1] < 0) { crossings += 1 }
        scene.add(level: level, voicing: voicing)
        let (snr, isReset) = floor.add(level: level, voicing: voicing)
        let voice = noise.subtract(from: energies.map { exp($0) }, snr: snr, isReset: isReset)
        // Raised to 26 dB below the strongest, softly.
        let least = (voice.max() ?? 0) * 2.5e-3 + MelCepstrum.floor
        let shape = cepstrum.coefficients(voice.map { log($0 + least) }).map { Float($0) }
        let formants =
            level > -75
            ? Array(
                LinearPrediction(emphasised, order: Self.predictionOrder)
                    .formants(sampleRate: Double(Self.sampleRate)).prefix(4)) : []
        if !fixesSpeaker, voicing > 0.6, snr > 10 { speaker.add(shape: shape, pitch: pitch, formants: formants) }
        return SpeechFrame(
            time: Double(produced * Self.hop) / Double(Self.sampleRate), mfcc: mfcc, shape: shape, level: level,
            snr: snr,
            voicing: voicing, pitch: pitch, zeroCrossings: Float(crossings) / Float(count - 1),
            brightness: all > 0 ? Float(high / all) : 0, formants: formants, speaker: speaker,
            scene: scene.statistics)
    }
}
