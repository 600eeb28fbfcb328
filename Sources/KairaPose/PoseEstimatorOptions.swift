import Glibc

/// How keypoints are smoothed over time.
public enum PoseSmoothing: String, Sendable, Hashable, CaseIterable {
    /// As the network gives them.
    case none
    /// With the filters that the model's authors published for it.
    case published
}

/// What every estimator can be asked for; each family has more options of its own.
public struct PoseEstimatorOptions: Sendable, Hashable {
    /// How results are smoothed.
    public var smoothing: PoseSmoothing
    /// How many threads share the work of a network, 1...64.
    public var threads: Int

    /// Options; published smoothing on `defaultThreads` if nothing is said.
    public init(smoothing: PoseSmoothing = .published, threads: Int = Self.defaultThreads) {
        self.smoothing = smoothing
        self.threads = threads
    }

    /// Two, or one on a machine of one core: the networks are too small to gain from more.
    public static var defaultThreads: Int { min(2, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
