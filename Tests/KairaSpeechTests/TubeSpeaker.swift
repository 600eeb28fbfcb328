import Foundation

/// A talker for the tests that shares nothing with the synthesiser that made the training data: a vocal tract of sixteen
/// tubes in which waves travel both ways (Kelly and Lochbaum 1962), driven by the glottal flow of Liljencrants and Fant
/// (1985).
///
/// The area functions were fitted (Tests/Support/tube_areas.py) so that the lossless tract, closed at the glottis and open
/// at the lips, resonates at F1-F3 of Peterson and Barney (1952); the comments give the resonances that came out.
struct TubeSpeaker {
    enum Group: Int, CaseIterable {
        case man, woman, child

        /// Centimetres from glottis to lips.
        var length: Double { [17.5, 14.9, 12.9][rawValue] }
        /// Four pitches, hertz.
        var pitches: [Double] { [[90, 115, 145, 180], [160, 195, 230, 275], [210, 250, 295, 345]][rawValue] }
    }

    static let vowels = ["a", "i", "u", "e", "o"]

    let group: Group
    /// The tract's own rate: sound at 350 m/s crosses a section in one sample.
    var sampleRate: Int { Int((35_000 * Double(Self.sections) / group.length).rounded()) }

    /// What is said next.
    struct Segment {
        /// One of `vowels`, or nil for silence.
        var vowel: String?
        var seconds: Double

        init(_ vowel: String?, _ seconds: Double) {
            self.vowel = vowel
            self.seconds = seconds
        }
    }

    private static let sections = 16

    /// Speaks; full scale is about 0.5.
    ///
    /// - Parameters:
    ///   - segments: what is said.
    ///   - pitch: hertz; it falls by a tenth over the utterance, with a little jitter.
    ///   - generator: for jitter and breath.
    /// - Returns: samples at `sampleRate`.
    func say(_ segments: [Segment], pitch: Double, using generator: inout SeededGenerator) -> [Float] {
        let rate = Double(sampleRate)
        let total = segments.reduce(0) { $0 + $1.seconds }
        let count = Int(total * rate)
        var out: [Float] = []
        out.reserveCapacity(count)
        var area = Self.areas[group.rawValue * 5]
        var (forward, backward) = ([Double](repeating: 0, count: 16), [Double](repeating: 0, count: 16))
        var (segment, ends) = (0, segments[0].seconds)
        var amplitude = 0.0
        var (phase, period) = (0.0, 1 / pitch)
        let pulse = GlottalPulse.modal
        var slowLips = 0.0
        for n in 0..<count {
            let time = Double(n) / rate
            while time >= ends, segment + 1 < segments.count {
                segment += 1
                ends += segments[segment].seconds
            }
            let now = segments[segment]
            if let vowel = now.vowel, let index = Self.vowels.firstIndex(of: vowel), n % 16 == 0 {
                // The tongue moves as a damped mass: 12 ms. Between silences it is there before the voice is.
                let target = Self.areas[group.rawValue * 5 + index]
                let speed = amplitude < 0.01 ? 1 : 16 / rate / 0.012
                for i in 0..<Self.sections { area[i] *= pow(target[i] / area[i], speed) }
            }
            // The voice starts and ends within 8 ms.
            amplitude += ((now.vowel == nil ? 0 : 1) - amplitude) / (rate * 0.008)
            phase += 1 / (rate * period)
            if phase >= 1 {
                phase -= 1
                period = (1 + 0.1 * time / total) / pitch * (1 + 0.006 * generator.normal())
            }
            let source = amplitude * (pulse.flow(phase) + 0.008 * generator.normal())
            // Junctions: pressure waves, k = (A_left - A_right) / (A_left + A_right). `here` is the wave that arrives.
            var here = forward[0]
            forward[0] = (source + 0.85 * backward[0]) * 0.9985
            for i in 0..<15 {
                let k = (area[i] - area[i + 1]) / (area[i] + area[i + 1])
                let (arriving, returning) = (here, backward[i + 1])
                here = forward[i + 1]
                // Walls take a little everywhere.
                forward[i + 1] = ((1 + k) * arriving - k * returning) * 0.9985
                backward[i] = (k * arriving + (1 - k) * returning) * 0.9985
            }
            // Lips radiate more of what is short: the reflection weakens with frequency.
            slowLips = 0.7 * slowLips + 0.3 * here
            backward[15] = -0.93 * (0.85 * here + 0.15 * slowLips) * 0.9985
            // What is heard is the flow through the lips, so wide lips are louder; the source is the derivative of flow already,
            // which is what radiation makes of it.
            out.append(Float(area[15] * here))
        }
        let peak = out.map { abs($0) }.max() ?? 1
        return out.map { $0 / max(peak, 1e-9) * 0.5 }
    }

    /// The vowel that a time belongs to, nil in silence; the same clock as `say`.
    static func vowel(at time: Double, of segments: [Segment]) -> String? {
        var end = 0.0
        for segment in segments {
            end += segment.seconds
            if time < end { return segment.vowel }
        }
        return nil
    }

