import Foundation
import Testing

extension CLI {
    /// `kaira lipsync`, and the mouth in `kaira animate`.
    @Suite struct LipSyncTests {
        let folder: Folder

        init() throws { folder = try Folder() }

        /// One second of a vowel after half a second of silence: resonators after Klatt (1980), pulses at 120 Hz.
        private func wave(_ formants: [Double], gain: Double = 0.4, before: Int = 8000, samples: Int = 16_000) -> Data {
            var x = [Double](repeating: 0, count: samples)
            for i in stride(from: 0, to: samples, by: 133) { x[i] = 1 }
            for (f, b) in zip(formants, [60.0, 90, 150]) {
                let c = -exp(-2 * .pi * b / 16_000), p = 2 * exp(-.pi * b / 16_000) * cos(2 * .pi * f / 16_000)
                var (y1, y2) = (0.0, 0.0)
                for i in x.indices {
                    let y = (1 - p - c) * x[i] + p * y1 + c * y2
                    (y2, y1) = (y1, y)
                    x[i] = y
                }
            }
            let peak = max(x.map { abs($0) }.max() ?? 1, 1e-9)
            let sound = [Double](repeating: 0, count: before) + x.map { $0 / peak * gain }
            return Self.file(sound.map { Int16(min(max($0, -1), 1) * 32_767) })
        }

        private static func file(_ samples: [Int16]) -> Data {
            func little(_ value: Int, _ count: Int) -> Data {
                Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
            }
            var data = Data("RIFF".utf8) + little(36 + 2 * samples.count, 4) + Data("WAVEfmt ".utf8) + little(16, 4)
            data += little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4) + little(2, 2) + little(16, 2)
            data += Data("data".utf8) + little(2 * samples.count, 4)
            for sample in samples { data += little(Int(sample), 2) }
            return data
        }

        /// Means of Peterson and Barney (1952) for men.
        private static let vowels: [(name: String, formants: [Double])] = [
            ("aa", [730, 1090, 2440]), ("ih", [270, 2290, 3010]), ("ou", [300, 870, 2240]), ("ee", [530, 1840, 2480]),
            ("oh", [570, 840, 2410]),
        ]

        private func frames(_ object: [String: Any]) -> [(time: Double, weights: [String: Double], closed: Bool)] {
            (object["frames"] as? [[String: Any]] ?? []).map {
                ($0["time"] as? Double ?? -1, $0["weights"] as? [String: Double] ?? [:], $0["closed"] as? Bool ?? true)
            }
        }

        /// Oracle: the vowel that was made, and the format's page.
        @Test("each vowel opens the mouth in its own way, and silence shuts it") func vowels() throws {
            for (name, formants) in Self.vowels {
                try folder.write("\(name).wav", wave(formants))
                let run = try Tool.run(["lipsync", "\(name).wav", "-o", "-"], in: folder)
                #expect(run.code == 0)
                let object = try run.object()
                #expect(object["schema"] as? String == "kaira.visemes/1")
                #expect(object["rate"] as? Double == 100)
                let frames = frames(object)
                #expect(frames.count == 150)
                for frame in frames {
                    if frame.time < 0.42 {
                        #expect(frame.weights.values.allSatisfy { $0 < 0.1 }, "\(name) at \(frame.time)")
                    }
                    guard 0.56...1.4 ~= frame.time else { continue }
                    let best = frame.weights.max { $0.value < $1.value }
                    #expect(best?.key == name, "\(name) at \(frame.time)")
                    #expect(frame.weights[name] ?? 0 > 0.5)
                }
            }
        }

        @Test("silent, clipped, empty, cut and missing sounds are told apart") func badSounds() throws {
            try folder.write("silent.wav", Self.file([Int16](repeating: 0, count: 16_000)))
            let silent = try Tool.run(["lipsync", "silent.wav", "-o", "v.json"], in: folder)
            #expect(silent.code == 0)
            #expect(silent.errors.contains("silent"))
            try folder.write("clipped.wav", wave([730, 1090, 2440], gain: 8))
            let clipped = try Tool.run(["lipsync", "clipped.wav", "-o", "v.json", "--force"], in: folder)
            #expect(clipped.code == 0)
            #expect(clipped.errors.contains("clipped"))
            try folder.write("empty.wav", Self.file([]))
            let empty = try Tool.run(["lipsync", "empty.wav", "-o", "v.json", "--force"], in: folder)
            #expect(empty.code == 2)
            #expect(empty.errors.contains("no samples"))
            try folder.write("cut.wav", wave([730, 1090, 2440]).prefix(20_000))
            let cut = try Tool.run(["lipsync", "cut.wav", "-o", "v.json", "--force"], in: folder)
            #expect(cut.code == 2)
            #expect(cut.errors.contains("promises"))
            try folder.write("head.wav", wave([730, 1090, 2440]).prefix(30))
            #expect(try Tool.run(["lipsync", "head.wav", "-o", "v.json", "--force"], in: folder).code == 65)
            #expect(try Tool.run(["lipsync", "no.wav", "-o", "v.json", "--force"], in: folder).code == 66)
            #expect(try Tool.run(["lipsync", "silent.wav", "-o", "v.json"], in: folder).code == 73)
            #expect(try Tool.run(["lipsync", "silent.wav", "-o", "v.txt"], in: folder).code == 64)
        }

