/// How `PoseTracker` decides who is who.
public struct PoseTrackerOptions: Sendable, Hashable {
    /// The least similarity (mean of OKS and box overlap, 0...1) at which a pose continues a person.
    public var minimumSimilarity = 0.15
    /// The least score of a pose that begins a new person.
    public var birthScore: Float = 0.3
    /// The least score of a pose that continues one: lower than `birthScore`, so that a dip does not end a person.
    public var keepScore: Float = 0.1
    /// Frames that a new person has to be seen in before it is reported; who is there when tracking begins is
    /// reported at once.
    public var birthFrames = 2
    /// Seconds unseen after which a person is given up and its id never comes back.
    public var deathSeconds = 1.0
    /// Of two poses of one frame more alike than this (OKS), the less sure one is dropped.
    public var duplicateSimilarity = 0.9
    /// Joints below this confidence are not compared.
    public var minimumConfidence: Float = 0.2

    /// The usual settings.
    public init() {}
}
