import RealModule

/// How a flagellum bends itself: a wave of rest curvature that travels from its base, driven all along.
///
/// A filament shaken at its base alone carries waves that die out; living flagella are driven along their length.
public struct FlagellarDrive: Sendable, Hashable {
    /// Greatest rest curvature, 1/m.
    public var amplitude = 0.0
    /// Length of a wave along the flagellum, metres, > 0; negative runs towards the base.
    public var wavelength = 1.0
    /// Beats a second.
    public var frequency = 0.0
    /// Phase at the base, radians.
    public var phase = 0.0
    /// Mean curvature: steers, 1/m.
    public var bias = 0.0
    /// Part of the wave out of the plane, a quarter period late, -1...1: 0 is planar, 1 a helix.
    public var helicity = 0.0
    /// Length over which the wave grows from the base, metres; 0 is at once.
    public var onset = 0.0

    /// A flagellum at rest.
    public init() {}

    /// Whether every value is a number that motion can be made of.
    var isFinite: Bool {
        // The sum is finite only where all are; no array, since this is asked every step.
        (abs(amplitude) + abs(frequency) + abs(phase) + abs(bias) + abs(helicity) + abs(onset) + abs(wavelength))
            .isFinite && wavelength != 0
    }

    /// Rest curvature about the frame's x and y axes and twist, 1/m, at arc length `s` and time `t`.
    public func curvature(at s: Double, time t: Double) -> SIMD3<Double> {
        let argument = 2 * Double.pi * (s / wavelength - frequency * t) + phase
        let grown = onset > 0 ? min(s / onset, 1) : 1
        let wave = amplitude * grown
        return SIMD3(wave * .sin(argument) + bias, wave * helicity * .cos(argument), 0)
    }
}
