import Foundation
import KairaImage
import KairaPose
import KairaTestSupport
import Testing

@Suite("Filters over time")
struct FilterTests {
    /// Oracle: Casiez et al. 2012, algorithm 1, written out for two samples.
    @Test("the second sample of a One-Euro filter is the paper's formula", arguments: [0.01, 0.033333, 0.2])
    func closedForm(step: Double) {
        var filter = OneEuroFilter<SIMD2<Float>>(OneEuroParameters(minCutoff: 0.5, beta: 3, derivativeCutoff: 2))
        var points: [SIMD2<Float>] = [[1, 2], [3, 4]]
        filter.apply(&points, time: 7)
        #expect(points == [[1, 2], [3, 4]], "the first sample passes")
        points = [[2, 2], [3, -1]]
        filter.apply(&points, time: 7 + step, scale: 0.25)
        func expected(_ from: Double, _ to: Double) -> Float {
            let speed = (to - from) * 0.25 / step / (1 + 1 / (2 * .pi * 2 * step))
            let alpha = 1 / (1 + 1 / (2 * .pi * (0.5 + 3 * abs(speed)) * step))
            return Float(alpha * to + (1 - alpha) * from)
        }
        for (point, (from, to)) in zip(
            points, [((1.0, 2.0), (2.0, 2.0)), ((3.0, 4.0), (3.0, -1.0))])
        {
            #expect(abs(point.x - expected(from.0, to.0)) < 1e-5)
            #expect(abs(point.y - expected(from.1, to.1)) < 1e-5)
        }
    }

    /// Oracle: an exponential low pass of a step, alpha = 1 / (1 + 1 / (2 pi fc te)), when beta is 0.
    @Test("without beta a step decays geometrically")
    func decay() {
        var filter = OneEuroFilter<SIMD3<Float>>(OneEuroParameters(minCutoff: 1, beta: 0))
        var first: [SIMD3<Float>] = [.zero]
        filter.apply(&first, time: 0)
        let alpha = 1 / (1 + 1 / (2 * Double.pi * 0.1))
        for n in 1...20 {
            var point: [SIMD3<Float>] = [[1, 1, 1]]
            filter.apply(&point, time: Double(n) * 0.1)
            #expect(abs(Double(point[0].x) - (1 - pow(1 - alpha, Double(n)))) < 1e-5)
        }
    }

    /// Oracle: the rule that a time not after the last leaves no trace.
    @Test("a time that does not rise passes through")
    func standingTime() {
        var a = OneEuroFilter<SIMD2<Float>>(OneEuroParameters(minCutoff: 1, beta: 1))
        var b = a
        for (time, x) in [(0.0, 0.0), (0.1, 1.0), (0.1, 50.0), (0.05, -3.0), (0.2, 1.5)] as [(Double, Float)] {
            var point: [SIMD2<Float>] = [[x, x]]
            a.apply(&point, time: time)
            if x == 50 || x == -3 {
                #expect(point == [[x, x]])
            } else {
                var other: [SIMD2<Float>] = [[x, x]]
                b.apply(&other, time: time)
                #expect(point == other)
            }
        }
        a.reset()
        var point: [SIMD2<Float>] = [[9, 9]]
        a.apply(&point, time: 0)
        #expect(point == [[9, 9]], "after a reset the first sample passes")
    }

    /// Oracle: mediapipe 0.10.21's filters on its own unfiltered landmarks of the squats clip, stamped at 30 frames/s.
    @Test("BlazePose's filters reproduce MediaPipe's from its unfiltered points")
    func mediapipe() throws {
        let archive = try PoseFixtures.archive("squats-30fps")
        let raw = PoseFixtures.points(try archive.array("raw_points"))
        let rawRegion = PoseFixtures.points(try archive.array("raw_roi"))
        let rawWorld = PoseFixtures.points3(try archive.array("raw_world"))
        let rawVisibility = PoseFixtures.rows(try archive.array("raw_visibility"))
        let points = PoseFixtures.points(try archive.array("points"))
        let world = PoseFixtures.points3(try archive.array("world"))
        let visibility = PoseFixtures.rows(try archive.array("visibility"))
        let regions = PoseFixtures.rows(try archive.array("next_rect"))
        var filters = BlazePoseFilters(BlazePoseOptions())
        var errors = SIMD4<Float>.zero
        for t in raw.indices {
            var landmarks = BlazePoseLandmarks()
            landmarks.points = raw[t] + rawRegion[t]
            landmarks.world = rawWorld[t]
            landmarks.visibility = rawVisibility[t]
            let region = filters.apply(to: &landmarks, time: Double(t + 1) * 0.033333)
            errors[0] = max(errors[0], distances(landmarks.points, points[t]).max() ?? 0)
            for (a, b) in zip(landmarks.world, world[t]) {
                errors[1] = max(errors[1], abs(a.x - b.x), abs(a.y - b.y), abs(a.z - b.z))
            }
            for (a, b) in zip(landmarks.visibility, visibility[t]) { errors[2] = max(errors[2], abs(a - b)) }
            let expected = PoseFixtures.region(regions[t])
            errors[3] = max(
                errors[3], distances([region.center, region.size], [expected.center, expected.size]).max() ?? 0)
            errors[3] = max(errors[3], abs(region.rotation - expected.rotation) * expected.size.x / 2)
        }
        print("filters: points \(errors[0]) px, world \(errors[1]) m, visibility \(errors[2]), region \(errors[3]) px")
        #expect(errors[0] < 0.02)
        #expect(errors[1] < 1e-6)
        #expect(errors[2] < 1e-6)
        #expect(errors[3] < 0.02)
    }
}
