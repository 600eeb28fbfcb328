import Foundation

/// Tensors of a formula, by a recipe: element k of the whole recipe is
/// centre + spread * (splitmix64(k) >> 40 over 2^23, minus 1) in single precision.
///
/// Scripts of `Tests/Support` write `recipe.json` and fill reference networks with the same numbers.
public struct GeneratedWeights: Sendable {
    private struct Tensor: Decodable {
        var name: String
        var shape: [Int]
        var centre: Float?
        var spread: Float?
        /// The tensor whose memory it shares; it takes no numbers of its own.
        var sameAs: String?
    }

    /// The tensors, without the input.
    public private(set) var tensors: [(name: String, shape: [Int], values: [Float])] = []
    /// The input, `pixel_values`, and its shape.
    public private(set) var input: (values: [Float], shape: [Int]) = ([], [])

    /// Makes the tensors of `recipe.json` of a folder.
    public init(folder: URL) throws {
        let recipe = try JSONDecoder().decode(
            [Tensor].self, from: Data(contentsOf: folder.appending(path: "recipe.json")))
        var at: UInt64 = 0, known: [String: [Float]] = [:]
        for tensor in recipe {
            if let other = tensor.sameAs {
                tensors.append((tensor.name, tensor.shape, known[other] ?? []))
                continue
            }
            let count = tensor.shape.reduce(1, *), centre = tensor.centre ?? 0, spread = tensor.spread ?? 0
            let values = (0..<count).map { centre + spread * Self.uniform(at + UInt64($0)) }
            at += UInt64(count)
            known[tensor.name] = values
            if tensor.name == "pixel_values" {
                input = (values, tensor.shape)
            } else {
                tensors.append((tensor.name, tensor.shape, values))
            }
        }
    }

    /// The tensors as a safetensors file; those whose names `changes` gives nil for are left out, others may change.
    public func safetensors(
        _ changes: ((name: String, shape: [Int], values: [Float])) -> (name: String, shape: [Int], values: [Float])? = {
            $0
        }
    ) -> [UInt8] {
        var entries: [String] = [], data: [UInt8] = []
        for tensor in tensors.compactMap(changes) {
            let start = data.count
            unsafe tensor.values.withUnsafeBytes { unsafe data.append(contentsOf: $0) }
            entries.append(
                "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(start),\(data.count)]}"
            )
        }
        let header = Array("{\(entries.joined(separator: ","))}".utf8)
        return (0..<8).map { UInt8(header.count >> (8 * $0) & 255) } + header + data
    }

    /// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014; -1..<1 with 24 bits.
    private static func uniform(_ index: UInt64) -> Float {
        var x = (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
        x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
        x ^= x >> 31
        return Float(x >> 40) / Float(1 << 23) - 1
    }
}
