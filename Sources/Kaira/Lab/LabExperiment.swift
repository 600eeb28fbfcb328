/// An experiment of physics with a known answer.
public enum LabExperiment: String, Sendable, Hashable, CaseIterable, Codable {
    /// A mass on a spring: its period.
    case spring
    /// A mass on a rod: its period at a wide swing.
    case pendulum
    /// A chain: its shape between two hooks and its swing from one.
    case chain
    /// An elastic beam clamped at one end: its sag and its first period.
    case cantilever
    /// A rod with rest curvature and twist: the helix that it curls into.
    case helix
    /// A filament that waves in a viscous fluid: its speed.
    case swimmer
    /// A block on a slope: the angle at which it slides.
    case friction
}
