import KairaFormats
import KairaMotion
import Testing

@Suite struct VisemeFileTests {
    private static let track = VisemeTrack(
        rate: 100,
        frames: [
            VisemeFrame(time: 0, .sil), VisemeFrame(time: 0.01, .aa, weight: 0.75), VisemeFrame(time: 0.02, .pp),
            VisemeFrame(time: 0.03, .ih, weight: 0.5),
        ])

    @Test("what is written is read again")
    func roundTrip() throws {
        let bytes = try VisemeJSON.write(Self.track, source: "voice.wav")
        #expect(try VisemeJSON.read(bytes, file: "x.json") == Self.track)
    }

    /// Oracle: the page docs/formats/visemes.md.
    @Test("the members are those of the format's page")
    func members() throws {
        let root = try JSONParser.parse(try VisemeJSON.write(Self.track), file: "x.json")
        #expect(root["schema"] == .string("kaira.visemes/1"))
        #expect(root["rate"] == .number(100))
        guard case .array(let frames)? = root["frames"] else {
            Issue.record("no frames")
            return
        }
        #expect(frames[1]["time"] == .number(0.01))
        #expect(frames[1]["weights"]?["aa"] == .number(0.75))
        #expect(frames[1]["weights"]?["oh"] == .number(0))
        #expect(frames[1]["closed"] == .bool(false))
        #expect(frames[2]["closed"] == .bool(true))
    }

    @Test("a track without the fifteen, by hand, is read")
    func small() throws {
        let text = #"{"schema":"kaira.visemes/1","frames":[{"time":1.5,"weights":{"aa":2,"ou":0.25}}]}"#
        let track = try VisemeJSON.read(Array(text.utf8), file: "x.json")
        #expect(track.frames.count == 1)
        #expect(track.frames[0].mouth == MouthShape(aa: 1, ou: 0.25))
        #expect(track.frame(at: 1.5)?.mouth.aa == 1)
        #expect(track.frame(at: 2)?.mouth.openness == 0)
    }

    @Test("bad files are refused with their place")
    func bad() throws {
        for text in [
            "", "{}", #"{"schema":"kaira.motion/1","frames":[]}"#, #"{"schema":"kaira.visemes/1"}"#,
            #"{"schema":"kaira.visemes/1","frames":[{"time":0}]}"#,
            #"{"schema":"kaira.visemes/1","frames":[{"time":"0","weights":{}}]}"#,
            #"{"schema":"kaira.visemes/1","frames":[{"time":0,"weights":{},"visemes":[1]}]}"#,
            #"{"schema":"kaira.visemes/1","visemes":["a"],"frames":[]}"#,
        ] {
            #expect(throws: FormatsError.self) { try VisemeJSON.read(Array(text.utf8), file: "x.json") }
        }
        let whole = try VisemeJSON.write(Self.track)
        for end in 0..<whole.count - 1 {
            #expect(throws: FormatsError.self) { try VisemeJSON.read(Array(whole[..<end]), file: "x.json") }
        }
    }

    // The three outputs of Rhubarb Lip Sync 1.13's documentation, section "Output formats".
    private static let tsv = "0.00\tX\n0.05\tD\n0.27\tC\n0.31\tB\n0.43\tX\n0.47\tX\n"
    private static let xml = """
        <?xml version="1.0" encoding="utf-8"?>
        <rhubarbResult>
          <metadata><soundFile>C:\\...\\sound.wav</soundFile><duration>0.47</duration></metadata>
          <mouthCues>
            <mouthCue start="0.00" end="0.05">X</mouthCue>
            <mouthCue start="0.05" end="0.27">D</mouthCue>
            <mouthCue start="0.27" end="0.31">C</mouthCue>
            <mouthCue start="0.31" end="0.43">B</mouthCue>
            <mouthCue start="0.43" end="0.47">X</mouthCue>
          </mouthCues>
        </rhubarbResult>
        """
    private static let json = """
        {"metadata": {"soundFile": "sound.wav", "duration": 0.47}, "mouthCues": [
            { "start": 0.00, "end": 0.05, "value": "X" }, { "start": 0.05, "end": 0.27, "value": "D" },
            { "start": 0.27, "end": 0.31, "value": "C" }, { "start": 0.31, "end": 0.43, "value": "B" },
            { "start": 0.43, "end": 0.47, "value": "X" } ]}
        """

    /// Oracle: the cues' meaning in Rhubarb's documentation; D is the widest open mouth.
    @Test("the three forms of Rhubarb's output mean the same", arguments: [tsv, xml, json])
    func rhubarb(text: String) throws {
        let track = try RhubarbFile.read(Array(text.utf8), file: "cues")
        #expect(track.frames.count == 48)
        #expect(try #require(track.frame(at: 0)).mouth.openness < 0.01)
        #expect(try #require(track.frame(at: 0.15)).mouth == MouthShape(aa: 1))
        #expect(try #require(track.frame(at: 0.37)).mouth.ih > 0.4)
        #expect(try #require(track.frame(at: 0.47)).mouth.openness < 0.05)
    }

    @Test("lips close at once for A")
    func closure() throws {
        let track = try RhubarbFile.read(Array("0\tD\n0.2\tA\n0.3\tD\n0.5\tX\n".utf8), file: "cues")
        #expect(try #require(track.frame(at: 0.195)).mouth.aa > 0.2)
        for time in [0.21, 0.25, 0.29] {
            let frame = try #require(track.frame(at: time))
            #expect(frame.isClosed)
            #expect(frame.mouth.openness < 1e-3)
        }
    }

    @Test(
        "damaged cues are refused with their place",
        arguments: [
            "", "0.1", "0.1\tQ", "a\tX", "-1\tX", "0.5\tA\n0.1\tB", "<mouthCues>", "<mouthCue start=\"0\" end=\"1\">Q<",
            "<mouthCue start=\"1\" end=\"0\">A</mouthCue>", "<mouthCue ",
            "{\"mouthCues\":[{\"start\":1,\"end\":0,\"value\":\"A\"}]}",
            "0\tA\n1e300\tX", "{\"mouthCues\":[{\"start\":0,\"end\":90000,\"value\":\"A\"}]}", "nan\tA",
        ])
    func damaged(text: String) {
        #expect(throws: FormatsError.self) { try RhubarbFile.read(Array(text.utf8), file: "cues") }
    }
}
