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

    @Test("1, 2, 3 and 7 threads give the same bytes, run after run", arguments: ViTPoseFixture.all)
    func threads(fixture: ViTPoseFixture) throws {
        let pictures = try fixture.arrays().array("pixel_values").floats()
        for kernels in TransformerKernels.all {
            let test = ViTPoseCase(fixture: fixture, kernels: kernels)
            for precision in [Precision.float32, .bfloat16, .int8] {
                let one = try test.model(precision, threads: 1).heatmaps(of: pictures)
                for threads in [2, 3, 7] {
                    let model = try test.model(precision, threads: threads)
                    for _ in 0..<2 { #expect(model.heatmaps(of: pictures) == one, "\(threads) threads") }
                }
            }
        }
    }

    /// Oracle: the same heatmaps; the pixels' order changes only the order of sums.
    @Test("interleaved pictures", arguments: ViTPoseCase.all)
    func interleaved(test: ViTPoseCase) throws {
        let arrays = try test.fixture.arrays(), planar = try arrays.array("pixel_values")
        let values = planar.floats(), c = try test.fixture.configuration()
        let pixels = c.imageHeight * c.imageWidth, people = planar.shape[0]
        var turned = values
        for person in 0..<people {
            for channel in 0..<c.channels {
                for pixel in 0..<pixels {
                    turned[(person * pixels + pixel) * c.channels + channel] =
                        values[(person * c.channels + channel) * pixels + pixel]
                }
            }
        }
        let model = try test.model(layout: .interleaved)
        let difference = relativeDifference(
            model.heatmaps(of: turned), try arrays.array(c.experts > 1 ? "heatmaps_0" : "heatmaps").floats())
        #expect(difference <= 1e-4)
    }

    /// Random weights say nothing about accuracy on people: this only shows that nothing but rounding is lost. 8 bits are
    /// 2^-9 per value, and other runtimes lose 1e-2 (bfloat16) and 1.6e-2 to 3.6e-2 (int8) of the range on random weights
    /// of the large networks; the small ones have fewer values to average over.
    @Test(
        "heatmaps in bfloat16 and int8", arguments: ViTPoseCase.all,
        [(.bfloat16, 0.04), (.int8, 0.08)] as [(Precision, Float)])
    func narrow(test: ViTPoseCase, type: (Precision, Float)) throws {
        let arrays = try test.fixture.arrays()
        let experts = try test.fixture.configuration().experts
        let difference = relativeDifference(
            try test.model(type.0).heatmaps(of: try arrays.array("pixel_values").floats()),
            try arrays.array(experts > 1 ? "heatmaps_0" : "heatmaps").floats())
        #expect(difference <= type.1, "differs by \(difference) of the range")
    }

    @Test("one person of a network for several, and several after one", arguments: ViTPoseFixture.all)
    func people(fixture: ViTPoseFixture) throws {
        let arrays = try fixture.arrays(), pictures = try arrays.array("pixel_values").floats()
        let model = try ViTPoseCase(fixture: fixture, kernels: .best).model(batch: 5)
        let first = Array(pictures.prefix(model.cropCount))
        let one = model.heatmaps(of: first)
        let five = model.heatmaps(of: (0..<5).flatMap { _ in first })
        // Each person's rows are computed alone: the same bytes, wherever they lie.
        for person in 0..<5 { #expect(Array(five[person * one.count..<(person + 1) * one.count]) == one) }
        #expect(model.heatmaps(of: first) == one)
    }
}

@Suite("ViTPose configurations and weights that do not fit")
struct ViTPoseRefusalTests {
    /// Oracle: the defaults in transformers' VitPoseConfig and VitPoseBackboneConfig.
    @Test("fields that are missing have the library's defaults")
    func defaults() throws {
        let configuration = try ViTPoseConfiguration(json: Array("{\"model_type\": \"vitpose\"}".utf8))
        #expect(configuration.width == 768 && configuration.layers == 12 && configuration.heads == 12)
        #expect(configuration.imageHeight == 256 && configuration.imageWidth == 192)
        #expect(configuration.layerNormEpsilon == 1e-12 && configuration.expansion == 4 && configuration.queryBias)
        #expect(configuration.tokenRows == 16 && configuration.tokenColumns == 12)
        #expect(configuration.head == .simple && configuration.heatmapHeight == 64 && configuration.heatmapWidth == 48)
    }

    @Test(
        "a configuration of something else is an error",
        arguments: [
            "", "[]", "{\"model_type\": \"bert\"}",
            "{\"backbone_config\": {\"hidden_size\": 770, \"num_attention_heads\": 12}}",
            "{\"backbone_config\": {\"hidden_size\": -1}}", "{\"backbone_config\": {\"num_hidden_layers\": 1e9}}",
            "{\"backbone_config\": {\"image_size\": [256, 192, 3]}}", "{\"backbone_config\": {\"mlp_ratio\": 0.5}}",
            "{\"backbone_config\": {\"layer_norm_eps\": -1}}", "{\"backbone_config\": {\"hidden_act\": \"relu\"}}",
            "{\"backbone_config\": {\"patch_size\": 0}}", "{\"use_simple_decoder\": false, \"scale_factor\": 8}",
        ])
    func configuration(json: String) {
        #expect(throws: PoseError.self) { try ViTPoseConfiguration(json: Array(json.utf8)) }
    }

    @Test("weights for another configuration, and weights that are no numbers, are errors")
    func weights() throws {
        let folder = TestData.fixture("vitpose/w24-h3")
        var configuration = try ViTPoseConfiguration(
            json: [UInt8](Data(contentsOf: folder.appending(path: "config.json"))))
        var bytes = try [UInt8](Data(contentsOf: folder.appending(path: "model.safetensors")))
        for change: (inout ViTPoseConfiguration) -> Void in [
            { $0.width = 48 }, { $0.layers = 2 }, { $0.keypoints = 6 }, { $0.imageHeight = 64 }, { $0.head = .classic },
            {
                $0.experts = 6; $0.expertFeatures = 4
            }, { $0.heads = 5 },
        ] {
            var other = configuration
            change(&other)
            #expect(throws: TensorError.self) {
                try ViTPoseModel(other, weights: WeightFile(bytes: bytes), precision: .float32)
            }
        }
        configuration.head = .simple
        for index in bytes.count - 4..<bytes.count { bytes[index] = 0xff }
        #expect(throws: TensorError.self) {
            try ViTPoseModel(configuration, weights: WeightFile(bytes: bytes), precision: .float32)
        }
    }
}
