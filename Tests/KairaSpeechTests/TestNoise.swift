import Foundation

/// Noise for the tests.
enum TestNoise: String, CaseIterable {
    case white, babble

    /// Noise of a length with a power of 1.
    func samples(_ count: Int, sampleRate: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        var sum = [Double](repeating: 0, count: count)
        switch self {
        case .white:
            for i in 0..<count { sum[i] = generator.normal() }
        case .babble:
            // Eight talkers, men, women and children, each with vowels and pauses of their own.
            for talker in 0..<8 {
                let group = TubeSpeaker.Group.allCases[talker % 3]
                let speaker = TubeSpeaker(group: group)
                var segments: [TubeSpeaker.Segment] = []
                var total = 0.0
                while total < Double(count) / Double(sampleRate) + 0.2 {
                    let length = 0.08 + 0.2 * generator.uniform()
                    let vowel = TubeSpeaker.vowels[Int(generator.uniform() * 5)]
                    segments.append(.init(generator.uniform() < 0.2 ? nil : vowel, length))
                    total += length
                }
                let pitch = group.pitches[talker % 4] * (0.9 + 0.2 * generator.uniform())
                let voice = speaker.say(segments, pitch: pitch, using: &generator)
                for i in 0..<count {
                    let at = Double(i) * Double(speaker.sampleRate) / Double(sampleRate)
                    let k = min(Int(at), voice.count - 2)
                    let part = Float(min(at - Double(k), 1))
                    sum[i] += Double(voice[k] * (1 - part) + voice[k + 1] * part)
                }
            }
        }
        let power = sum.reduce(0) { $0 + $1 * $1 } / Double(max(count, 1))
        return sum.map { Float($0 / max(power, 1e-12).squareRoot()) }
    }

    /// Adds noise of power 1 to a voice at a distance, decibels.
    static func add(_ noise: [Float], to voice: [Float], snr: Double) -> [Float] {
        // The power of what is said, not of the pauses.
        let loud = voice.filter { abs($0) > 0.005 }
        let power = loud.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(loud.count, 1))
        let gain = Float((power / pow(10, snr / 10)).squareRoot())
        return zip(voice, noise).map { $0 + $1 * gain }
    }
}
