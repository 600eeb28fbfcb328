import Glibc
import KairaMotion

/// Makes a `SpeakerProfile` of recordings in which the speaker holds each of the five vowels.
public struct SpeakerCalibration: Sendable {
    /// Seconds of voice that a vowel needs at least.
    public static let neededSeconds = 0.3

    private var frames: [Viseme: [SpeechFrame]] = [:]

    /// A calibration without recordings.
    public init() {}

    /// Takes the sound of one vowel.
    ///
    /// - Parameters:
    ///   - samples: 16 kHz, full scale -1...1; silence before and after does not matter.
    ///   - vowel: one of `SpeakerProfile.vowels`.
    public mutating func add(_ samples: [Float], vowel: Viseme) {
        var analyzer = SpeechAnalyzer()
        let measured = analyzer.push(samples) + analyzer.finish()
        let loudest = measured.map(\.level).max() ?? 0
        // Onsets and offsets are another sound: only the loud, steady middle counts.
        let voiced = measured.filter { $0.voicing > 0.6 && $0.level > loudest - 12 && $0.level > -60 }
        frames[vowel, default: []] += voiced
    }

    /// Takes one recording in which the five vowels are held in the order of `SpeakerProfile.vowels`, with pauses between.
    ///
    /// The five longest stretches of voice are taken, in their order.
    ///
    /// - Parameter samples: 16 kHz, full scale -1...1.
    /// - Throws: `SpeechError.tooLittleVoice` naming the first vowel that is not there.
    public mutating func addAll(_ samples: [Float]) throws(SpeechError) {
        var analyzer = SpeechAnalyzer()
        let measured = analyzer.push(samples) + analyzer.finish()
        let loudest = measured.map(\.level).max() ?? 0
        var runs: [Range<Int>] = []
        var start: Int?
        var gap = 0
        for (i, frame) in measured.enumerated() {
            if frame.voicing > 0.5, frame.level > loudest - 25, frame.level > -60 {
                if start == nil { start = i }
                gap = 0
            } else if let begun = start {
                gap += 1
                // A crack in the voice is no pause.
                if gap > 10 {
                    runs.append(begun..<i - gap + 1)
                    start = nil
                }
            }
        }
        if let start { runs.append(start..<measured.count - gap) }
        let needed = Int(Self.neededSeconds * 100)
        let chosen = runs.filter { $0.count >= needed }.sorted { $0.count > $1.count }.prefix(
            SpeakerProfile.vowels.count
        )
        .sorted { $0.lowerBound < $1.lowerBound }
        guard chosen.count == SpeakerProfile.vowels.count else {
            throw .tooLittleVoice(
                vowel: Self.name(SpeakerProfile.vowels[chosen.count]), seconds: 0, needed: Self.neededSeconds)
        }
        for (vowel, run) in zip(SpeakerProfile.vowels, chosen) {
            let margin = run.count / 8
            frames[vowel, default: []] += measured[run.lowerBound + margin..<run.upperBound - margin].filter {
                $0.voicing > 0.5
            }
        }
    }

    /// The profile of what was taken.
    ///
    /// - Throws: `SpeechError.tooLittleVoice`, `.vowelsTooClose`.
    public func profile(name: String = "") throws(SpeechError) -> SpeakerProfile {
        let count = MelCepstrum.coefficientCount
        var means: [[Float]] = []
        var squares = [Float](repeating: 0, count: count)
        var total: Float = 0
        var pitch: Float = 0
        for vowel in SpeakerProfile.vowels {
            let heard = frames[vowel] ?? []
            let seconds = Double(heard.count) * 0.01
            guard seconds >= Self.neededSeconds else {
                throw .tooLittleVoice(vowel: Self.name(vowel), seconds: seconds, needed: Self.neededSeconds)
            }
            var mean = [Float](repeating: 0, count: count)
            for frame in heard { for i in 0..<count { mean[i] += frame.shape[i] / Float(heard.count) } }
            for frame in heard {
                for i in 0..<count { squares[i] += (frame.shape[i] - mean[i]) * (frame.shape[i] - mean[i]) }
                pitch += logf(frame.pitch / 150)
            }
            total += Float(heard.count)
            means.append(mean)
        }
        // Twice: the second time what is expected is this speaker's.
        var shift: Float = 0.1
        for _ in 0..<2 {
            let thirds = frames.values.joined().compactMap { SpeakerStatistics.third($0.formants, near: shift) }
            if !thirds.isEmpty { shift = thirds.reduce(0, +) / Float(thirds.count) }
        }
        // A held vowel hardly moves; speech does: never narrower than 2 in a coefficient.
        let variances = squares.map { max($0 / total, 4) }
        for a in means.indices {
            for b in means.indices where b > a {
                var distance: Float = 0
                for i in 0..<count {
                    distance += (means[a][i] - means[b][i]) * (means[a][i] - means[b][i]) / variances[i]
                }
                guard distance > 2 else {
                    throw .vowelsTooClose(Self.name(SpeakerProfile.vowels[a]), Self.name(SpeakerProfile.vowels[b]))
                }
            }
        }
        return try SpeakerProfile(
            name: name, means: means, variances: variances, formantShift: shift, pitchShift: pitch / total)
    }

    /// The vowel as people write it.
    static func name(_ vowel: Viseme) -> String {
        switch vowel {
        case .aa: "a"
        case .ih: "i"
        case .ou: "u"
        case .e: "e"
        case .oh: "o"
        default: vowel.rawValue
        }
    }
}
