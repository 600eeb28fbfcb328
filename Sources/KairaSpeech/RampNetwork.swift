/// Layers of weighted sums with ramps between them.
struct RampNetwork: Sendable {
    /// How many values it takes, those of its hidden layers, and how many it gives.
    let sizes: [Int]
    private let layers: [Layer]

    private struct Layer: Sendable {
        var inputs: Int
        var outputs: Int
        /// A part joins its share of the inputs with its share of the outputs, and nothing else.
        var parts: Int
        /// Row by row of inputs, each with the outputs of its part.
        var weights: [Float]
        var biases: [Float]
    }

    /// A network from its constants.
    ///
    /// - Parameters:
    ///   - sizes: values in, of each hidden layer, out.
    ///   - parts: one number a layer that divides its inputs and outputs: how many parts it has that nothing joins, as where
    ///     it stands for several networks.
    ///   - constants: for each layer its weights, row by row of inputs and only within its parts, then its biases: bfloat16,
    ///     little-endian, base64.
    /// - Throws: `SpeechError.badNetwork`.
    init(sizes: [Int], parts: [Int], constants: String) throws(SpeechError) {
        guard let bytes = Self.decode(constants) else { throw .badNetwork(what: "its base64 is damaged") }
        var shapes: [(inputs: Int, outputs: Int, parts: Int)] = []
        for (i, count) in parts.enumerated() where i + 1 < sizes.count && count > 0 {
            if sizes[i] % count == 0, sizes[i + 1] % count == 0 { shapes.append((sizes[i], sizes[i + 1], count)) }
        }
        guard !shapes.isEmpty, shapes.count == parts.count, parts.count + 1 == sizes.count else {
            throw .badNetwork(what: "layers of \(sizes) cannot have \(parts) parts")
        }
        let expected = shapes.reduce(0) { $0 + ($1.inputs / $1.parts + 1) * $1.outputs }
        guard bytes.count == 2 * expected else {
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
        layers = shapes.map { shape in
            Layer(
                inputs: shape.inputs, outputs: shape.outputs, parts: shape.parts,
                weights: take(shape.inputs / shape.parts * shape.outputs), biases: take(shape.outputs))
        }
    }

    /// The last layer's sums.
    func outputs(_ input: [Float]) -> [Float] {
        var values = input
        for (i, layer) in layers.enumerated() {
            var out = layer.biases
            let width = layer.outputs / layer.parts
            for (k, value) in values.enumerated() where value != 0 {
                let row = k * width, first = k / (layer.inputs / layer.parts) * width
                for j in 0..<width { out[first + j] += value * layer.weights[row + j] }
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
