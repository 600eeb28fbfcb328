import Foundation
import Testing

extension CLI {
    /// What the demo shows, on the committed clips.
    @Suite(.enabled(if: Tool.hasModel, "the pose model is not here")) struct DemoTests {
        let folder: Folder

        init() throws { folder = try Folder() }

        /// Oracle: BlazePose's published 3D keypoints of the clip (tfjs-models, Apache-2.0), whose filters ran as if it had
        /// 30 frames a second. The mascot's legs are straight at rest, so that the turn of the lower leg's bone is the
        /// angle at the knee.
        @Test("from the clip to the avatar: knees follow the published keypoints within 12 degrees") func knees() throws
        {
            let avatar = Repository.avatar
            let steps = [
                ["pose", Repository.path("assets/demo/squats.mp4"), "-o", "k.json"],
                ["retarget", "k.json", "--avatar", avatar, "-o", "m.json"],
            ]
            for step in steps { try #require(Tool.run(step, in: folder).code == 0) }
            let golden = try JSONDecoder().decode(
                [[[Double]]].self,
                from: Data(
                    contentsOf: URL(
                        filePath: Repository.path("Tests/Fixtures/retarget/pose_squats_3d.full.json"))))
            let motion = try JSONDecoder().decode(Motion.self, from: folder.data("m.json"))
            try #require(motion.poses.count == golden.count)
            var errors: [Double] = []
            for (pose, points) in zip(motion.poses, golden) {
                let joints = points.map { SIMD3($0[0], $0[1], $0[2]) }
                for (bone, hip) in [("leftLowerLeg", 23), ("rightLowerLeg", 24)] {
                    let at = try #require(motion.bones.firstIndex(of: bone))
                    // The turn of the leg's own direction (0, -1, 0): twist about it does not count.
                    let (x, z) = (pose.rotations[4 * at], pose.rotations[4 * at + 2])
                    let shown = acos(min(max(1 - 2 * (x * x + z * z), -1), 1))
                    let (thigh, shin) = (joints[hip + 2] - joints[hip], joints[hip + 4] - joints[hip + 2])
                    let cosine = (thigh * shin).sum() / ((thigh * thigh).sum() * (shin * shin).sum()).squareRoot()
                    errors.append(abs(shown - acos(min(max(cosine, -1), 1))) * 180 / .pi)
                }
            }
            let mean = errors.reduce(0, +) / Double(errors.count)
            print("squats, clip to avatar: knee angle off by \(mean) degrees in the mean, \(errors.max() ?? 0) at most")
            #expect(mean <= 12)
        }

        /// Oracle: the rig that the clip was drawn from (`presenter.keypoints.json`).
        @Test("the presenter is found on 95 % of the frames, where the rig is") func presenter() throws {
            let clip = Repository.path("assets/demo/presenter.mp4")
            try #require(Tool.run(["pose", clip, "-o", "k.json"], in: folder).code == 0)
            let seen = try KeypointFile("\(folder.path)/k.json").people
            let truth = try KeypointFile(Repository.path("assets/demo/presenter.keypoints.json")).people
            try #require(seen.count == truth.count)
            let found = seen.count { !$0.isEmpty }
            func points(_ person: [String: Any]) -> [[Double]] { person["points"] as? [[Double]] ?? [] }
            var distances: [Double] = []
            for (a, b) in zip(seen, truth) {
                guard let a = a.first.map(points), let b = b.first.map(points) else { continue }
                let height = max(b[27][1], b[28][1]) - b[0][1]
                // Shoulders, elbows, wrists, hips, knees and ankles: a rig's joints are not the net's face and finger points.
                for joint in [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28] {
                    distances.append(hypot(a[joint][0] - b[joint][0], a[joint][1] - b[joint][1]) / height)
                }
            }
            let mean = distances.reduce(0, +) / Double(max(distances.count, 1))
            print("presenter: found on \(found) of \(seen.count) frames, joints off by \(mean * 100) % of the height")
            #expect(Double(found) >= 0.95 * Double(seen.count))
            #expect(mean <= 0.05)
        }

        /// The promise of DESIGN and of `docs/ARCHITECTURE.md`: bytes do not depend on the driver's threads.
        @Test("pictures are the same bytes for any number of the driver's threads") func driverThreads() throws {
            var pictures: [Data] = []
            for threads in [0, 1, 2, 5] {
                for mode in ["surface", "wire", "hidden-line", "solid --section=-1,0,0,0.1"] {
                    let name = "\(mode.prefix(5))-\(threads).png"
                    let run = try Tool.run(
                        [
                            "render", Repository.avatar, "-o", name, "--size", "320x240", "--device", "software",
                            "--mode",
                        ] + mode.split(separator: " ").map(String.init), in: folder,
                        environment: ["LP_NUM_THREADS": "\(threads)"])
                    #expect(run.code == 0, "\(run.errors)")
                    pictures.append(try folder.data(name))
                }
            }
            #expect(Set(pictures).count == 4)
        }

        private struct Motion: Decodable {
            struct Pose: Decodable {
                var rotations: [Double]
            }
            var bones: [String]
            var poses: [Pose]
        }
    }
}
