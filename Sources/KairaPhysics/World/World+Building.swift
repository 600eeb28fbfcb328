extension World {
    /// Adds a point with mass.
    ///
    /// - Parameters:
    ///   - position: metres.
    ///   - mass: kilograms; 0 or infinite makes a particle that nothing but its owner moves.
    ///   - radius: how far colliders keep away, metres, >= 0.
    ///   - velocity: m/s.
    /// - Returns: its index.
    /// - Throws: `PhysicsError.badValue`.
    @discardableResult
    public mutating func addParticle(
        at position: SIMD3<Scalar>, mass: Scalar, radius: Scalar = 0, velocity: SIMD3<Scalar> = .zero
    ) throws(PhysicsError) -> Int {
        guard isFinite(position), isFinite(velocity) else { throw .badValue(what: "a particle's place or speed") }
        guard mass >= 0 else { throw .badValue(what: "mass \(mass), must be 0 or more") }
        guard radius >= 0, radius.isFinite else { throw .badValue(what: "radius \(radius), must be 0 or more") }
        // The reciprocal of a tiny mass must not overflow.
        let inverse = mass > Scalar.leastNormalMagnitude.squareRoot() && mass.isFinite ? 1 / mass : 0
        particles.append(position, velocity: inverse > 0 ? velocity : .zero, inverseMass: inverse, radius: radius)
        enclosed.gradients.append(.zero)
        isStale = true
        speedsBefore.append(.zero)
        effectiveMasses.append(inverse)
        return particles.count - 1
    }

    /// Fixes a particle where it is: from now on nothing but its owner moves it (`drive`). An index that names none is ignored.
    public mutating func fix(_ particle: Int) {
        guard particles.positions.indices.contains(particle) else { return }
        particles.inverseMasses[particle] = 0
        particles.velocities[particle] = .zero
        effectiveMasses[particle] = 0
        isStale = true
    }

    /// Holds the distance of two particles, as a spring or rigidly.
    ///
    /// - Parameters:
    ///   - a: a particle.
    ///   - b: another.
    ///   - restLength: metres, >= 0; the present distance where nil.
    ///   - compliance: 1 / stiffness, m/N; 0 is rigid.
    ///   - damping: N s/m along the line; without effect on a rigid one.
    /// - Returns: its index among distances.
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    @discardableResult
    public mutating func addDistance(
        _ a: Int, _ b: Int, restLength: Scalar? = nil, compliance: Scalar = 0, damping: Scalar = 0
    ) throws(PhysicsError) -> Int {
        try checkDistinct([a, b])
        let rest = restLength ?? length(particles.positions[b] - particles.positions[a])
        try check(rest, "rest length")
        try check(compliance, "compliance")
        try check(damping, "damping")
        isStale = true
        distances.ends.append(SIMD2(Int32(a), Int32(b)))
        distances.lengths.append(rest)
        distances.compliances.append(compliance)
        distances.dampings.append(damping)
        distances.places.append(Int32(distances.count - 1))
        return distances.count - 1
    }

    /// Changes the rest length of a distance, metres: a muscle.
    public mutating func setRestLength(_ length: Scalar, ofDistance index: Int) {
        guard distances.places.indices.contains(index), length >= 0, length.isFinite else { return }
        distances.lengths[Int(distances.places[index])] = length
    }

    /// Links particles to a chain whose links are solved together: stiff at any length for the price of one pass.
    ///
    /// - Parameters:
    ///   - members: particles from one end to the other, at least 2.
    ///   - restLengths: of each link, metres; the present ones where nil.
    ///   - compliance: 1 / stiffness of each link, m/N; 0 is rigid.
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    public mutating func addChain(
        _ members: [Int], restLengths: [Scalar]? = nil, compliance: Scalar = 0
    ) throws(PhysicsError) {
        try checkDistinct(members)
        try check(compliance, "compliance")
        guard members.count >= 2 else { throw .badValue(what: "a chain of fewer than 2 particles") }
        let x = particles.positions
        let lengths = restLengths ?? (1..<members.count).map { length(x[members[$0]] - x[members[$0 - 1]]) }
        guard lengths.count == members.count - 1 else {
            throw .badValue(what: "\(lengths.count) rest lengths for \(members.count - 1) links")
        }
        for one in lengths { try check(one, "rest length") }
        isStale = true
        chains.append(members, lengths: lengths, compliance: compliance)
    }

    /// Keeps the distance of two particles between bounds.
    ///
    /// - Parameters:
    ///   - a: a particle.
    ///   - b: another.
    ///   - lower: least distance over the present one, 0...1.
    ///   - upper: greatest distance over the present one, >= 1.
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    public mutating func addStrainLimit(
        _ a: Int, _ b: Int, lower: Scalar = 0, upper: Scalar = 1
    ) throws(PhysicsError) {
        try checkDistinct([a, b])
        guard lower >= 0, upper >= lower else { throw .badValue(what: "strain limits \(lower)...\(upper)") }
        let rest = length(particles.positions[b] - particles.positions[a])
        isStale = true
        limits.ends.append(SIMD2(Int32(a), Int32(b)))
        limits.lower.append(rest * lower)
        limits.upper.append(rest * upper)
    }

    /// Resists folding about edge (a, b) of triangles (a, b, c) and (b, a, d).
    ///
    /// - Parameters:
    ///   - a: where the edge begins.
    ///   - b: where it ends.
    ///   - c: the third corner of (a, b, c).
    ///   - d: the third corner of (b, a, d).
    ///   - angle: rest angle between the normals, radians; the present one where nil.
    ///   - compliance: 1 / stiffness, rad/(N m).
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    public mutating func addBending(
        edge a: Int, _ b: Int, wings c: Int, _ d: Int, angle: Scalar? = nil, compliance: Scalar = 0
    ) throws(PhysicsError) {
        try checkDistinct([a, b, c, d])
        try check(compliance, "compliance")
        let x = particles.positions
        let rest = angle ?? BendingConstraints.fold(x[a], x[b], x[c], x[d])?.angle ?? 0
        guard rest.isFinite else { throw .badValue(what: "rest angle") }
        isStale = true
        bendings.corners.append(SIMD4(Int32(a), Int32(b), Int32(c), Int32(d)))
        bendings.angles.append(rest)
        bendings.compliances.append(compliance)
    }

    /// Keeps the volume of a tetrahedron.
    ///
    /// - Parameters:
    ///   - a: the first corner.
    ///   - b: the second.
    ///   - c: the third.
    ///   - d: the fourth.
    ///   - compliance: 1 / stiffness, m^3/Pa.
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    public mutating func addVolume(
        _ a: Int, _ b: Int, _ c: Int, _ d: Int, compliance: Scalar = 0
    ) throws(PhysicsError) {
        try checkDistinct([a, b, c, d])
        try check(compliance, "compliance")
        let x = particles.positions
        isStale = true
        volumes.corners.append(SIMD4(Int32(a), Int32(b), Int32(c), Int32(d)))
        volumes.volumes.append(dot(cross(x[b] - x[a], x[c] - x[a]), x[d] - x[a]) / 6)
        volumes.compliances.append(compliance)
    }

    /// Keeps the volume that closed triangles enclose.
    ///
    /// - Parameters:
    ///   - triangles: corners by particle, counter-clockwise from outside; at least one.
    ///   - pressure: rest volume over the present one, > 0.
    ///   - compliance: 1 / stiffness, m^3/Pa.
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    public mutating func addEnclosedVolume(
        _ triangles: [SIMD3<Int32>], pressure: Scalar = 1, compliance: Scalar = 0
    ) throws(PhysicsError) {
        guard let first = triangles.first else { throw .badValue(what: "a surface of no triangles") }
        try check(compliance, "compliance")
        try check(pressure, "pressure")
        for t in triangles { try checkDistinct([Int(t.x), Int(t.y), Int(t.z)]) }
        let x = particles.positions
        let origin = x[Int(first.x)]
        var volume: Scalar = 0
        for t in triangles {
            volume += dot(x[Int(t.x)] - origin, cross(x[Int(t.y)] - origin, x[Int(t.z)] - origin)) / 6
        }
        let members = Set(triangles.flatMap { [$0.x, $0.y, $0.z] }).sorted()
        isStale = true
        enclosed.ranges.append(enclosed.triangles.count..<enclosed.triangles.count + triangles.count)
        enclosed.triangles += triangles
        enclosed.particleRanges.append(enclosed.particles.count..<enclosed.particles.count + members.count)
        enclosed.particles += members
        enclosed.volumes.append(volume * pressure)
        enclosed.compliances.append(compliance)
    }

    /// Lets a group of particles seek its present shape, turned and moved as a whole.
    ///
    /// - Parameters:
    ///   - members: particles, each once.
    ///   - stiffness: share of the way made in a substep, 0...1.
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    public mutating func addShapeMatch(_ members: [Int], stiffness: Scalar = 1) throws(PhysicsError) {
        try checkDistinct(members)
        guard stiffness >= 0, stiffness <= 1 else { throw .badValue(what: "stiffness \(stiffness), must be 0...1") }
        guard !members.isEmpty else { throw .badValue(what: "a shape of no particles") }
        let anyFixed = members.contains { particles.inverseMasses[$0] == 0 }
        let masses = members.map { anyFixed ? 1 : 1 / particles.inverseMasses[$0] }
        var centre = SIMD3<Scalar>.zero
        for (i, m) in zip(members, masses) { centre += m * particles.positions[i] }
        centre /= masses.reduce(0, +)
        isStale = true
        shapes.ranges.append(shapes.particles.count..<shapes.particles.count + members.count)
        shapes.particles += members.map(Int32.init)
        shapes.rests += members.map { particles.positions[$0] - centre }
        shapes.masses += masses
        shapes.stiffnesses.append(stiffness)
        shapes.rotations.append(SIMD4(0, 0, 0, 1))
    }

    /// Pulls a particle to a point of space.
    ///
    /// - Parameters:
    ///   - particle: which.
    ///   - target: where to, metres.
    ///   - compliance: 1 / stiffness, m/N; 0 holds rigidly.
    /// - Returns: its index among attachments, for `moveAttachment`.
    /// - Throws: `PhysicsError`: a value out of range, an index that names no particle or one named twice.
    @discardableResult
    public mutating func addAttachment(
        _ particle: Int, to target: SIMD3<Scalar>, compliance: Scalar = 0
    ) throws(PhysicsError) -> Int {
        try checkDistinct([particle])
        try check(compliance, "compliance")
        guard isFinite(target) else { throw .badValue(what: "an attachment's target") }
        attachments.particles.append(Int32(particle))
        attachments.targets.append(target)
        attachments.compliances.append(compliance)
        return attachments.targets.count - 1
    }

    /// Moves the point that an attachment pulls to; one that is not finite is ignored.
    public mutating func moveAttachment(_ index: Int, to target: SIMD3<Scalar>) {
        guard attachments.targets.indices.contains(index), isFinite(target) else { return }
        attachments.targets[index] = target
    }

    /// Says where a fixed particle is to be at the end of the next `advance`; it moves evenly over its substeps. A place
    /// that is not finite is ignored.
    public mutating func drive(_ particle: Int, to target: SIMD3<Scalar>) {
        guard particles.driveTargets.indices.contains(particle), isFinite(target) else { return }
        guard particles.inverseMasses[particle] == 0 else { return }
        particles.driveTargets[particle] = target
        if !driven.contains(Int32(particle)) { driven.append(Int32(particle)) }
    }

    func check(_ value: Scalar, _ what: String) throws(PhysicsError) {
        guard value >= 0, value.isFinite else { throw .badValue(what: "\(what) \(value), must be 0 or more") }
    }

    func checkDistinct(_ indices: [Int]) throws(PhysicsError) {
        var seen: Set<Int> = []
        for i in indices {
            guard particles.positions.indices.contains(i) else {
                throw .noSuchElement(what: "particle", index: i, count: particles.count)
            }
            guard seen.insert(i).inserted else { throw .repeatedElement(what: "particle", index: i) }
        }
    }
}
