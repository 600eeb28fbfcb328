extension World {
    /// Energy of motion of the particles and of the turning of rods' segments, joules; fixed ones have none.
    public var kineticEnergy: Scalar {
        var sum: Scalar = 0
        for i in particles.positions.indices where particles.inverseMasses[i] > 0 {
            sum += dot(particles.velocities[i], particles.velocities[i]) / (2 * particles.inverseMasses[i])
        }
        for i in rods.spins.indices where rods.parents[i] >= 0 {
            sum += dot(rods.spins[i], rods.spins[i]) * rods.inertias[i] / 2
        }
        return sum
    }

    /// Energy of the springs and of the height against gravity (zero at the origin), joules.
    public var potentialEnergy: Scalar {
        var sum = distances.energy(particles.positions) + chains.links.energy(particles.positions)
        for i in particles.positions.indices where particles.inverseMasses[i] > 0 {
            sum -= dot(settings.gravity, particles.positions[i]) / particles.inverseMasses[i]
        }
        return sum
    }

    /// Sum of mass times velocity over the free particles, kg m/s.
    public var linearMomentum: SIMD3<Scalar> {
        var sum = SIMD3<Scalar>.zero
        for i in particles.positions.indices where particles.inverseMasses[i] > 0 {
            sum += particles.velocities[i] / particles.inverseMasses[i]
        }
        return sum
    }

    /// Sum of position times mass times velocity over the free particles, about the origin, and of inertia times spin over the
    /// segments of rods, kg m^2/s.
    public var angularMomentum: SIMD3<Scalar> {
        var sum = SIMD3<Scalar>.zero
        for i in particles.positions.indices where particles.inverseMasses[i] > 0 {
            sum += cross(particles.positions[i], particles.velocities[i]) / particles.inverseMasses[i]
        }
        for i in rods.spins.indices where rods.parents[i] >= 0 { sum += rods.spins[i] * rods.inertias[i] }
        return sum
    }

    /// Takes everything to another place at once: positions turned about the origin, then moved; all at rest after.
    ///
    /// - Parameters:
    ///   - q: unit quaternion (x, y, z, w).
    ///   - translation: metres.
    public mutating func teleport(rotation q: SIMD4<Scalar> = SIMD4(0, 0, 0, 1), translation: SIMD3<Scalar>) {
        guard isFinite(q), isFinite(translation) else { return }
        let q = normalized(q)
        for i in particles.positions.indices {
            particles.positions[i] = rotate(q, particles.positions[i]) + translation
            particles.substepStart[i] = particles.positions[i]
            particles.stepStart[i] = particles.positions[i]
            particles.home[i] = particles.positions[i]
            particles.velocities[i] = .zero
        }
        for i in attachments.targets.indices {
            attachments.targets[i] = rotate(q, attachments.targets[i]) + translation
        }
        for i in shapes.rotations.indices { shapes.rotations[i] = normalized(product(q, shapes.rotations[i])) }
        rods.teleport(rotation: q)
        driven.removeAll(keepingCapacity: true)
        clock.restart()
    }
}
