import Foundation
import KairaFormats
import KairaMotion
import Testing

@Suite("Keypoint files")
struct KeypointFileTests {
    static let layout = KeypointLayout.coco17

    static func pose(_ seed: Int, world: Bool) -> KeypointPose {
        // Values that short decimals cannot hold.
        func value(_ i: Int) -> Float { Float((seed * 7919 + i * 104_729) % 100_003) / 97 - 300 }
        return KeypointPose(
            layout: layout, id: seed, score: 1 / Float(seed + 1), box: [value(90), value(91), value(92), value(93)],
            points: (0..<17).map { SIMD2(value($0), value($0 + 40)) },
            world: world ? (0..<17).map { SIMD3(value($0) * 1e-6, 0, -value($0 + 9) * 1e6) } : nil,
            confidence: (0..<17).map { Float($0) / 16 }, time: Double(seed) / 3, frameSize: [640, 480])
    }

    static func sequence() -> KeypointSequence {
        KeypointSequence(
            layout: layout, size: [640, 480],
            frames: [
                .init(index: 0, time: 0, people: [pose(0, world: true)]), .init(index: 1, time: 0, people: []),
                .init(index: 7, time: 4 / 3, people: [pose(4, world: false)]),
            ])
    }

    static func text(
        head: String = #""schema":"kaira.keypoints/1","layout":"coco17","size":[640,480]"#,
        frame: String = #""index":0,"time":0"#, person: String = #""id":0,"score":1,"box":[0,0,1,1]"#,
        points: String? = nil, tail: String = ""
    ) -> [UInt8] {
        let points = points ?? "[" + Array(repeating: "[1,2,0.5]", count: 17).joined(separator: ",") + "]"
        return Array("{\(head),\"frames\":[{\(frame),\"people\":[{\(person),\"points\":\(points)}]}]\(tail)}".utf8)
    }

    static func path(of bytes: [UInt8]) -> String? {
        do {
            _ = try KeypointJSON.read(bytes, file: "a.json")
            return nil
        } catch {
            guard case .malformed("a.json", let at, _) = error else { return "\(error)" }
            return at
        }
    }

    /// Oracle: the sequence itself.
    @Test("what is written reads back as the same values and writes the same bytes")
    func roundTrip() throws {
        let sequence = Self.sequence()
        let bytes = try KeypointJSON.write(sequence)
        let back = try KeypointJSON.read(bytes, file: "a.json")
        #expect(back == sequence)
        #expect(try KeypointJSON.write(back) == bytes)
    }

    /// Oracle: Foundation's JSON reader, and the members that the format's page names.
    @Test("other readers find the documented members")
    func members() throws {
        let bytes = try KeypointJSON.write(Self.sequence())
        let top = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(top["schema"] as? String == "kaira.keypoints/1")
        #expect(top["layout"] as? String == "coco17")
        #expect(top["size"] as? [Int] == [640, 480])
        let frames = try #require(top["frames"] as? [[String: Any]])
        #expect(frames.map { $0["index"] as? Int } == [0, 1, 7])
        let person = try #require((frames[0]["people"] as? [[String: Any]])?.first)
        #expect((person["points"] as? [[Double]])?.count == 17)
        #expect((person["world"] as? [[Double]])?[3].count == 4)
        #expect(((frames[2]["people"] as? [[String: Any]])?.first)?["world"] == nil)
    }

