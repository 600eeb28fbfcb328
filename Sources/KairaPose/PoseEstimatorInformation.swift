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
