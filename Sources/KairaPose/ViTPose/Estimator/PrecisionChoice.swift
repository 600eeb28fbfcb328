import Foundation
import Glibc
import KairaTensor

/// Which number type a network runs in on this machine, and why.
///
/// Features of a CPU do not tell which type is fastest, so each is timed on a layer of the network's width, once for a
/// machine and a model; the answer is kept in the cache folder (`precision.json`).
public struct PrecisionChoice: Sendable, Hashable {
    /// The type; never `auto`.
    public let precision: Precision
    /// Milliseconds of one layer on one thread in each type, by its label.
    public let milliseconds: [String: Double]
    /// Whether the times were measured by an earlier run.
    public let isRemembered: Bool

    /// One line for a person: what was chosen and from what.
    public var text: String {
        let times = [Precision.float32, .bfloat16, .int8].compactMap { type in
            milliseconds[type.label].map { "\(type.label) \(Self.digits($0))" }
        }
        return "\(precision.label) is the fastest type here (\(times.joined(separator: ", ")) ms a layer, measured "
            + "\(isRemembered ? "before" : "now"))"
    }

    /// Three digits after the point.
    private static func digits(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// What is fastest for a network on this machine: remembered, or measured now and remembered, if that can be written.
    ///
    /// - Parameters:
    ///   - configuration: the network's shape.
    ///   - environment: says where the cache folder is.
    /// - Returns: the type and the times of all.
    public static func fastest(
        for configuration: ViTPoseConfiguration,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> PrecisionChoice {
        let kernels = TransformerKernels.best
        let key = "\(processor()), \(kernels.name), \(describe(configuration))"
        let path = CacheFolder.path(environment) + "/precision.json"
        if let stored = remembered(path)?.choices[key], let choice = PrecisionChoice(stored), stored.fits(kernels) {
            return choice
        }
        var times: [String: Double] = [:]
        var best: (precision: Precision, time: Int64)?
        for type in TransformerKernels.NumberType.allCases where kernels.has(type) {
            let time = PrecisionTiming.time(of: type, width: configuration.width, kernels: kernels)
            guard time < .max else { continue }
            times[type.precision.label] = Double(time) / 1e6
            if time < best?.time ?? .max { best = (type.precision, time) }
        }
        let choice = PrecisionChoice(
            precision: best?.precision ?? .float32, milliseconds: times, isRemembered: false)
        remember(choice, key, path)
        return choice
    }

    init(precision: Precision, milliseconds: [String: Double], isRemembered: Bool) {
        self.precision = precision
        self.milliseconds = milliseconds
        self.isRemembered = isRemembered
    }

    private init?(_ stored: Stored) {
        guard let precision = Precision(label: stored.precision), precision != .auto else { return nil }
        self.init(precision: precision, milliseconds: stored.milliseconds, isRemembered: true)
    }

    // MARK: The file

    private struct File: Codable {
        var schema = "kaira.precision/1"
        var choices: [String: Stored] = [:]
    }

    private struct Stored: Codable {
        var precision: String
        var milliseconds: [String: Double]

        /// Whether it names exactly the types that these kernels have.
        func fits(_ kernels: TransformerKernels) -> Bool {
            Set(milliseconds.keys)
                == Set(TransformerKernels.NumberType.allCases.filter(kernels.has).map(\.precision.label))
        }
    }

    private static func remembered(_ path: String) -> File? {
        guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20,
            let file = try? JSONDecoder().decode(File.self, from: data), file.schema == File().schema
        else { return nil }
        return file
    }

    /// A folder that cannot be written costs a measurement the next time, nothing else.
    private static func remember(_ choice: PrecisionChoice, _ key: String, _ path: String) {
        var file = remembered(path) ?? File()
        if file.choices.count >= 256 { file.choices = [:] }
        file.choices[key] = Stored(precision: choice.precision.label, milliseconds: choice.milliseconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(file) else { return }
        let folder = URL(filePath: path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? data.write(to: URL(filePath: path), options: .atomic)
    }

    /// The CPU's name; two machines with one home folder have two answers.
    private static func processor() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n").prefix(24) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard let name = parts.first?.split(separator: "\t").first, parts.count == 2 else { continue }
            fields[name] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let name = fields["model name"] ?? "unknown processor"
        // Virtual machines leave the name open and still say family and model.
        return ([name] + ["cpu family", "model", "stepping"].compactMap { fields[$0[...]] }).joined(separator: "/")
    }

    private static func describe(_ c: ViTPoseConfiguration) -> String {
        "ViTPose \(c.width)x\(c.layers)/\(c.heads) \(c.head.rawValue) \(c.imageWidth)x\(c.imageHeight)"
    }
}
