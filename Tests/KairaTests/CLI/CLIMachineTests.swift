import Foundation
import Testing

extension CLI {
    /// What the machine has to offer: tools, models, devices.
    @Suite struct Machine {
        let folder: Folder
        init() throws { folder = try Folder() }

        /// A store without anything in it.
        private var empty: [String: String] { ["XDG_CACHE_HOME": folder.path + "/cache"] }

        @Test("without ffmpeg: 69, and how to get it") func withoutFFmpeg() throws {
            // Only the tool itself could be found there.
            let bare = ["PATH": folder.path]
            let run = try Tool.run(["pose", Clips.person, "-o", "k.json"], in: folder, environment: bare)
            #expect(run.code == 69)
            #expect(run.errors.contains("apt-get install ffmpeg"))
            let doctor = try Tool.run(["doctor", "--json"], environment: bare)
            #expect(doctor.code == 69)
            let checks = try #require(try doctor.object()["checks"] as? [[String: Any]])
            let ffmpeg = try #require(checks.first { $0["name"] as? String == "ffmpeg" })
            #expect(ffmpeg["works"] as? Bool == false)
            #expect(ffmpeg["remedy"] as? String == "apt-get install ffmpeg")
            #expect(folder.names.isEmpty)
        }

        @Test("without the model: 69, and how to get it") func withoutModel() throws {
            for command in [
                ["pose", Clips.person, "-o", "k.json"],
                ["animate", Clips.person, "--avatar", Repository.avatar, "-o", "o.mp4"],
            ] {
                let run = try Tool.run(command, in: folder, environment: empty)
                #expect(run.code == 69)
                #expect(run.errors.contains("kaira models pull blazepose"))
            }
            let doctor = try Tool.run(["doctor"], environment: empty)
            #expect(doctor.code == 69)
            #expect(
                doctor.text.contains("FAIL  model blazepose") && doctor.text.contains("-> kaira models pull blazepose"))
            // The drivers keep shaders in the cache; Kaira puts nothing there.
            #expect(folder.names == ["cache"] && !FileManager.default.fileExists(atPath: folder.path + "/cache/kaira"))
        }

        @Test("a model that is not there: verify and path say so, 69") func absentModel() throws {
            let verify = try Tool.run(["models", "verify", "blazepose", "--json"], environment: empty)
            #expect(verify.code == 69)
            let models = try #require(try verify.object()["models"] as? [[String: Any]])
            let files = try #require(models.first?["files"] as? [[String: Any]])
            #expect(files.count == 2 && files.allSatisfy { $0["state"] as? String == "missing" })
            let path = try Tool.run(["models", "path", "blazepose"], environment: empty)
            #expect(path.code == 69)
            #expect(path.text == folder.path + "/cache/kaira/models/blazepose\n")
            let pull = try Tool.run(["models", "pull", "blazepose", "--offline"], environment: empty)
            #expect(pull.code == 69)
            #expect(pull.errors.contains("--offline"))
            let list = try Tool.run(["models", "list"], environment: empty)
            #expect(list.code == 0 && list.text.contains("not here"))
            let removed = try Tool.run(["models", "rm", "blazepose"], environment: empty)
            #expect(removed.code == 0 && removed.errors.contains("was not there"))
            #expect(try Tool.run(["models", "path", "nope"]).code == 69)
        }

        @Test(
            "damaged and incomplete weights are found, and removed",
            .enabled(if: Tool.hasModel, "the pose model is not here: kaira models pull blazepose"))
        func damagedModel() throws {
            let source = try Tool.run(["models", "path", "blazepose"]).text.trimmingCharacters(in: .newlines)
            let target = folder.path + "/cache/kaira/models/blazepose"
            try FileManager.default.createDirectory(
                atPath: folder.path + "/cache/kaira/models", withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: source, toPath: target)
            let whole = try Tool.run(["models", "verify"], environment: empty)
            #expect(whole.code == 0 && whole.text.contains("published ones"))
            #expect(try Tool.run(["models", "pull", "blazepose", "--offline"], environment: empty).code == 0)

            // One bit, the size unchanged.
            let file = URL(filePath: target + "/pose_landmark_full.tflite")
            var bytes = try Data(contentsOf: file)
            bytes[1_000_000] ^= 1
            try bytes.write(to: file)
            let damaged = try Tool.run(["models", "verify", "blazepose"], environment: empty)
            #expect(damaged.code == 65)
            #expect(damaged.text.contains("pose_landmark_full.tflite: SHA-256"))
            #expect(damaged.text.contains("kaira models rm blazepose && kaira models pull blazepose"))
            #expect(try Tool.run(["doctor"], environment: empty).code == 69)
            try Data(bytes.prefix(5000)).write(to: file)
            #expect(try Tool.run(["models", "verify", "blazepose"], environment: empty).code == 65)
            #expect(try Tool.run(["pose", Clips.person, "-o", "k.json"], in: folder, environment: empty).code == 65)
            try FileManager.default.removeItem(at: file)
            let incomplete = try Tool.run(["models", "verify", "blazepose"], environment: empty)
            #expect(incomplete.code == 69)
            #expect(incomplete.text.contains("1 of 2 files are sound"))

            #expect(try Tool.run(["models", "rm", "blazepose"], environment: empty).code == 0)
            #expect(!FileManager.default.fileExists(atPath: target))
        }

        @Test(
            "doctor is content with a machine on which the tests run",
            .enabled(if: Tool.hasModel, "the pose model is not here: kaira models pull blazepose"))
        func healthy() throws {
            let run = try Tool.run(["doctor", "--json"])
            #expect(run.code == 0)
            #expect(try run.object()["schema"] as? String == "kaira.doctor/1")
        }
    }
}
