import Foundation
import KairaTensor
import KairaTestSupport
import Testing

@Suite("Running networks")
struct RunTests {
    /// Runs a network on fixed values and returns the bits of its outputs.
    private func bits(_ model: TFLiteModel) throws -> [UInt32] {
        for (index, spec) in model.inputs.enumerated() {
            let values = (0..<spec.count).map { Float($0 * 7919 % 1009) / 1009 }
            model.withInput(index) { span in for i in span.indices { span[i] = values[i] } }
        }
        try model.run()
        return try model.outputs.flatMap { spec in
            try model.withOutput(named: spec.name) { span in span.indices.map { span[$0].bitPattern } }
        }
    }

    @Test("1, 2, 3 and 7 threads give the same bytes, run after run", arguments: GoldenNet.pose.filter(\.isHere))
    func threads(net: GoldenNet) throws {
        let bytes = try Models.bytes(net.name)
        let one = try bits(TFLiteModel(bytes: bytes, threads: 1))
        for threads in [1, 2, 3, 7] {
            let model = try TFLiteModel(bytes: bytes, threads: threads)
            for _ in 0..<3 { #expect(try bits(model) == one, "\(threads) threads") }
        }
    }

    @Test("an output of another name is an error")
    func unknownOutput() throws {
        let model = try TFLiteModel(bytes: SmallNetworks.windows(), threads: 1)
        #expect(throws: TensorError.noTensor("nobody")) { try model.withOutput(named: "nobody") { _ in } }
    }
}
