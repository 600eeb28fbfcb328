import Foundation
import KairaImage
import KairaMedia
import KairaTestSupport
import Testing

@Suite("Sources") struct SourceTests {
    /// Oracle: what lavfi was asked for.
    @Test("a plain clip gives its size, rate, count and even times") func plain() throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "testsrc2=s=322x180:r=30000/1001:d=1", "-pix_fmt", "yuv444p", "-c:v", "libx264",
            "a.mp4",
        ])
        let source = try MediaSource.open(clip)
        let info = source.information
        #expect(info.size == [322, 180] && info.frameSize == [322, 180])
        #expect(info.frameRate == Rational(30000, 1001) && !info.hasVariableFrameRate && !info.hasAudio)
        #expect(info.kind == .video && info.codec == "h264" && info.frameCount == 30)
        let all = try frames(of: source)
        #expect(all.count == 30 && source.damage == nil)
        for (i, frame) in all.enumerated() {
            // The container's clock ticks at 1/30000 s, so that times are exact to a nanosecond of rounding.
            #expect(frame.index == i && abs(frame.timeNanoseconds - Int64(i) * 1_001_000_000 / 30) <= 1)
        }
    }

    /// Oracle: the constants given to lavfi; 4:2:0 video range and x264 move a flat colour by a few steps at most.
    @Test(
        "flat colours come back, with each colour matrix stated or left to the size",
        arguments: [("bt709", "640x360"), ("smpte170m", "640x360"), ("", "640x360"), ("", "1280x720")])
    func colors(matrix: String, size: String) throws {
        let shop = try Workshop()
        let isLarge = size == "1280x720"
        let used = matrix.isEmpty ? (isLarge ? "bt709" : "smpte170m") : matrix
        for (name, color) in [
            ("red", [230, 30, 40]), ("green", [20, 200, 60]), ("blue", [40, 60, 220]), ("white", [255, 255, 255]),
        ] {
            let hex = color.map { String(format: "%02x", $0) }.joined()
            let tags = matrix.isEmpty ? [] : ["-colorspace", matrix, "-color_range", "tv"]
            let clip = try shop.make(
                [
                    "-f", "lavfi", "-i", "color=0x\(hex):s=\(size):r=5:d=0.4,format=rgba", "-vf",
                    "scale=out_color_matrix=\(used):out_range=tv,format=yuv420p", "-c:v", "libx264", "-qp", "1",
                ] + tags + ["\(name).mp4"])
            let frame = try #require(try MediaSource.open(clip).next())
            let pixel = frame.image[frame.image.width / 2, frame.image.height / 2]
            for c in 0..<3 { #expect(abs(Int(pixel[c]) - color[c]) <= 4, "\(name) \(used) \(pixel)") }
        }
    }

    /// Oracle: the display matrix written by ffmpeg; the upper left quarter of the stored picture is red.
    @Test("a rotated clip is turned upright", arguments: [(90, 0, 1), (180, 1, 1), (270, 1, 0)])
    func rotation(degrees: Int, x: Int, y: Int) throws {
        let shop = try Workshop()
        let plain = try shop.make([
            "-f", "lavfi", "-i", "color=blue:s=160x120:r=10:d=0.5,drawbox=0:0:80:60:red:fill", "-c:v", "libx264",
            "-pix_fmt",
            "yuv420p", "p.mp4",
        ])
        // ffmpeg 5.1 makes a display matrix of the tag; that of 90 maps (x, y) to (y, -x), y down: counter-clockwise.
        let clip = try shop.make(["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=\(degrees)", "r.mp4"])
        let source = try MediaSource.open(clip)
        #expect(source.information.size == (degrees == 180 ? [160, 120] : [120, 160]))
        let image = try #require(try source.next()).image
        for (u, v) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let pixel = image[image.width / 4 + u * image.width / 2, image.height / 4 + v * image.height / 2]
            #expect((pixel.x > 150) == (u == x && v == y), "\(degrees) \(u) \(v) \(pixel)")
        }
    }

    /// Oracle: the times are those given to setpts: frame n at n^2 / 100 s, and 0.4 s steps after a pause.
    @Test("times of a variable rate are exact", arguments: ["v.mp4", "v.mkv"]) func variableRate(name: String) throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.6", "-vf", "settb=1/1000,setpts=N*N*10", "-fps_mode",
            "passthrough", "-enc_time_base", "1/1000", "-c:v", "libx264", "-bf", "2", "-video_track_timescale", "1000",
            name,
        ])
        let source = try MediaSource.open(clip)
        #expect(source.information.hasVariableFrameRate)
        let times = try frames(of: source).map(\.timeNanoseconds)
        #expect(times == (0..<15).map { Int64($0 * $0) * 10_000_000 })
    }

    @Test("pixels that are not square become square") func pixelAspect() throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "testsrc2=s=720x576:r=5:d=0.4,setsar=16/11", "-c:v", "libx264", "-pix_fmt", "yuv420p",
            "a.mp4",
        ])
        let source = try MediaSource.open(clip)
        // 720 * 16 / 11 = 1047.3.
        #expect(source.information.size == [1047, 576])
        #expect(abs(source.information.pixelAspect - 16.0 / 11) < 1e-6)
        let frame = try #require(try source.next())
        #expect(frame.image.width == 1047 && frame.pixelAspect == 1)
    }

    @Test("large frames are scaled down while decoding") func maximumSide() throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "color=gray:s=7680x4320:r=1:d=1", "-c:v", "mjpeg", "-q:v", "5", "big.avi",
        ])
        let source = try MediaSource.open(clip, options: SourceOptions(maximumSide: 1280))
        #expect(source.information.size == [7680, 4320] && source.information.frameSize == [1280, 720])
        #expect(try #require(try source.next()).image.width == 1280)
    }

    @Test("inputs without pictures are refused, each with its kind") func refused() throws {
        let shop = try Workshop()
        let sound = try shop.make(["-f", "lavfi", "-i", "sine=d=1", "s.m4a"])
        #expect(kind { _ = try MediaSource.open(sound) } == .badData)
        #expect(throws: MediaError.self) { try MediaSource.open(sound) }
        do { _ = try MediaSource.open(sound) } catch { #expect("\(error)".contains("only sound")) }
        #expect(kind { _ = try MediaSource.open(shop.path("absent.mp4")) } == .noInput)
        for (name, bytes) in [("empty.mp4", 0), ("noise.mp4", 5000)] {
            var state = UInt64(7)
            let noise = (0..<bytes).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return UInt8(truncatingIfNeeded: state >> 40)
            }
            try Data(noise).write(to: URL(filePath: shop.path(name)))
            #expect(kind { _ = try frames(of: MediaSource.open(shop.path(name))) } == .badData, "\(name)")
        }
        #expect(kind { _ = try MediaSource.open(shop.folder.path) } == .badData, "a folder without pictures")
        let zero = try shop.make([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-frames:v", "0", "-c:v", "libx264", "zero.mp4",
        ])
        #expect(kind { _ = try frames(of: MediaSource.open(zero)) } == .badData)
    }

    @Test("a play list that names other files is not followed") func playlist() throws {
        let shop = try Workshop()
        try shop.make(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-c:v", "libx264", "secret.mp4"])
        try Data("ffconcat version 1.0\nfile secret.mp4\n".utf8).write(to: URL(filePath: shop.path("list.mp4")))
        #expect(kind { _ = try frames(of: MediaSource.open(shop.path("list.mp4"))) } == .badData)
    }

    @Test("a cut file gives the frames that are there and says so") func cut() throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags",
            "+faststart", "a.mp4",
        ])
        let data = try Data(contentsOf: URL(filePath: clip))
        try data.prefix(data.count * 6 / 10).write(to: URL(filePath: shop.path("cut.mp4")))
        let source = try MediaSource.open(shop.path("cut.mp4"))
        let count = try frames(of: source).count
        #expect(count > 20 && count < 100)
        #expect(source.damage?.kind == .partial)
    }

    /// The stream lacks whole slices on purpose (openh264's conformance set).
    @Test(
        "a stream with lost pictures still gives frames",
        .enabled(if: TestData.hasShared("hostile/video/BA_MW_D_P_LOST.264")))
    func lossy() throws {
        let source = try MediaSource.open(TestData.shared("hostile/video/BA_MW_D_P_LOST.264").path)
        let all = try frames(of: source)
        #expect(all.count > 10)
        #expect(zip(all.dropFirst(), all).allSatisfy { $0.timeNanoseconds >= $1.timeNanoseconds })
    }

    @Test("a child that dies is an error, and closing early ends it") func killed() throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "testsrc2=s=640x480:r=25:d=20", "-c:v", "libx264", "-preset", "ultrafast", "a.mp4",
        ])
        // A stand-in for ffmpeg that begins to deliver and dies.
        let script = shop.path("ffmpeg-dies")
        try makeProgram("#!/bin/sh\nhead -c 2000000 /dev/zero\nkill -9 $$\n", at: URL(filePath: script))
        let dying = try MediaSource.open(clip, options: SourceOptions(tools: MediaTools(ffmpeg: script)))
        #expect(kind { _ = try frames(of: dying) } == .inputOutput)
        let source = try MediaSource.open(clip)
        _ = try source.next()
        source.close()
        #expect(try source.next() == nil)
        #expect(
            kind {
                _ = try MediaSource.open(clip, options: SourceOptions(tools: MediaTools(ffprobe: "no-such-ffprobe")))
            }
                == .missingTool)
        #expect(
            kind { _ = try MediaSource.open(clip, options: SourceOptions(tools: MediaTools(ffmpeg: "no-such-ffmpeg"))) }
                == .missingTool)
    }

    @Test("a video comes through a pipe", arguments: ["a.mkv", "fast.mp4", "a.y4m"]) func pipe(name: String) throws {
        let shop = try Workshop()
        let codec = name.hasSuffix("y4m") ? ["-pix_fmt", "yuv420p"] : ["-c:v", "libx264", "-movflags", "+faststart"]
        let clip = try shop.make(["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=3"] + codec + [name])
        let direct = try frames(of: MediaSource.open(clip))
        let writer = Pipe()
        let data = try Data(contentsOf: URL(filePath: clip))
        Thread.detachNewThread {
            try? writer.fileHandleForWriting.write(contentsOf: data)
            try? writer.fileHandleForWriting.close()
        }
        let source = try MediaSource.openPipe(
            writer.fileHandleForReading.fileDescriptor, options: SourceOptions())
        let piped = try frames(of: source)
        #expect(piped.count == 75 && piped.map(\.timeNanoseconds) == direct.map(\.timeNanoseconds))
        #expect(piped.last?.image == direct.last?.image)
    }

    @Test("a folder is read in natural order, broken pictures are left out") func folder() throws {
        let shop = try Workshop()
        for i in [1, 2, 10, 11] {
            let bytes = try Image(width: 8, height: 6, filledWith: [UInt8(i), 0, 0, 255]).encoded(as: .png)
            try Data(bytes).write(to: URL(filePath: shop.path("f\(i).png")))
        }
        try Data([0x89, 0x50]).write(to: URL(filePath: shop.path("f3.png")))
        let source = try MediaSource.open(shop.folder.path, options: SourceOptions(folderFrameRate: Rational(10)))
        #expect(source.information.kind == .imageFolder && source.information.frameCount == 5)
        let all = try frames(of: source)
        #expect(all.map { $0.image[0, 0].x } == [1, 2, 10, 11])
        #expect(all.map(\.timeNanoseconds) == [0, 100_000_000, 300_000_000, 400_000_000])
        #expect(source.damage?.kind == .partial)
    }

    /// Oracle: the published clip, 720x1280, 65 frames at 5 a second.
    @Test("the committed clip decodes whole") func squats() throws {
        let source = try MediaSource.open(TestData.root.appending(path: "assets/demo/squats.mp4").path)
        #expect(source.information.size == [720, 1280] && source.information.frameRate == Rational(5))
        let all = try frames(of: source)
        #expect(all.count == 65 && source.damage == nil)
        #expect(all.last?.timeNanoseconds == 12_800_000_000)
    }

    /// Not an absolute figure: 200 frames of 3.7 MB would be 737 MB if they were kept.
    @Test("memory does not grow with the length of a clip") func flatMemory() throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "color=gray:s=1280x720:r=50:d=8", "-c:v", "libx264", "-preset", "ultrafast",
            "long.mp4",
        ])
        let source = try MediaSource.open(clip)
        let sink = try MediaSink.open(
            shop.path("out.mp4"), size: [1280, 720], frameRate: Rational(50),
            options: SinkOptions(preset: "ultrafast"))
        var count = 0, early = 0
        while let frame = try source.next() {
            try sink.write(frame)
            count += 1
            if count == 100 { early = residentBytes() }
        }
        try sink.finish()
        #expect(count == 400)
        #expect(residentBytes() - early < 100 << 20)
    }

    private func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4096
    }
}
