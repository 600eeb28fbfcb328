import Foundation
import Testing

extension CLI {
    /// What moves by itself on the command line: physics, idle motion, turntables, the mascot's variants.
    @Suite struct Life {
        let folder: Folder
        init() throws { folder = try Folder() }

        private func kaira(_ arguments: String) throws -> Run {
            try Tool.run(arguments.split(separator: " ").map(String.init), in: folder)
        }

        private func frames(_ name: String) throws -> String {
            try Shell.run(
                "ffprobe -v error -count_frames -show_entries stream=nb_read_frames -of csv=p=0 \(name)", in: folder
            ).text
        }

        @Test("videos with physics and idle motion are the same on every run; each switch and the seed change them")
        func switches() throws {
            let draw = "render \(Repository.avatar) --duration 1 --fps 10 --size 96x96 --force -o"
            var videos: [Data] = []
            for options in [
                "--idle on", "--idle on", "--idle on --physics off", "--idle on --seed 9", "--idle off",
                "--idle off --physics off",
            ] {
                let run = try kaira("\(draw) v.y4m \(options)")
                #expect(run.code == 0, "\(run.errors)")
                videos.append(try folder.data("v.y4m"))
            }
            #expect(videos[0] == videos[1])
            #expect(Set(videos.dropFirst()).count == 5)
            #expect(try frames("v.y4m") == "11\n")
        }

        @Test("a turntable ends one picture before it begins again") func turntable() throws {
            #expect(
                try kaira("render \(Repository.avatar) --duration 1 --turns 1 --fps 8 --size 64x64 -o t.gif").code == 0)
            #expect(try frames("t.gif") == "8\n")
        }

        @Test("bake is without physics unless asked for") func bake() throws {
            for (name, options) in [("a", ""), ("b", "--physics off"), ("c", "--physics on")] {
                let run = try kaira("bake \(Repository.avatar) -o \(name).obj \(options)")
                #expect(run.code == 0, "\(run.errors)")
            }
            #expect(try folder.data("a.obj") == (try folder.data("b.obj")))
            #expect(try folder.data("a.obj") != (try folder.data("c.obj")))
        }

        @Test(
            "what makes no sense is 64",
            arguments: [
                "--physics maybe", "--idle perhaps", "--seed -1", "--duration 0", "--duration nan", "--turns inf",
            ])
        func usage(options: String) throws {
            #expect(try kaira("render \(Repository.avatar) -o x.png \(options)").code == 64)
            #expect(folder.names.isEmpty)
        }

        @Test("idle motion of a scene without bones: 65") func noAvatar() throws {
            let box = Data(
                #"{"asset":{"version":"2.0"},"nodes":[{}],"scenes":[{"nodes":[0]}]}"#.utf8)
            try folder.write("s.gltf", box)
            #expect(try kaira("render s.gltf --idle on -o x.png").code == 65)
        }

        @Test("the mascot comes in three levels and two looks") func variants() throws {
            for (options, materials, fewest, most) in [
                ("--detail low", "toon", 5700, 6000), ("--detail low --look pbr", "metallic-roughness", 5700, 6000),
            ] {
                #expect(try kaira("avatar build kaira-kun -o k.vrm --force \(options)").code == 0)
                let report = try kaira("inspect k.vrm --json").object()
                let triangles = try #require(report["triangles"] as? Int)
                #expect((fewest...most).contains(triangles))
                let names = try #require(report["materials"] as? [String])
                #expect(names.allSatisfy { $0.contains(materials) })
            }
            #expect(try kaira("avatar build kaira-kun -o k.vrm --force --detail huge").code == 64)
        }
    }
}
