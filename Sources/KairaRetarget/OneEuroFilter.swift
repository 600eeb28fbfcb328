import RealModule

/// The One-Euro filter of one value: a low pass whose cut-off rises with speed.
///
/// Source: Casiez, Roussel and Vogel, "1€ Filter", CHI 2012. The caller owns the `State`.
public struct OneEuroFilter: Sendable, Hashable {
    /// The cut-off at rest, Hz.
    public var minimumCutoff: Float
    /// How much the cut-off rises, Hz per unit of value a second.
    public var beta: Float
    /// The cut-off of the speed's own low pass, Hz.
    public var derivativeCutoff: Float

    /// A filter from its constants.
    public init(minimumCutoff: Float, beta: Float, derivativeCutoff: Float = 1) {
        (self.minimumCutoff, self.beta, self.derivativeCutoff) = (minimumCutoff, beta, derivativeCutoff)
    }

    /// What the filter remembers; a new one starts at the first value.
    public struct State: Sendable, Hashable {
        var value: Float?
        var raw: Float = 0
        var speed: Float = 0

        /// Nothing seen yet.
        public init() {}
    }

    /// The filtered value after `dt` seconds; `dt` <= 0 gives the last one again.
    public func filter(_ x: Float, dt: Float, state: inout State) -> Float {
        guard x.isFinite else { return state.value ?? 0 }
        guard let last = state.value else {
            (state.value, state.raw, state.speed) = (x, x, 0)
            return x
        }
        guard dt > 0 else { return last }
        state.speed += ((x - state.raw) / dt - state.speed) * Self.gain(derivativeCutoff, dt)
        state.raw = x
        let y = last + (x - last) * Self.gain(minimumCutoff + beta * abs(state.speed), dt)
        state.value = y
        return y
    }

    /// The weight of a new sample in a first-order low pass.
    static func gain(_ cutoff: Float, _ dt: Float) -> Float { 1 / (1 + 1 / (2 * .pi * cutoff * dt)) }
}
