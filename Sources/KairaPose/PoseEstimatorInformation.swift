import KairaMotion

/// What an estimator is.
public struct PoseEstimatorInformation: Sendable, Hashable {
    /// `blazepose`, `vitpose-b`...
    public var model: String
    /// The number type of its arithmetic: `fp32`, `bf16`, `int8`.
    public var precision: String
    /// Why that number type was taken, where the estimator chose; nil where the user did, or there is but one.
    public var precisionChoice: String?

    /// A label from its parts.
    public init(model: String, precision: String, precisionChoice: String? = nil) {
        self.model = model
        self.precision = precision
        self.precisionChoice = precisionChoice
    }
}
