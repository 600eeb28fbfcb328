import KairaImage
import KairaMotion

/// Reads people's keypoints from the frames of a video, one frame after the other.
///
/// An estimator remembers what it needs between frames (regions, filters), so frames go in by rising time. A new family
/// of networks is one type that conforms, and one line in `PoseEstimatorCatalogue`. One thread may use an estimator at a
/// time.
public protocol PoseEstimator: AnyObject {
    /// The joints it reports.
    var layout: KeypointLayout { get }

    /// What the results should be labelled with: the model and the number type it runs in.
    var information: PoseEstimatorInformation { get }

    /// How many people were seen when the picture was last searched; more than are reported where an estimator follows
    /// only some of them. 0 before the first frame.
    var peopleSeen: Int { get }

    /// The people in a frame, unfiltered or filtered as the estimator was set up, best first; empty where nobody is seen.
    ///
    /// - Throws: `PoseError` where the network cannot run.
    func estimate(_ frame: Frame) throws(PoseError) -> [KeypointPose]

    /// The people in each of some frames of rising time; the same as one call of `estimate(_:)` a frame, for estimators
    /// that can share work between frames.
    ///
    /// - Throws: `PoseError` where the network cannot run.
    func estimate(batch frames: [Frame]) throws(PoseError) -> [[KeypointPose]]

    /// Forgets everything between frames: before another video, or after a cut.
    func reset()
}

extension PoseEstimator {
    /// One frame after the other.
    public func estimate(batch frames: [Frame]) throws(PoseError) -> [[KeypointPose]] {
        var results: [[KeypointPose]] = []
        results.reserveCapacity(frames.count)
        for frame in frames { results.append(try estimate(frame)) }
        return results
    }
}
