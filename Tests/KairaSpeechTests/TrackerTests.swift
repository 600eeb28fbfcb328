import Foundation
import KairaMotion
import KairaSpeech
import KairaTestSupport
import Testing

@Suite struct TrackerTests {
    private static func phrase(_ rate: Int = 22_050, seconds: Double = 2) -> [Float] {
        var generator = SeededGenerator(seed: 3)
        let speaker = TubeSpeaker(group: .woman)
        let voice = speaker.say(
            [.init(nil, 0.3), .init("a", 0.3), .init("i", 0.2), .init(nil, 0.2), .init("o", 0.4), .init(nil, 0.3)],
            pitch: 210, using: &generator)
        return voice.map { $0 + Float(0.001 * generator.normal()) }
    }

    /// Oracle: the whole sound in one block.
    @Test("the track does not depend on how the sound was cut", arguments: [1, 7, 160, 1024, 9999])
    func chunks(size: Int) throws {
        let samples = Self.phrase()
        let whole = try VisemeTracker.track(samples, sampleRate: 37_584)
        var tracker = try VisemeTracker(sampleRate: 37_584)
        var frames: [VisemeFrame] = []
        var at = 0
        while at < samples.count {
            frames += tracker.push(samples[at..<min(at + size, samples.count)])
            at += size
        }
        frames += tracker.finish()
        #expect(VisemeTrack(rate: VisemeTracker.rate, frames: frames) == whole)
    }

    /// Oracle: arithmetic. 10 ms a frame, the last one within the sound.
    @Test("there is a frame every 10 ms of the sound", arguments: [0, 1, 159, 160, 161, 16_000])
    func count(samples: Int) throws {
        let track = try VisemeTracker.track([Float](repeating: 0.1, count: samples), sampleRate: 16_000)
        #expect(track.frames.count == (samples + 159) / 160)
        for (i, frame) in track.frames.enumerated() { #expect(abs(frame.time - Double(i) * 0.01) < 1e-9) }
    }

    /// Live, a frame is out no later than the latency that is promised.
    @Test("frames come within the promised latency")
    func latency() throws {
        var tracker = try VisemeTracker()
        var received = 0
        for _ in 0..<200 {
            received += 160
            for frame in tracker.push([Float](repeating: 0.01, count: 160)) {
                #expect(Double(received) / 16_000 - frame.time <= VisemeTracker.latency + 0.0101)
            }
        }
        #expect(VisemeTracker.latency <= 0.08)
    }

    /// Oracle: nobody speaks. Five per cent is the bar.
    @Test(
        "the mouth stays shut in silence and noise",
        arguments: ["zeros", "hiss", "loud hiss", "hum", "constant", "babble"])
    func shut(kind: String) throws {
        var generator = SeededGenerator(seed: 5)
        let samples: [Float] =
            switch kind {
            case "hiss": (0..<64_000).map { _ in Float(0.002 * generator.normal()) }
            case "loud hiss": (0..<64_000).map { _ in Float(0.2 * generator.normal()) }
            case "hum": (0..<64_000).map { Float(0.1 * sin(2 * .pi * 50 * Double($0) / 16_000)) }
            case "constant": [Float](repeating: 0.7, count: 64_000)
            case "babble": TestNoise.babble.samples(64_000, sampleRate: 16_000, seed: 9).map { $0 * 0.05 }
            default: [Float](repeating: 0, count: 64_000)
            }
        let track = try VisemeTracker.track(samples, sampleRate: 16_000)
        let open = track.frames.count { ($0.mouth.weights.max() ?? 0) > 0.1 }
        print("\(kind): open in \(open) of \(track.frames.count) frames")
        #expect(open * 20 <= track.frames.count)
    }

    @Test("samples that are no numbers or far too large do no harm")
    func hostile() throws {
        var samples = Self.phrase()
        for i in stride(from: 100, to: samples.count, by: 777) {
            samples[i] = [Float.nan, .infinity, -.infinity, 1e38, -1e38][i % 5]
        }
        for frame in try VisemeTracker.track(samples, sampleRate: 37_584).frames {
            #expect(frame.mouth.weights.allSatisfy { $0.isFinite && 0...1 ~= $0 })
            #expect(frame.visemes.allSatisfy { $0.isFinite })
        }
    }

    @Test("clipped speech is still heard")
    func clipped() throws {
        let samples = Self.phrase().map { min(max($0 * 8, -1), 1) }
        let track = try VisemeTracker.track(samples, sampleRate: 37_584)
        let frame = try #require(track.frame(at: 0.45))
        #expect(frame.mouth.aa > 0.5)
    }
}
