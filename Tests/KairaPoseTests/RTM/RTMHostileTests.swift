import Foundation
import KairaPose
import KairaTestSupport
import Testing

/// Weights that are not what a network needs end in an error that names them, never in a trap.
@Suite("Hostile RTM weights")
struct RTMHostileTests {
    static let weights = try? GeneratedWeights(folder: TestData.fixture("rtm/pose-halpe26-narrow"))
    static let detector = try? GeneratedWeights(folder: TestData.fixture("rtm/detector-shared"))

    private func message(_ bytes: [UInt8], name: String = "model.safetensors") -> String {
        do {
            let files = try RTMFixture.files(bytes, name: name)
            try files.check()
            return "no error"
        } catch { return "\(error)" }
    }

    @Test("a missing, a renamed, a misshapen and a damaged tensor are named in one message")
    func names() throws {
        let weights = try #require(Self.weights)
        let text = message(
            weights.safetensors { tensor in
                switch tensor.name {
                case "backbone.stage2.1.blocks.0.conv1.bn.weight": return nil
                case "head.gau.o.weight": return ("head.gau.p.weight", tensor.shape, tensor.values)
                case "backbone.stem.1.bn.bias": return (tensor.name, [1, tensor.shape[0]], tensor.values)
                case "backbone.stem.1.conv.weight":
                    return (tensor.name, tensor.shape, tensor.values.map { _ in .nan })
                default: return tensor
                }
            })
        #expect(text.contains("2 missing: "))
        #expect(text.contains("backbone.stage2.1.blocks.0.conv1.bn.weight") && text.contains("head.gau.o.weight"))
        #expect(text.contains("1 unexpected: head.gau.p.weight"))
        #expect(text.contains("backbone.stem.1.bn.bias is [1, "))
        #expect(text.contains("not finite: backbone.stem.1.conv.weight"))
    }

    /// Every tensor in turn is left out, has an axis more, or has lost a value.
    @Test("every tensor is needed")
    func each() throws {
        for weights in [try #require(Self.weights), try #require(Self.detector)] {
            for index in stride(from: 0, to: weights.tensors.count, by: 7) {
                let name = weights.tensors[index].name
                #expect(message(weights.safetensors { $0.name == name ? nil : $0 }) != "no error", "\(name) left out")
                let reshaped = message(
                    weights.safetensors {
                        $0.name == name ? (name: $0.name, shape: $0.shape + [1], values: $0.values) : $0
                    })
                #expect(reshaped != "no error", "\(name) reshaped")
                let shorter = message(
                    weights.safetensors {
                        $0.name == name
                            ? (
                                name: $0.name, shape: [$0.values.count - 1], values: Array($0.values.dropLast())
                            ) : $0
                    })
                #expect(shorter != "no error", "\(name) shortened")
            }
        }
    }

    @Test(
        "files cut short",
        arguments: ["pose-checkpoint/net.pth", "pose-onnx/end2end.onnx", "detector-onnx/end2end.onnx"])
    func truncated(path: String) throws {
        let file = TestData.fixture("rtm/" + path), bytes = [UInt8](try Data(contentsOf: file))
        for part in 0..<24 {
            let text = message(Array(bytes.prefix(bytes.count * part / 24)), name: file.lastPathComponent)
            #expect(text != "no error", "\(part)/24")
        }
    }

    @Test("an ONNX graph whose convolutions are others, or out of order")
    func graph() throws {
        let file = TestData.fixture("rtm/pose-onnx/end2end.onnx")
        var bytes = [UInt8](try Data(contentsOf: file))
        // The first operator is not a convolution any more.
        let conv = Array("\u{4}Conv".utf8)
        let at = try #require((0..<bytes.count - 5).first { Array(bytes[$0..<$0 + 5]) == conv })
        bytes[at + 1] = UInt8(ascii: "D")
        #expect(message(bytes, name: "end2end.onnx").contains("not that of an RTMPose or RTMDet"))
    }

    @Test("other networks are refused by what they are")
    func others() throws {
        let folder = TestData.fixture("vitpose-generated/w32-h4-classic")
        let bytes = try GeneratedWeights(folder: folder).safetensors()
        #expect(message(bytes).contains("not the weights of an RTMPose network"))
        let (files, _, _) = try RTMFixture(name: "detector-shared").open()
        #expect(throws: PoseError.self) { try RTMPoseModel(files) }
    }
}
