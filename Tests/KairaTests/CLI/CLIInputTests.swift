import Foundation
import Testing

extension CLI {
    /// What goes in: every kind of input, and every way in which one can be bad.
    @Suite(.enabled(if: Tool.hasModel, "the pose model is not here: kaira models pull blazepose")) struct Inputs {
        let folder: Folder
        init() throws { folder = try Folder() }

        private func pose(_ input: String, _ more: [String] = []) throws -> Run {
            try Tool.run(["pose", input, "-o", "k.json"] + more, in: folder)
        }

        private func expectRefused(_ run: Run, code: Int32, _ words: [String]) {
            #expect(run.code == code)
            for word in words { #expect(run.errors.contains(word), "\(run.errors)") }
            #expect(!folder.names.contains("k.json"))
        }

        @Test("a file that is not there: 66") func absent() throws {
            expectRefused(try pose("nope.mp4"), code: 66, ["nope.mp4", "No such file"])
            let run = try Tool.run(["animate", Clips.person, "--avatar", "nope.vrm", "-o", "o.mp4"], in: folder)
            #expect(run.code == 66)
            #expect(run.errors.contains("nope.vrm"))
            #expect(folder.names.isEmpty)
        }

        @Test("an empty file: 65") func empty() throws {
            try folder.write("empty.mp4", Data())
            expectRefused(try pose("empty.mp4"), code: 65, ["empty.mp4", "empty"])
        }

        @Test("what is no video: 65") func noVideo() throws {
            try folder.write("text.mp4", Data("hello\n".utf8))
            expectRefused(try pose("text.mp4"), code: 65, ["text.mp4", "not a video or picture"])
        }

        @Test("a video cut off before its index: 65") func truncated() throws {
            let whole = try Data(contentsOf: URL(filePath: Clips.person))
            try folder.write("cut.mp4", whole.prefix(whole.count / 2))
            expectRefused(try pose("cut.mp4"), code: 65, ["cut.mp4", "cut off"])
        }

        @Test("a video cut off after its index: what there is, and 2") func partlyThere() throws {
            // The index in front promises 30 frames.
            let whole = try folder.make(
                "-f lavfi -i testsrc2=s=160x120:r=30:d=1 -c:v libx264 -preset ultrafast -movflags +faststart whole.mp4")
            let data = try Data(contentsOf: URL(filePath: whole))
            try folder.write("cut.mp4", data.prefix(data.count / 2))
            let run = try pose("cut.mp4")
            #expect(run.code == 2)
            #expect(run.errors.contains("cut.mp4: decoded "))
            let count = try KeypointFile("\(folder.path)/k.json").frames.count
            #expect(count > 0 && count < 30)
        }

        @Test("a video without a frame: 65", arguments: ["y4m", "mp4"]) func zeroFrames(kind: String) throws {
            if kind == "y4m" {
                try folder.write("zero.y4m", Data("YUV4MPEG2 W64 H64 F30:1 Ip A1:1 C420\n".utf8))
            } else {
                try folder.make("-f lavfi -i color=s=64x64 -frames:v 0 zero.mp4")
            }
            expectRefused(try pose("zero.\(kind)"), code: 65, ["zero.\(kind)"])
        }

        @Test("nothing but sound: 65") func soundOnly() throws {
            try folder.make("-f lavfi -i sine=d=0.2 sound.m4a")
            expectRefused(try pose("sound.m4a"), code: 65, ["sound.m4a", "only sound"])
        }

        @Test("nobody in the picture: the output is there, and 2") func nobody() throws {
            let run = try pose(Clips.nobody, ["--json"])
            #expect(run.code == 2)
            #expect(run.errors.contains("no person was found"))
            #expect(try KeypointFile("\(folder.path)/k.json").people.map(\.count) == [0, 0])
            let animated = try Tool.run(
                ["animate", Clips.nobody, "--avatar", Repository.avatar, "-o", "o.mp4", "--size", "64x64"], in: folder)
            #expect(animated.code == 2)
            #expect(animated.errors.contains("no person was found"))
            #expect(folder.names.contains("o.mp4"))
        }

        @Test("of two people the larger is followed, and said so") func twoPeople() throws {
            // The larger one stands in the right half, by how the picture was put together.
            try folder.make(
                "-i \(Repository.path("assets/demo/squats.mp4")) -filter_complex "
                    + "'[0]split[p][q];[p]scale=180:320,pad=180:640[a];[q]scale=360:640[b];[a][b]hstack' "
                    + "-frames:v 2 two.mp4")
            let run = try pose("two.mp4")
            #expect(run.code == 0)
            #expect(run.errors.contains("2 people were seen; the largest is followed"))
            for people in try KeypointFile("\(folder.path)/k.json").people {
                #expect(people.count == 1)
                let box = try #require(people.first?["box"] as? [Double])
                #expect(box[0] + box[2] / 2 > 180)
            }
        }

        @Test("8K works, and points are in its pixels") func large() throws {
            try folder.make(
                "-i \(Repository.path("assets/demo/squats.mp4")) -vf scale=2430:4320,pad=7680:4320:2625:0 "
                    + "-frames:v 1 -c:v mjpeg -q:v 8 large.mov")
            let run = try pose("large.mov")
            #expect(run.code == 0)
            let file = try KeypointFile("\(folder.path)/k.json")
            #expect(file.size == [7680, 4320])
            let points = try #require(file.people.first?.first?["points"] as? [[Double]])
            // The person stands in the middle third, where the clip was put; 23 and 24 are the hips.
            for hip in [23, 24] { #expect((2625...5055).contains(points[hip][0])) }
        }

        @Test("a clip that is stored lying is read standing") func rotated() throws {
            try folder.make("-i \(Clips.person) -vf transpose=2 -c:v libx264 -preset ultrafast lying.mp4")
            try folder.make("-i lying.mp4 -c copy -metadata:s:v:0 rotate=270 rotated.mp4")
            #expect(try Tool.run(["pose", Clips.person, "-o", "straight.json"], in: folder).code == 0)
            let run = try pose("rotated.mp4")
            let (a, b) = (try KeypointFile("\(folder.path)/k.json"), try KeypointFile("\(folder.path)/straight.json"))
            #expect(run.code == 0)
            #expect(a.size == [180, 320])
            // The same person in the same place, to what compressing twice may move.
            let nose = try [a, b].map { try #require($0.people.first?.first?["points"] as? [[Double]])[0] }
            #expect(abs(nose[0][0] - nose[1][0]) < 6 && abs(nose[0][1] - nose[1][1]) < 6)
        }

        @Test("a variable rate keeps its times") func variableRate() throws {
            // Oracle: frame n was put at n^2 / 10 s.
            try folder.make(
                "-i \(Clips.person) -vf settb=1/1000,setpts=N*N*100 -fps_mode passthrough -enc_time_base 1/1000 "
                    + "-c:v libx264 -preset ultrafast -video_track_timescale 1000 uneven.mp4")
            #expect(try pose("uneven.mp4").code == 0)
            let times = try KeypointFile("\(folder.path)/k.json").times
            #expect(times.count == 4)
            for (n, time) in times.enumerated() { #expect(abs(time - Double(n * n) / 10) < 1e-6) }
        }

        @Test("sound is carried over, and a silent clip stays silent") func sound() throws {
            try folder.make("-i \(Clips.person) -f lavfi -i sine -c:v copy -t 0.8 loud.mp4")
            for (input, streams) in [("loud.mp4", "video,audio"), (Clips.person, "video")] {
                let run = try Tool.run(
                    ["animate", input, "--avatar", Repository.avatar, "-o", "o.mp4", "--size", "64x64", "--force"],
                    in: folder)
                #expect(run.code == 0)
                let probe = try Shell.run(
                    "ffprobe -v error -show_entries stream=codec_type -of csv=p=0 o.mp4 | tr '\\n' ','", in: folder)
                #expect(probe.text == streams + ",")
            }
        }

        @Test("stdin, a picture and a folder of pictures are inputs") func kinds() throws {
            let piped = try Shell.run("cat \(Clips.person) | $kaira pose - -o piped.json", in: folder)
            #expect(piped.code == 0)
            #expect(try KeypointFile("\(folder.path)/piped.json").people.map(\.count) == [1, 1, 1, 1])
            let redirected = try Tool.run(["pose", "-", "-o", "-"], in: folder, input: Clips.person)
            #expect(redirected.code == 0)
            #expect(redirected.output == (try folder.data("piped.json")))
            #expect(try pose(Clips.picture).code == 0)
            #expect(try KeypointFile("\(folder.path)/k.json").people.map(\.count) == [1])
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/pictures", withIntermediateDirectories: true)
            try folder.make("-i \(Clips.person) pictures/%d.png")
            #expect(try pose("pictures", ["--force"]).code == 0)
            #expect(try KeypointFile("\(folder.path)/k.json").people.map(\.count) == [1, 1, 1, 1])
            let nothing = try Shell.run(": | $kaira pose - -o nothing.json", in: folder)
            #expect(nothing.code == 65)
        }
    }
}
