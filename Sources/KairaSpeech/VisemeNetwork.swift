import Glibc
import KairaMotion

/// The small network that tells visemes from nine frames of measurements: two hidden layers with ramps.
///
/// Its constants come from synthesised speech alone (`scripts/train-visemes`).
struct VisemeNetwork: Sendable {
    /// Frames around the judged one that it sees.
    static let offsets = [-6, -4, -3, -2, -1, 0, 1, 2, 3]
    /// Frames after the judged one.
    static let lookAhead = 3
    /// Frames before the judged one.
    static let lookBack = 6

    private let network: RampNetwork

    /// The network with the constants that come with it.
    static let standard = Result { () throws(SpeechError) in
        try VisemeNetwork(sizes: sizes, parts: parts, constants: constants)
    }

    init(sizes: [Int], parts: [Int], constants: String) throws(SpeechError) {
        network = try RampNetwork(sizes: sizes, parts: parts, constants: constants)
        guard sizes.first == Self.inputCount, sizes.last == Viseme.count else {
            throw .badNetwork(what: "its layers are \(sizes)")
        }
    }

    /// Probabilities of the visemes.
    ///
    /// - Parameter input: `inputCount` values, see `input(_:at:)`.
    /// - Returns: one a viseme, in the order of `Viseme.allCases`; they sum to 1.
    func probabilities(_ input: [Float]) -> [Float] {
        var values = network.outputs(input)
        let top = values.max() ?? 0
        values = values.map { expf($0 - top) }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
    }

    private static let perFrame = MelCepstrum.coefficientCount + 3
    /// How many values the network takes.
    static let inputCount = offsets.count * perFrame + 1 + 2 + 3 + 1 + 2 + MelCepstrum.coefficientCount

    /// Which of its inputs are the frame's formants; 0 there says that none was found.
    static let formantInputs = offsets.count * perFrame + 3..<offsets.count * perFrame + 6

    /// What the network is given for a frame; `scripts/train-visemes` makes the same of the same measurements.
    ///
    /// - Parameters:
    ///   - frames: the frames around; beyond their ends the outermost counts.
    ///   - index: which is judged.
    /// - Returns: `inputCount` values.
    static func input(_ frames: some RandomAccessCollection<SpeechFrame>, at index: Int) -> [Float] {
        let count = frames.count
        func frame(_ i: Int) -> SpeechFrame {
            frames[frames.index(frames.startIndex, offsetBy: min(max(i, 0), count - 1))]
        }
        let centre = frame(index)
        var out: [Float] = []
        out.reserveCapacity(inputCount)
        for offset in offsets {
            let f = frame(index + offset)
            for value in f.shape { out.append(value * 0.1) }
            out.append(min(f.snr, 40) * 0.05)
            out.append(f.voicing)
            out.append(min(max(f.level - centre.level, -30), 30) * 0.05)
        }
        out.append(logf(centre.pitch / 150))
        out.append(centre.zeroCrossings)
        out.append(centre.brightness)
        for (i, typical) in [Float(500), 1500, 2500].enumerated() {
            out.append(i < centre.formants.count ? logf(Float(centre.formants[i].frequency) / typical) : 0)
        }
        out.append(centre.speaker.confidence)
        out.append(centre.speaker.formantShift * 4)
        out.append(centre.speaker.pitchShift * 4)
        for value in centre.speaker.meanShape { out.append(value * 0.1) }
        return out
    }
}
