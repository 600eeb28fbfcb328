import KairaImage
import KairaMotion

/// Reads people's keypoints from the frames of a video, one frame after the other.
///
/// An estimator remembers what it needs between frames (regions, filters), so frames go in by rising time. A new family
/// of networks is one type that conforms, and one line in `PoseEstimatorCatalogue`.
public protocol PoseEstimator: AnyObject {
    /// The joints it reports.
    var layout: KeypointLayout { get }

    /// What the results should be labelled with: the model and the number type it runs in.
    var information: PoseEstimatorInformation { get }

    /// The people in a frame, unfiltered or filtered as the estimator was set up, best first; empty where nobody is seen.
    ///
    /// - Throws: `PoseError` where the network cannot run.
    func estimate(_ frame: Frame) throws -> [KeypointPose]

    /// Forgets everything between frames: before another video, or after a cut.
    func reset()
}

/// What an estimator is.
public struct PoseEstimatorInformation: Sendable, Hashable {
    /// `blazepose`, `vitpose-b`...
    public var model: String
    /// The number type of its arithmetic: `fp32`, `bf16`, `int8`.
    public var precision: String

    /// A label from its parts.
    public init(model: String, precision: String) {
        self.model = model
        self.precision = precision
    }
}
