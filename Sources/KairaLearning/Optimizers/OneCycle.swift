import Foundation
import KairaTensor

/// Up to `peak` and down again along half cosines (Smith and Topin 2018; PyTorch's OneCycleLR with two phases).
public struct OneCycle: LearningRateSchedule, Codable {
    /// The highest rate.
    public var peak: Double
    /// The number of steps.
    public var steps: Int
    /// The share of the steps that goes up.
    public var warmUp: Double
    /// peak / start.
    public var startDivisor: Double
    /// start / end.
    public var endDivisor: Double

    /// A schedule up and down.
    public init(
        peak: Double, steps: Int, warmUp: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4
    ) {
        require(
            steps > 1 && warmUp > 0 && warmUp < 1 && startDivisor > 0 && endDivisor > 0,
            "one cycle of \(steps) steps, \(warmUp) of them up")
        self.peak = peak
        self.steps = steps
        self.warmUp = warmUp
        self.startDivisor = startDivisor
        self.endDivisor = endDivisor
    }

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Double {
        let start = peak / startDivisor, end = start / endDivisor
        let top = warmUp * Double(steps) - 1, last = Double(steps - 1), now = Double(min(max(0, step), steps - 1))
        func between(_ a: Double, _ b: Double, _ t: Double) -> Double { b + (a - b) * (1 + cos(.pi * t)) / 2 }
        if now <= top { return between(start, peak, top > 0 ? now / top : 1) }
        return between(peak, end, (now - top) / (last - top))
    }
}
