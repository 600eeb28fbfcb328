import Foundation
import KairaImage
import KairaPose
import Testing

@Suite("BlazePose's decoding")
struct DecodeTests {
    /// Oracle: MediaPipe's anchor rule: 28 x 28 x 2, 14 x 14 x 2 and 7 x 7 x 6, centres of cells.
    @Test("the detector has 2,254 anchors at the centres of its cells")
    func anchors() {
        let anchors = DetectorAnchors.pose
        #expect(anchors.count == 2254)
        #expect(anchors[0] == SIMD2(0.5 / 28, 0.5 / 28) && anchors[1] == anchors[0])
        #expect(anchors[2] == SIMD2(1.5 / 28, 0.5 / 28))
        #expect(anchors[56] == SIMD2(0.5 / 28, 1.5 / 28))
        #expect(anchors[1568] == SIMD2(0.5 / 14, 0.5 / 14))
        #expect(anchors[1960] == SIMD2(0.5 / 7, 0.5 / 7) && anchors[1965] == anchors[1960])
        #expect(anchors[1966] == SIMD2(1.5 / 7, 0.5 / 7))
        #expect(anchors[2253] == SIMD2(6.5 / 7, 6.5 / 7))
        // MediaPipe's palm and face detectors by the same rule.
        #expect(DetectorAnchors.centers(inputSize: 192, strides: [8, 16, 16, 16]).count == 2016)
        #expect(DetectorAnchors.centers(inputSize: 128, strides: [8, 16, 16, 16]).count == 896)
        #expect(DetectorAnchors.centers(inputSize: 192, strides: [4], anchorsPerLayer: 1).count == 2304)
    }

    static func box(_ score: Float, _ x: Float, _ y: Float, _ side: Float, key: Float = 0) -> PersonDetection {
        PersonDetection(
            score: score, low: [x, y], high: [x + side, y + side],
            keypoints: [[key, 0], [key, 1], [key, 2], [key, 3]])
    }

    /// Oracle: by hand. Boxes shifted by half a side overlap by 1/3.
    @Test("overlap is intersection over union")
    func overlap() {
        #expect(Self.box(1, 0, 0, 2).overlap(Self.box(1, 0, 0, 2)) == 1)
        #expect(abs(Self.box(1, 0, 0, 2).overlap(Self.box(1, 1, 0, 2)) - 1.0 / 3) < 1e-6)
        #expect(Self.box(1, 0, 0, 2).overlap(Self.box(1, 2, 0, 2)) == 0)
        #expect(Self.box(1, 0, 0, 0).overlap(Self.box(1, 0, 0, 0)) == 0)
    }

    /// Oracle: by hand: the weighted mean of the two that overlap, the best one's score; the far one alone.
    @Test("overlapping detections become their mean, weighted by score")
    func suppression() {
        let merged = PersonDetection.merged(
            [Self.box(0.6, 1, 0, 4, key: 10), Self.box(0.7, 50, 50, 4, key: 3), Self.box(0.9, 0, 0, 4, key: 20)],
            threshold: 0.3)
        #expect(merged.count == 2)
        #expect(merged[0].score == 0.9 && merged[1] == Self.box(0.7, 50, 50, 4, key: 3))
        #expect(abs(merged[0].low.x - 0.4) < 1e-6 && abs(merged[0].high.x - 4.4) < 1e-6)
        #expect(abs(merged[0].keypoints[2].x - 16) < 1e-5 && abs(merged[0].keypoints[2].y - 2) < 1e-6)
        #expect(PersonDetection.merged([], threshold: 0.3).isEmpty)
        // Boxes without area overlap nothing, not even themselves: each ends the loop as its own.
        #expect(PersonDetection.merged([Self.box(0.9, 0, 0, 0), Self.box(0.8, 0, 0, 0)], threshold: 0.3).count == 2)
    }

    /// Oracle: geometry; an upright body has its rim above the hips (rotation 0), one lying to the right pi / 2.
    @Test("the region's side is twice the circle's radius, its angle upright bodies' difference")
    func region() {
        let upright = ImageRegion(body: [100, 200], rim: [100, 120], scale: 1.25)
        #expect(upright.center == [100, 200] && upright.size == [200, 200] && abs(upright.rotation) < 1e-6)
        let right = ImageRegion(body: [100, 200], rim: [180, 200], scale: 1)
        #expect(right.size == [160, 160] && abs(right.rotation - .pi / 2) < 1e-6)
        let left = ImageRegion(body: [0, 0], rim: [-3, 0], scale: 1)
        #expect(abs(left.rotation + .pi / 2) < 1e-6)
        let down = ImageRegion(body: [0, 0], rim: [0, 5], scale: 1)
        #expect(abs(abs(down.rotation) - .pi) < 1e-6 && down.rotation < .pi)
        #expect(!ImageRegion(body: [0, 0], rim: [0, 0], scale: 1.25).isUsable)
    }

    /// Oracle: closed form. A map that is 0.5 in cells (10, 20) and (12, 20), and all but 0 elsewhere, has its mean at 11.
    @Test("a sure heat map moves its landmark to the mean of the window; a faint or far one leaves it")
    func heat() {
        let channels = 39, side = 64
        var heat = [Float](repeating: -200, count: side * side * channels)
        heat[(20 * side + 10) * channels] = 0
        heat[(20 * side + 12) * channels] = 0
        heat[(20 * side + 40) * channels] = 9  // outside of the window
        heat[(5 * side + 5) * channels + 1] = -0.1  // below one half
        heat[(1 * side + 0) * channels + 2] = 5  // in a window cut at the corner
        heat[(63 * side + 63) * channels + 3] = 5
        var landmarks = BlazePoseLandmarks()
        landmarks.points[0] = SIMD2(11.9, 20.9) / 64
        landmarks.points[1] = SIMD2(5, 5) / 64
        landmarks.points[2] = SIMD2(-0.5, 2) / 64
        landmarks.points[3] = SIMD2(64, 63) / 64
        landmarks.points[4] = SIMD2(.nan, .infinity)
        landmarks.refine(heat: heat.span, side: side, channels: channels, kernel: 9, minConfidence: 0.5)
        #expect(abs(landmarks.points[0].x - 11.0 / 64) < 1e-6 && abs(landmarks.points[0].y - 20.0 / 64) < 1e-6)
        #expect(landmarks.points[1] == SIMD2<Float>(5, 5) / 64)
        #expect(landmarks.points[2] == SIMD2<Float>(0, 1) / 64)
        #expect(landmarks.points[3] == SIMD2<Float>(64, 63) / 64, "a point outside of the map stays")
        #expect(landmarks.points[4].y == .infinity)
    }

    /// Oracle: the rotation matrix, by hand.
    @Test("points and world points turn with the region")
    func placing() {
        var landmarks = BlazePoseLandmarks()
        landmarks.points[0] = [1, 0.5]
        landmarks.place(in: ImageRegion(center: [100, 50], size: [40, 40], rotation: .pi / 2))
        #expect(distances([landmarks.points[0]], [SIMD2(100, 70)])[0] < 1e-5)
        var world = [Float](repeating: 0, count: 117)
        world.replaceSubrange(0..<3, with: [1, 0, 5])
        landmarks.read(world: world.span, rotation: .pi / 2)
        #expect(abs(landmarks.world[0].x) < 1e-6 && abs(landmarks.world[0].y - 1) < 1e-6 && landmarks.world[0].z == 5)
    }
}
