import KairaTensor

/// Another schedule whose first rates rise in a straight line: rate * (step + 1) / steps.
public struct WarmUp<Then: LearningRateSchedule>: LearningRateSchedule {
    /// How many steps rise.
    public var steps: Int
    /// The schedule; its steps count from the end of the rise.
    public var then: Then

    /// A schedule with a rise before it.
    public init(steps: Int, then: Then) {
        require(steps >= 0, "a rise over \(steps) steps")
        self.steps = steps
        self.then = then
    }

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Double {
        step < steps ? then.rate(at: 0) * Double(max(0, step) + 1) / Double(steps) : then.rate(at: step - steps)
    }
}

extension WarmUp: Codable where Then: Codable {}
