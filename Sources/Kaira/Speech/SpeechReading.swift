import KairaMedia
import KairaMotion
import KairaSpeech

/// Hears a clip and says what is wrong with its sound.
enum SpeechReading {
    static func track(
        of clip: AudioClip, named name: String, profile: SpeakerProfile?
    ) throws(SpeechError) -> (track: VisemeTrack, heard: VisemeTracker.Summary, notes: [String]) {
        var tracker = try VisemeTracker(sampleRate: clip.sampleRate, profile: profile)
        let frames = tracker.push(clip.samples) + tracker.finish()
        let heard = tracker.heard
        var notes: [String] = []
        if heard.peakLevel < -65 {
            notes.append("\(name): the sound is silent: the mouth stays shut; check the microphone or the track")
        } else if heard.voicedFrames == 0 {
            notes.append(
                "\(name): no voice was heard (the loudest sound is \(Int(heard.peakLevel)) dB): the mouth stays shut")
        } else if heard.voiceOverNoise < 12 {
            notes.append(
                "\(name): the voice is only \(Int(heard.voiceOverNoise)) dB above the noise: the mouth may be wrong in places"
            )
        }
        if clip.clippedShare > 0.001 {
            notes.append(
                "\(name): \(rounded(clip.clippedShare * 100)) % of the sound is clipped: vowels may be mistaken; record it quieter"
            )
        }
        return (VisemeTrack(rate: VisemeTracker.rate, frames: frames), heard, notes)
    }
}
