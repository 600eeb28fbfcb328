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

    private let layers: [Layer]

    private struct Layer: Sendable {
        var inputs: Int
        var outputs: Int
        /// Row by row of inputs.
        var weights: [Float]
        var biases: [Float]
    }

    /// The network with the constants that come with it.
    static let standard = Result { () throws(SpeechError) in try VisemeNetwork(sizes: sizes, constants: constants) }

    init(sizes: [Int], constants: String) throws(SpeechError) {
        guard let bytes = Self.decode(constants) else { throw .badNetwork(what: "its base64 is damaged") }
        let expected = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
        guard sizes.count > 1, bytes.count == 2 * expected else {
            throw .badNetwork(what: "it has \(bytes.count / 2) constants instead of \(expected)")
        }
        guard sizes.first == Self.inputCount, sizes.last == Viseme.count else {
            throw .badNetwork(what: "its layers are \(sizes)")
        }
        var at = 0
        func take(_ count: Int) -> [Float] {
            defer { at += 2 * count }
            return (0..<count).map { i in
                Float(bitPattern: (UInt32(bytes[at + 2 * i]) | UInt32(bytes[at + 2 * i + 1]) << 8) << 16)
            }
        }
        layers = zip(sizes, sizes.dropFirst()).map { inputs, outputs in
            Layer(inputs: inputs, outputs: outputs, weights: take(inputs * outputs), biases: take(outputs))
        }
    }

    /// Probabilities of the visemes.
    ///
    /// - Parameter input: `inputCount` values, see `input(_:at:)`.
    /// - Returns: one a viseme, in the order of `Viseme.allCases`; they sum to 1.
    func probabilities(_ input: [Float]) -> [Float] {
        var values = input
        for (i, layer) in layers.enumerated() {
            var out = layer.biases
            for (k, value) in values.enumerated() where value != 0 {
                let row = k * layer.outputs
                for j in 0..<layer.outputs { out[j] += value * layer.weights[row + j] }
            }
            if i < layers.count - 1 { for j in out.indices { out[j] = max(out[j], 0) } }
            values = out
        }
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

    /// RFC 4648, without line breaks; nil for anything else.
    private static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="): continue
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return out
    }
}
