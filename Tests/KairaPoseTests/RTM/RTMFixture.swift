import Foundation
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// A network of random weights with what mmpose 1.3.2 or mmdet 3.3.0 makes of it: `Tests/Support/rtm_fixtures.py`.
struct RTMFixture: Sendable, CustomTestStringConvertible {
    var name: String
    var testDescription: String { name }
    var folder: URL { TestData.fixture("rtm/\(name)") }

    static let poses = [
        "pose-t", "pose-halpe26-narrow", "pose-wholebody-small", "pose-separable-distance", "pose-checkpoint",
        "pose-onnx",
    ].map(RTMFixture.init)
    static let detectors = ["detector-nano", "detector-shared"].map(RTMFixture.init)

    func arrays(_ file: String = "io.npz") throws -> NumPyArchive {
        try NumPyArchive(npz: [UInt8](Data(contentsOf: folder.appending(path: file))))
    }

    /// The network and its input, `[images, height, width, 3]`.
    func open() throws -> (files: RTMFiles, input: [Float], images: Int) {
        let files: RTMFiles, planar: (values: [Float], shape: [Int])
        if FileManager.default.fileExists(atPath: folder.appending(path: "recipe.json").path) {
            let weights = try GeneratedWeights(folder: folder)
            files = try Self.files(weights.safetensors(), besides: folder)
            planar = weights.input
        } else {
            files = try RTMFiles(contentsOf: folder)
            let array = try arrays().array("pixel_values")
            planar = (array.floats(), array.shape)
        }
        let (images, channels, plane) = (planar.shape[0], planar.shape[1], planar.shape[2] * planar.shape[3])
        var input = [Float](repeating: 0, count: planar.values.count)
        for index in planar.values.indices {
            let (image, channel, pixel) = (index / (channels * plane), index / plane % channels, index % plane)
            input[(image * plane + pixel) * channels + channel] = planar.values[index]
        }
        return (files, input, images)
    }

    /// Opens weights that are in memory, with the configuration of a folder if it has one.
    static func files(_ weights: [UInt8], besides folder: URL? = nil, name: String = "model.safetensors") throws
        -> RTMFiles
    {
        let work = FileManager.default.temporaryDirectory.appending(path: "kaira-rtm-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        // Files are mapped: what was opened stays readable.
        defer { try? FileManager.default.removeItem(at: work) }
        try Data(weights).write(to: work.appending(path: name))
        if let configuration = folder?.appending(path: "config.json"),
            FileManager.default.fileExists(atPath: configuration.path)
        {
            try FileManager.default.copyItem(at: configuration, to: work.appending(path: "config.json"))
        }
        return try RTMFiles(contentsOf: work)
    }
}

extension RTMPoseModel {
    /// The rows of pictures `[people, height, width, 3]`.
    func rows(of pictures: [Float]) -> (x: [Float], y: [Float]) {
        run(people: pictures.count / cropCount) { span in
            for index in span.indices { span[index] = pictures[index] }
        } read: { x, y in
            (x.indices.map { x[$0] }, y.indices.map { y[$0] })
        }
    }
}
