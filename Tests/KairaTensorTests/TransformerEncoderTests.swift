import Foundation
import KairaTensor
import KairaTestSupport
import Testing

/// Oracle: hidden states of transformers' BertModel in fp32, eager attention (`Tests/Support/vitpose_reference.py`).
@Suite("Post-norm encoder with a mask against transformers' BERT")
struct TransformerEncoderTests {
    private static let (width, wide, heads, layers, batch, tokens) = (24, 56, 4, 2, 3, 13)

    private func block(_ index: Int, _ arrays: NumPyArchive) throws -> EncoderBlock {
        let base = "encoder.layer.\(index)."
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws -> LinearWeights {
            LinearWeights(
                outputs: outputs, inputs: inputs, weight: try arrays.array(base + name + ".weight").floats(),
                bias: try arrays.array(base + name + ".bias").floats())
        }
        func norm(_ name: String) throws -> NormWeights {
            NormWeights(
                scale: try arrays.array(base + name + ".LayerNorm.weight").floats(),
                shift: try arrays.array(base + name + ".LayerNorm.bias").floats(), epsilon: 1e-12)
        }
        let d = Self.width
        return EncoderBlock(
            order: .postNorm, heads: Self.heads, attentionNorm: try norm("attention.output"),
            networkNorm: try norm("output"), query: try linear("attention.self.query", d, d),
            key: try linear("attention.self.key", d, d), value: try linear("attention.self.value", d, d),
            output: try linear("attention.output.dense", d, d), widen: try linear("intermediate.dense", Self.wide, d),
            narrow: try linear("output.dense", d, Self.wide))
    }

    /// Tolerance: float32 rounding for fp32; 8 bits of mantissa, and 8 bits with scales, over two layers.
    @Test(
        "hidden states where the mask is 1", arguments: TransformerKernels.all.map(\.name),
        [(.float32, 1e-5), (.bfloat16, 0.05), (.int8, 0.1)] as [(TransformerKernels.NumberType, Float)])
    func hidden(name: String, type: (TransformerKernels.NumberType, Float)) throws {
        let kernels = try #require(TransformerKernels.all.first { $0.name == name })
        let arrays = try NumPyArchive(npz: [UInt8](Data(contentsOf: TestData.fixture("transformer/bert.npz"))))
        let mask = try arrays.array("mask").floats(), count = Self.tokens * Self.width
        var builder = try TransformerBuilder(kernels: kernels, batch: Self.batch, threads: 2)
        let values = try EncoderValues(
            builder, rows: Self.tokens, width: Self.width, wide: Self.wide, heads: Self.heads, type: type.0)
        let place = unsafe try builder.arena.floats(mask.map { $0 == 1 ? 0 : -1e30 }, padded: mask.count)
        for index in 0..<Self.layers { unsafe try builder.block(try block(index, arrays), values, mask: place) }
        let program = try TransformerProgram(builder)
        let embedded = try arrays.array("hidden_0").floats()
        let stream = values.stream
        func row(_ image: Int, _ token: Int) -> UnsafeMutablePointer<Float> {
            unsafe (stream.base + image * stream.batch + token * stream.row).assumingMemoryBound(to: Float.self)
        }
        for image in 0..<Self.batch {
            for token in 0..<Self.tokens {
                for column in 0..<Self.width {
                    unsafe row(image, token)[column] = embedded[image * count + token * Self.width + column]
                }
            }
        }
        program.run(images: Self.batch)
        let expected = try arrays.array("hidden_\(Self.layers)").floats()
        let range = expected.map(abs).max() ?? 1
        var worst: Float = 0
        for image in 0..<Self.batch {
            for token in 0..<Self.tokens where mask[image * Self.tokens + token] == 1 {
                for column in 0..<Self.width {
                    let value = unsafe row(image, token)[column]
                    worst = max(worst, abs(value - expected[image * count + token * Self.width + column]) / range)
                }
            }
        }
        #expect(worst <= type.1, "differs by \(worst) of the range")
    }
}
