import Foundation
import Kaira
import KairaTestSupport
import Testing

/// Oracle: closed forms: motions made so that each figure is known beforehand.
@Suite struct MotionEvaluationTests {
    static let interval = 0.04

    /// A person of whom every joint moves as told; the torso is 100 pixels long.
    static func keypoints(
        frames: Int = 100, start: Double = 0, _ place: (Int, Int) -> SIMD2<Float>
    ) throws -> [UInt8] {
        let rest: [SIMD2<Float>] = [
            [30, 0], [34, -3], [26, -3], [38, 0], [22, 0], [60, 30], [0, 30], [70, 75], [-10, 75], [72, 120],
            [-12, 120],
            [50, 130], [10, 130], [50, 190], [10, 190], [50, 250], [10, 250],
        ]
        let list = (0..<frames).map { frame in
            let points = rest.enumerated().map { $1 + place(frame, $0) }
            return KeypointSequence.Frame(
                index: frame, time: start + Double(frame) * interval,
                people: [
                    KeypointPose(
                        layout: .coco17, score: 1, box: [0, 0, 80, 250], points: points,
                        confidence: Array(repeating: 1, count: 17), time: 0, frameSize: [640, 480])
                ])
        }
        return try KeypointJSON.write(KeypointSequence(layout: .coco17, size: [640, 480], frames: list))
    }

    static func motion(frames: Int = 60, _ change: (inout HumanoidPose, Int) -> Void) throws -> [UInt8] {
        try MotionJSON.write(
            MotionClip(
                poses: (0..<frames).map {
                    var pose = HumanoidPose(time: Double($0) * interval, restHipsHeight: 0.92)
                    change(&pose, $0)
                    return pose
                }))
    }

    static func run(_ a: [UInt8], _ b: [UInt8]) throws -> MotionEvaluationReport {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kaira-motion-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (first, second) = (folder.appending(path: "a.json"), folder.appending(path: "b.json"))
        try Data(a).write(to: first)
        try Data(b).write(to: second)
        return try MotionEvaluationJob(reference: first.path, tested: second.path).run()
    }

    static func wave(_ frame: Int, _ joint: Int) -> SIMD2<Float> {
        let t = Double(frame) * interval
        return SIMD2(Float(40 * sin(2.1 * t + Double(joint))), Float(25 * sin(3.3 * t + 2 * Double(joint))))
    }

    /// Shifted by (12, 16): 20 pixels, which is 0.2 of a torso of 100: strictly nearer only above that.
    @Test("a shift is its length, changes no angle, and lags nothing")
    func shift() throws {
        let still = { (frame: Int, _: Int) -> SIMD2<Float> in SIMD2(Float(frame * frame) / 8, 0) }
        let report = try Self.run(
            Self.keypoints(place: still), Self.keypoints { still($0, $1) + SIMD2(12, 16) })
        for joint in report.joints {
            #expect(abs((joint.error ?? 0) - 20) < 1e-3)
            // x = t^2 / 8 has the second difference 1/4.
            #expect(abs((joint.jitterReference ?? 0) - 0.25) < 1e-3 && abs((joint.jitterTested ?? 0) - 0.25) < 1e-3)
        }
        #expect(report.angles.count == 8 && report.angles.allSatisfy { $0.degrees < 1e-3 })
        #expect(abs(report.lag ?? 1) < 1e-6)
        let curve = try #require(report.curve)
        #expect(curve.count == 26 && curve[9] == 0 && curve[11] == 100)
        #expect(report.frames == 100 && report.unit == "px")
    }

    @Test("a delay is found, in frames and between them", arguments: [0, 3, 7, -4])
    func delay(frames: Int) throws {
        let report = try Self.run(
            Self.keypoints(place: Self.wave), Self.keypoints { Self.wave($0 - frames, $1) })
        let lag = try #require(report.lag)
        #expect(abs(lag - Double(frames) * Self.interval) < 0.1 * Self.interval, "\(lag)")
    }

    /// The truth stands still; the other one's feet slide 2 pixels a frame: 50 a second.
    @Test("sliding feet")
    func footSlide() throws {
        let report = try Self.run(
            Self.keypoints { _, _ in .zero }, Self.keypoints { $1 >= 15 ? SIMD2(Float($0) * 2, 0) : .zero })
        #expect(abs((report.footSlideReference ?? 1)) < 1e-9)
        #expect(abs((report.footSlideTested ?? 0) - 50) < 1e-3)
        #expect(report.lag == nil)
    }

    /// An elbow turned by 10 degrees: that bone 10, the others 0; the wrist moves 2 * 0.25 m * sin(5 degrees) in a body
    /// whose lower arm is 0.25 m long.
    @Test("a turned bone of a motion")
    func turnedBone() throws {
        let turn = Quaternion(angle: 10 * .pi / 180, axis: [0, 1, 0])
        let report = try Self.run(
            Self.motion { pose, _ in pose[.head] = Quaternion(angle: 0.3, axis: [1, 0, 0]) },
            Self.motion { pose, _ in
                pose[.head] = Quaternion(angle: 0.3, axis: [1, 0, 0])
                pose[.leftLowerArm] = turn
            })
        #expect(report.unit == "m")
        for angle in report.angles { #expect(abs(angle.degrees - (angle.name == "leftLowerArm" ? 10 : 0)) < 1e-3) }
        for joint in report.joints {
            let expected = joint.name == "left_wrist" ? 0.5 * sin(5 * Double.pi / 180) : 0
            #expect(abs((joint.error ?? 1) - expected) < 1e-5, "\(joint.name)")
        }
    }

    @Test("a moving body that is equal has no error; the plot is a picture")
    func equal() throws {
        let walk = try Self.motion { pose, frame in
            pose.hipsTranslation = [0, 0.92, Float(frame) * 0.05]
            pose[.leftUpperLeg] = Quaternion(angle: Float(sin(Double(frame) * 0.3)) * 0.5, axis: [1, 0, 0])
        }
        let report = try Self.run(walk, walk)
        #expect(report.means.error == 0 && report.means.angle ?? 1 < 1e-4 && abs(report.lag ?? 1) < 1e-9)
        #expect(report.curve?.first == 0 && report.curve?.last == 100)
        let plot = try report.plot()
        #expect(plot.width == 640 && plot.height > 600)
        #expect(report.table.contains("PCK@0.2"))
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
        #expect(object?["error"] as? Double == 0 && object?["lag_seconds"] != nil)
    }

    @Test("files that cannot be compared are errors")
    func misfits() throws {
        let a = try Self.keypoints { _, _ in .zero }, b = try Self.motion { _, _ in }
        #expect(throws: KairaError.self) { try Self.run(a, b) }
        #expect(throws: KairaError.self) { try Self.run(a, Self.keypoints(start: 50) { _, _ in .zero }) }
        #expect(throws: (any Error).self) { try Self.run(a, Array("{}".utf8)) }
        #expect(throws: (any Error).self) { try Self.run([], a) }
    }
}
