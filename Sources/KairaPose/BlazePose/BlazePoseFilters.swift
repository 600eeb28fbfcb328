import KairaImage

/// What BlazePose remembers between frames to smooth its results.
package struct BlazePoseFilters: Sendable {
    private let options: BlazePoseOptions
    private var points: OneEuroFilter<SIMD2<Float>>
    private var world: OneEuroFilter<SIMD3<Float>>
    private var regionPoints: OneEuroFilter<SIMD2<Float>>
    private var visibility: ExponentialFilter
    /// Kept between frames so that a warm frame allocates nothing here.
    private var body: [SIMD2<Float>] = []
    private var rim: [SIMD2<Float>] = []

    package init(_ options: BlazePoseOptions) {
        self.options = options
        points = OneEuroFilter(options.pointFilter)
        world = OneEuroFilter(options.worldFilter)
        regionPoints = OneEuroFilter(options.regionFilter)
        visibility = ExponentialFilter(alpha: options.visibilityAlpha)
    }

    package mutating func reset() {
        points.reset()
        world.reset()
        regionPoints.reset()
        visibility.reset()
    }

    /// Smooths the landmarks of one frame in place.
    ///
    /// - Parameters:
    ///   - landmarks: points in pixels of the frame.
    ///   - time: seconds.
    /// - Returns: where to look in the next frame.
    package mutating func apply(to landmarks: inout BlazePoseLandmarks, time: Double) -> ImageRegion {
        let count = BlazePoseLandmarks.bodyCount
        // The object's size comes from the unfiltered points: 2 |p34 - p33|.
        let d = landmarks.points[count + 1] - landmarks.points[count]
        let size = 2 * (d.x * d.x + d.y * d.y).squareRoot()
        rim.removeAll(keepingCapacity: true)
        rim.append(contentsOf: landmarks.points[count...])
        let isLargeEnough = size >= options.minObjectSize
        if isLargeEnough { regionPoints.apply(&rim, time: time, scale: 1 / Double(size)) }
        if options.smoothing == .published {
            visibility.apply(&landmarks.visibility)
            world.apply(&landmarks.world, time: time)
            if isLargeEnough {
                body.removeAll(keepingCapacity: true)
                body.append(contentsOf: landmarks.points[..<count])
                points.apply(&body, time: time, scale: 1 / Double(size))
                for i in 0..<count { landmarks.points[i] = body[i] }
            }
        }
        return ImageRegion(body: rim[0], rim: rim[1], scale: options.regionScale)
    }
}
