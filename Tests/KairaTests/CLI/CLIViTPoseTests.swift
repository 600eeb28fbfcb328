import Foundation
import Kaira
import KairaTestSupport
import Testing

extension CLI {
    /// The path of a frame through a ViTPose network of random weights: nothing is said about where joints are, everything
    /// about what is read, written and named.
    @Suite(.enabled(if: Tool.hasModel, "the pose model is not here: kaira models pull blazepose")) struct TopDownPose {
        static let model = TestData.fixture("vitpose/w40-h5-no-bias").path
        let folder: Folder
        init() throws { folder = try Folder() }

        /// A store of its own with the detector of the user's.
        private func environment() throws -> [String: String] {
            let models = try Tool.run(["models", "path", "blazepose"]).text.trimmingCharacters(
                in: .whitespacesAndNewlines)
            _ = try Shell.run("mkdir -p cache/kaira/models; cp -r '\(models)' cache/kaira/models/", in: folder)
            return ["XDG_CACHE_HOME": folder.path + "/cache"]
        }

        @Test("a folder, a file, and an added name are the same model; heatmaps, overlay and ids are written")
        func paths() throws {
            let environment = try environment()
            let added = try Tool.run(
                ["models", "add", Self.model, "--name", "mine"], in: folder, environment: environment)
            #expect(added.code == 0, "\(added.errors)")
            var outputs: [Data] = []
            for model in [Self.model, Self.model + "/model.safetensors", "mine"] {
                let run = try Tool.run(
                    [
                        "pose", Clips.person, "-o", "k.json", "--model", model, "--precision", "fp32", "--heatmaps",
                        "h.npz", "--overlay", "o.mp4", "--json", "--force",
                    ], in: folder, environment: environment)
                #expect(run.code == 0, "\(run.errors)")
                #expect(
                    try run.object()["engine"] as? String == (model == "mine" ? "mine fp32" : "w40-h5-no-bias fp32"))
                outputs.append(try folder.data("k.json"))
            }
            #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2])
            let maps = try NumPyArchive(npz: [UInt8](folder.data("h.npz")))
            let count = try maps.array("frame").count
            #expect(count > 0 && maps["heatmaps"]?.shape == [count, 17, 24, 20] && maps["crop"]?.shape == [count, 4])
            #expect(folder.names.contains("o.mp4"))
            let file = try KeypointFile("\(folder.path)/k.json")
            #expect(file.people.contains { $0.first?["id"] as? Int == 0 })
            // Listed, checked and taken away by its name.
            #expect(try Tool.run(["models", "list"], environment: environment).text.contains("mine  here"))
            #expect(try Tool.run(["models", "verify", "mine"], environment: environment).code == 0)
            #expect(try Tool.run(["models", "rm", "mine"], environment: environment).code == 0)
            #expect(try Tool.run(["models", "path", "mine"], environment: environment).code == 69)
        }

        @Test("auto chooses once for a machine and says so") func automatic() throws {
            let environment = try environment()
            var choices: [String] = []
            for _ in 0..<2 {
                let run = try Tool.run(
                    ["pose", Clips.picture, "-o", "k.json", "--model", Self.model, "--json", "--force"], in: folder,
                    environment: environment)
                choices.append(try #require(try run.object()["precision_choice"] as? String))
            }
            #expect(choices[0].contains("now") && choices[1].contains("before"))
            #expect(choices[0].prefix(4) == choices[1].prefix(4))
        }

        @Test("an avatar moves by COCO's 17 points") func animate() throws {
            let run = try Tool.run(
                [
                    "animate", Clips.person, "--avatar", Repository.avatar, "-o", "o.mp4", "--size", "64x64", "--model",
                    Self.model, "--precision", "int8", "--flip-test", "--motion-out", "m.json", "--json",
                ], in: folder, environment: try environment())
            #expect(run.code == 0, "\(run.errors)")
            let report = try run.object()
            #expect(report["precision"] as? String == "int8" && report["model"] as? String == "w40-h5-no-bias")
            #expect(folder.names.contains("o.mp4") && folder.names.contains("m.json"))
        }

        @Test(
            "what a model cannot do is said",
            arguments: [
                (["--people", "2"], 69, "one person"), (["--precision", "int8"], 69, "fp32 only"),
                (["--heatmaps", "h.npz"], 64, "ViTPose"), (["--model", "vitpose-x"], 69, "vitpose-h"),
                (["--model", "./nowhere"], 74, "nowhere"), (["--model", model, "--expert", "2"], 65, "expert 2"),
                (["--people", "0"], 64, "--people"),
            ] as [([String], Int32, String)])
        func refused(options: [String], code: Int32, words: String) throws {
            let run = try Tool.run(
                ["pose", Clips.picture, "-o", "k.json"] + options, in: folder, environment: try environment())
            #expect(run.code == code && run.errors.contains(words), "\(run.code) \(run.errors)")
            #expect(!folder.names.contains("k.json"))
        }
    }
}
