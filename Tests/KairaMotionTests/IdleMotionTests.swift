import KairaGeometry
import KairaMotion
import Testing

@Suite struct IdleMotionTests {
    private static func pose(at time: Double) -> HumanoidPose { HumanoidPose(time: time) }

    /// Oracle: the doc comment's figures; humans blink 10 to 30 times a minute at rest (Bentivoglio et al. 1997: 17).
    @Test("blinks are short, whole, and come 10 to 30 times a minute", arguments: [1, 2, 77] as [UInt64])
    func blinks(seed: UInt64) {
        let idle = IdleMotion(seed: seed)
        var count = 0
        var wasShut = false
        var shut = 0
        for k in 0..<60_000 {
            let w = idle.blink(at: Double(k) / 500)
            #expect((0...1).contains(w))
            let isShut = w > 0.5
            if isShut { shut += 1 }
            if isShut, !wasShut { count += 1 }
            wasShut = isShut
        }
        #expect((20...60).contains(count), "\(count) in two minutes")
        #expect(Double(shut) / Double(count) / 500 < 0.2, "each shorter than 0.2 s")
    }

    @Test("the same seed and time give the same bits, another seed others")
    func seeded() {
        for t in [0.0, 1.5, 3.21, 100, -4] {
            var (a, b, c) = (Self.pose(at: t), Self.pose(at: t), Self.pose(at: t))
            IdleMotion(seed: 5).apply(to: &a)
            IdleMotion(seed: 5).apply(to: &b)
            IdleMotion(seed: 6).apply(to: &c)
            #expect(a == b && a != c)
        }
    }

    /// Oracle: continuity: between frames of 1/240 s no bone turns by more than 0.1 degrees.
    @Test("motion is smooth, small, and leaves hips and legs alone")
    func smooth() {
        let idle = IdleMotion()
        var last = Self.pose(at: 0)
        idle.apply(to: &last)
        for k in 1..<4800 {
            var pose = Self.pose(at: Double(k) / 240)
            idle.apply(to: &pose)
            for i in pose.rotations.indices {
                #expect(pose.rotations[i].angle(to: last.rotations[i]) < 0.0018)
                #expect(pose.rotations[i].angle < 0.12)
            }
            #expect(pose.hipsTranslation == [0, 1, 0])
            for bone in [HumanBone.hips, .leftUpperLeg, .rightUpperLeg, .leftLowerLeg, .rightFoot] {
                #expect(pose[bone] == .identity)
            }
            last = pose
        }
    }

    @Test("measured bones, gazes and blinks are left as they are")
    func yields() {
        var pose = Self.pose(at: 2)
        for i in pose.confidence.indices { pose.confidence[i] = 1 }
        pose.gaze = [0.1, 0]
        pose.expressions["blinkLeft"] = 0.25
        let before = pose
        IdleMotion().apply(to: &pose)
        #expect(pose == before)
        // Half measured: half the motion.
        var (free, half) = (Self.pose(at: 2), Self.pose(at: 2))
        half.confidence[HumanBone.head.index] = 0.5
        IdleMotion().apply(to: &free)
        IdleMotion().apply(to: &half)
        #expect(abs(half[.head].angle * 2 - free[.head].angle) < 1e-4)
    }
}
