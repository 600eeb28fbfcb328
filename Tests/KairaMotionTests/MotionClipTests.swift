import KairaGeometry
import KairaMotion
import Testing

@Suite("HumanoidPose and MotionClip")
struct MotionClipTests {
    static func pose(_ time: Double, turn: Float, hips: SIMD3<Float> = [0, 1, 0], height: Float = 1) -> HumanoidPose {
        var pose = HumanoidPose(time: time, restHipsHeight: height)
        pose[.head] = Quaternion(angle: turn, axis: [0, 1, 0])
        pose.hipsTranslation = hips
        return pose
    }

    /// Oracle: the documentation: the T-pose.
    @Test("a new pose is the T-pose")
    func rest() {
        let pose = HumanoidPose(time: 3, restHipsHeight: 0.8)
        #expect(pose.rotations.count == 55 && pose.confidence.count == 55)
        let still = pose.rotations.allSatisfy { $0 == .identity }
        #expect(still)
        #expect(pose.hipsTranslation == [0, 0.8, 0])
        #expect(pose.time == 3 && pose.gaze == nil && pose.expressions.isEmpty)
    }

    /// Oracle: closed form: linear in everything but rotations, whose angle is linear.
    @Test("between two poses", arguments: [0, 0.25, 0.5, 1] as [Float])
    func interpolate(t: Float) {
        var a = Self.pose(1, turn: 0, hips: [0, 1, 0])
        var b = Self.pose(3, turn: 1, hips: [4, 4, 0], height: 2)
        a.expressions = ["blink": 1, "aa": 0.5]
        b.expressions = ["aa": 1, "happy": 0.8]
        b.gaze = [0.4, -0.2]
        b.confidence[3] = 1
        let p = HumanoidPose.interpolate(a, b, t)
        #expect(abs(p[.head].angle - t) < 1e-6)
        // Hips at 4 m on legs of 2 m are at 2 m on legs of 1 m.
        #expect(distance(p.hipsTranslation, [2 * t, 1 + t, 0]) < 1e-6)
        #expect(p.restHipsHeight == 1)
        #expect(p.confidence[3] == t)
        #expect(abs((p.expressions["blink"] ?? -1) - (1 - t)) < 1e-6)
        #expect(abs((p.expressions["aa"] ?? -1) - (0.5 + 0.5 * t)) < 1e-6)
        #expect(abs((p.expressions["happy"] ?? -1) - 0.8 * t) < 1e-6)
        #expect(distance(p.gaze ?? [9, 9], [0.4 * t, -0.2 * t]) < 1e-6)
        #expect(p.time == 1 + 2 * Double(t))
    }

    /// Oracle: closed form. Keys at 0, 1 and 3 s of 0, 1 and 2 rad.
    @Test(
        "sampling holds at the ends and is linear between keys",
        arguments: [(-5, 0), (0, 0), (0.5, 0.5), (1, 1), (1.5, 1.25), (2, 1.5), (3, 2), (99, 2)] as [(Double, Float)])
    func sample(time: Double, turn: Float) throws {
        let clip = MotionClip(
            name: "nod", poses: [Self.pose(3, turn: 2), Self.pose(0, turn: 0), Self.pose(1, turn: 1)])
        #expect(clip.poses.map(\.time) == [0, 1, 3], "sorted")
        #expect(clip.duration == 3)
        #expect(abs(try #require(clip.pose(at: time))[.head].angle - turn) < 1e-6)
    }

    /// Oracle: the documentation.
    @Test("no pose, one pose, two poses at one time, a time that is no number")
    func odd() throws {
        let none = MotionClip(poses: [])
        #expect(none.pose(at: 0) == nil && none.duration == 0)
        let one = MotionClip(poses: [Self.pose(2, turn: 1)])
        #expect(one.pose(at: -1) == one.poses[0] && one.pose(at: 5) == one.poses[0] && one.duration == 0)
        let twice = MotionClip(poses: [Self.pose(0, turn: 0), Self.pose(1, turn: 1), Self.pose(1, turn: 2)])
        #expect(twice.poses.count == 2)
        #expect(abs(try #require(twice.poses.last)[.head].angle - 2) < 1e-6, "the later one is kept")
        #expect(twice.pose(at: .nan) == twice.poses[0])
    }

    /// Oracle: a linear search over a thousand uneven keys.
    @Test("the key is found among many")
    func many() throws {
        var time = 0.0
        let poses = (0..<1000).map { k -> HumanoidPose in
            time += 0.01 + Double(k % 7) * 0.003
            return Self.pose(time, turn: 0, hips: [Float(k), 1, 0])
        }
        let clip = MotionClip(poses: poses)
        for k in stride(from: 0.005, to: time + 0.1, by: 0.0937) {
            let after = poses.firstIndex { $0.time > k } ?? poses.count
            var x = Float(min(after, poses.count - 1))
            if after == 0 {
                x = 0
            } else if after < poses.count {
                let (p, q) = (poses[after - 1].time, poses[after].time)
                x = Float(after - 1) + Float((k - p) / (q - p))
            }
            #expect(abs(try #require(clip.pose(at: k)).hipsTranslation.x - x) < 1e-3)
        }
    }
}
