/// The learning rate of each step.
public protocol LearningRateSchedule: Sendable {
    /// The rate of a step, counted from 0.
    func rate(at step: Int) -> Double
}
