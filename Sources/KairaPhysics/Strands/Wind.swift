import RealModule

/// Air that moves: a mean velocity and gusts made of three sines in place and time. The same seed blows the same.
public struct Wind: Sendable, Hashable, Codable {
    /// Mean velocity, m/s.
    public var velocity: SIMD3<Float> = .zero
    /// Greatest gust over the mean's speed, >= 0.
    public var gusts: Float = 0
    /// Slowest gust, Hz.
    public var frequency: Float = 0.4
    /// Length over which gusts differ, metres.
    public var scale: Float = 1
    /// Which gusts.
    public var seed: UInt32 = 0

    /// Still air.
    public init() {}

    /// Velocity at a place and time, m/s.
    public func velocity(at place: SIMD3<Float>, time: Double) -> SIMD3<Float> {
        guard gusts > 0 else { return velocity }
        var sum: Float = 0
        var side: Float = 0
        let phase = Double(seed &* 2_654_435_761 % 6283) / 1000
        let along = Double((place.x + place.y * 0.7 + place.z * 1.3) / max(scale, 1e-3))
        for k in 1...3 {
            let turn = 2 * Double.pi * Double(frequency) * Double(k) * 1.31 * time - along * Double(k)
            let s = turn + phase * Double(k * k)
            sum += Float(Double.sin(s)) / Float(k)
            side += Float(Double.cos(s * 0.7 + phase)) / Float(k)
        }
        let strength = gusts / 1.8333
        let across = SIMD3<Float>(-velocity.z, 0, velocity.x)
        return velocity * (1 + strength * sum) + across * (strength * side * 0.5)
    }
}
