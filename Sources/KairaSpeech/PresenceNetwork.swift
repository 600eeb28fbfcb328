import Glibc

/// The small network that tells whether somebody speaks to whom the mouth belongs, from levels and voicing alone: one
/// voice before noise or before others, not the others.
///
/// It knows nothing of spectra, so that it cannot learn voices. Its constants come from synthesised speech
/// (`scripts/train-visemes`), in which crowds without a speaker are silence.
struct PresenceNetwork: Sendable {
    /// Frames around the judged one that it sees.
    static let offsets = [-16, -10, -6, -3, -1, 1, 3]
    /// Frames after the judged one.
    static let lookAhead = 3
    /// Frames before the judged one.
    static let lookBack = 16
    /// How many values the network takes.
    static let inputCount = offsets.count * 3 + 3 + 4 + 2 + 4 + 1 + 2

    private let network: RampNetwork

    /// The network with the constants that come with it.
    static let standard = Result { () throws(SpeechError) in
        try PresenceNetwork(sizes: sizes, parts: parts, constants: constants)
    }

    init(sizes: [Int], parts: [Int], constants: String) throws(SpeechError) {
        network = try RampNetwork(sizes: sizes, parts: parts, constants: constants)
        guard sizes.first == Self.inputCount, sizes.last == 2 else {
            throw .badNetwork(what: "its layers are \(sizes)")
        }
    }

    /// The probability that somebody speaks.
    ///
    /// - Parameter input: `inputCount` values, see `input(_:at:)`.
    /// - Returns: 0...1.
    func probability(_ input: [Float]) -> Float {
        let sums = network.outputs(input)
        return 1 / (1 + expf(sums[0] - sums[1]))
    }

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
        let scene = frame(index + lookAhead).scene
        let levels = scene.levels
        var out: [Float] = []
        out.reserveCapacity(inputCount)
        for offset in offsets {
            let f = frame(index + offset)
            let level = max(f.level, -90)
            out.append((level - levels[0]) * 0.05)
            out.append((level - levels[5]) * 0.05)
            out.append(f.voicing)
        }
        var mean: Float = 0
        for offset in lookAhead - 8...lookAhead { mean += max(frame(index + offset).level, -90) / 9 }
        for share in [0, 2, 4] { out.append((mean - levels[share]) * 0.05) }
        for (high, low) in [(4, 0), (5, 1), (3, 1), (5, 2)] { out.append((levels[high] - levels[low]) * 0.05) }
        out += [scene.loudVoicing, scene.quietVoicing]
        // No voice is steadier than that, but synthesised ones.
        let changes = (recent: max(scene.recent.y, 0.5), lasting: max(scene.lasting.y, 0.5))
        out += [scene.recent.x, changes.recent * 0.2, scene.lasting.x, changes.lasting * 0.2]
        out.append(scene.count / Float(SceneTracker.memory))
        let centre = frame(index)
        out += [centre.zeroCrossings, centre.brightness]
        return out
    }
}
