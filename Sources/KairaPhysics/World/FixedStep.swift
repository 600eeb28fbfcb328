/// Turns frames of any length into steps of one length, so that motion does not depend on the frame rate.
///
/// Time that does not fill a step is kept; `fraction` says how far into the next step the frame lies, for interpolation
/// between the last two states. Motion is therefore drawn one step late.
public struct FixedStep: Sendable, Hashable, Codable {
    /// Length of a step, seconds, > 0.
    public var step: Double
    /// Most steps a call; the time beyond them is dropped (a slow machine must not fall ever further behind).
    public var maximumSteps: Int
    /// Time that waits for the next step, seconds, 0..<step.
    public private(set) var remainder: Double = 0
    /// Time dropped so far, seconds.
    public private(set) var dropped: Double = 0

    /// A clock that steps at a fixed length.
    public init(step: Double, maximumSteps: Int = 8) {
        self.step = step
        self.maximumSteps = maximumSteps
    }

    /// Takes up the time that passed.
    ///
    /// - Parameter seconds: 0, less or not finite does nothing.
    /// - Returns: how many steps to take.
    public mutating func advance(by seconds: Double) -> Int {
        guard seconds > 0, seconds.isFinite, step > 0 else { return 0 }
        remainder += seconds
        // Frames of 1/30 or 1/24 s must fill their steps although the sum is a few ulp short.
        let whole = (remainder / step + 1e-9).rounded(.down)
        let steps = Int(min(whole, Double(max(maximumSteps, 1))))
        if whole > Double(steps) { dropped += (whole - Double(steps)) * step }
        remainder = max(0, remainder - whole * step)
        return steps
    }

    /// How far the frame lies between the last two states, 0 (the older) ..< 1 (the newer).
    public var fraction: Double { step > 0 ? min(remainder / step, 1) : 0 }

    /// Forgets the waiting time.
    public mutating func restart() { remainder = 0 }
}