    /// Square centimetres from glottis to lips: a, i, u, e, o of each group.
    private static let areas: [[Double]] = [
        // man a: 730, 1089, 2440, 3630 Hz for (730, 1090, 2440)
        [2.61, 1.85, 1.17, 0.89, 0.96, 1.36, 2.15, 3.29, 4.86, 7.44, 11.72, 16.68, 17.90, 13.66, 8.66, 6.14],
        // man i: 270, 2289, 3009, 3706 Hz for (270, 2290, 3010)
        [2.55, 4.05, 7.88, 13.38, 15.86, 13.01, 8.52, 5.17, 3.10, 1.88, 1.23, 1.01, 1.20, 2.03, 3.95, 6.27],
        // man u: 300, 869, 2241, 3726 Hz for (300, 870, 2240)
        [21.00, 10.86, 4.38, 2.30, 2.01, 2.57, 3.45, 3.93, 4.07, 4.64, 6.22, 7.94, 6.96, 3.65, 1.47, 0.76],
        // man e: 530, 1840, 2480, 3537 Hz for (530, 1840, 2480)
        [2.20, 2.42, 2.93, 3.82, 4.97, 5.81, 5.65, 4.60, 3.48, 2.83, 2.75, 3.22, 4.19, 5.45, 6.60, 7.26],
        // man o: 570, 840, 2410, 3772 Hz for (570, 840, 2410)
        [4.93, 2.66, 1.17, 0.70, 0.74, 1.18, 2.11, 3.32, 4.81, 7.59, 13.51, 21.76, 22.81, 13.64, 6.01, 3.25],
        // woman a: 850, 1219, 2811, 4320 Hz for (850, 1220, 2810)
        [2.70, 1.76, 1.01, 0.74, 0.83, 1.29, 2.17, 3.33, 4.80, 7.36, 12.36, 19.24, 21.65, 15.88, 9.11, 5.93],
        // woman i: 310, 2790, 3310, 4343 Hz for (310, 2790, 3310)
        [2.78, 3.86, 6.57, 11.26, 15.83, 15.87, 11.03, 5.81, 2.76, 1.45, 1.01, 1.01, 1.42, 2.44, 4.15, 5.76],
        // woman u: 370, 950, 2670, 4412 Hz for (370, 950, 2670)
        [19.45, 9.67, 3.69, 1.87, 1.64, 2.17, 3.10, 3.80, 4.21, 5.16, 7.36, 9.78, 8.58, 4.34, 1.66, 0.82],
        // woman e: 610, 2330, 2990, 4188 Hz for (610, 2330, 2990)
        [1.74, 2.03, 2.73, 3.96, 5.57, 6.69, 6.32, 4.80, 3.33, 2.53, 2.39, 2.87, 4.04, 5.86, 7.86, 9.20],
        // woman o: 590, 920, 2711, 4491 Hz for (590, 920, 2710)
        [6.90, 3.37, 1.31, 0.73, 0.78, 1.33, 2.39, 3.51, 4.56, 6.69, 12.01, 20.42, 21.83, 12.22, 4.74, 2.32],
        // child a: 1030, 1370, 3170, 5092 Hz for (1030, 1370, 3170)
        [2.27, 1.36, 0.71, 0.52, 0.65, 1.18, 2.18, 3.39, 4.72, 7.33, 13.61, 24.64, 30.82, 22.52, 11.79, 7.04],
        // child i: 370, 3199, 3730, 5021 Hz for (370, 3200, 3730)
        [2.77, 3.67, 5.94, 10.11, 14.88, 15.92, 11.45, 5.93, 2.70, 1.40, 1.01, 1.08, 1.58, 2.69, 4.36, 5.78],
        // child u: 430, 1170, 3261, 5012 Hz for (430, 1170, 3260)
        [18.20, 10.26, 4.53, 2.39, 1.91, 2.19, 2.87, 3.63, 4.41, 5.57, 7.32, 8.39, 6.70, 3.53, 1.56, 0.88],
        // child e: 690, 2610, 3571, 4816 Hz for (690, 2610, 3570)
        [1.89, 2.33, 3.26, 4.56, 5.75, 6.14, 5.58, 4.53, 3.53, 2.87, 2.61, 2.78, 3.51, 4.92, 6.86, 8.45],
        // child o: 680, 1060, 3181, 5172 Hz for (680, 1060, 3180)
        [6.88, 3.41, 1.34, 0.75, 0.78, 1.29, 2.30, 3.45, 4.64, 6.95, 12.40, 20.55, 21.46, 11.95, 4.69, 2.32],
    ]
}

/// The derivative of glottal flow after Fant, Liljencrants and Lin (1985), for a modal voice: opening until 0.42, closure
/// at 0.56 and a return of 0.02 of the period.
struct GlottalPulse {
    /// The voice of every talker.
    static let modal = GlottalPulse()

    private let te = 0.56, tp = 0.42, ta = 0.02
    private let alpha: Double
    private let epsilon: Double

    private init() {
        // epsilon ta = 1 - exp(-epsilon (1 - te)), by iteration.
        var epsilon = 1 / ta
        for _ in 0..<50 { epsilon = (1 - exp(-epsilon * (1 - te))) / ta }
        self.epsilon = epsilon
        // alpha by bisection: the flow is back at zero at the end of the period.
        let (te, tp, ta) = (te, tp, ta)
        func balance(_ alpha: Double) -> Double {
            let steps = 4000
            var sum = 0.0
            for i in 0..<steps {
                sum += Self.value((Double(i) + 0.5) / Double(steps), te, tp, ta, alpha, epsilon) / Double(steps)
            }
            return sum
        }
        var (low, high) = (-20.0, 60.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if balance(middle) > 0 { low = middle } else { high = middle }
        }
        alpha = (low + high) / 2
    }

    /// At a part 0...1 of the period; -1 at the moment of closure.
    func flow(_ t: Double) -> Double { Self.value(t, te, tp, ta, alpha, epsilon) }

    private static func value(
        _ t: Double, _ te: Double, _ tp: Double, _ ta: Double, _ alpha: Double, _ epsilon: Double
    ) -> Double {
        if t < te { return -exp(alpha * (t - te)) * sin(.pi * t / tp) / sin(.pi * te / tp) }
        return -(exp(-epsilon * (t - te)) - exp(-epsilon * (1 - te))) / (epsilon * ta)
    }
}