        @Test("a profile is made of five recordings and used") func calibration() throws {
            var names: [String] = []
            for (name, formants) in Self.vowels {
                try folder.write("\(name).wav", wave(formants))
                names.append("\(name).wav")
            }
            let made = try Tool.run(["lipsync", "calibrate"] + names + ["-o", "me.json"], in: folder)
            #expect(made.code == 0, "\(made.errors)")
            let run = try Tool.run(["lipsync", "ee.wav", "-o", "-", "--speaker", "me.json"], in: folder)
            #expect(run.code == 0)
            let frame = try #require(frames(try run.object()).first { $0.time >= 1 })
            #expect(frame.weights["ee"] ?? 0 > 0.8)
            let twice = try Tool.run(
                ["lipsync", "calibrate", "aa.wav", "aa.wav", "ou.wav", "ee.wav", "oh.wav", "-o", "x.json"], in: folder)
            #expect(twice.code == 65)
            #expect(twice.errors.contains("sound the same"))
            #expect(try Tool.run(["lipsync", "calibrate", "aa.wav", "ih.wav", "-o", "x.json"], in: folder).code == 64)
            try folder.write("bad.json", Data(#"{"schema":"kaira.speaker/1","vowels":{}}"#.utf8))
            #expect(try Tool.run(["lipsync", "aa.wav", "-o", "-", "--speaker", "bad.json"], in: folder).code == 65)
        }

        /// Oracle: Rhubarb's documentation of its cues.
        @Test("mouth cues of Rhubarb become visemes") func rhubarb() throws {
            try folder.write("cues.tsv", Data("0.00\tX\n0.20\tD\n0.60\tA\n0.80\tX\n".utf8))
            let run = try Tool.run(["lipsync", "cues.tsv", "-o", "-"], in: folder)
            #expect(run.code == 0)
            let frames = frames(try run.object())
            #expect(frames.first { $0.time > 0.395 }?.weights["aa"] == 1)
            #expect(frames.first { $0.time > 0.695 }?.closed == true)
        }

        @Test("the plot is a picture, the table has the format's columns") func plot() throws {
            try folder.write("a.wav", wave([730, 1090, 2440]))
            #expect(
                try Tool.run(["lipsync", "a.wav", "-o", "v.json", "--plot", "p.png", "--json"], in: folder).object()[
                    "schema"]
                    as? String == "kaira.lipsync/1")
            #expect(try folder.data("p.png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
            let table = try Tool.run(["lipsync", "measure", "a.wav", "-o", "-"], in: folder)
            let lines = table.text.split(separator: "\n")
            #expect(lines.count == 151)
            #expect(lines[0].hasPrefix("time,mfcc1,mfcc2,"))
            #expect(Set(lines.map { $0.split(separator: ",").count }).count == 1)
        }

        /// Oracle: the vowel that the clip's sound was made of, and the weights that were asked for.
        @Test(
            "the avatar's mouth follows the sound, a given track, or nothing",
            .enabled(if: Tool.hasModel, "the pose model is not here"))
        func animate() throws {
            try folder.write("a.wav", wave([730, 1090, 2440], before: 0))
            try folder.make("-i \(Clips.person) -i a.wav -c:v copy -c:a aac -shortest speaks.mp4")
            func expressions(_ more: [String]) throws -> [[String: Double]] {
                let run = try Tool.run(
                    [
                        "animate", "speaks.mp4", "--avatar", Repository.avatar, "-o", "o.mp4", "--size", "64x48",
                        "--motion-out", "m.json", "--force",
                    ] + more, in: folder)
                try #require(run.code == 0, "\(run.errors)")
                let object = try #require(
                    try JSONSerialization.jsonObject(with: folder.data("m.json")) as? [String: Any])
                return (object["poses"] as? [[String: Any]] ?? []).map { $0["expressions"] as? [String: Double] ?? [:] }
            }
            let heard = try expressions([])
            // Frames at 0, 0.2, 0.4 and 0.6 s; the sound lasts a second.
            #expect(heard.count == 4)
            for frame in heard.dropFirst() { #expect(frame["aa"] ?? 0 > 0.5) }
            for frame in try expressions(["--lip-sync", "off"]) { #expect(frame["aa"] ?? 0 == 0) }
            try folder.write("cues.tsv", Data("0.00\tF\n2.00\tX\n".utf8))
            for frame in try expressions(["--visemes", "cues.tsv"]) { #expect(frame["ou"] ?? 0 > 0.9) }
            let run = try Tool.run(
                [
                    "animate", "speaks.mp4", "--avatar", Repository.avatar, "-o", "o.mp4", "--lip-sync", "off",
                    "--visemes", "cues.tsv",
                ],
                in: folder)
            #expect(run.code == 64)
        }
    }
}
