/// What holds everywhere in a world. SI units.
public struct WorldSettings<Scalar: PhysicsScalar>: Sendable, Hashable, Codable {
    /// Acceleration of free fall, m/s^2.
    public var gravity: SIMD3<Scalar> = SIMD3(0, Scalar(-9.80665), 0)
    /// Linear drag of each particle in the air, kg/s: the force is -drag * (velocity - wind).
    public var drag: Scalar = 0
    /// Velocity of the air, m/s.
    public var wind: SIMD3<Scalar> = .zero
    /// Substeps of a step, >= 1: one iteration of every constraint each.
    public var substeps = 8
    /// How positions are stepped. Constraints other than distance, and rods, exist for `xpbd` alone.
    public var method = IntegrationMethod.xpbd
    /// Whether a collider's surface takes away the speed along it (Coulomb friction, coefficient per collider).
    public var friction = true

    /// Earth's gravity, still air, no drag, 8 substeps, XPBD.
    public init() {}
}
