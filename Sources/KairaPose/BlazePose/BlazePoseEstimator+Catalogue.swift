import KairaMotion

extension BlazePoseEstimator {
    /// The detector's file in the model store.
    public static let detectorFile = "pose_detection.tflite"
    /// The landmark network's file in the model store.
    public static let landmarkFile = "pose_landmark_full.tflite"

    /// An estimator from the files of a store.
    ///
    /// - Throws: `PoseError.missingModel` where they have not been pulled, and what `init(detector:landmarks:options:)`
    ///   throws.
    public convenience init(
        store: ModelStore, options: BlazePoseOptions = BlazePoseOptions()
    ) throws(PoseError) {
        try self.init(
            detector: try store.contents(of: Self.detectorFile, in: "blazepose"),
            landmarks: try store.contents(of: Self.landmarkFile, in: "blazepose"), options: options)
    }

    /// How the catalogue makes one.
    static let catalogueEntry = PoseEstimatorCatalogue.Entry(
        name: "blazepose", summary: "BlazePose full: one person, 33 points, image and world", layout: .mediapipe33,
        model: "blazepose"
    ) { (store: ModelStore, options: PoseEstimatorOptions) throws(PoseError) -> any PoseEstimator in
        guard options.precision == .auto || options.precision == .float32 else {
            throw .unavailable("blazepose runs in fp32 only, not in \(options.precision.label)")
        }
        guard options.people == 1, !options.flipTest, options.expert == 0 else {
            throw .unavailable(
                "blazepose follows one person, without a flip test and without experts; a ViTPose model can do more")
        }
        guard options.detector == nil || options.detector == "blazepose" else {
            throw .unavailable("blazepose brings its own detector; --detector is for ViTPose and RTMPose models")
        }
        return try BlazePoseEstimator(store: store, options: BlazePoseOptions(options))
    }
}
