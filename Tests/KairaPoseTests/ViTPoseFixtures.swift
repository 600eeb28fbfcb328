import Foundation
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// A small network of random weights with its input and outputs, made by the transformers library.
struct ViTPoseFixture: Sendable, CustomTestStringConvertible {
    var folder: URL
    var testDescription: String { folder.lastPathComponent }

    /// Those beside the repository (transformers 5.24.0, torch 2.13.0; see the README there), the small ones of
    /// `Tests/Support/vitpose_reference.py`, and what that script wrote to `$KAIRA_VITPOSE_FIXTURES`.
    static let all: [ViTPoseFixture] = {
        var folders = [TestData.shared("vitpose-parity"), TestData.fixture("vitpose")]
        if let more = ProcessInfo.processInfo.environment["KAIRA_VITPOSE_FIXTURES"] {
            folders.append(URL(filePath: more))
        }
        return folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.sorted().map { folder.appending(path: $0) }
        }.filter { FileManager.default.fileExists(atPath: $0.appending(path: "io.npz").path) }
            .map { ViTPoseFixture(folder: $0) }
    }()

    func configuration() throws -> ViTPoseConfiguration {
        try ViTPoseConfiguration(json: [UInt8](Data(contentsOf: folder.appending(path: "config.json"))))
    }

    func arrays() throws -> NumPyArchive {
        try NumPyArchive(npz: [UInt8](Data(contentsOf: folder.appending(path: "io.npz"))))
    }
}

extension ViTPoseModel {
    /// The heatmaps of pictures `[people, channels, height, width]`.
    func heatmaps(of pictures: [Float]) -> [Float] {
        run(people: pictures.count / cropCount) { span in
            for index in span.indices { span[index] = pictures[index] }
        } read: { span in
            span.indices.map { span[$0] }
        }
    }
}

/// The largest difference, as a part of the largest reference value.
func relativeDifference(_ actual: [Float], _ expected: [Float]) -> Float {
    guard actual.count == expected.count else { return .infinity }
    let range = expected.map(abs).max() ?? 0
    let differences = zip(actual, expected).map { abs($0 - $1) }
    // A NaN must not hide behind `max`.
    return differences.allSatisfy(\.isFinite) ? (differences.max() ?? 0) / range : .infinity
}
