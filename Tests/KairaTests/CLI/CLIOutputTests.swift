import Foundation
import Testing

extension CLI {
    /// What comes out, and that nothing is lost on the way.
    @Suite(.enabled(if: Tool.hasModel, "the pose model is not here: kaira models pull blazepose")) struct Outputs {
        let folder: Folder
        init() throws { folder = try Folder() }

        private func animate(_ output: String, _ more: [String] = []) throws -> Run {
            try Tool.run(
                ["animate", Clips.person, "--avatar", Repository.avatar, "-o", output, "--size", "64x48"] + more,
                in: folder)
        }

        @Test("an output that exists is kept: 73; --force replaces it") func existing() throws {
            let old = Data("old".utf8)
            for (name, command) in [
                ("o.mp4", ["animate", Clips.person, "--avatar", Repository.avatar, "--size", "64x48"]),
                ("k.json", ["pose", Clips.person]), ("s.png", ["render", Repository.avatar, "--size", "64x48"]),
                ("b.npz", ["bake", Repository.avatar]), ("a.vrm", ["avatar", "build", "kaira-kun"]),
            ] {
                try folder.write(name, old)
                let refused = try Tool.run(command + ["-o", name], in: folder)
                #expect(refused.code == 73)
                #expect(refused.errors.contains("\(name) exists already") && refused.errors.contains("--force"))
                #expect(try folder.data(name) == old)
                #expect(try Tool.run(command + ["-o", name, "--force"], in: folder).code == 0)
                #expect(try folder.data(name) != old)
            }
            // No trace of the temporary names.
            #expect(folder.names == ["a.vrm", "b.npz", "k.json", "o.mp4", "s.png"])
        }

        @Test("one picture of a pattern that exists is kept: 73") func existingPattern() throws {
            try folder.write("f000.png", Data("old".utf8))
            let run = try animate("f{frame:03d}.png")
            #expect(run.code == 73)
            #expect(folder.names == ["f000.png"])
        }

        @Test("a folder that is not there: 73", arguments: ["no/o.mp4", "no/{frame:03d}.png", "no/o.y4m"])
        func missingFolder(output: String) throws {
            let run = try animate(output)
            #expect(run.code == 73)
            #expect(run.errors.contains("no") && run.errors.contains("make it first"))
            #expect(folder.names.isEmpty)
        }

        @Test("an input is not replaced even by force: 64") func inputIsOutput() throws {
            try FileManager.default.copyItem(atPath: Clips.person, toPath: "\(folder.path)/in.mp4")
            let before = try folder.data("in.mp4")
            let run = try Tool.run(
                ["animate", "in.mp4", "--avatar", Repository.avatar, "-o", "./in.mp4", "--force"], in: folder)
            #expect(run.code == 64)
            #expect(try folder.data("in.mp4") == before)
        }

        @Test("a full disk: 74, and no half file", .enabled(if: Tool.canMountSmallDisk, "no user name spaces here"))
        func fullDisk() throws {
            for command in [
                "animate \(Clips.person) --avatar \(Repository.avatar) -o disk/o.mp4 --size 640x480",
                "animate \(Clips.person) --avatar \(Repository.avatar) -o disk/o.y4m --size 64x48 --motion-out m.json",
                "animate \(Clips.person) --avatar \(Repository.avatar) -o disk/{frame:02d}.png --size 320x240",
                "pose \(Clips.person) -o disk/k.json", "bake \(Repository.avatar) -o disk/b.npz",
            ] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder.path)/disk", withIntermediateDirectories: true)
                let run = try Shell.run(
                    """
                    unshare -rm bash -c 'mount -t tmpfs -o size=4k tmpfs disk && "$kaira" \(command)
                    code=$?; ls -A disk; exit $code'
                    """, in: folder)
                #expect(run.code == 74, "\(command): \(run.errors)")
                #expect(run.errors.contains("the disk is full"), "\(run.errors)")
                #expect(run.text.isEmpty, "left: \(run.text)")
                #expect(folder.names == ["disk"])
            }
            let streamed = try Shell.run(
                "$kaira animate \(Clips.person) --avatar \(Repository.avatar) -o - --size 64x48 > /dev/full")
            #expect(streamed.code == 74)
            #expect(try Shell.run("$kaira --version > /dev/null; $kaira models list > /dev/full").code == 74)
        }

        @Test("-o - writes Y4M, or what --format names; --json then goes to stderr") func streams() throws {
            let y4m = try animate("-", ["--json"])
            #expect(y4m.code == 0)
            // YUV4MPEG2: a header line, then FRAME and the planes of 4:2:0.
            let header = Data("YUV4MPEG2 W64 H48 F5:1 Ip A1:1 C420\n".utf8)
            #expect(y4m.output.starts(with: header))
            #expect(y4m.output.count == header.count + 4 * (6 + 64 * 48 * 3 / 2))
            let report = try y4m.object(onErrors: true)
            #expect(report["schema"] as? String == "kaira.animate/1")
            #expect(report["frames"] as? Int == 4)
            #expect(try animate("-", ["--format", "rgba"]).output.count == 4 * 64 * 48 * 4)
            let png = try animate("-", ["--format", "png"]).output
            let signature = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            #expect(png.starts(with: signature))
            var (rest, count) = (png[...], 0)
            while let found = rest.range(of: signature) {
                rest = rest[found.upperBound...]
                count += 1
            }
            #expect(count == 4)
        }

        @Test("the report of animate holds what is promised") func report() throws {
            let run = try animate("o.mp4", ["--json"])
            let report = try run.object()
            for key in ["wall_seconds", "startup_seconds", "frames_per_second", "peak_resident_bytes"] {
                #expect((report[key] as? Double ?? 0) > 0, "\(key)")
            }
            for key in ["renderer", "model", "precision"] { #expect((report[key] as? String)?.isEmpty == false) }
            let stages = try #require(report["stages"] as? [String: [String: Double]])
            #expect(Set(stages.keys) == ["decode", "pose", "solve", "evaluate", "render", "encode"])
            for stage in stages.values { #expect(Set(stage.keys) == ["median_ms", "p95_ms"]) }
        }

        @Test("--progress json writes one object a line; elsewhere there is no bar off a terminal") func progress()
            throws
        {
            let run = try animate("o.mp4", ["--progress", "json", "--json"])
            let lines = run.errors.split(separator: "\n")
            let objects = lines.map { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            #expect(objects.map { $0?["done"] as? Int } == [1, 2, 3, 4], "\(run.errors)")
            #expect(objects.allSatisfy { $0?["schema"] as? String == "kaira.progress/1" && $0?["total"] as? Int == 4 })
            let plain = try animate("p.mp4")
            #expect(!plain.errors.contains("\r") && plain.errors.split(separator: "\n").count == 1)
            let terminal = try Shell.run(
                "script -qec \"$kaira pose \(Clips.person) -o k.json\" /dev/null", in: folder)
            #expect(terminal.text.contains("4/4 frames"))
        }

        @Test("pictures are not printed on a terminal: 64") func terminal() throws {
            let run = try Shell.run(
                "script -qec \"$kaira render \(Repository.avatar) -o -\" /dev/null", in: folder)
            #expect(run.code == 64)
            #expect(run.text.contains("stdout is a terminal"))
        }

        @Test("pose writes CSV and an overlay of the same pictures") func overlay() throws {
            let run = try Tool.run(
                ["pose", Clips.person, "-o", "k.csv", "--overlay", "seen.mp4", "--json"], in: folder)
            #expect(run.code == 0)
            #expect(try run.object()["schema"] as? String == "kaira.pose/1")
            let lines = String(decoding: try folder.data("k.csv"), as: UTF8.self).split(separator: "\n")
            // A header, then 33 joints a frame.
            #expect(lines.count == 1 + 4 * 33)
            let probe = try Shell.run(
                "ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames -of csv=p=0 seen.mp4",
                in: folder)
            #expect(probe.text == "180,320,4\n")
        }
    }
}
