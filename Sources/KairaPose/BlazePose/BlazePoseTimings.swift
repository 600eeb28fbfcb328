/// How long the stages of one frame took, nanoseconds; 0 where a stage did not run.
public struct BlazePoseTimings: Sendable, Hashable {
    /// The whole picture into the detector's input.
    public var detectorInput: Int64 = 0
    /// The detector network.
    public var detector: Int64 = 0
    /// Anchors, suppression, region.
    public var detectorDecode: Int64 = 0
    /// The region into the landmark network's input.
    public var landmarkInput: Int64 = 0
    /// The landmark network.
    public var landmarks: Int64 = 0
    /// Landmarks, heat maps, world points.
    public var landmarkDecode: Int64 = 0
    /// Smoothing over time.
    public var filters: Int64 = 0

    /// Nothing ran.
    public init() {}

    /// All stages together.
    public var total: Int64 {
        detectorInput + detector + detectorDecode + landmarkInput + landmarks + landmarkDecode + filters
    }

    /// Name and nanoseconds of each stage, in the order in which they run.
    public var stages: [(name: String, nanoseconds: Int64)] {
        [
            ("detector-input", detectorInput), ("detector", detector), ("detector-decode", detectorDecode),
            ("landmark-input", landmarkInput), ("landmarks", landmarks), ("landmark-decode", landmarkDecode),
            ("filters", filters),
        ]
    }
}
