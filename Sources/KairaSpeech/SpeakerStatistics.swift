import Glibc

/// What is known of a speaker so far, learnt from the voiced frames: the length of the vocal tract, the pitch, and the
/// average spectrum of voice and microphone.
///
/// Every mean starts at that of an unknown speaker and moves as evidence comes in (maximum a posteriori, with a prior worth
/// 25 frames), so that the first vowel is already judged sensibly and no vowel is averaged away.
public struct SpeakerStatistics: Sendable, Hashable {
    /// Voiced frames that were counted, each by how much it differs from those before, at most 500: older speech fades.
    public private(set) var count: Float = 0
    /// Mean of ln(F3 / 2500 Hz): how much shorter the vocal tract is than a typical one; about 0 for men, 0.15 for women, 0.3
    /// for children.
    public private(set) var formantShift: Float = 0
    /// Mean of ln(pitch / 150 Hz).
    public private(set) var pitchShift: Float = 0
    /// Mean of `SpeechFrame.shape` over voiced frames.
    public private(set) var meanShape = [Float](repeating: 0, count: MelCepstrum.coefficientCount)

    /// An unknown speaker.
    public init() {}

    /// A speaker who is known from a calibration.
    public init(formantShift: Float, pitchShift: Float, meanShape: [Float], count: Float) {
        precondition(meanShape.count == MelCepstrum.coefficientCount)
        self.count = count
        self.formantShift = formantShift
        self.pitchShift = pitchShift
        self.meanShape = meanShape
    }

    /// What the voice sounded like lately.
    private var lately: [Float] = []

    private static let prior: Float = 25
    private static let memory: Float = 500

    /// How much the means are worth, 0 (nothing heard) to 1.
    public var confidence: Float { count / (count + Self.prior) }

    /// Learns from a voiced frame.
    mutating func add(shape: [Float], pitch: Float, formants: [LinearPrediction.Formant]) {
        // A vowel that is held tells no more of the speaker than a short one, and would become the speaker's mean.
        if lately.isEmpty { lately = [Float](repeating: 0, count: shape.count) }
        var distance: Float = 0
        for i in shape.indices {
            distance += (shape[i] - lately[i]) * (shape[i] - lately[i])
            lately[i] += (shape[i] - lately[i]) * 0.1
        }
        let news = distance / (distance + 9)
        count = min(count + news, Self.memory)
        let step = news / (count + Self.prior)
        for i in meanShape.indices { meanShape[i] += (shape[i] - meanShape[i]) * step }
        pitchShift += (logf(pitch / 150) - pitchShift) * step
        if let third = Self.third(formants, near: formantShift + 0.1 * (1 - confidence)) {
            formantShift += (third - formantShift) * step
        }
    }

    /// ln(F3 / 2500 Hz) of a frame: the third resonance hardly depends on the vowel. It is not always the third in the list,
    /// since two that are close may be taken for one: the nearest to what is expected counts.
    static func third(_ formants: [LinearPrediction.Formant], near expected: Float) -> Float? {
        formants.filter { 1700...4000 ~= $0.frequency }.map { logf(Float($0.frequency) / 2500) }
            .min { abs($0 - expected) < abs($1 - expected) }
    }
}
