import Glibc
import KairaTensor

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

    /// The number type of a network's arithmetic; `auto` takes the fastest on this machine where there is a choice.
    public var precision = Precision.auto
    /// The most people that are followed; BlazePose follows one.
    public var people = 1
    /// Whether a network that can also sees each person mirrored, for some accuracy at twice the cost.
    public var flipTest = false
    /// The data set whose network of a model with experts is taken; 0 is COCO.
    public var expert = 0

    /// What finds people for a network that looks at one at a time: `blazepose`, `rtmdet`, the name of a detector that was
    /// added, or an RTMDet's file or folder. nil takes BlazePose's detector, or RTMDet where only that is here.
    public var detector: String?

    /// Options; published smoothing on `defaultThreads` if nothing is said.
    public init(smoothing: PoseSmoothing = .published, threads: Int = Self.defaultThreads) {
        self.smoothing = smoothing
        self.threads = threads
    }

    /// Two, or one on a machine of one core: the networks are too small to gain from more.
    public static var defaultThreads: Int { min(2, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