    @Test("members may come in any order, unknown ones are passed over, null world is none")
    func order() throws {
        let plain = try KeypointJSON.read(Self.text(), file: "a.json")
        #expect(plain.frames.count == 1)
        var points = String(decoding: Self.text(), as: UTF8.self)
        points = points.replacingOccurrences(
            of: #""score":1"#, with: #""world":null,"x":{"y":[1,{"z":"\"}]"}]},"score":1.0e0"#)
        #expect(try KeypointJSON.read(Array(points.utf8), file: "a.json") == plain)
        let turned = Self.text(
            head: #""author":"me""#, tail: #","size":[640,480],"layout":"coco17","schema":"kaira.keypoints\/1""#)
        #expect(try KeypointJSON.read(turned, file: "a.json") == plain)
    }

    /// Oracle: Foundation's `strtod`-exact reading of the same text.
    @Test(
        "numbers are correctly rounded",
        arguments: [
            "0", "-0", "0.1", "123456789012345", "0.000000000000001", "1234567890.12345", "3.14159265358979323846",
            "-2.2250738585072014e-308", "1e8", "0.30000000000000004", "9007199254740993e-9", "5E-324",
        ])
    func numbers(text: String) throws {
        let expected = try #require(Double(text))
        let file = Self.text(frame: "\"index\":0,\"time\":\(text)")
        if abs(expected) <= 1e9 {
            #expect(try KeypointJSON.read(file, file: "a.json").frames[0].time == expected)
        } else {
            #expect(Self.path(of: file) == "/frames/0/time")
        }
    }

    @Test(
        "damaged documents name the JSON path",
        arguments: [
            (text(head: #""schema":"kaira.keypoints/2","layout":"coco17","size":[1,1]"#), "/schema"),
            (text(head: #""schema":"kaira.keypoints/1","layout":"coco18","size":[1,1]"#), "/layout"),
            (text(head: #""schema":"kaira.keypoints/1","layout":"coco17","size":[1,0]"#), "/size/1"),
            (text(head: #""schema":"kaira.keypoints/1","layout":"coco17","size":[1]"#), "/size"),
            (text(head: #""schema":"kaira.keypoints/1","layout":"coco17","size":[1,1e30]"#), "/size/1"),
            (text(head: #""schema":"kaira.keypoints/1","layout":"coco17""#), "/"),
            (text(head: #""schema":"kaira.keypoints/1","frames":[],"layout":"coco17","size":[1,1]"#), "/frames"),
            (text(frame: #""index":0"#), "/frames/0"), (text(frame: #""time":0"#), "/frames/0"),
            (text(frame: #""index":-1,"time":0"#), "/frames/0/index"),
            (text(frame: #""index":0.5,"time":0"#), "/frames/0/index"),
            (text(frame: #""index":0,"time":1e10"#), "/frames/0/time"),
            (text(frame: #""index":0,"time":1e999"#), "/frames/0/time"),
            (text(frame: #""index":0,"time":NaN"#), "/frames/0/time"),
            (text(frame: #""index":0,"time":01"#), "/frames/0/time"),
            (text(frame: #""index":0,"time":1."#), "/frames/0/time"),
            (text(frame: #""index":0,"time":"0""#), "/frames/0/time"),
            (text(person: #""id":0,"score":1"#), "/frames/0/people/0"),
            (text(person: #""id":0,"score":1.5,"box":[0,0,1,1]"#), "/frames/0/people/0/score"),
            (text(person: #""id":0,"score":1,"box":[0,0,1]"#), "/frames/0/people/0/box"),
            (text(person: #""id":0,"score":1,"box":[0,0,1,1,1]"#), "/frames/0/people/0/box/4"),
            (text(person: #""id":0,"score":1,"box":[0,0,1,1],"world":[[1,2,3,1]]"#), "/frames/0/people/0/world"),
            (text(points: "[[1,2,0.5]]"), "/frames/0/people/0/points"),
            (text(points: "[[1,2]]"), "/frames/0/people/0/points/0"),
            (text(points: "[[1,2,1.01]]"), "/frames/0/people/0/points/0/2"),
            (text(points: "[[null,2,1]]"), "/frames/0/people/0/points/0/0"),
            (text(tail: "} x"), "/"), (Array("[]".utf8), "/"), ([], "/"),
            (Array(#"{"a":"#.utf8) + Array(repeating: UInt8(ascii: "["), count: 100_000), nil),
        ] as [([UInt8], String?)])
    func damaged(bytes: [UInt8], expected: String?) {
        let path = Self.path(of: bytes)
        #expect(path != nil)
        if let expected { #expect(path == expected) }
    }

    @Test("frames that do not rise are refused")
    func rising() throws {
        let frame = #"{"index":1,"time":1,"people":[]}"#
        for (second, isFine) in [
            (#"{"index":2,"time":1,"people":[]}"#, true), (#"{"index":1,"time":2,"people":[]}"#, false),
            (#"{"index":2,"time":0.5,"people":[]}"#, false),
        ] {
            let text = #"{"schema":"kaira.keypoints/1","layout":"coco17","size":[2,2],"frames":[\#(frame),\#(second)]}"#
            #expect((Self.path(of: Array(text.utf8)) == nil) == isFine)
        }
    }

    @Test("cut at every byte: an error, never a trap")
    func truncated() throws {
        let bytes = try KeypointJSON.write(Self.sequence())
        // The file ends in a line feed that nobody needs.
        for count in stride(from: 0, to: bytes.count - 1, by: 3) {
            #expect(Self.path(of: Array(bytes[..<count])) != nil)
        }
        for i in stride(from: 0, to: bytes.count, by: 11) {
            var damaged = bytes
            damaged[i] ^= UInt8(1 << (i % 8))
            _ = Self.path(of: damaged)
        }
    }

    @Test("what JSON cannot hold is not written")
    func refusals() {
        var sequence = Self.sequence()
        sequence.frames[0].people[0].points[3].x = .nan
        #expect(throws: FormatsError.self) { try KeypointJSON.write(sequence) }
        #expect(throws: FormatsError.self) { try KeypointCSV.write(sequence) }
        sequence = Self.sequence()
        sequence.frames[2].index = 1
        #expect(throws: FormatsError.self) { try KeypointJSON.write(sequence) }
        sequence = Self.sequence()
        sequence.layout = .mediapipe33
        #expect(throws: FormatsError.self) { try KeypointJSON.write(sequence) }
    }

    /// Oracle: the columns that the format's page names.
    @Test("the table has one row a joint")
    func table() throws {
        let lines = String(decoding: try KeypointCSV.write(Self.sequence()), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1 + 2 * 17)
        #expect(lines[0] == "index,time,id,score,joint,x,y,confidence,world_x,world_y,world_z")
        #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 11 })
        #expect(lines[1].hasPrefix("0,0.0,0,1.0,nose,"))
        #expect(lines[34].hasPrefix("7,1.3333333333333333,4,0.2,right_ankle,") && lines[34].hasSuffix(",1.0,,,"))
    }
}
