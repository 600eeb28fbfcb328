import Foundation
import Kaira
import KairaTestSupport
import Testing

extension CLI {
    /// Oracle: heatmaps of transformers' VitPoseForPoseEstimation (fp32, eager attention), stored in each `io.npz`; the
    /// READMEs beside them say how they were made. The bars are those that exports are judged by.
    @Suite struct ModelParity {
        /// The committed networks of random weights, and those beside the repository where they are there.
        static let folders: [String] = [TestData.fixture("vitpose"), TestData.shared("vitpose-parity")].flatMap { url in
            ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
                .map { url.appending(path: $0).path }
                .filter { FileManager.default.fileExists(atPath: $0 + "/io.npz") }
        }

        private func figures(_ folder: String, _ more: [String] = []) throws -> [String: Any] {
            let run = try Tool.run(["models", "parity", folder, "--json"] + more)
            #expect(run.code == 0, "\(run.errors)")
            return try run.object()
        }

        @Test("fp32 is the reference to 1e-4 of its range and 0.01 px", arguments: folders)
        func float32(folder: String) throws {
            let result = try figures(folder)
            let numbers = try ["max_abs", "range", "relative", "keypoint_px"].map {
                try #require(result[$0] as? Double)
            }
            #expect(numbers[1] > 0.1 && numbers[2] <= 1e-4 && numbers[3] <= 0.01, "\(numbers)")
            #expect(abs(numbers[2] - numbers[0] / numbers[1]) < 1e-12)
            #expect(result["precision"] as? String == "fp32")
            // Every expert is looked at.
            let names = try #require(result["arrays"] as? [[String: Any]]).compactMap { $0["name"] as? String }
            let wanted = folder.hasSuffix("moe6") ? 6 : folder.hasSuffix("experts3") ? 3 : 1
            #expect(Set(names.filter { $0 != "heatmaps_flipback" }).count == wanted)
        }

        /// The same for networks whose weights are a formula, so that classic heads and larger ones are in every clone.
        @Test("fp32 is the reference for generated weights too", arguments: GeneratedViTPose.all)
        func generated(network: GeneratedViTPose) throws {
            var network = network
            let folder = try Folder()
            try folder.write("model.safetensors", Data(network.weights()))
            try folder.write("config.json", Data(contentsOf: network.folder.appending(path: "config.json")))
            var archive = try NumPyArchive(
                npz: [UInt8](Data(contentsOf: network.folder.appending(path: "heatmaps.npz"))))
            archive["pixel_values"] = NumPyArray(network.pictures.values, shape: network.pictures.shape)
            try folder.write("io.npz", Data(archive.npz()))
            let result = try figures(folder.path)
            let relative = try #require(result["relative"] as? Double)
            let pixels = try #require(result["keypoint_px"] as? Double)
            #expect(relative <= 1e-4 && pixels <= 0.01, "\(relative) \(pixels)")
        }

        /// The narrow types differ by roundings of 2^-9 and 2^-8, many times what fp32 may.
        @Test("the narrow types say what they are and that they differ", arguments: ["bf16", "int8"])
        func narrow(precision: String) throws {
            let result = try figures(TestData.fixture("vitpose/w40-h5-no-bias").path, ["--precision", precision])
            let relative = try #require(result["relative"] as? Double)
            #expect(result["precision"] as? String == precision)
            #expect(relative > 1e-4 && relative < 0.1)
        }

        @Test("what is no such folder is refused by name")
        func refused() throws {
            let folder = try Folder()
            for (setup, code, word) in [
                (":", 66, "io.npz"),
                ("cp -r \(TestData.fixture("vitpose/w24-h3").path)/. a; rm a/*.safe*", 65, "the weights"),
                ("cp -r \(TestData.fixture("vitpose/w24-h3").path)/. a; printf '{' > a/config.json", 65, "config.json"),
                (
                    "cp \(TestData.fixture("vitpose/w36-h2-experts3").path)/io.npz a; "
                        + "cp \(TestData.fixture("vitpose/w24-h3").path)/[cm]* a", 65, "pixel_values"
                ),
            ] as [(String, Int32, String)] {
                _ = try Shell.run("rm -rf a; mkdir a; " + setup, in: folder)
                let run = try Tool.run(["models", "parity", "a", "--json"], in: folder)
                #expect(run.code == code && run.errors.contains(word), "\(run.code) \(run.errors)")
            }
        }

        @Test("weights that are not finite are refused with the tensor's name")
        func notFinite() throws {
            let folder = try Folder()
            _ = try Shell.run(
                "cp -r \(TestData.fixture("vitpose/w24-h3").path)/. a; "
                    + "size=$(stat -c %s a/model.safetensors); "
                    + "printf '\\377\\377\\377\\377' | dd of=a/model.safetensors bs=1 seek=$((size - 4)) conv=notrunc",
                in: folder)
            let run = try Tool.run(["models", "parity", "a"], in: folder)
            #expect(run.code == 65 && run.errors.contains("not finite") && run.errors.contains("\""), "\(run.errors)")
        }
    }
}
