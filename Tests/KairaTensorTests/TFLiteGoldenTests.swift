import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// A network and the range its picture inputs span.
struct GoldenNet: Sendable, CustomTestStringConvertible {
    var name: String
    var low: Float = 0

    var testDescription: String { name }

    static let pose = [GoldenNet(name: "pose_detection", low: -1), GoldenNet(name: "pose_landmark_full")]
    static let all =
        pose + [
            GoldenNet(name: "face_detection_short_range", low: -1),
            GoldenNet(name: "face_detection_full_range_sparse", low: -1), GoldenNet(name: "face_landmark"),
            GoldenNet(name: "hand_landmark_full"), GoldenNet(name: "hand_landmark_lite"),
            GoldenNet(name: "hand_recrop"),
            GoldenNet(name: "iris_landmark"), GoldenNet(name: "palm_detection_full"),
            GoldenNet(name: "palm_detection_lite"), GoldenNet(name: "selfie_segmentation"),
            GoldenNet(name: "selfie_segmentation_landscape"),
        ]

    var isHere: Bool { Models.has(name) && Models.golden(name) != nil }

    func archive() throws -> NumPyArchive {
        try NumPyArchive(npz: [UInt8](Data(contentsOf: #require(Models.golden(name)))))
    }

    /// Puts a picture of bytes into the network's first input.
    func feed(_ picture: NumPyArray, to model: TFLiteModel) throws {
        let values = picture.floats().map { $0 / 255 * (1 - low) + low }
        try #require(values.count == model.inputs[0].count)
        model.withInput(0) { span in
            for index in span.indices { span[index] = values[index] }
        }
    }
}

@Suite("TFLite networks against published runs")
struct TFLiteGoldenTests {
    /// Oracle: LiteRT 2.3.0's reference kernels (the selfie networks: XNNPACK); see the README beside the goldens.
    /// 1e-3 of an output's range: XNNPACK itself differs from the reference kernels by up to 4.2e-4.
    @Test("outputs agree with the reference kernels", arguments: GoldenNet.all.filter(\.isHere), [1, 2])
    func agree(net: GoldenNet, threads: Int) throws {
        let archive = try net.archive()
        let model = try TFLiteModel(bytes: Models.bytes(net.name), threads: threads)
        var worst: Float = 0
        var compared = 0
        for picture in ["noise", "smooth"] {
            try net.feed(archive.array("\(picture)_u8"), to: model)
            try model.run()
            for spec in model.outputs {
                let strided = archive["\(picture)__\(spec.name)__stride4"]
                let expected = try strided ?? archive.array("\(picture)__\(spec.name)")
                let result = try model.withOutput(named: spec.name) { span in span.indices.map { span[$0] } }
                let actual = strided == nil ? result : every4th(result, shape: spec.shape)
                let golden = expected.floats()
                try #require(actual.count == golden.count)
                let range = max(golden.map(abs).max() ?? 0, 1e-6)
                let difference = zip(actual, golden).map { abs($0 - $1) }.max() ?? 0
                // A flag near zero is a probability: its range is 1.
                let scale = spec.count == 1 ? max(range, 1) : range
                #expect(difference <= 1e-3 * scale, "\(picture) \(spec.name): \(difference) of \(range)")
                worst = max(worst, difference / scale)
                compared += 1
            }
        }
        #expect(compared == 2 * model.outputs.count)
        print("\(net.name), \(threads) threads: largest difference \(worst) of range")
    }

    private func every4th(_ values: [Float], shape: [Int]) -> [Float] {
        var result: [Float] = []
        for y in stride(from: 0, to: shape[1], by: 4) {
            for x in stride(from: 0, to: shape[2], by: 4) {
                let start = (y * shape[2] + x) * shape[3]
                result += values[start..<start + shape[3]]
            }
        }
        return result
    }
}
