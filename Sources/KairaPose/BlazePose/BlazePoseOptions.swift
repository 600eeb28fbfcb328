/// Everything that can be set about BlazePose; the defaults are the published values.
public struct BlazePoseOptions: Sendable, Hashable {
    /// Which person is followed where the detector sees several.
    public enum Selection: Sendable, Hashable {
        /// The one whose body circle is widest.
        case largest
        /// The one with the highest score, as MediaPipe does.
        case highestScore
    }

    /// How points, world points and visibility are smoothed. The two points of the next region always are.
    public var smoothing: PoseSmoothing
    /// Threads of the networks, 1...64.
    public var threads: Int
    /// Detections below this score are dropped, 0...1.
    public var minDetectionScore: Float = 0.5
    /// Overlap beyond which two detections are one person, 0...1.
    public var suppressionThreshold: Float = 0.3
    /// A person is lost where the landmark network's flag is not above this, 0...1.
    public var minTrackingScore: Float = 0.5
    /// The peak that a heat map must reach to refine a landmark, 0...1.
    public var minHeatConfidence: Float = 0.5
    /// Rows and columns of the heat-map window that refines a landmark, odd. MediaPipe's graph file asks for 7, but what
    /// MediaPipe 0.10.21 computes is a window of 9.
    public var heatKernel = 9
    /// Enlarges the square around the body.
    public var regionScale: Float = 1.25
    /// Which of several people is followed.
    public var selection: Selection = .largest
    /// Image points; their speed counts in object sizes.
    public var pointFilter = OneEuroParameters(minCutoff: 0.05, beta: 80)
    /// World points, metres.
    public var worldFilter = OneEuroParameters(minCutoff: 0.1, beta: 40)
    /// The two points that the next region is made from.
    public var regionFilter = OneEuroParameters(minCutoff: 0.01, beta: 10)
    /// Weight of a new visibility, 0...1.
    public var visibilityAlpha: Float = 0.1
    /// Objects smaller than this, in pixels, pass the filters by.
    public var minObjectSize: Float = 1e-6
    /// Seconds between frames as the filters see it, whatever the frames' times say; nil for real times. MediaPipe's
    /// Python interface and published results step by 0.033333.
    public var timeStep: Double?

    /// Published values, with the options that all estimators share.
    public init(_ options: PoseEstimatorOptions = PoseEstimatorOptions()) {
        smoothing = options.smoothing
        threads = options.threads
    }
}
