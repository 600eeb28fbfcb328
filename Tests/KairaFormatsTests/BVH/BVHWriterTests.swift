import Foundation
import KairaFormats
import KairaGeometry
import KairaMotion
import Testing

/// A minimal reader of BVH, written from the format's description and Blender's rules (io_anim_bvh), that shares no code with
/// the writer: forward kinematics in double from offsets and channels as the file names them.
private struct BVHFile {
    struct Joint {
        var name: String
        var parent: Int?
        var offset: SIMD3<Double>
        var channels: [String]
        var tip: SIMD3<Double>?
    }
    struct Fault: Error { var what: String }

    var joints: [Joint] = []
    var frameTime = 0.0
    var frames: [[Double]] = []

    init(_ bytes: [UInt8]) throws {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
        func vector(_ words: [String]) throws -> SIMD3<Double> {
            let v = words.dropFirst().compactMap(Double.init)
            guard v.count == 3, words.count == 4 else { throw Fault(what: "offset \(words)") }
            return SIMD3(v[0], v[1], v[2])
        }
        guard lines.first == ["HIERARCHY"] else { throw Fault(what: "no HIERARCHY") }
        var (stack, end, at) = ([Int](), false, 1)
        while at < lines.count, lines[at] != ["MOTION"] {
            let words = lines[at]
            switch words.first {
            case "ROOT", "JOINT":
                guard words.count == 2, (words[0] == "ROOT") == stack.isEmpty else {
                    throw Fault(what: "joint \(words)")
                }
                joints.append(Joint(name: words[1], parent: stack.last, offset: .zero, channels: []))
                guard lines[at + 1] == ["{"] else { throw Fault(what: "no brace") }
                stack.append(joints.count - 1)
                at += 1
            case "End":
                guard words == ["End", "Site"], lines[at + 1] == ["{"] else { throw Fault(what: "end site") }
                end = true
                at += 1
            case "OFFSET":
                guard let top = stack.last else { throw Fault(what: "offset outside") }
                if end { joints[top].tip = try vector(words) } else { joints[top].offset = try vector(words) }
            case "CHANNELS":
                guard let top = stack.last, words.count > 2, Int(words[1]) == words.count - 2 else {
                    throw Fault(what: "channels \(words)")
                }
                joints[top].channels = Array(words.dropFirst(2))
            case "}":
                if end { end = false } else if stack.popLast() == nil { throw Fault(what: "brace") }
            default: throw Fault(what: "line \(words)")
            }
            at += 1
        }
        guard stack.isEmpty, at + 2 < lines.count, lines[at + 1].count == 2, lines[at + 1][0] == "Frames:",
            let count = Int(lines[at + 1][1]), lines[at + 2].count == 3, lines[at + 2][..<2] == ["Frame", "Time:"],
            let time = Double(lines[at + 2][2])
        else { throw Fault(what: "motion") }
        frameTime = time
        let width = joints.map(\.channels.count).reduce(0, +)
        for line in lines[(at + 3)...] where !line.isEmpty {
            let values = line.compactMap(Double.init)
            guard values.count == width, line.count == width else {
                throw Fault(what: "\(values.count) of \(width) values")
            }
            frames.append(values)
        }
        guard frames.count == count else { throw Fault(what: "\(frames.count) of \(count) frames") }
    }

    typealias Rows = [SIMD3<Double>]

    static func product(_ a: Rows, _ b: Rows) -> Rows {
        a.map { row in b[0] * row.x + b[1] * row.y + b[2] * row.z }
    }

    static func turn(_ axis: String, _ degrees: Double) -> Rows {
        let (s, c) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        return switch axis {
        case "Xrotation": [[1, 0, 0], [0, c, -s], [0, s, c]]
        case "Yrotation": [[c, 0, s], [0, 1, 0], [-s, 0, c]]
        default: [[c, -s, 0], [s, c, 0], [0, 0, 1]]
        }
    }

    /// World places of the joints in a frame, in the file's centimetres.
    func places(_ frame: Int) -> [String: SIMD3<Double>] {
        var (worlds, places) = ([Rows](), [SIMD3<Double>]())
        var next = 0
        for joint in joints {
            var move = joint.offset
            var local: Rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
            for channel in joint.channels {
                let value = frames[frame][next]
                next += 1
                switch channel {
                case "Xposition": move.x += value
                case "Yposition": move.y += value
                case "Zposition": move.z += value
                default: local = Self.product(local, Self.turn(channel, value))
                }
            }
            if let parent = joint.parent {
                let rows = worlds[parent]
                places.append(
                    places[parent] + [(rows[0] * move).sum(), (rows[1] * move).sum(), (rows[2] * move).sum()])
                worlds.append(Self.product(rows, local))
            } else {
                places.append(move)
                worlds.append(local)
            }
        }
        return Dictionary(uniqueKeysWithValues: zip(joints.map(\.name), places))
    }
}

