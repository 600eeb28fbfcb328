import KairaMedia
import KairaMotion
import KairaSpeech

/// Whether and how the mouth of an avatar follows the sound of a video.
public struct LipSyncChoice: Sendable, Equatable {
    /// Whether it does.
    public var isOn: Bool
    /// A track to use instead of what the sound says: `kaira.visemes/1` or Rhubarb's cues; nil listens.
    public var visemes: String?
    /// The speaker's profile; nil for anybody.
    public var profile: String?

    /// A choice from its parts.
    public init(isOn: Bool = true, visemes: String? = nil, profile: String? = nil) {
        self.isOn = isOn
        self.visemes = visemes
        self.profile = profile
    }

    /// The mouth for a video, on the clock of its pictures.
    ///
    /// Sound that cannot be used is no reason to stop: a warning says why the mouth stays still.
    ///
    /// - Returns: nil where the choice is off or there is nothing to hear.
    /// - Throws: the errors of a file that was named: `KairaError`, `FormatsError`, `SpeechError`.
    func track(of media: MediaInformation, warnings: inout [String]) throws -> VisemeTrack? {
        guard isOn else { return nil }
        if let visemes { return try VisemeInput.read(visemes) }
        let profile = try profile.map { try SpeakerProfileFile.read($0) }
        guard let audio = media.audio else {
            if media.hasAudio {
                warnings.append(
                    "the mouth does not follow the sound: standard input cannot be read twice; give a file, or --visemes"
                )
            }
            return nil
        }
        do {
            let clip = try AudioSource.read(audio.path, start: audio.start)
            warnings += clip.notes
            let (track, _, notes) = try SpeechReading.track(of: clip, named: audio.path, profile: profile)
            warnings += notes
            return track
        } catch {
            warnings.append("the mouth does not follow the sound: \(error)")
            return nil
        }
    }
}
