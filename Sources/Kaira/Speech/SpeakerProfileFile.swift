import KairaFormats
import KairaMotion
import KairaSpeech

/// Speaker profiles as JSON, `kaira.speaker/1`; see `docs/formats/visemes.md`.
public enum SpeakerProfileFile {
    /// The schema's name.
    public static let schema = "kaira.speaker/1"

    private struct Body: Encodable {
        var schema: String
        var name: String
        var vowels: [String: [Float]]
        var variances: [Float]
        var formant_shift: Float
        var pitch_shift: Float
    }

    /// Writes a profile.
    public static func write(_ profile: SpeakerProfile) throws -> [UInt8] {
        try JSONReport.bytes(
            Body(
                schema: schema, name: profile.name,
                vowels: Dictionary(
                    uniqueKeysWithValues: zip(SpeakerProfile.vowels.map(\.rawValue), profile.means)),
                variances: profile.variances, formant_shift: profile.formantShift, pitch_shift: profile.pitchShift))
    }

    /// Reads a profile.
    ///
    /// - Throws: `KairaError.noInput`, `FormatsError`, `SpeechError.badProfile`.
    public static func read(_ path: String) throws -> SpeakerProfile {
        try read(try OutputPath.read(path), file: path)
    }

    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, untrusted.
    ///   - file: the name for messages.
    /// - Returns: the profile.
    /// - Throws: `FormatsError`, `SpeechError.badProfile`.
    public static func read(_ bytes: [UInt8], file: String) throws -> SpeakerProfile {
        let root = try EvaluationJSON(bytes, file: file)
        let given = try root.required("schema")
        guard case .string(schema) = given.value else {
            throw given.failure("this is no speaker profile: \(schema) is expected here")
        }
        let vowels = try root.required("vowels")
        func floats(_ node: EvaluationJSON) throws(FormatsError) -> [Float] { try node.numbers().map { Float($0) } }
        var means: [[Float]] = []
        for vowel in SpeakerProfile.vowels { means.append(try floats(try vowels.required(vowel.rawValue))) }
        var name = ""
        if case .string(let text)? = try root.optional("name")?.value { name = text }
        return try SpeakerProfile(
            name: name, means: means, variances: try floats(try root.required("variances")),
            formantShift: Float(try root.required("formant_shift").number()),
            pitchShift: Float(try root.required("pitch_shift").number()))
    }
}
