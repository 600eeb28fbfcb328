import KairaMedia
import KairaSpeech

/// A sound in, its measurements frame by frame out: cepstrum, level, pitch, formants.
public struct SpeechMeasureJob: Sendable {
    /// Anything with sound.
    public var input: String
    /// A table, `.csv`, or `-`.
    public var output: String
    /// Whether an output that exists is replaced.
    public var replacesOutput: Bool

    /// A job from its parts.
    public init(input: String, output: String, replacesOutput: Bool = false) {
        self.input = input
        self.output = output
        self.replacesOutput = replacesOutput
    }

    /// Runs the job.
    ///
    /// - Returns: how many frames were written.
    /// - Throws: `KairaError`, `MediaError`, `SpeechError`.
    public func run() throws -> Int {
        guard output == "-" || OutputPath.kind(output) == "csv" else {
            throw KairaError.usage("\(output): measurements are written to .csv")
        }
        try OutputPath.check(output, replaces: replacesOutput)
        try OutputPath.check(output, isNot: [input])
        let clip = try AudioSource.read(input)
        var resampler = try Resampler(from: clip.sampleRate)
        var analyzer = SpeechAnalyzer()
        let frames = analyzer.push(resampler.push(clip.samples)) + analyzer.push(resampler.finish()) + analyzer.finish()
        var text = Array((SpeechColumns.names.joined(separator: ",") + "\n").utf8)
        for frame in frames {
            text += Array((SpeechColumns.row(frame).map(\.description).joined(separator: ",") + "\n").utf8)
        }
        try OutputPath.write(text, to: output, replaces: replacesOutput)
        return frames.count
    }
}
