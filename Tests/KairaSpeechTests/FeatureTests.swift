import Foundation
import KairaSpeech
import KairaTestSupport
import Testing

@Suite struct FeatureTests {
    /// A chirp, a vowel and noise after each other, at very different levels.
    private static let mixture: [Float] = {
        var generator = SeededGenerator(seed: 7)
        let chirp = (0..<8000).map { i -> Float in
            let t = Double(i) / 16_000
            return Float(0.4 * sin(2 * .pi * (100 * t + 6000 * t * t)))
        }
        let speaker = TubeSpeaker(group: .man)
        let vowel = speaker.say([.init("e", 0.4)], pitch: 120, using: &generator)
        let noise = (0..<4000).map { _ in Float(1e-4 * generator.normal()) }
        return chirp + vowel.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) + noise
    }()

    /// Oracle: numpy and scipy, Tests/Support/speech_reference.py, written from the page on the format.
    @Test(
        "mel cepstrum equals numpy's to 1e-4",
        .enabled(if: ReferenceScript.isThere, "needs numpy and scipy: scripts/test installs them"))
    func cepstrum() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "kaira-speech-\(UUID().uuidString).raw")
        defer { try? FileManager.default.removeItem(at: file) }
        let samples = Self.mixture
        try unsafe samples.withUnsafeBytes { unsafe Data($0) }.write(to: file)
        let (status, output) = try ReferenceScript.run("speech_reference.py", [file.path])
        try #require(status == 0, "\(output)")
        let expected = output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
        var analyzer = SpeechAnalyzer()
        let frames = analyzer.push(samples) + analyzer.finish()
        #expect(frames.count == expected.count)
        var worst = 0.0
        for (frame, row) in zip(frames, expected) {
            try #require(row.count == 12)
            for (a, b) in zip(frame.mfcc, row) { worst = max(worst, abs(Double(a) - b)) }
        }
        print("mel cepstrum: largest difference \(worst) over \(frames.count) frames")
        #expect(worst < 1e-4)
    }

    /// Oracle: the resonances that the vowel was made with (Peterson and Barney 1952), an all-pole filter after Klatt (1980)
    /// driven by pulses whose spectrum falls by 6 dB an octave, as that of voices does once lips have radiated it.
    @Test("formants of fifteen vowels within 5 %", arguments: [80.0, 100, 120])
    func formants(pitch: Double) throws {
        let vowels: [[Double]] = [
            [730, 1090, 2440, 3500, 4500], [270, 2290, 3010, 3500, 4500], [300, 870, 2240, 3500, 4500],
            [530, 1840, 2480, 3500, 4500], [570, 840, 2410, 3500, 4500], [850, 1220, 2810, 4060, 5200],
            [310, 2790, 3310, 4060, 5200], [370, 950, 2670, 4060, 5200], [610, 2330, 2990, 4060, 5200],
            [590, 920, 2710, 4060, 5200], [1030, 1370, 3170, 4655], [370, 3200, 3730, 4655], [430, 1170, 3260, 4655],
            [690, 2610, 3570, 4655], [680, 1060, 3180, 4655],
        ]
        for truth in vowels {
            var x = [Double](repeating: 0, count: 12_000)
            var at = 0.0
            while at < 11_998 {
                // A pulse between samples, shared by both.
                x[Int(at)] += 1 - at + at.rounded(.down)
                x[Int(at) + 1] += at - at.rounded(.down)
                at += 16_000 / pitch
            }
            for i in 1..<x.count { x[i] += 0.97 * x[i - 1] }
            for (f, b) in zip(truth, [60.0, 90, 150, 200, 250]) {
                let c = -exp(-2 * .pi * b / 16_000), p = 2 * exp(-.pi * b / 16_000) * cos(2 * .pi * f / 16_000)
                var (y1, y2) = (0.0, 0.0)
                for i in x.indices {
                    let y = (1 - p - c) * x[i] + p * y1 + c * y2
                    (y2, y1) = (y1, y)
                    x[i] = y
                }
            }
            let peak = x.map { abs($0) }.max() ?? 1
            var analyzer = SpeechAnalyzer()
            let frames = analyzer.push(x.map { Float(0.5 * $0 / peak) }).dropFirst(20)
            for k in 0..<3 {
                let found = frames.compactMap { $0.formants.count > k ? $0.formants[k].frequency : nil }.sorted()
                try #require(found.count == frames.count, "F\(k + 1) of \(truth) is missed in some frames")
                let median = found[found.count / 2]
                #expect(abs(median / truth[k] - 1) < 0.05, "F\(k + 1) = \(median) of \(truth) at \(pitch) Hz")
            }
        }
    }

    /// Oracle: the definition, by sorting the levels that the frames themselves tell.
    @Test("a frame knows how loud the last four seconds were")
    func scene() throws {
        var generator = SeededGenerator(seed: 12)
        // Loud and quiet in turn, for longer than is remembered, with a buzz where it is loud.
        let samples = (0..<112_000).map { i -> Float in
            let isLoud = i / 4000 % 3 == 0
            return Float(isLoud ? 0.3 * (Double(i % 133) / 133 - 0.5) : 0.01 * generator.normal())
        }
        var analyzer = SpeechAnalyzer()
        let frames = analyzer.push(samples) + analyzer.finish()
        for n in [0, 1, 7, 250, 399, 400, 555, 699] {
            let past = frames[max(0, n - 399)...n]
            let sorted = past.map { max($0.level, -90) }.sorted()
            let scene = frames[n].scene
            #expect(scene.count == Float(past.count))
            for (share, level) in zip(SceneStatistics.shares, scene.levels) {
                #expect(level == sorted[Int(Float(past.count - 1) * share + 0.5)])
            }
            let loud = past.filter { $0.level >= sorted[Int(Float(past.count - 1) * 0.7 + 0.5)] }.map(\.voicing)
            #expect(abs(scene.loudVoicing - loud.reduce(0, +) / Float(loud.count)) < 1e-4)
        }
        let last = try #require(frames.last).scene
        #expect(last.levels[5] > last.levels[1] + 15)
        #expect(last.loudVoicing > last.quietVoicing + 0.3)
    }

    /// Oracle: the polynomial's known roots. r_k of an AR(2) process by the Yule-Walker equations.
    @Test("linear prediction finds the coefficients of a process")
    func prediction() {
        // x_n = 1.2 x_(n-1) - 0.8 x_(n-2) + e: r_1 = 1.2 / 1.8 r_0, r_2 = 1.2 r_1 - 0.8 r_0, r_3 = 1.2 r_2 - 0.8 r_1.
        let r1 = 1.2 / 1.8
        let r2 = 1.2 * r1 - 0.8
        let model = LinearPrediction(autocorrelation: [1, r1, r2, 1.2 * r2 - 0.8 * r1])
        for (a, b) in zip(model.coefficients, [1.2, -0.8, 0]) { #expect(abs(a - b) < 1e-12) }
        #expect(abs(model.residual - (1 - 1.2 * r1 + 0.8 * r2)) < 1e-12)
        // Roots 0.6 +- i sqrt(0.44): modulus sqrt(0.8).
        let formants = model.formants(sampleRate: 10_000)
        #expect(formants.count == (-10_000 * log(0.8.squareRoot()) / .pi < 400 ? 1 : 0))
        if let f = formants.first {
            #expect(abs(f.frequency - 10_000 * atan2(0.44.squareRoot(), 0.6) / (2 * .pi)) < 1e-6)
            #expect(abs(f.bandwidth + 10_000 * log(0.8.squareRoot()) / .pi) < 1e-6)
        }
        #expect(LinearPrediction(autocorrelation: [0, 0, 0]).coefficients.isEmpty)
        #expect(LinearPrediction(autocorrelation: [.nan, 0, 0]).formants(sampleRate: 16_000).isEmpty)
    }

    /// Oracle: a sum of harmonics has the period that it was made with.
    @Test("pitch of harmonics within 1 %, voicing near 1", arguments: [70.0, 98, 131, 196, 262, 349, 440])
    func pitch(frequency: Double) {
        let samples = (0..<8000).map { i -> Float in
            let phase = 2 * Double.pi * frequency * Double(i) / 16_000
            var sum = 0.0
            for k in 1...8 {
                let order = Double(k)
                sum += 0.1 / order * sin(order * phase + order)
            }
            return Float(sum)
        }
        var analyzer = SpeechAnalyzer()
        for frame in analyzer.push(samples).dropFirst(5) {
            #expect(abs(Double(frame.pitch) / frequency - 1) < 0.01, "at \(frame.time) s")
            // Three periods fit the window from 94 Hz on; with fewer the correlation's own window weighs too much (Boersma 1993).
            #expect(frame.voicing > (frequency < 94 ? 0.6 : 0.95))
        }
    }

    /// Oracle: the same sine sampled at the other rate; signals up to 6 kHz pass within 0.1 %, those above 8.2 kHz vanish.
    @Test(
        "resampling keeps sines and removes what would fold",
        arguments: [8000, 11_025, 22_050, 44_100, 48_000, 37_584, 96_000])
    func resampling(rate: Int) throws {
        for frequency in [200.0, 1000, 3000, 6000, 8300, 11_000]
        where frequency < 0.45 * Double(rate) || frequency > 8200 {
            guard frequency < 0.5 * Double(rate) else { continue }
            if frequency < 8000, frequency > 0.4 * Double(rate) { continue }
            let input = (0..<rate / 2).map { Float(sin(2 * .pi * frequency * Double($0) / Double(rate))) }
            var resampler = try Resampler(from: rate)
            let output = resampler.push(input) + resampler.finish()
            #expect(output.count == 8000)
            var worst = 0.0
            for i in 1000..<7000 {
                let expected = frequency < 8000 ? sin(2 * .pi * frequency * Double(i) / 16_000) : 0
                worst = max(worst, abs(Double(output[i]) - expected))
            }
            #expect(worst < 1e-3, "\(frequency) Hz from \(rate)")
        }
    }

    @Test("rates that no recording has are refused", arguments: [0, 999, 768_001, -1])
    func badRate(rate: Int) {
        #expect(throws: SpeechError.badSampleRate(Double(rate))) { try Resampler(from: rate) }
    }
}
