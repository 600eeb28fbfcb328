import Foundation
import KairaFormats
import KairaGeometry
import KairaMotion
import Testing

@Suite("MotionJSON")
struct MotionJSONTests {
    /// The schema as `docs/formats/motion.md` states it.
    struct File: Decodable {
        struct Pose: Decodable {
            var time: Double
            var hips: [Float]
            var rotations: [Float]
            var confidence: [Float]?
            var expressions: [String: Float]?
            var gaze: [Float]?
        }
        var schema: String
        var name: String?
        var rest_hips_height: Float?
        var bones: [String]
        var poses: [Pose]
    }

    static func clip() -> MotionClip {
        var g = BVHWriterTests.Random(state: 9)
        return MotionClip(
            name: "a \"name\" with \\ and ü\n",
            poses: (0..<20).map { k in
                var pose = HumanoidPose(time: 0.1 + Double(k) / 30, restHipsHeight: 0.937)
                pose.hipsTranslation = [g.float(-1...1), g.float(0...2), g.float(-1...1)]
                for bone in [HumanBone.hips, .leftUpperArm, .rightLittleDistal] {
                    pose[bone] = Quaternion(rotationVector: [g.float(-2...2), g.float(-2...2), g.float(-2...2)])
                    pose.confidence[bone.index] = g.float(0...1)
                }
                if k % 2 == 0 { pose.expressions = ["blink": g.float(0...1), "aa": 0.25] }
                if k % 3 == 0 { pose.gaze = [g.float(-1...1), g.float(-1...1)] }
                return pose
            })
    }

    /// Oracle: Foundation's JSONDecoder and the schema.
    @Test("Foundation decodes what is written")
    func decode() throws {
        let clip = Self.clip()
        let file = try JSONDecoder().decode(File.self, from: Data(MotionJSON.write(clip)))
        #expect(file.schema == "kaira.motion/1")
        #expect(file.name == clip.name)
        #expect(file.rest_hips_height == 0.937)
        #expect(file.bones == ["hips", "leftUpperArm", "rightLittleDistal"])
        #expect(file.poses.count == 20)
        for (a, b) in zip(file.poses, clip.poses) {
            #expect(a.time == b.time)
            #expect(a.hips == [b.hipsTranslation.x, b.hipsTranslation.y, b.hipsTranslation.z])
            let q = b[.leftUpperArm].vector
            #expect(Array(a.rotations[4..<8]) == [q.x, q.y, q.z, q.w])
            #expect(a.rotations.count == 12)
            #expect(a.confidence?[2] == b.confidence[HumanBone.rightLittleDistal.index])
            #expect((a.expressions ?? [:]) == b.expressions)
            #expect(a.gaze == b.gaze.map { [$0.x, $0.y] })
        }
    }

