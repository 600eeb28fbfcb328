import Foundation
import Kaira
import KairaTestSupport
import Testing

extension CLI {
    /// RTMPose and RTMDet networks of random weights by name and by path: nothing is said about where joints are, everything
    /// about what is read, written and named.
    @Suite struct RTM {
        static let pose = TestData.fixture("rtm/pose-checkpoint").path
        static let detector = TestData.fixture("rtm/detector-onnx").path
        let folder: Folder
        let environment: [String: String]

        init() throws {
            folder = try Folder()
            environment = ["XDG_CACHE_HOME": folder.path + "/cache"]
        }

        /// Oracle: mmpose 1.3.2's answer in `io.npz`, to the project's bars.
        @Test("parity with what mmpose gave", arguments: ["pose-checkpoint", "pose-onnx"])
        func parity(name: String) throws {
            let run = try Tool.run(["models", "parity", TestData.fixture("rtm/\(name)").path, "--json"])
            #expect(run.code == 0, "\(run.errors)")
            let result = try run.object()
            let numbers = try ["relative", "keypoint_px"].map { try #require(result[$0] as? Double) }
            #expect(numbers[0] <= 1e-4 && numbers[1] <= 0.01, "\(numbers)")
        }

        @Test("a path, an added name and a name of the catalogue are the same model")
        func names() throws {
            for (path, name) in [
                (Self.pose, "mine"), (Self.pose + "/net.pth", "rtmpose-m"), (Self.detector, "rtmdet-nano"),
            ] {
                // The arrays beside the weights are no weights.
                let run = try Tool.run(["models", "add", path, "--name", name], environment: environment)
                #expect(run.code == 0, "\(run.errors)")
            }
            var outputs: [Data] = []
            for model in [Self.pose, "mine", "rtmpose-m"] {
                let run = try Tool.run(
                    ["pose", Clips.picture, "-o", "k.json", "--model", model, "--json", "--force"], in: folder,
                    environment: environment)
                // Whether anybody is found is the random detector's business: 2 says that nobody was.
                #expect([0, 2].contains(run.code), "\(run.code) \(run.errors)")
                outputs.append(try folder.data("k.json"))
            }
            #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2])
            #expect(try Tool.run(["models", "verify", "rtmpose-m"], environment: environment).code == 0)
            #expect(try Tool.run(["models", "list"], environment: environment).text.contains("rtmpose-m  here"))
        }

        @Test("what is not there, or is another network, is said")
        func refused() throws {
            for (arguments, code, words) in [
                (
                    ["models", "pull", "rtmpose-m"], 69,
                    "https://download.openmmlab.com/mmpose/v1/projects/rtmposev1/rtmpose-m"
                ),
                (["pose", Clips.picture, "-o", "k.json", "--model", "rtmpose-s"], 69, "rtmpose-s"),
                (
                    ["pose", Clips.picture, "-o", "k.json", "--model", Self.pose, "--detector", Self.pose], 65,
                    "no detector"
                ),
                (["pose", Clips.picture, "-o", "k.json", "--model", Self.detector], 65, "--detector"),
                (
                    ["pose", Clips.picture, "-o", "k.json", "--model", Self.pose, "--precision", "int8"], 69,
                    "fp32 only"
                ),
                (["models", "parity", Self.pose, "--precision", "bf16"], 64, "fp32 only"),
            ] as [([String], Int32, String)] {
                let run = try Tool.run(arguments, in: folder, environment: environment)
                #expect(run.code == code && run.errors.contains(words), "\(arguments): \(run.code) \(run.errors)")
            }
        }
    }
}
