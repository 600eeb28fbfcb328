/// How stiff and heavy a thin rod is.
public struct RodMaterial<Scalar: PhysicsScalar>: Sendable, Hashable {
    /// Resistance to stretch E A, newtons.
    public var stretch: Scalar
    /// Resistance to shear G A, newtons.
    public var shear: Scalar
    /// Resistance to bending about the two cross axes E I, N m^2.
    public var bend: SIMD2<Scalar>
    /// Resistance to twist G J, N m^2.
    public var twist: Scalar
    /// Mass per length, kg/m.
    public var lineDensity: Scalar
    /// Rotational inertia per length, kg m.
    public var lineInertia: Scalar
    /// Damping time: strain rates are resisted by this times the stiffness, seconds.
    public var damping: Scalar

    /// A material from its parts.
    public init(
        stretch: Scalar, shear: Scalar, bend: SIMD2<Scalar>, twist: Scalar, lineDensity: Scalar, lineInertia: Scalar,
        damping: Scalar = 0
    ) {
        self.stretch = stretch
        self.shear = shear
        self.bend = bend
        self.twist = twist
        self.lineDensity = lineDensity
        self.lineInertia = lineInertia
        self.damping = damping
    }

    /// A round rod of one substance: A = pi r^2, I = pi r^4 / 4, J = 2 I. Young's and shear modulus in pascals, density
    /// in kg/m^3, radius in metres.
    public init(young: Scalar, shearModulus: Scalar, density: Scalar, radius: Scalar, damping: Scalar = 0) {
        let area = Scalar.pi * radius * radius
        let moment = area * radius * radius / 4
        self.init(
            stretch: young * area, shear: shearModulus * area, bend: SIMD2(repeating: young * moment),
            twist: 2 * shearModulus * moment, lineDensity: density * area, lineInertia: density * 2 * moment,
            damping: damping)
    }

    var isUsable: Bool {
        let all = [stretch, shear, bend.x, bend.y, twist, lineDensity, lineInertia]
        return all.allSatisfy { $0 >= 0 && $0.isFinite } && stretch > 0 && shear > 0 && damping >= 0 && damping.isFinite
    }
}