@Suite("BVHWriter")
struct BVHWriterTests {
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        mutating func float(_ r: ClosedRange<Float>) -> Float { Float.random(in: r, using: &self) }
    }

    static func rig(dropping absent: Set<HumanBone> = []) -> HumanoidSkeleton {
        let table: [(HumanBone, SIMD3<Float>)] = [
            (.hips, [0, 0.98, 0.01]), (.spine, [0, 1.06, 0]), (.chest, [0, 1.18, 0]), (.upperChest, [0, 1.3, -0.01]),
            (.neck, [0, 1.47, -0.01]), (.head, [0, 1.56, 0.01]), (.leftEye, [0.03, 1.6, 0.1]), (.jaw, [0, 1.58, 0.03]),
            (.leftUpperLeg, [0.095, 0.93, 0]), (.leftLowerLeg, [0.095, 0.5, 0]), (.leftFoot, [0.095, 0.08, 0]),
            (.leftToes, [0.095, 0.02, 0.13]), (.leftShoulder, [0.03, 1.42, 0]), (.leftUpperArm, [0.16, 1.42, 0]),
            (.leftLowerArm, [0.42, 1.42, 0]), (.leftHand, [0.66, 1.42, 0]), (.leftThumbMetacarpal, [0.68, 1.41, 0.03]),
            (.leftThumbProximal, [0.71, 1.41, 0.05]), (.leftIndexProximal, [0.75, 1.42, 0.03]),
            (.leftIndexIntermediate, [0.79, 1.42, 0.03]), (.leftIndexDistal, [0.81, 1.42, 0.03]),
        ]
        var rest = [SIMD3<Float>?](repeating: nil, count: HumanBone.count)
        for (bone, place) in table {
            if !absent.contains(bone) { rest[bone.index] = place }
            if bone.mirrored != bone, !absent.contains(bone.mirrored) {
                rest[bone.mirrored.index] = place * [-1, 1, 1]
            }
        }
        return HumanoidSkeleton(restPositions: rest)
    }

    static func clip(seed: UInt64, frames: Int, step: Double = 1.0 / 30) -> MotionClip {
        var g = Random(state: seed)
        return MotionClip(
            poses: (0..<frames).map { k in
                var pose = HumanoidPose(time: 2 + Double(k) * step, restHipsHeight: 0.98)
                pose.hipsTranslation = [g.float(-2...2), g.float(0.3...1.5), g.float(-2...2)]
                for bone in HumanBone.allCases {
                    pose[bone] = Quaternion(rotationVector: [g.float(-3...3), g.float(-3...3), g.float(-3...3)])
                }
                return pose
            })
    }

    /// Oracle: an independent reader's forward kinematics beside the skeleton's own (which has tests of its own); the
    /// requirement is 1e-4 m.
    @Test(
        "joints come back within 0.1 mm",
        arguments: [[], [.chest, .upperChest, .leftShoulder, .rightToes, .neck]] as [Set<HumanBone>])
    func places(absent: Set<HumanBone>) throws {
        let rig = Self.rig(dropping: absent)
        let clip = Self.clip(seed: 1, frames: 60)
        let file = try BVHFile(BVHWriter(skeleton: rig).write(clip))
        #expect(file.frames.count == 60)
        #expect(abs(file.frameTime - 1.0 / 30) < 1e-7)
        #expect(file.joints.count == rig.restPositions.count { $0 != nil })
        var worst = 0.0
        for (k, pose) in clip.poses.enumerated() {
            let (places, truth) = (file.places(k), rig.jointPositions(in: pose))
            for bone in HumanBone.allCases {
                guard let t = truth[bone.index] else { continue }
                let off = try #require(places[bone.rawValue]) / 100 - SIMD3<Double>(t)
                worst = max(worst, (off * off).sum().squareRoot())
            }
        }
        print("BVH: worst joint \(worst) m")
        #expect(worst <= 1e-4)
    }

    /// Oracle: the definition; at +-90 degrees about X the other two angles are one.
    @Test("the gimbal's poles", arguments: [90, -90, 89.9999, -89.99, 89.95] as [Float], [0, 35, -120] as [Float])
    func gimbal(x: Float, other: Float) throws {
        func q(_ a: Float, _ axis: SIMD3<Float>) -> Quaternion { Quaternion(angle: a * .pi / 180, axis: axis) }
        var pose = HumanoidPose(restHipsHeight: 0.98)
        pose[.leftUpperArm] = q(other, [0, 0, 1]) * q(x, [1, 0, 0]) * q(20, [0, 1, 0])
        pose[.hips] = q(other, [0, 1, 0]) * q(x, [1, 0, 0])
        let rig = Self.rig()
        let file = try BVHFile(BVHWriter(skeleton: rig).write(MotionClip(poses: [pose])))
        for (name, place) in file.places(0) {
            let bone = try #require(HumanBone(rawValue: name))
            let off = place / 100 - SIMD3<Double>(try #require(rig.jointPositions(in: pose)[bone.index]))
            #expect((off * off).sum().squareRoot() <= 1e-4)
        }
    }

    /// Oracle: the format: root with six channels, joints with three in the documented order; VRM's hierarchy; tips of a length.
    @Test("hierarchy and channels")
    func hierarchy() throws {
        let rig = Self.rig(dropping: [.chest, .upperChest, .leftShoulder])
        let file = try BVHFile(BVHWriter(skeleton: rig).write(Self.clip(seed: 2, frames: 2)))
        let turns = ["Zrotation", "Xrotation", "Yrotation"]
        for (i, joint) in file.joints.enumerated() {
            #expect(joint.channels == (i == 0 ? ["Xposition", "Yposition", "Zposition"] : []) + turns)
            let bone = try #require(HumanBone(rawValue: joint.name))
            #expect(joint.parent.map { file.joints[$0].name } == rig.parent(of: bone)?.rawValue)
            if let tip = joint.tip { #expect((tip * tip).sum() > 0) }
            #expect((joint.tip != nil) == !file.joints.contains { $0.parent == i }, "every end has its site")
        }
        #expect(file.joints[0].name == "hips" && file.joints[0].offset == .zero)
        #expect(Set(file.joints.map(\.name)).count == file.joints.count)
    }

    /// Oracle: continuity: a body that turns four times round on its heel has an angle that rises to 1440 degrees.
    @Test("angles do not jump by whole turns")
    func continuity() throws {
        let poses = (0...240).map { k -> HumanoidPose in
            var pose = HumanoidPose(time: Double(k) / 60, restHipsHeight: 0.98)
            pose[.hips] = Quaternion(angle: Float(k) * 6 * .pi / 180, axis: [0, 1, 0])
            pose[.leftUpperArm] = Quaternion(angle: Float(k) * 3 * .pi / 180, axis: [1, 0, 0])
            return pose
        }
        let file = try BVHFile(BVHWriter(skeleton: Self.rig()).write(MotionClip(poses: poses)))
        for (a, b) in zip(file.frames, file.frames.dropFirst()) {
            for (x, y) in zip(a, b) { #expect(abs(x - y) < 7) }
        }
        #expect(abs((file.frames.last?[5] ?? 0) - 1440) < 0.01)
    }

    /// Oracle: the documentation.
    @Test("even frames, one pose, none, and what cannot be written")
    func sampling() throws {
        let rig = Self.rig()
        let clip = Self.clip(seed: 3, frames: 4, step: 0.1)
        let file = try BVHFile(BVHWriter(skeleton: rig, frameTime: 0.05).write(clip))
        #expect(file.frames.count == 7 && abs(file.frameTime - 0.05) < 1e-9)
        #expect(try BVHFile(BVHWriter(skeleton: rig).write(MotionClip(poses: [clip.poses[0]]))).frames.count == 1)
        #expect(try BVHFile(BVHWriter(skeleton: rig).write(MotionClip(poses: []))).frames.isEmpty)
        for time in [0, -1, .nan, .infinity, 1e-9] {
            #expect(throws: FormatsError.self) { try BVHWriter(skeleton: rig, frameTime: time).write(clip) }
        }
        #expect(throws: FormatsError.self) { try BVHWriter(skeleton: Self.rig(dropping: [.hips])).write(clip) }
        var broken = clip.poses[0]
        broken[.head] = Quaternion(x: .nan, y: 0, z: 0, w: 1)
        broken.hipsTranslation.x = 1e30
        _ = try BVHFile(BVHWriter(skeleton: rig).write(MotionClip(poses: [broken])))
    }
}
