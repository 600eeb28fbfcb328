import KairaMedia
import KairaMotion
import KairaSpeech

/// Recordings of a speaker's vowels in, a profile out.
public struct SpeakerCalibrationJob: Sendable {
    /// Five recordings of a, i, u, e, o in this order, or one in which they are held in this order with pauses between.
    public var inputs: [String]
    /// The profile, `.json`, or `-`.
    public var output: String
    /// What the speaker is called.
    public var name: String
    /// Whether an output that exists is replaced.
    public var replacesOutput: Bool

    /// A job from its parts.
    public init(inputs: [String], output: String, name: String = "", replacesOutput: Bool = false) {
        self.inputs = inputs
        self.output = output
        self.name = name
        self.replacesOutput = replacesOutput
    }

    /// Runs the job.
    ///
    /// - Returns: the profile.
    /// - Throws: `KairaError`, `MediaError`, `SpeechError`.
    public func run() throws -> SpeakerProfile {
        let vowels = SpeakerProfile.vowels
        guard inputs.count == vowels.count || inputs.count == 1 else {
            throw KairaError.usage(
                "five recordings, of a, i, u, e and o in this order, or one with all of them are needed")
        }
        guard output == "-" || OutputPath.kind(output) == "json" else {
            throw KairaError.usage("\(output): profiles are written to .json")
        }
        try OutputPath.check(output, replaces: replacesOutput)
        try OutputPath.check(output, isNot: inputs)
        var calibration = SpeakerCalibration()
        for (i, input) in inputs.enumerated() {
            let clip = try AudioSource.read(input)
            var resampler = try Resampler(from: clip.sampleRate)
            let samples = resampler.push(clip.samples) + resampler.finish()
            if inputs.count == 1 { try calibration.addAll(samples) } else { calibration.add(samples, vowel: vowels[i]) }
        }
        let profile = try calibration.profile(name: name)
        try OutputPath.write(try SpeakerProfileFile.write(profile), to: output, replaces: replacesOutput)
        return profile
    }
}
