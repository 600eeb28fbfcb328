import Foundation
import KairaTensor

/// rate * factor^(step / every), the exponent a whole number.
public struct StepDecay: LearningRateSchedule, Codable {
    /// The first steps' rate.
    public var rate: Double
    /// What it is multiplied by.
    public var factor: Double
    /// After how many steps, again and again.
    public var every: Int

    /// A schedule that falls in steps.
    public init(rate: Double, factor: Double = 0.1, every: Int) {
        require(every > 0, "a rate that falls every \(every) steps")
        self.rate = rate
        self.factor = factor
        self.every = every
    }

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Double { rate * pow(factor, Double(max(0, step) / every)) }
}
