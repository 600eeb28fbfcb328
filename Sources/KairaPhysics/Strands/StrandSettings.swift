/// How strands move. SI units.
public struct StrandSettings: Sendable, Hashable, Codable {
    /// Acceleration of free fall, m/s^2.
    public var gravity: SIMD3<Float> = [0, -9.80665, 0]
    /// Rate at which a strand takes up the air's velocity, 1/s.
    public var drag: Float = 1
    /// The air.
    public var wind = Wind()
    /// Rate at which each segment turns to its direction at rest in the root's frame, 1/s.
    public var globalStiffness: Float = 0
    /// Rate at which each segment turns to its direction at rest against the one before, 1/s.
    public var localStiffness: Float = 2
    /// Share of a follower's correction that its leader feels, 0...1; less damps more.
    public var correction: Float = 0.9
    /// How far strands keep from colliders, metres.
    public var radius: Float = 0.001
    /// Substeps of a step, >= 1.
    public var substeps = 2

    /// Free hair in still air.
    public init() {}
}
