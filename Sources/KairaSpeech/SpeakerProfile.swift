import Glibc
import KairaMotion

/// How one speaker says the five vowels, measured by `SpeakerCalibration`: it makes the classifier right for a voice or a
/// microphone that is unlike those it was trained with.
public struct SpeakerProfile: Sendable, Hashable {
    /// The vowels of a profile in their order: a, i, u, e, o.
    public static let vowels: [Viseme] = [.aa, .ih, .ou, .e, .oh]

    /// What the speaker is called, possibly empty.
    public var name: String
    /// Mean `SpeechFrame.shape` of each vowel, in the order of `vowels`.
    public let means: [[Float]]
    /// Variances of the coefficients around the vowels' means, of all vowels together.
    public let variances: [Float]
    /// Mean of ln(F3 / 2500 Hz).
    public let formantShift: Float
    /// Mean of ln(pitch / 150 Hz).
    public let pitchShift: Float

    /// A profile from its numbers.
    ///
    /// - Throws: `SpeechError.badProfile` for wrong counts, numbers that are not finite, variances that are not positive.
    public init(
        name: String = "", means: [[Float]], variances: [Float], formantShift: Float, pitchShift: Float
    ) throws(SpeechError) {
        let count = MelCepstrum.coefficientCount
        guard means.count == Self.vowels.count, means.allSatisfy({ $0.count == count }) else {
            throw .badProfile(what: "five vowels of \(count) coefficients are needed")
        }
        guard variances.count == count, variances.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw .badProfile(what: "\(count) positive variances are needed")
        }
        guard means.allSatisfy({ $0.allSatisfy { abs($0) < 1e4 } }), abs(formantShift) < 2, abs(pitchShift) < 4 else {
            throw .badProfile(what: "a number is out of all bounds")
        }
        self.name = name
        self.means = means
        self.variances = variances
        self.formantShift = formantShift
        self.pitchShift = pitchShift
    }

    /// What the analysis is told of the speaker.
    public var statistics: SpeakerStatistics {
        var mean = [Float](repeating: 0, count: MelCepstrum.coefficientCount)
        for row in means { for i in mean.indices { mean[i] += row[i] / Float(means.count) } }
        return SpeakerStatistics(formantShift: formantShift, pitchShift: pitchShift, meanShape: mean, count: 200)
    }

    /// Probabilities of the five vowels for a frame of voice, in the order of `vowels`: Gaussians with common variances.
    func probabilities(_ shape: [Float]) -> [Float] {
        let scores = means.map { mean in
            var sum: Float = 0
            for i in mean.indices { sum -= (shape[i] - mean[i]) * (shape[i] - mean[i]) / variances[i] }
            // The coefficients of a frame are not independent: tempered, so that twelve of them do not count twelvefold.
            return sum / 12
        }
        let top = scores.max() ?? 0
        let values = scores.map { expf($0 - top) }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
    }
}
