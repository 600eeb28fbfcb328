extension World {
    /// One step of the clock: all substeps, then the check that everything is finite.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    mutating func step() {
        mendInput()
        prepare()
        let substeps = max(settings.substeps, 1)
        let h = Scalar(clock.step) / Scalar(substeps)
        for _ in 0..<substeps {
            switch settings.method {
            case .xpbd: positionSubstep(h)
            case .explicit: forceSubstep(h, symplectic: false)
            case .symplectic: forceSubstep(h, symplectic: true)
            }
        }
        mendOutput()
    }

    /// Predict, constraints in fixed order, contacts, speeds.
    mutating func positionSubstep(_ h: Scalar) {
        predict(
            &particles.positions, &particles.velocities, start: &particles.substepStart, forces: particles.forces,
            inverseMasses: particles.inverseMasses, gravity: settings.gravity, drag: settings.drag,
            wind: settings.wind, h: h)
        rods.predict(h)
        drive(h)
        // Constraints and drag together are implicit Euler if a particle weighs more by its drag: then forces balance at
        // rest whatever the drag.
        if settings.drag > 0 {
            for i in effectiveMasses.indices {
                effectiveMasses[i] = particles.inverseMasses[i] / (1 + h * settings.drag * particles.inverseMasses[i])
            }
        }
        let w = settings.drag > 0 ? effectiveMasses : particles.inverseMasses
        // Rods bend out of the way better than they are pushed: what they are about to run into they feel first.
        if !rods.isEmpty, !colliders.isEmpty { solveContacts(h, changesVelocities: false) }
        distances.solve(&particles.positions, start: particles.substepStart, inverseMasses: w, h: h)
        if !chains.ranges.isEmpty {
            chains.solve(&particles.positions, start: particles.substepStart, inverseMasses: w, h: h)
        }
        if !bendings.corners.isEmpty {
            bendings.solve(&particles.positions, inverseMasses: w, h: h)
        }
        if !volumes.corners.isEmpty {
            volumes.solve(&particles.positions, inverseMasses: w, h: h)
        }
        if !enclosed.ranges.isEmpty { enclosed.solve(&particles.positions, inverseMasses: w, h: h) }
        if !shapes.ranges.isEmpty { shapes.solve(&particles.positions, inverseMasses: w) }
        if !rods.isEmpty {
            rods.solve(&particles.positions, start: particles.substepStart, inverseMasses: w, h: h)
        }
        if !limits.ends.isEmpty { limits.solve(&particles.positions, inverseMasses: w) }
        let keepsMomentum = !bodies.ranges.isEmpty && attachments.particles.isEmpty && colliders.isEmpty
        if keepsMomentum { copy(particles.velocities, to: &speedsBefore) }
        if !bodies.ranges.isEmpty {
            bodies.turnBack(
                &particles.positions, start: particles.substepStart, velocities: particles.velocities,
                inverseMasses: w, h: h)
        }
        if !attachments.particles.isEmpty { attachments.solve(&particles.positions, inverseMasses: w, h: h) }
        if !colliders.isEmpty { solveContacts(h, changesVelocities: false) }
        deriveVelocities(
            &particles.velocities, positions: particles.positions, start: particles.substepStart, h: h)
        rods.deriveVelocities(h)
        if keepsMomentum {
            bodies.keepMomentum(
                &particles.velocities, &rods, before: speedsBefore, positions: particles.positions,
                start: particles.substepStart, inverseMasses: w)
        }
    }

    /// Spring forces at the substep's start, then one Euler step of either kind; drag is explicit here too.
    mutating func forceSubstep(_ h: Scalar, symplectic: Bool) {
        copy(particles.positions, to: &particles.substepStart)
        copy(particles.velocities, to: &speedsBefore)
        for i in particles.positions.indices where particles.inverseMasses[i] > 0 {
            let w = particles.inverseMasses[i]
            let air = settings.drag * w * (settings.wind - speedsBefore[i])
            particles.velocities[i] += h * (settings.gravity + particles.forces[i] * w + air)
        }
        distances.accelerate(
            &particles.velocities, positions: particles.substepStart, before: speedsBefore,
            inverseMasses: particles.inverseMasses, h: h)
        chains.links.accelerate(
            &particles.velocities, positions: particles.substepStart, before: speedsBefore,
            inverseMasses: particles.inverseMasses, h: h)
        for i in particles.positions.indices where particles.inverseMasses[i] > 0 {
            particles.positions[i] += h * (symplectic ? particles.velocities[i] : speedsBefore[i])
        }
        drive(h)
        if !attachments.particles.isEmpty {
            attachments.solve(&particles.positions, inverseMasses: particles.inverseMasses, h: h)
        }
        if !colliders.isEmpty { solveContacts(h, changesVelocities: true) }
    }

    /// Moves what its owner drives by its share of the way that is left.
    mutating func drive(_ h: Scalar) {
        let share = 1 / Scalar(max(driveSubstepsLeft, 1))
        for p in driven {
            let i = Int(p)
            let move = (particles.driveTargets[i] - particles.positions[i]) * share
            particles.positions[i] += move
            particles.velocities[i] = move / h
        }
        rods.drive(share: share)
        for c in colliders.indices { colliders[c].drive(share: share) }
        driveSubstepsLeft = max(driveSubstepsLeft - 1, 0)
        if driveSubstepsLeft == 0 {
            driven.removeAll(keepingCapacity: true)
            rods.drivenRoots.removeAll(keepingCapacity: true)
        }
    }

    /// Sets back what its owner or the last step left not finite, and keeps the older state for the interpolation.
    mutating func mendInput() {
        for i in particles.positions.indices {
            if !isFinite(particles.positions[i]) || !isFinite(particles.velocities[i]) {
                reset(particle: i)
            }
            if !isFinite(particles.forces[i]) { particles.forces[i] = .zero }
            particles.stepStart[i] = particles.positions[i]
        }
        if !isFinite(settings.gravity) { settings.gravity = .zero }
        if !isFinite(settings.wind) { settings.wind = .zero }
        if !(settings.drag >= 0) || !settings.drag.isFinite { settings.drag = 0 }
        diagnostics.resets += rods.mend()
        rods.keepStepStart()
    }

    /// Sets back what the step made not finite.
    mutating func mendOutput() {
        for i in particles.positions.indices
        where !isFinite(particles.positions[i]) || !isFinite(particles.velocities[i]) {
            reset(particle: i)
        }
        diagnostics.resets += rods.mend()
    }

    /// To the step's start, or else to where it was added, at rest.
    mutating func reset(particle i: Int) {
        particles.positions[i] = isFinite(particles.stepStart[i]) ? particles.stepStart[i] : particles.home[i]
        particles.velocities[i] = .zero
        diagnostics.resets += 1
    }
}

/// Copies without allocating, where both have the same length.
@inline(__always) func copy<T>(_ source: [T], to target: inout [T]) {
    for i in source.indices { target[i] = source[i] }
}
