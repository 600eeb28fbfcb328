import Foundation
import Testing

extension CLI {
    /// Command lines that make no sense, help, completions.
    @Suite struct Usage {
        @Test(
            "wrong flags and values: 64",
            arguments: [
                ["frobnicate"], ["animate"], ["pose", "x.mp4"], ["pose", "x.mp4", "-o", "k.txt"],
                ["pose", "x.mp4", "-o", "k.json", "--threads", "many"],
                ["pose", "x.mp4", "-o", "k.json", "--smoothing", "x"],
                ["animate", "x.mp4", "--avatar", "a.vrm", "-o", "o.xyz"],
                ["animate", "x.mp4", "--avatar", "a.vrm", "-o", "o.mp4", "--size", "big"],
                ["animate", "x.mp4", "--avatar", "a.vrm", "-o", "o.mp4", "--fps", "0"],
                ["render", "a.vrm", "-o", "o.png", "--background", "#12"],
                ["render", "a.vrm", "-o", "o.png", "--time", "nan"],
                ["render", "a.vrm", "-o", "o.png", "--motion", "m.json", "--clip", "c"],
                ["bake", "a.glb", "-o", "o.stl"], ["models", "pull"], ["avatar", "build", "nobody", "-o", "o.vrm"],
                ["retarget", "k.json", "--avatar", "a.vrm", "-o", "m.fbx"],
            ])
        func wrong(arguments: [String]) throws {
            let run = try Tool.run(arguments, in: try Folder())
            #expect(run.code == 64, "\(run.errors)")
            #expect(!run.errors.isEmpty && run.output.isEmpty)
        }

        @Test("what was mistyped is named, with what was meant") func misspelled() throws {
            for (arguments, hint) in [
                (["animat", "x.mp4"], "did you mean 'animate'?"), (["models", "verfy"], "did you mean 'verify'?"),
                (["animate", "x.mp4", "--avatr", "a.vrm", "-o", "o.mp4"], "did you mean '--avatar'?"),
            ] {
                let run = try Tool.run(arguments)
                #expect(run.code == 64)
                #expect(run.errors.contains(hint), "\(run.errors)")
            }
        }

        @Test("kaira alone and every --help explain themselves, with an example") func help() throws {
            #expect(try Tool.run([]).text == (try Tool.run(["--help"])).text)
            for command in [
                ["animate"], ["pose"], ["retarget"], ["render"], ["bake"], ["inspect"], ["models"], ["doctor"],
                ["avatar", "build"],
            ] {
                let run = try Tool.run(command + ["--help"])
                #expect(run.code == 0)
                #expect(run.text.contains("  kaira \(command[0])"), "\(command) has no example")
            }
        }

        @Test("--version is the changelog's newest") func version() throws {
            let changes = try String(contentsOfFile: Repository.path("CHANGELOG.md"), encoding: .utf8)
            let version = try Tool.run(["--version"]).text.trimmingCharacters(in: .newlines)
            #expect(changes.contains("[\(version)]") || changes.contains("Unreleased"))
            #expect(version.split(separator: ".").count == 3)
        }

        @Test("completions are made that the shell accepts") func completions() throws {
            let run = try Shell.run("$kaira --generate-completion-script bash | bash -n -")
            #expect(run.code == 0, "\(run.errors)")
            for shell in ["zsh", "fish"] {
                #expect(try Tool.run(["--generate-completion-script", shell]).text.contains("hidden-line"))
            }
        }

        @Test("the manual pages are those of the tool as built") func manual() throws {
            let folder = try Folder()
            let run = try Shell.run("\(Repository.path("scripts/make-manual")) \(folder.path)")
            #expect(run.code == 0, "\(run.errors)")
            let committed = try FileManager.default.contentsOfDirectory(atPath: Repository.path("docs/man")).sorted()
            #expect(folder.names == committed)
            for name in committed {
                let page = try Data(contentsOf: URL(filePath: Repository.path("docs/man/\(name)")))
                #expect(try folder.data(name) == page, "\(name) is out of date: scripts/make-manual")
            }
        }

        @Test(
            "the README's five commands work as they stand there",
            .enabled(if: Tool.hasModel, "the pose model is not here: kaira models pull blazepose"))
        func readme() throws {
            let text = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
            let lines = text.split(separator: "\n").map(String.init)
            let first = try #require(lines.firstIndex { $0.hasPrefix("    kaira=") })
            let block = lines[first...].prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
            #expect(block.count { $0.hasPrefix("$kaira ") } == 5)

            // A copy of the files that they name; of the clip its first frames, for the sake of time.
            let folder = try Folder()
            let files = FileManager.default
            for path in [".build/release", "assets/demo", "out"] {
                try files.createDirectory(atPath: "\(folder.path)/\(path)", withIntermediateDirectories: true)
            }
            try files.createSymbolicLink(
                atPath: "\(folder.path)/.build/release/kaira", withDestinationPath: Tool.path)
            try files.createSymbolicLink(
                atPath: "\(folder.path)/assets/avatars", withDestinationPath: Repository.path("assets/avatars"))
            try folder.make("-i \(Repository.path("assets/demo/squats.mp4")) -frames:v 4 assets/demo/squats.mp4")
            let run = try Shell.run("set -e\n" + block.joined(separator: "\n"), in: folder)
            #expect(run.code == 0, "\(run.errors)")
            for name in ["squats.mp4", "keypoints.json", "motion.bvh", "kaira-kun.png"] {
                #expect(files.fileExists(atPath: "\(folder.path)/out/\(name)"), "\(name)")
            }
        }
    }
}
