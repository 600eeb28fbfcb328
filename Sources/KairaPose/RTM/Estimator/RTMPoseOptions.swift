/// What can be set about an RTMPose estimator.
public struct RTMPoseOptions: Sendable, Hashable {
    /// The network's threads, 1...64.
    public var threads: Int
    /// The most people that are followed, at least 1; of more the largest.
    public var people: Int
    /// Whether the network also sees each crop mirrored: twice the work, some tenths of a point of AP.
    public var flipTest: Bool
    /// The spread of the training's labels, places along x and y, where the maximum is refined; nil takes it as it is, as
    /// RTMPose's configurations do.
    public var refinement: SIMD2<Double>?
    /// How crops are sampled at the picture's border; the training used OpenCV.
    public var border = CropBorder.openCV
    /// Joints below this confidence do not make the next box.
    public var minimumConfidence: Float = 0.3
    /// A person with fewer joints of that confidence is lost, and looked for again.
    public var minimumJoints = 4
    /// The box round the sure joints is made wider and higher by this share: heads and feet reach beyond joints.
    public var boxGrowth: Float = 0.2
    /// Frames between two searches of the whole picture while fewer people are followed than wanted.
    public var searchInterval = 10
    /// Two boxes that overlap by more than this (intersection over union) hold one person.
    public var sameBoxOverlap: Float = 0.6

    /// Usual values, with the options that all estimators share.
    public init(_ options: PoseEstimatorOptions = PoseEstimatorOptions()) {
        threads = options.threads
        people = max(options.people, 1)
        flipTest = options.flipTest
    }
}

extension PeopleFollower.Options {
    init(_ options: RTMPoseOptions) {
        self.init(
            people: options.people, minimumConfidence: options.minimumConfidence, minimumJoints: options.minimumJoints,
            boxGrowth: options.boxGrowth, searchInterval: options.searchInterval, sameBoxOverlap: options.sameBoxOverlap
        )
    }
}
