import Foundation

/// A ViTPose network whose weights are a formula, with what the transformers library makes of it.
///
/// `Tests/Support/vitpose_generated.py` wrote the recipe and the heatmaps; element k of the whole recipe is
/// centre + spread * (splitmix64(k) >> 40 over 2^23, minus 1) in single precision.
public struct GeneratedViTPose: Sendable, CustomStringConvertible {
    /// `config.json`, `recipe.json` and `heatmaps.npz`.
    public let folder: URL
    /// The folder's name.
    public var description: String { folder.lastPathComponent }

    /// All of them, by name.
    public static let all: [GeneratedViTPose] = {
        let folder = TestData.fixture("vitpose-generated")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map { GeneratedViTPose(folder: folder.appending(path: $0)) }
            .filter { FileManager.default.fileExists(atPath: $0.folder.appending(path: "recipe.json").path) }
    }()

    private struct Tensor: Decodable {
        var name: String
        var shape: [Int]
        var centre: Float
        var spread: Float
    }

    /// The pictures, `[batch, channels, height, width]`, and their shape.
    public private(set) var pictures: (values: [Float], shape: [Int]) = ([], [])

    init(folder: URL) { self.folder = folder }

    /// The weights as a safetensors file; sets `pictures`.
    public mutating func weights() throws -> [UInt8] {
        let recipe = try JSONDecoder().decode(
            [Tensor].self, from: Data(contentsOf: folder.appending(path: "recipe.json")))
        var entries: [String] = [], data: [UInt8] = [], at: UInt64 = 0
        for tensor in recipe {
            let count = tensor.shape.reduce(1, *)
            let values = (0..<count).map { index in
                tensor.centre + tensor.spread * Self.uniform(at + UInt64(index))
            }
            at += UInt64(count)
            if tensor.name == "pixel_values" {
                pictures = (values, tensor.shape)
                continue
            }
            let start = data.count
            unsafe values.withUnsafeBytes { unsafe data.append(contentsOf: $0) }
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
