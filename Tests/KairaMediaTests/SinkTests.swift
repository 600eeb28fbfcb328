import Foundation
import Glibc
import KairaImage
import KairaMedia
import KairaTestSupport
import Testing

@Suite("Sinks") struct SinkTests {
    private func write(
        _ images: [Image], to path: String, rate: Rational = Rational(25), times: [Double]? = nil,
        options: SinkOptions = SinkOptions(), format: OutputFormat? = nil
    ) throws {
        let sink = try MediaSink.open(
            path, format: format, size: [images[0].width, images[0].height], frameRate: rate, options: options)
        for (i, image) in images.enumerated() {
            let time = times?[i] ?? Double(i) / rate.value
            try sink.write(Frame(image: image, timeNanoseconds: Int64((time * 1e9).rounded()), index: i))
        }
        try sink.finish()
    }

    /// Oracle: ffmpeg decodes what was written; 40 dB is what x264 keeps of smooth ramps with room to spare.
    @Test("MP4 keeps pictures, tags its colours and puts its index first", arguments: [[160, 120], [161, 121]])
    func mp4(size: [Int]) throws {
        let shop = try Workshop()
        let images = (0..<12).map { ramp(size[0], size[1], phase: $0 / 6) }
        let path = shop.path("a.mp4")
        try write(images, to: path, options: SinkOptions(rateFactor: 10))
        #expect(
            try shop.probe(path, stream: "v", "stream=codec_name,pix_fmt,color_range,color_space,nb_frames")
                == "h264,yuv420p,tv,bt709,12")
        let data = try Data(contentsOf: URL(filePath: path))
        let moov = try #require(data.range(of: Data("moov".utf8))),
            mdat = try #require(data.range(of: Data("mdat".utf8)))
        #expect(moov.lowerBound < mdat.lowerBound)
        let (w, h) = ((size[0] + 1) / 2 * 2, (size[1] + 1) / 2 * 2)
        let pixels = try shop.pixels(path)
        #expect(pixels.count == w * h * 4 * 12)
        let last = try #require(Image(width: w, height: h, bytes: Array(pixels.suffix(w * h * 4))))
        let seen = last.cropped(x: 0, y: 0, width: size[0], height: size[1])
        #expect(try ImageComparison(seen, images[11]).peakSignalToNoiseRatio > 40)
        // And by the source of this module.
        let own = try frames(of: MediaSource.open(path))
        #expect(own.count == 12 && shop.names == ["a.mp4"])
        #expect(
            try ImageComparison(
                own[0].image.cropped(x: 0, y: 0, width: size[0], height: size[1]), images[0]
            ).peakSignalToNoiseRatio > 40)
    }

    /// Oracle: the input picture; a disc of alpha over nothing.
    @Test("WebM keeps alpha there and back") func webmAlpha() throws {
        let shop = try Workshop()
        var image = Image(width: 128, height: 96)
        for y in 20..<76 { for x in 30..<98 { image[x, y] = x < 64 ? [200, 60, 40, 255] : [50, 50, 20, 128] } }
        try write(Array(repeating: image, count: 5), to: shop.path("a.webm"), options: SinkOptions(rateFactor: 5))
        let source = try MediaSource.open(shop.path("a.webm"))
        #expect(source.information.hasAlpha && source.information.codec == "vp9")
        let all = try frames(of: source)
        #expect(all.count == 5)
        let seen = all[2].image
        for (x, y) in [(10, 10), (45, 50), (80, 50)] {
            for c in 0..<4 { #expect(abs(Int(seen[x, y][c]) - Int(image[x, y][c])) <= 8, "\(x) \(seen[x, y])") }
        }
    }

    @Test("a GIF has the frames and the colours") func gif() throws {
        let shop = try Workshop()
        try write((0..<5).map { ramp(64, 48, phase: $0) }, to: shop.path("a.gif"), rate: Rational(10))
        let all = try frames(of: MediaSource.open(shop.path("a.gif")))
        #expect(all.count == 5 && all[1].timeNanoseconds == 100_000_000)
        #expect(try ImageComparison(all[1].image, ramp(64, 48, phase: 1)).peakSignalToNoiseRatio > 28)
    }

    @Test("a PNG sequence is exact, numbered from 0, and refuses what exists") func sequence() throws {
        let shop = try Workshop()
        var image = ramp(20, 10)
        image[3, 4] = [10, 20, 5, 40]
        let pattern = shop.path("f-{frame:05d}.png")
        try write([image, image, image], to: pattern)
        #expect(shop.names == ["f-00000.png", "f-00001.png", "f-00002.png"])
        #expect(try frames(of: MediaSource.open(shop.path("f-00002.png")))[0].image == image)
        #expect(kind { try write([image], to: pattern) } == .cannotCreate)
        // Only a later number is taken: what was written is taken back, what was there stays.
        try FileManager.default.removeItem(atPath: shop.path("f-00000.png"))
        #expect(kind { try write([image, image], to: pattern) } == .cannotCreate)
        #expect(shop.names == ["f-00001.png", "f-00002.png"])
    }

    @Test("one picture is written as PNG or JPEG, a second one refused") func picture() throws {
        let shop = try Workshop()
        try write([ramp(30, 20)], to: shop.path("a.jpg"))
        #expect(
            try ImageComparison(frames(of: MediaSource.open(shop.path("a.jpg")))[0].image, ramp(30, 20))
                .peakSignalToNoiseRatio > 35)
        #expect(kind { try write([ramp(30, 20), ramp(30, 20)], to: shop.path("b.png")) } == .usage)
        #expect(shop.names == ["a.jpg"])
    }

    /// Oracle: ffmpeg reads the Y4M; odd sizes have one more column of chroma.
    @Test("Y4M and bare RGBA hold the pictures", arguments: [[64, 48], [33, 17], [1280, 720]])
    func y4m(size: [Int]) throws {
        let shop = try Workshop()
        let image = ramp(size[0], size[1])
        try write([image, image], to: shop.path("a.y4m"))
        #expect(
            try shop.probe(shop.path("a.y4m"), stream: "v", "stream=width,height,pix_fmt,r_frame_rate")
                == "\(size[0]),\(size[1]),yuv420p,25/1")
        let matrix = size[0] == 1280 ? "bt709" : "bt601"
        let pixels = try shop.pixels(
            shop.path("a.y4m"), after: ["-vf", "scale=in_color_matrix=\(matrix):flags=accurate_rnd+full_chroma_int"])
        let seen = try #require(
            Image(width: size[0], height: size[1], bytes: Array(pixels.prefix(size[0] * size[1] * 4))))
        #expect(try ImageComparison(seen, image).peakSignalToNoiseRatio > 36)
        try write([image, image], to: shop.path("a.rgba"))
        #expect(Array(try Data(contentsOf: URL(filePath: shop.path("a.rgba")))) == image.bytes + image.bytes)
    }

    /// Oracle: hand count. At 10 a second: 0 at slot 0, 0.1 at 1, 0.5 at 5, 0.52 takes 5 over, 1.0 at 10.
    @Test("uneven times become even by doubling and leaving out") func spacing() throws {
        let shop = try Workshop()
        let images = (0..<5).map { Image(width: 2, height: 2, filledWith: [UInt8($0), 0, 0, 255]) }
        try write(images, to: shop.path("a.rgba"), rate: Rational(10), times: [0, 0.1, 0.5, 0.52, 1.0])
        let bytes = Array(try Data(contentsOf: URL(filePath: shop.path("a.rgba"))))
        let shown = stride(from: 0, to: bytes.count, by: 16).map { bytes[$0] }
        #expect(shown == [0, 1, 1, 1, 1, 3, 3, 3, 3, 3, 4])
    }

    /// Oracle: ffprobe, and a tone whose loudness is told by its zero crossings.
    @Test("the sound is carried over, copied where it can be", arguments: ["out.mp4", "out.webm"])
    func sound(name: String) throws {
        let shop = try Workshop()
        let clip = try shop.make([
            "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-f", "lavfi", "-i", "sine=f=500:d=2", "-c:v",
            "libx264",
            "-c:a", "aac", "in.mp4",
        ])
        let source = try MediaSource.open(clip)
        #expect(source.information.hasAudio)
        let all = try frames(of: source)
        try write(all.map(\.image), to: shop.path(name), options: SinkOptions(audio: source.information.audio))
        let isMP4 = name.hasSuffix("mp4")
        #expect(try shop.probe(shop.path(name), stream: "a", "stream=codec_name") == (isMP4 ? "aac" : "opus"))
        let duration = try #require(Double(try shop.probe(shop.path(name), stream: "a", "format=duration")))
        #expect(abs(duration - 2) < 0.1)
        #expect(abs(try crossings(shop, name) - 1000) < 20, "500 Hz cross zero 1000 times a second")
        // Frames for half of the time: the sound ends with them.
        try write(
            all.prefix(25).map(\.image), to: shop.path("half-" + name),
            options: SinkOptions(audio: source.information.audio))
        let half = try #require(Double(try shop.probe(shop.path("half-" + name), stream: "a", "format=duration")))
        #expect(abs(half - 1) < 0.1)
        #expect(shop.names.filter { $0.hasPrefix(".") } == [])
    }

    private func crossings(_ shop: Workshop, _ name: String) throws -> Double {
        let raw = try shop.make(["-i", shop.path(name), "-vn", "-ac", "1", "-ar", "16000", "-f", "s16le", "sound.raw"])
        let bytes = Array(try Data(contentsOf: URL(filePath: raw)))
        let samples = stride(from: 0, to: bytes.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
        let middle = samples[8000..<24000]
        return Double(zip(middle.dropFirst(), middle).count { ($0 < 0) != ($1 < 0) })
    }

    @Test("existing output and missing folders are refused before work is done") func refused() throws {
        let shop = try Workshop()
        let image = ramp(32, 32)
        for name in ["a.mp4", "a.png", "a.y4m"] {
            try Data("mine".utf8).write(to: URL(filePath: shop.path(name)))
            #expect(kind { try write([image], to: shop.path(name)) } == .cannotCreate)
            #expect(try String(contentsOfFile: shop.path(name), encoding: .utf8) == "mine")
            try write([image], to: shop.path(name), options: SinkOptions(force: true))
            #expect(try Data(contentsOf: URL(filePath: shop.path(name))).count > 100)
            #expect(kind { try write([image], to: shop.path("no/such/" + name)) } == .cannotCreate)
        }
        #expect(kind { try write([image], to: shop.path("a.doc")) } == .usage)
        #expect(kind { try write([image], to: "-", format: .mp4) } == .usage)
        #expect(shop.names == ["a.mp4", "a.png", "a.y4m"])
        #expect(
            kind {
                try write([image], to: shop.path("b.mp4"), options: SinkOptions(tools: MediaTools(ffmpeg: "no-ffmpeg")))
            } == .missingTool)
    }

    @Test("a cancelled, freed or interrupted sink leaves nothing") func cancelled() throws {
        let shop = try Workshop()
        for name in ["a.mp4", "a.webm", "a.gif", "{frame:03d}.png", "a.rgba"] {
            for way in 0..<2 {
                var sink: (any FrameSink)? = try MediaSink.open(
                    shop.path(name), size: [64, 48], frameRate: Rational(25))
                for i in 0..<10 {
                    try sink?.write(Frame(image: ramp(64, 48), timeNanoseconds: Int64(i) * 40_000_000, index: i))
                }
                if way == 0 { sink?.cancel() }
                sink = nil
                #expect(shop.names == [], "\(name) \(way)")
            }
        }
    }

    @Test("an encoder that dies half-way is an error and leaves nothing") func killed() throws {
        let shop = try Workshop()
        let script = shop.path("ffmpeg-dies")
        try makeProgram("#!/bin/sh\nhead -c 100000 > /dev/null\nkill -9 $$\n", at: URL(filePath: script))
        let options = SinkOptions(tools: MediaTools(ffmpeg: script))
        #expect(
            kind { try write(Array(repeating: ramp(320, 240), count: 30), to: shop.path("a.mp4"), options: options) }
                == .inputOutput)
        #expect(shop.names == ["ffmpeg-dies"])
    }

    private static let hasFullDevice = unsafe access("/dev/full", W_OK) == 0

    /// /dev/full answers every write as a full disk does.
    @Test("a full disk is an error of output", .enabled(if: SinkTests.hasFullDevice)) func full() throws {
        let kept = dup(1)
        let full = unsafe open("/dev/full", O_WRONLY)
        let sink: any FrameSink
        do {
            fflush(nil)
            dup2(full, 1)
            defer {
                dup2(kept, 1)
                close(kept)
                close(full)
            }
            sink = try MediaSink.open("-", size: [64, 48], frameRate: Rational(25))
        }
        #expect(
            kind {
                for i in 0..<20 {
                    try sink.write(Frame(image: ramp(64, 48), timeNanoseconds: Int64(i) * 40_000_000, index: i))
                }
                try sink.finish()
            } == .inputOutput)
    }
}
