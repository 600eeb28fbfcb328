/// One person's keypoints in one frame.
public struct KeypointPose: Sendable, Hashable {
    /// The joints' names and order.
    public var layout: KeypointLayout
    /// The person's id, stable over frames while the person is tracked.
    public var id: Int
    /// How sure the estimator is that this is a person, 0...1.
    public var score: Float
    /// The person's box in pixels of the source frame: x, y, width, height.
    public var box: SIMD4<Float>
    /// One image point a joint: x right, y down, pixels of the source frame as shown.
    public var points: [SIMD2<Float>]
    /// One world point a joint, metres, +X to the right of the picture, +Y up, +Z towards the camera, origin mid-hip; or nil.
    public var world: [SIMD3<Float>]?
    /// One confidence a joint, 0...1.
    public var confidence: [Float]
    /// Seconds from the start of the source.
    public var time: Double
    /// The size of the source frame in pixels.
    public var frameSize: SIMD2<Int>

    /// A pose from its parts; every per-joint array must have the layout's length.
    public init(
        layout: KeypointLayout, id: Int = 0, score: Float, box: SIMD4<Float>, points: [SIMD2<Float>],
        world: [SIMD3<Float>]? = nil, confidence: [Float], time: Double, frameSize: SIMD2<Int>
    ) {
        precondition(points.count == layout.joints.count && confidence.count == layout.joints.count)
        precondition(world == nil || world?.count == layout.joints.count)
        self.layout = layout
        self.id = id
        self.score = score
        self.box = box
        self.points = points
        self.world = world
        self.confidence = confidence
        self.time = time
        self.frameSize = frameSize
    }
}
