/// How a world gets from one substep to the next.
public enum IntegrationMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// Explicit Euler on spring forces: position by the old speed, speed by the old force. An oscillator gains
    /// 1 + (omega h)^2 of energy a step, so it always fails in the end. Here to be seen failing.
    case explicit
    /// Symplectic Euler on spring forces: speed first, then position by the new speed. Stable for omega h < 2.
    case symplectic
    /// Extended position-based dynamics, one iteration a substep. Stable for every step and stiffness.
    ///
    /// Source: Macklin, Mueller, Chentanez, "XPBD", MIG 2016; Macklin et al., "Small Steps in Physics Simulation", 2019.
    case xpbd
}