    /// Oracle: the same values: rotations are brought to unit length again, which moves them by an ulp or two.
    @Test("what is written reads back")
    func roundTrip() throws {
        let clip = Self.clip()
        let bytes = try MotionJSON.write(clip)
        let back = try MotionJSON.read(bytes, file: "a.json")
        #expect(back.name == clip.name)
        #expect(back.poses.count == clip.poses.count)
        for (a, b) in zip(back.poses, clip.poses) {
            #expect(a.time == b.time && a.restHipsHeight == b.restHipsHeight && a.hipsTranslation == b.hipsTranslation)
            #expect(a.expressions == b.expressions && a.gaze == b.gaze && a.confidence == b.confidence)
            for bone in HumanBone.allCases { #expect(a[bone].angle(to: b[bone]) < 1e-6) }
        }
        #expect(try MotionJSON.write(clip) == bytes, "equal input makes equal bytes")
        let none = try MotionJSON.read(MotionJSON.write(MotionClip(poses: [])), file: "b.json")
        #expect(none.poses.isEmpty)
    }

    /// Oracle: closed form: hips at 2 m on legs of 1 m are at 1 m on legs of 0.5 m.
    @Test("poses of other leg lengths are brought to the first one's")
    func heights() throws {
        var (a, b) = (HumanoidPose(time: 0, restHipsHeight: 0.5), HumanoidPose(time: 1, restHipsHeight: 1))
        (a.hipsTranslation, b.hipsTranslation) = ([0, 0.5, 0], [2, 2, 0])
        let back = try MotionJSON.read(MotionJSON.write(MotionClip(poses: [a, b])), file: "a.json")
        #expect(back.poses[1].hipsTranslation == [1, 1, 0] && back.poses[1].restHipsHeight == 0.5)
    }

    @Test("numbers that JSON cannot hold are refused", arguments: [Float.nan, .infinity])
    func notFinite(x: Float) {
        var pose = HumanoidPose()
        pose.hipsTranslation.y = x
        #expect(throws: FormatsError.self) { try MotionJSON.write(MotionClip(poses: [pose])) }
        pose = HumanoidPose()
        pose[.head] = Quaternion(x: 0, y: x, z: 0, w: 1)
        #expect(throws: FormatsError.self) { try MotionJSON.write(MotionClip(poses: [pose])) }
    }

    static let minimal =
        #"{"schema":"kaira.motion/1","bones":["head"],"poses":[{"time":0,"hips":[0,1,0],"rotations":[0,0,0,2]}]}"#

    /// Oracle: the documentation: optional members may be absent, unknown ones are passed over, rotations are normalised.
    @Test("a minimal file")
    func minimalFile() throws {
        let clip = try MotionJSON.read(Array(Self.minimal.utf8), file: "m.json")
        #expect(clip.poses[0][.head] == .identity && clip.poses[0].restHipsHeight == 1 && clip.name.isEmpty)
        let more = Self.minimal.replacing("{\"time\"", with: "{\"mine\":[1],\"time\"")
        #expect(try MotionJSON.read(Array(more.utf8), file: "m.json").poses.count == 1)
    }

    @Test(
        "what is wrong is told with its place",
        arguments: [
            ("motion/1", "motion/2", "/schema"), ("\"head\"", "\"tail\"", "/bones/0"),
            ("\"head\"", "\"head\",\"head\"", "/bones/1"),
            ("[0,0,0,2]", "[0,0,2]", "/poses/0/rotations"), ("[0,1,0]", "[0,1]", "/poses/0/hips"),
            ("\"time\":0", "\"time\":\"a\"", "/poses/0/time"), ("[0,1,0]", "[0,1e40,0]", "/poses/0/hips/1"),
            ("\"bones\"", "\"rest_hips_height\":0,\"bones\"", "/rest_hips_height"), ("\"time\":0,", "", "/poses/0"),
        ])
    func wrong(old: String, new: String, place: String) {
        let text = Self.minimal.replacing(old, with: new)
        #expect(text != Self.minimal)
        do {
            _ = try MotionJSON.read(Array(text.utf8), file: "m.json")
            Issue.record("it was read")
        } catch {
            #expect("\(error)".hasPrefix("m.json"))
            #expect("\(error)".contains(place))
        }
    }

    /// Each is refused or read: nothing traps or hangs.
    @Test("files cut short and with bits flipped")
    func hostile() throws {
        let bytes = try MotionJSON.write(MotionClip(name: "x", poses: Array(Self.clip().poses[..<3])))
        for end in 0..<bytes.count - 1 {
            #expect(throws: FormatsError.self) { try MotionJSON.read(Array(bytes[..<end]), file: "cut") }
        }
        for at in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[at] ^= 1 << bit
                if let clip = try? MotionJSON.read(flipped, file: "flipped") {
                    for pose in clip.poses {
                        #expect(pose.hipsTranslation.isFinite && pose.time.isFinite)
                        let unit = pose.rotations.allSatisfy { abs(length($0.vector) - 1) < 1e-3 }
                        #expect(unit)
                    }
                }
            }
        }
    }
}
