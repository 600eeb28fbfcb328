/// Layers of weighted sums with ramps between them.
struct RampNetwork: Sendable {
    /// How many values it takes, those of its hidden layers, and how many it gives.
    let sizes: [Int]
    private let layers: [Layer]

    private struct Layer: Sendable {
        var outputs: Int
        /// Row by row of inputs.
        var weights: [Float]
        var biases: [Float]
    }

    /// A network from its constants.
    ///
    /// - Parameters:
    ///   - sizes: values in, of each hidden layer, out.
    ///   - constants: for each layer its weights, row by row of inputs, then its biases: bfloat16, little-endian, base64.
    /// - Throws: `SpeechError.badNetwork`.
    init(sizes: [Int], constants: String) throws(SpeechError) {
        guard let bytes = Self.decode(constants) else { throw .badNetwork(what: "its base64 is damaged") }
        let expected = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
        guard sizes.count > 1, bytes.count == 2 * expected else {
            throw .badNetwork(what: "it has \(bytes.count / 2) constants instead of \(expected)")
        }
        var at = 0
        func take(_ count: Int) -> [Float] {
            defer { at += 2 * count }
            return (0..<count).map { i in
                Float(bitPattern: (UInt32(bytes[at + 2 * i]) | UInt32(bytes[at + 2 * i + 1]) << 8) << 16)
            }
        }
        self.sizes = sizes
        layers = zip(sizes, sizes.dropFirst()).map { inputs, outputs in
            Layer(outputs: outputs, weights: take(inputs * outputs), biases: take(outputs))
        }
    }

    /// The last layer's sums.
    func outputs(_ input: [Float]) -> [Float] {
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
        return values
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
