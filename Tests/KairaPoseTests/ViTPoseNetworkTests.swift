import Foundation
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// One fixture on the kernels of one instruction set.
struct ViTPoseCase: Sendable, CustomTestStringConvertible {
    var fixture: ViTPoseFixture
    var kernels: TransformerKernels
    var testDescription: String { "\(fixture.testDescription), \(kernels.name)" }

    static let all = ViTPoseFixture.all.flatMap { fixture in
        TransformerKernels.all.map { ViTPoseCase(fixture: fixture, kernels: $0) }
    }

    func model(
        _ precision: Precision = .float32, expert: Int = 0, threads: Int = 2, batch: Int = 2,
        layout: PixelLayout = .planar
    ) throws -> ViTPoseModel {
        try ViTPoseModel(
            fixture.configuration(), weights: WeightFile(contentsOf: fixture.folder), precision: precision,
            threads: threads, batch: batch, expert: expert, layout: layout, kernels: kernels)
    }
}

/// Oracle: heatmaps and hidden states of transformers' VitPoseForPoseEstimation in fp32, eager attention. It differs from
/// an fp64 run of the same weights by 1.4e-6; 1e-4 of the range is the tolerance that exports are judged by.
@Suite("ViTPose networks against transformers")
struct ViTPoseNetworkTests {
    @Test("fp32 heatmaps of every expert", arguments: ViTPoseCase.all)
    func heatmaps(test: ViTPoseCase) throws {
        let arrays = try test.fixture.arrays(), pictures = try arrays.array("pixel_values").floats()
        let experts = try test.fixture.configuration().experts
        for expert in 0..<experts {
            let name = experts > 1 ? "heatmaps_\(expert)" : "heatmaps"
            let model = try test.model(expert: expert)
            let difference = relativeDifference(
                model.heatmaps(of: pictures), try arrays.array(name).floats())
            #expect(difference <= 1e-4, "\(name) differs by \(difference) of its range")
        }
    }

    @Test("fp32 hidden states", arguments: ViTPoseCase.all)
    func hidden(test: ViTPoseCase) throws {
        let arrays = try test.fixture.arrays(), model = try test.model()
        let pictures = try arrays.array("pixel_values").floats()
        _ = model.heatmaps(of: pictures)
        for index in 0...model.configuration.layers {
            let difference = relativeDifference(
                model.hidden(index, people: pictures.count / model.cropCount),
                try arrays.array("hidden_\(index)").floats())
            #expect(difference <= 1e-4, "hidden state \(index) differs by \(difference) of its range")
        }
    }
}
