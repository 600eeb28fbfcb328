import Glibc
import KairaImage

/// What the landmark network says about one person, in the crop's own units or in those of the frame.
package struct BlazePoseLandmarks: Sendable, Equatable {
    /// 33 body points and the two points that the next region is made from.
    package var points: [SIMD2<Float>]
    /// 33 values, 0...1.
    package var visibility: [Float]
    /// 33 points in metres, hip-centred, x right, y down, z away from the camera.
    package var world: [SIMD3<Float>]

    package static let bodyCount = 33
    package static let count = 35

    package init() {
        points = Array(repeating: .zero, count: Self.count)
        visibility = Array(repeating: 0, count: Self.bodyCount)
        world = Array(repeating: .zero, count: Self.bodyCount)
    }

    /// Reads the 39 x 5 landmark tensor: x, y and z in pixels of the network's input, logits of visibility and presence.
    ///
    /// - Parameters:
    ///   - landmarks: `[39, 5]`, row-major.
    ///   - inputSize: the side of the network's input.
    package mutating func read(landmarks: Span<Float>, inputSize: Float) {
        for i in 0..<Self.count {
            points[i] = SIMD2(landmarks[i * 5], landmarks[i * 5 + 1]) / inputSize
            if i < Self.bodyCount { visibility[i] = logistic(landmarks[i * 5 + 3]) }
        }
    }

    /// Moves each point to the weighted mean of its heat map around it, where the map is sure enough.
    ///
    /// MediaPipe `RefineLandmarksFromHeatmapCalculator`.
    ///
    /// - Parameters:
    ///   - heat: logits `[side, side, channels]`, row-major.
    ///   - side: rows and columns of the map.
    ///   - channels: maps, one a landmark.
    ///   - kernel: rows and columns of the window around a point, odd.
    ///   - minConfidence: the peak that the window must reach.
    package mutating func refine(heat: Span<Float>, side: Int, channels: Int, kernel: Int, minConfidence: Float) {
        let reach = kernel / 2
        for i in 0..<min(Self.count, channels) {
            let place = points[i] * Float(side)
            // Truncation towards zero is the published rule; NaN fails both comparisons.
            guard place.x > -1, place.x < Float(side), place.y > -1, place.y < Float(side) else { continue }
            let column = Int(place.x), row = Int(place.y)
            var sum: Float = 0, peak: Float = 0
            var weighted = SIMD2<Float>.zero
            for r in max(0, row - reach)..<min(side, row + reach + 1) {
                for c in max(0, column - reach)..<min(side, column + reach + 1) {
                    let p = logistic(heat[(r * side + c) * channels + i])
                    sum += p
                    peak = max(peak, p)
                    weighted += SIMD2(Float(c), Float(r)) * p
                }
            }
            if peak >= minConfidence, sum > 0 { points[i] = weighted / sum / Float(side) }
        }
    }

    /// Reads the 39 x 3 world tensor and turns it into the frame's upright axes.
    package mutating func read(world values: Span<Float>, rotation: Float) {
        let (sine, cosine) = (sin(rotation), cos(rotation))
        for i in 0..<Self.bodyCount {
            let (x, y) = (values[i * 3], values[i * 3 + 1])
            world[i] = SIMD3(cosine * x - sine * y, sine * x + cosine * y, values[i * 3 + 2])
        }
    }

    /// Moves the points from 0...1 of the crop to pixels of the frame.
    package mutating func place(in region: ImageRegion) {
        let (sine, cosine) = (sin(region.rotation), cos(region.rotation))
        for i in points.indices {
            let q = (points[i] - 0.5) * region.size
            points[i] = region.center + SIMD2(cosine * q.x - sine * q.y, sine * q.x + cosine * q.y)
        }
    }
}
