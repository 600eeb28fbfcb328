import Foundation
import KairaMotion
import KairaSpeech
import Testing

/// How vowels are told apart. The talker is `TubeSpeaker`, another synthesiser than that of the training data; the truth is
/// what it was told to say. Synthetic vowels are not natural speech, and the figures are theirs.
@Suite struct VowelTests {
    /// All vowels twice with pauses, in an order that depends on the pitch.
    private static func script(_ pitchIndex: Int) -> [TubeSpeaker.Segment] {
        var segments: [TubeSpeaker.Segment] = [.init(nil, 0.4)]
        for i in 0..<10 {
            let vowel = TubeSpeaker.vowels[(i * 2 + pitchIndex + i / 5) % 5]
            segments.append(.init(vowel, i % 2 == 0 ? 0.35 : 0.25))
            if i % 3 != 1 { segments.append(.init(nil, 0.2)) }
        }
        return segments + [.init(nil, 0.3)]
    }

    struct Score {
        var right = 0
        var total = 0
        var openInSilence = 0
        var silence = 0
        /// Rows: said; columns: heard; both in the order a i u e o.
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: 5), count: 5)
        var onsets: [Double] = []
        var accuracy: Double { Double(right) / Double(max(total, 1)) }
    }

    /// What a talker says at four pitches, with the noises that may lie over it.
    private struct Recording {
        var segments: [TubeSpeaker.Segment]
        var voice: [Float]
        var noises: [TestNoise: [Float]]
    }

    private static func record(_ group: TubeSpeaker.Group) -> [Recording] {
        let speaker = TubeSpeaker(group: group)
        return group.pitches.enumerated().map { index, pitch in
            var generator = SeededGenerator(seed: UInt64(index + 1))
            let segments = script(index)
            let voice = speaker.say(segments, pitch: pitch, using: &generator)
            let noises = TestNoise.allCases.map {
                ($0, $0.samples(voice.count, sampleRate: speaker.sampleRate, seed: UInt64(100 + index)))
            }
            return Recording(segments: segments, voice: voice, noises: Dictionary(uniqueKeysWithValues: noises))
        }
    }

    /// Hears a talker. Frames within 30 ms of a change belong to neither side and are not counted.
    private static func hear(_ recordings: [Recording], rate: Int, noise: TestNoise, snr: Double?) throws -> Score {
        var score = Score()
        for recording in recordings {
            let segments = recording.segments
            var sound = recording.voice
            if let snr, let over = recording.noises[noise] { sound = TestNoise.add(over, to: sound, snr: snr) }
            let track = try VisemeTracker.track(sound, sampleRate: rate)
            for frame in track.frames {
                let around = [-0.03, 0, 0.03].map { TubeSpeaker.vowel(at: frame.time + $0, of: segments) }
                guard around[0] == around[1], around[1] == around[2] else { continue }
                let weights = frame.mouth.weights
                if let said = around[1].flatMap({ TubeSpeaker.vowels.firstIndex(of: $0) }) {
                    // The same order: aa ih ou ee oh.
                    let best = weights.indices.max { weights[$0] < weights[$1] } ?? 0
                    score.total += 1
                    // A mouth that does not move says no vowel.
                    guard weights[best] > 0.02 else { continue }
                    score.confusion[said][best] += 1
                    if best == said { score.right += 1 }
                } else {
                    score.silence += 1
                    if (weights.max() ?? 0) > 0.1 { score.openInSilence += 1 }
                }
            }
            var start = 0.0
            for (i, segment) in segments.enumerated() {
                defer { start += segment.seconds }
                guard let vowel = segment.vowel, i == 0 || segments[i - 1].vowel == nil,
                    let said = TubeSpeaker.vowels.firstIndex(of: vowel)
                else { continue }
                let first = track.frames.first { $0.time >= start - 0.05 && $0.mouth.weights[said] > 0.5 }
                score.onsets.append((first?.time ?? .infinity) - start)
            }
        }
        return score
    }

    @Test("five vowels of men, women and children, clean and in noise", arguments: TubeSpeaker.Group.allCases)
    func accuracy(group: TubeSpeaker.Group) throws {
        let recordings = Self.record(group), rate = TubeSpeaker(group: group).sampleRate
        for noise in TestNoise.allCases {
            for snr in [nil, 20, 10, 5, 0] as [Double?] where snr != nil || noise == .white {
                let score = try Self.hear(recordings, rate: rate, noise: noise, snr: snr)
                let name = snr.map { "\(noise.rawValue) at \(Int($0)) dB" } ?? "clean"
                print("\(group), \(name): \(Int((score.accuracy * 1000).rounded())) per mille of \(score.total) frames")
                for (vowel, row) in zip(TubeSpeaker.vowels, score.confusion) {
                    print("  \(vowel): " + row.map { String($0) }.joined(separator: " "))
                }
                print("  open in pauses: \(score.openInSilence) of \(score.silence)")
                let bar = snr.map { $0 >= 10 ? 0.75 : 0 } ?? 0.9
                #expect(score.accuracy >= bar, "\(group), \(name)")
                if snr == nil {
                    let sorted = score.onsets.sorted()
                    print("  onset: median \(sorted[sorted.count / 2]) s, longest \(sorted[sorted.count - 1]) s")
                    #expect(sorted[sorted.count / 2] <= 0.06, "\(group)")
                    #expect(score.openInSilence * 20 <= score.silence)
                }
            }
        }
    }
}
