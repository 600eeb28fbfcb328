import KairaMotion

/// Hears speech and tells how the mouth moves: sound in, 100 viseme frames a second out.
///
/// A stream for files and live sound alike; what comes out does not depend on how the input was cut. Frames carry the time
/// of the sound they belong to, so that a track made of a file needs no shift; live, a frame is out `latency` after its
/// sound.
public struct VisemeTracker: Sendable {
    /// Frames a second.
    public static let rate = 100.0
    /// Seconds from a sound to its frame, for live use: half a frame of analysis, the networks' look-ahead and half of the
    /// smoothing.
    public static let latency =
        Double(SpeechAnalyzer.window / 2 + SpeechAnalyzer.hop * (lookAhead + smoothing.count / 2))
        / Double(SpeechAnalyzer.sampleRate)

    /// What was heard of the whole sound.
    public struct Summary: Sendable, Hashable {
        /// Frames.
        public var frames = 0
        /// Frames with voice in them.
        public var voicedFrames = 0
        /// The loudest frame, decibels.
        public var peakLevel: Float = -120
        /// How far voiced frames are above the noise around them, decibels, in the mean.
        public var voiceOverNoise: Float = 0
    }

    /// With the 32 ms that a frame itself spans, vowels ease over about 70 ms.
    private static let smoothing: [Float] = [1 / 9, 2 / 9, 3 / 9, 2 / 9, 1 / 9]

    private static let lookAhead = max(VisemeNetwork.lookAhead, PresenceNetwork.lookAhead)
    private static let lookBack = max(VisemeNetwork.lookBack, PresenceNetwork.lookBack)

    private var resampler: Resampler
    private var analyzer: SpeechAnalyzer
    private let network: VisemeNetwork
    private let presence: PresenceNetwork
    private let profile: SpeakerProfile?

    /// Measurements from frame `firstFrame` on.
    private var frames: [SpeechFrame] = []
    private var firstFrame = 0
    private var judged = 0
    /// Probabilities and gates from frame `firstJudgement` on.
    private var judgements: [Judgement] = []
    private var firstJudgement = 0
    private var produced = 0
    private var loudness: Float = -40
    private var summary = Summary()

    private struct Judgement: Sendable {
        var time: Double
        var visemes: [Float]
        var gate: Float
    }

    /// A stream.
    ///
    /// - Parameters:
    ///   - sampleRate: samples a second of the sound.
    ///   - profile: the speaker's calibration, or nil for anybody.
    /// - Throws: `SpeechError.badSampleRate`, `.badNetwork`.
    public init(sampleRate: Int = SpeechAnalyzer.sampleRate, profile: SpeakerProfile? = nil) throws(SpeechError) {
        resampler = try Resampler(from: sampleRate)
        analyzer = SpeechAnalyzer(speaker: profile?.statistics)
        network = try VisemeNetwork.standard.get()
        presence = try PresenceNetwork.standard.get()
        self.profile = profile
    }

    /// Takes sound, one channel, full scale -1...1.
    ///
    /// - Returns: the frames that it completes.
    public mutating func push(_ samples: some Collection<Float>) -> [VisemeFrame] {
        take(analyzer.push(resampler.push(samples)))
        return drain(isLast: false)
    }

    /// Ends the stream.
    ///
    /// - Returns: the frames that are left.
    public mutating func finish() -> [VisemeFrame] {
        take(analyzer.push(resampler.finish()))
        take(analyzer.finish())
        return drain(isLast: true)
    }

    /// What was heard so far.
    public var heard: Summary {
        var result = summary
        if result.voicedFrames > 0 { result.voiceOverNoise /= Float(result.voicedFrames) }
        return result
    }

    /// The track of a whole sound.
    ///
    /// - Parameters:
    ///   - samples: one channel, full scale -1...1.
    ///   - sampleRate: samples a second.
    ///   - profile: the speaker's calibration, or nil for anybody.
    /// - Returns: a frame every 10 ms, on the sound's own clock.
    /// - Throws: `SpeechError.badSampleRate`, `.badNetwork`.
    public static func track(
        _ samples: [Float], sampleRate: Int, profile: SpeakerProfile? = nil
    ) throws(SpeechError) -> VisemeTrack {
        var tracker = try VisemeTracker(sampleRate: sampleRate, profile: profile)
        return VisemeTrack(rate: rate, frames: tracker.push(samples) + tracker.finish())
    }

