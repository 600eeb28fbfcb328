/// The same rate at every step.
public struct ConstantRate: LearningRateSchedule, Codable {
    /// The rate.
    public var rate: Double

    /// A schedule that stays.
    public init(_ rate: Double) { self.rate = rate }

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Double { rate }
}
