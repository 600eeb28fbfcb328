import Foundation
import KairaPose
import KairaTensor
import KairaTestSupport
import Testing

/// Oracle: heatmaps of transformers' VitPoseForPoseEstimation (fp32, eager attention) with weights of a formula, for other
/// widths, depths, head counts, picture sizes, epsilons, experts and joints than the published ones; batches of 2.
@Suite("ViTPose networks of generated weights against transformers")
struct ViTPoseGeneratedTests {
    @Test("fp32 heatmaps of every expert", arguments: GeneratedViTPose.all, TransformerKernels.all.map(\.name))
    func heatmaps(network: GeneratedViTPose, kernels: String) throws {
        var network = network
        let file = try WeightFile(bytes: network.weights())
        let configuration = try ViTPoseConfiguration(
            json: [UInt8](Data(contentsOf: network.folder.appending(path: "config.json"))))
        let expected = try NumPyArchive(
            npz: [UInt8](Data(contentsOf: network.folder.appending(path: "heatmaps.npz"))))
        let set = try #require(TransformerKernels.all.first { $0.name == kernels })
        for expert in 0..<configuration.experts {
            let model = try ViTPoseModel(
                configuration, weights: file, precision: .float32, threads: 2, batch: 2, expert: expert,
                layout: .planar, kernels: set)
            let name = configuration.experts > 1 ? "heatmaps_\(expert)" : "heatmaps"
            let difference = relativeDifference(
                model.heatmaps(of: network.pictures.values), try expected.array(name).floats())
            #expect(difference <= 1e-4, "\(name) differs by \(difference) of its range")
        }
    }

    @Test("there are some")
    func some() { #expect(GeneratedViTPose.all.count >= 4) }
}