    private mutating func take(_ measured: [SpeechFrame]) {
        for frame in measured {
            summary.frames += 1
            summary.peakLevel = max(summary.peakLevel, frame.level)
            if frame.voicing > 0.6, frame.snr > 6 {
                summary.voicedFrames += 1
                summary.voiceOverNoise += frame.snr
            }
            frames.append(frame)
        }
    }

    private mutating func drain(isLast: Bool) -> [VisemeFrame] {
        let received = firstFrame + frames.count
        while judged + (isLast ? 0 : Self.lookAhead) < received {
            judgements.append(judge(judged - firstFrame))
            judged += 1
        }
        let half = Self.smoothing.count / 2
        var out: [VisemeFrame] = []
        while produced + (isLast ? 0 : half) < judged {
            out.append(smooth(produced - firstJudgement))
            produced += 1
        }
        let oldFrames = max(0, judged - Self.lookBack - firstFrame)
        frames.removeFirst(oldFrames)
        firstFrame += oldFrames
        let oldJudgements = max(0, produced - half - firstJudgement)
        judgements.removeFirst(oldJudgements)
        firstJudgement += oldJudgements
        return out
    }

    /// Probabilities of one frame, and how far its sound counts.
    private mutating func judge(_ index: Int) -> Judgement {
        let frame = frames[index]
        var input = VisemeNetwork.input(frames, at: index)
        var visemes = network.probabilities(input)
        // Linear prediction takes two near resonances for one now and then, and all after it are misnamed: what the network
        // says without them counts as much.
        for i in VisemeNetwork.formantInputs { input[i] = 0 }
        let blind = network.probabilities(input)
        for i in visemes.indices { visemes[i] = (visemes[i] + blind[i]) / 2 }
        if let profile {
            // What of the voice is vowel stays; which vowel it is, the speaker's own samples have their say in.
            let vowels = SpeakerProfile.vowels.map(\.index)
            let share = vowels.reduce(0) { $0 + visemes[$1] }
            if share > 0.05 {
                let own = profile.probabilities(frame.shape)
                let mixed = zip(vowels, own).map { (visemes[$0] / share * $1 + 1e-6).squareRoot() }
                let sum = mixed.reduce(0, +)
                for (index, value) in zip(vowels, mixed) { visemes[index] = value / sum * share }
            }
        }
        // What nobody says, or others, moves no mouth.
        let someone = presence.probability(PresenceNetwork.input(frames, at: index))
        for i in visemes.indices where i != Viseme.sil.index { visemes[i] *= someone }
        visemes[Viseme.sil.index] = 1 - (1 - visemes[Viseme.sil.index]) * someone
        // Louder speech opens the mouth further, by a quarter at most; the measure is what was loud lately.
        loudness = max(frame.level, loudness - 0.05, -50)
        let loud = min(max((frame.level - loudness + 24) / 18, 0), 1)
        let audible = min(max((frame.level + 72) / 6, 0), 1)
        return Judgement(time: frame.time, visemes: visemes, gate: audible * (0.75 + 0.25 * loud))
    }

    private func smooth(_ index: Int) -> VisemeFrame {
        let half = Self.smoothing.count / 2
        var visemes = [Float](repeating: 0, count: Viseme.count)
        var gate: Float = 0
        for (k, weight) in Self.smoothing.enumerated() {
            let one = judgements[min(max(index + k - half, 0), judgements.count - 1)]
            for i in visemes.indices { visemes[i] += weight * one.visemes[i] }
            gate += weight * one.gate
        }
        // Lips meet in two hundredths of a second: no easing there.
        let pressed = judgements[index].visemes[Viseme.pp.index]
        var mouth = MouthShape()
        for viseme in Viseme.allCases { mouth = mouth + viseme.mouth * visemes[viseme.index] }
        let isClosed = max(pressed, visemes[Viseme.pp.index]) > 0.5
        mouth = mouth * (gate * (1 - max(pressed, isClosed ? 0.9 : 0)))
        // A mouth that is hardly open is shut: noise must not make it tremble.
        let openness = mouth.openness
        mouth = mouth * min(max((openness - 0.04) / 0.08, 0), 1)
        return VisemeFrame(time: judgements[index].time, mouth: mouth, isClosed: isClosed, visemes: visemes)
    }
}
