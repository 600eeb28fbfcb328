/// Measurements as a table, a row a frame: what `kaira lipsync measure` writes and `scripts/train-visemes` reads.
public enum SpeechColumns {
    /// The columns' names in their order.
    public static let names: [String] =
        ["time"] + (1...12).map { "mfcc\($0)" } + ["level", "snr", "voicing", "pitch", "zero_crossings", "brightness"]
        + (1...4).map { "f\($0)" } + (1...4).map { "b\($0)" } + ["speaker_count", "speaker_formant", "speaker_pitch"]
        + (1...12).map { "speaker_shape\($0)" } + (1...12).map { "shape\($0)" }
        + ["heard"] + SceneStatistics.shares.map { "level\(Int(($0 * 100).rounded()))" }
        + ["loud_voicing", "quiet_voicing", "recent_voicing", "recent_change", "lasting_voicing", "lasting_change"]

    /// The values of a frame, in the order of `names`; formants that are not there are 0.
    public static func row(_ frame: SpeechFrame) -> [Float] {
        var row = [Float(frame.time)] + frame.mfcc
        row += [frame.level, frame.snr, frame.voicing, frame.pitch, frame.zeroCrossings, frame.brightness]
        let formants = (0..<4).map { $0 < frame.formants.count ? frame.formants[$0] : nil }
        row += formants.map { Float($0?.frequency ?? 0) } + formants.map { Float($0?.bandwidth ?? 0) }
        let speaker = frame.speaker
        row += [speaker.count, speaker.formantShift, speaker.pitchShift] + speaker.meanShape + frame.shape
        return row + [frame.scene.count] + frame.scene.levels + [frame.scene.loudVoicing, frame.scene.quietVoicing]
            + [frame.scene.recent.x, frame.scene.recent.y, frame.scene.lasting.x, frame.scene.lasting.y]
    }
}
