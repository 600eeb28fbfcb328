extension World {
    /// Where a particle is between the last two states, for owners that keep a clock of their own.
    ///
    /// - Parameters:
    ///   - particle: which.
    ///   - fraction: 0 (the older state) ... 1 (the newer).
    /// - Returns: metres.
    public func position(of particle: Int, fraction: Scalar) -> SIMD3<Scalar> {
        let old = particles.stepStart[particle]
        return old + (particles.positions[particle] - old) * fraction
    }

    /// Puts a particle somewhere at once, at rest in both states. A place that is not finite is ignored.
    public mutating func place(_ particle: Int, at position: SIMD3<Scalar>) {
        guard particles.positions.indices.contains(particle), isFinite(position) else { return }
        particles.positions[particle] = position
        particles.substepStart[particle] = position
        particles.stepStart[particle] = position
        particles.driveTargets[particle] = position
        particles.velocities[particle] = .zero
    }
}
