import Glibc
import KairaFormats
import KairaImage
import KairaMedia
import KairaMotion
import KairaPlot
import KairaSpeech

/// A sound in, the movements of a mouth out.
public struct LipSyncJob: Sendable {
    /// A WAVE file, anything else with sound that ffmpeg can read, `-` for a WAVE file on stdin, or the cues of Rhubarb
    /// (`.json`, `.tsv`, `.xml`).
    public var input: String
    /// Visemes, `.json`, or `-`.
    public var output: String
    /// A picture of sound, spectrogram and weights, `.png`, or nil.
    public var plot: String?
    /// The speaker's profile, or nil for anybody.
    public var profile: String?
    /// Whether outputs that exist are replaced.
    public var replacesOutput: Bool

    /// A job from its parts.
    public init(
        input: String, output: String, plot: String? = nil, profile: String? = nil, replacesOutput: Bool = false
    ) {
        self.input = input
        self.output = output
        self.plot = plot
        self.profile = profile
        self.replacesOutput = replacesOutput
    }

    /// Runs the job.
    ///
    /// - Throws: `KairaError`, `MediaError`, `FormatsError`, `SpeechError`, `PlotError`.
    public func run() throws -> LipSyncReport {
        guard output == "-" || OutputPath.kind(output) == "json" else {
            throw KairaError.usage("\(output): visemes are written to .json")
        }
        try OutputPath.check(output, replaces: replacesOutput)
        let picture = try plot.map { try PlotFile(path: $0, replaces: replacesOutput) }
        for path in [output, plot ?? "-"] { try OutputPath.check(path, isNot: [input, profile ?? "-"]) }
        var report = LipSyncReport(input: input, output: output)
        let track: VisemeTrack
        var clip = AudioClip(samples: [], sampleRate: SpeechAnalyzer.sampleRate)
        if VisemeInput.isTrack(input) {
            guard plot == nil else { throw KairaError.usage("--plot takes a sound: \(input) has only its mouth cues") }
            track = try VisemeInput.read(input)
            report.seconds = track.frames.last?.time ?? 0
        } else {
            let speaker = try profile.map { try SpeakerProfileFile.read($0) }
            clip = try AudioSource.read(input)
            report.warnings += clip.notes
            report.failures += clip.notes
            let start = clock()
            let (heard, summary, notes) = try SpeechReading.track(of: clip, named: input, profile: speaker)
            let spent = Double(clock() - start) / 1e6
            track = heard
            report.seconds = clip.duration
            report.cpuPerSecond = clip.duration > 0 ? spent / clip.duration : 0
            report.liveLatency = VisemeTracker.latency
            report.voicedFrames = summary.voicedFrames
            if clip.samples.isEmpty {
                report.warnings.append("\(input): it holds no samples: there is nothing to say")
                report.failures.append("\(input): it holds no samples")
            } else {
                report.warnings += notes
            }
        }
        report.frames = track.frames.count
        report.closures =
            zip([false] + track.frames.map(\.isClosed), track.frames.map(\.isClosed)).count { !$0 && $1 }
        try OutputPath.write(
            try VisemeJSON.write(track, source: input), to: output, replaces: replacesOutput)
        if let picture, !clip.samples.isEmpty {
            var resampler = try Resampler(from: clip.sampleRate)
            let samples = resampler.push(clip.samples) + resampler.finish()
            let chart = VisemeChart(
                title: input, samples: samples, sampleRate: SpeechAnalyzer.sampleRate,
                spectrogram: Spectrogram(samples, count: 1100).columns, track: track)
            try picture.write(try chart.draw())
        }
        return report
    }
}
