import RealModule

/// Drag of a rigid body of revolution at low Reynolds number.
public struct BodyDrag: Sendable, Hashable {
    /// Force over speed along the axis (x), kg/s.
    public var along: Double
    /// Force over speed across it, kg/s.
    public var across: Double
    /// Torque over angular speed about the axis, N m s.
    public var spinAlong: Double
    /// Torque over angular speed about a cross axis, N m s.
    public var spinAcross: Double

    /// Drag from its coefficients.
    public init(along: Double, across: Double, spinAlong: Double, spinAcross: Double) {
        self.along = along
        self.across = across
        self.spinAlong = spinAlong
        self.spinAcross = spinAcross
    }

    /// A ball: 6 pi mu a and 8 pi mu a^3 (Stokes 1851). Viscosity in Pa s, radius in metres.
    public static func sphere(radius a: Double, viscosity mu: Double) -> BodyDrag {
        let force = 6 * Double.pi * mu * a
        let torque = 8 * Double.pi * mu * a * a * a
        return BodyDrag(along: force, across: force, spinAlong: torque, spinAcross: torque)
    }

    /// A prolate spheroid of half-axes a > b, a along x.
    ///
    /// Source: Chwang and Wu, "Hydromechanics of low-Reynolds-number flow", parts 1 and 2, J. Fluid Mech. 1974, 1975;
    /// a ball where a is not above b.
    public static func prolate(long a: Double, short b: Double, viscosity mu: Double) -> BodyDrag {
        // Near the sphere the closed forms are 0/0.
        guard a > b * 1.001, b > 0 else { return sphere(radius: a, viscosity: mu) }
        let e2 = 1 - b * b / (a * a)
        let e = e2.squareRoot()
        let e3 = e * e2
        let log = Double.log((1 + e) / (1 - e))
        let spin = 32.0 / 3 * Double.pi * mu * a * b * b * e3
        return BodyDrag(
            along: 16 * .pi * mu * a * e3 / ((1 + e2) * log - 2 * e),
            across: 32 * .pi * mu * a * e3 / (2 * e + (3 * e2 - 1) * log),
            spinAlong: spin / (2 * e - (1 - e2) * log),
            spinAcross: 32.0 / 3 * .pi * mu * a * a * a * e3 * (2 - e2) / ((1 + e2) * log - 2 * e))
    }
}
