import Foundation
import KairaTensor

/// From `rate` to `final` along half a cosine over `steps` (Loshchilov and Hutter 2017, without restarts), then `final`.
public struct CosineDecay: LearningRateSchedule, Codable {
    /// The first step's rate.
    public var rate: Double
    /// The rate from `steps` on.
    public var final: Double
    /// The length of the way down.
    public var steps: Int

    /// A schedule along half a cosine.
    public init(rate: Double, final: Double = 0, steps: Int) {
        require(steps > 0, "a rate that falls over \(steps) steps")
        self.rate = rate
        self.final = final
        self.steps = steps
    }

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Double {
        let t = Double(min(max(0, step), steps)) / Double(steps)
        return final + (rate - final) * (1 + cos(.pi * t)) / 2
    }
}
