/// What the speech module refuses.
public enum SpeechError: Error, Hashable, Sendable {
    /// A sample rate that no recording has, samples a second.
    case badSampleRate(Double)
    /// A recording for calibration in which too little of a vowel is heard.
    case tooLittleVoice(vowel: String, seconds: Double, needed: Double)
    /// Recordings of two vowels that sound the same.
    case vowelsTooClose(String, String)
    /// A profile whose numbers make no sense; `what` names them.
    case badProfile(what: String)
    /// The network's constants are damaged: they do not hold the layers that they should.
    case badNetwork(what: String)
}

extension SpeechError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .badSampleRate(let rate):
            "\(rate) samples a second are outside 1000...768000: resample the sound, or mend its header"
        case .tooLittleVoice(let vowel, let seconds, let needed):
            "only \(Int(seconds * 1000)) ms of voice were heard for \"\(vowel)\": hold the vowel for at least "
                + "\(Int(needed * 1000)) ms, near the microphone"
        case .vowelsTooClose(let a, let b):
            "\"\(a)\" and \"\(b)\" sound the same in these recordings: check the order of the files, then record them again"
        case .badProfile(let what):
            "the speaker profile is not usable: \(what): make it again with kaira lipsync calibrate"
        case .badNetwork(let what): "the vowel network is not usable: \(what): make it again with scripts/train-visemes"
        }
    }
}
