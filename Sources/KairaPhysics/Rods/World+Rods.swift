/// Where a rod's parts are in a world.
public struct RodReference: Sendable, Hashable {
    /// Index for `setRootFrame`; the node that the rod grows from.
    public let root: Int
    /// Segments from the root outward, for `addBranch`, `setRestCurvature` and `segmentOrientation`.
    public let segments: Range<Int>
    /// Particles from the root outward, one more than segments.
    public let particles: [Int]
}

/// What holds a rod at its root.
public enum RodRoot: Sendable, Hashable {
    /// Nothing.
    case free
    /// The place; the rod turns freely about it.
    case pinned
    /// The place and the direction: the first joint bends over half a segment, so the free length is the whole rod.
    case clamped
}

extension World {
    /// Adds a rod along points; at rest in that shape.
    ///
    /// Its particles are new, each with the mass of the halves of its segments. The frames have z along the segments
    /// and are carried without twist from the first.
    ///
    /// - Parameters:
    ///   - points: at least 2, metres, no two neighbours in one place.
    ///   - material: stiffness and mass.
    ///   - root: what holds the first point.
    ///   - radius: how far colliders keep away, metres.
    ///   - normal: the x axis of the first frame, at right angles to the first segment; any where nil.
    ///   - solver: how it is solved.
    /// - Returns: where its parts are.
    /// - Throws: `PhysicsError.badValue`.
    @discardableResult
    public mutating func addRod(
        along points: [SIMD3<Scalar>], material: RodMaterial<Scalar>, root: RodRoot = .clamped, radius: Scalar = 0,
        normal: SIMD3<Scalar>? = nil, solver: RodSolver = .direct
    ) throws(PhysicsError) -> RodReference {
        try checkRod(points, material)
        let z = direction(points[1] - points[0], else: SIMD3(0, 0, 1))
        let x = direction(normal.map { $0 - z * dot($0, z) } ?? perpendicular(to: z), else: perpendicular(to: z))
        let frame = Rods<Scalar>.frame(x: x, z: z)
        let mass = root == .free ? material.lineDensity * length(points[1] - points[0]) / 2 : 0
        let place = try addParticle(at: points[0], mass: mass, radius: radius)
        let rootNode = rods.appendRoot(particle: place, frame: frame)
        let nodes = try grow(
            Array(points.dropFirst()), from: rootNode, frame: frame, material: material, holdsFirst: root == .clamped,
            radius: radius)
        let range = rootNode..<rods.particles.count
        switch solver {
        case .direct:
            rods.direct.append(range)
            var system = BlockTree()
            for i in range { system.append(parent: rods.parents[i] < 0 ? -1 : Int(rods.parents[i]) - rootNode) }
            rods.systems.append(system)
        case .gaussSeidel: rods.sequential.append(range)
        }
        return RodReference(
            root: rootNode, segments: nodes, particles: [place] + nodes.map { Int(rods.particles[$0]) })
    }

    /// Grows a branch from the end of a segment of the rod added last; at rest in its shape and at its angle.
    ///
    /// - Parameters:
    ///   - points: from the first point after the branching point, at least 1, metres.
    ///   - segment: a segment of the last rod or of its branches.
    ///   - material: stiffness and mass.
    ///   - radius: how far colliders keep away, metres.
    /// - Returns: where its parts are; `particles` begins with the branching point.
    /// - Throws: `PhysicsError`; `.notATree` if the segment is not of the last rod.
    @discardableResult
    public mutating func addBranch(
        along points: [SIMD3<Scalar>], from segment: Int, material: RodMaterial<Scalar>, radius: Scalar = 0
    ) throws(PhysicsError) -> RodReference {
        guard rods.parents.indices.contains(segment), rods.parents[segment] >= 0 else {
            throw .noSuchElement(what: "rod segment", index: segment, count: rods.parents.count)
        }
        let isDirect = rods.direct.last?.contains(segment) ?? false
        let isSequential = rods.sequential.last?.contains(segment) ?? false
        let last = max(rods.direct.last?.lowerBound ?? -1, rods.sequential.last?.lowerBound ?? -1)
        guard isDirect || isSequential, segment >= last else { throw .notATree(what: "rod segment", index: segment) }
        let joint = Int(rods.particles[segment])
        try checkRod([particles.positions[joint]] + points, material)
        let nodes = try grow(
            points, from: segment, frame: rods.orientations[segment], material: material, holdsFirst: true,
            radius: radius)
        if isDirect {
            let tree = rods.direct.count - 1
            rods.direct[tree] = last..<rods.particles.count
            for i in nodes { rods.systems[tree].append(parent: Int(rods.parents[i]) - last) }
        } else {
            rods.sequential[rods.sequential.count - 1] = last..<rods.particles.count
        }
        return RodReference(root: segment, segments: nodes, particles: [joint] + nodes.map { Int(rods.particles[$0]) })
    }

    /// Sets the rest curvature of a segment against the one before it.
    ///
    /// - Parameters:
    ///   - curvature: about the frame's x and y axes and twist about z, 1/m.
    ///   - segment: a segment's index.
    public mutating func setRestCurvature(_ curvature: SIMD3<Scalar>, ofSegment segment: Int) {
        guard rods.rests.indices.contains(segment), rods.parents[segment] >= 0, isFinite(curvature) else { return }
        rods.rests[segment] = quaternion(rotation: curvature * rods.jointLengths[segment])
    }

    /// Says how the frame that clamps a rod is to be turned at the end of the next `advance`; it turns evenly over its
    /// substeps, as driven particles move. A frame that is not finite is ignored.
    public mutating func driveRootFrame(_ frame: SIMD4<Scalar>, ofRoot root: Int) {
        guard rods.parents.indices.contains(root), rods.parents[root] < 0, isFinite(frame) else { return }
        rods.frameTargets[root] = normalized(frame)
        if !rods.drivenRoots.contains(Int32(root)) { rods.drivenRoots.append(Int32(root)) }
    }

    /// Turns the frame that clamps a rod at once; z along its first segment.
    ///
    /// - Parameters:
    ///   - frame: unit quaternion (x, y, z, w); ignored if not finite.
    ///   - root: from the rod's reference.
    public mutating func setRootFrame(_ frame: SIMD4<Scalar>, ofRoot root: Int) {
        guard rods.parents.indices.contains(root), rods.parents[root] < 0, isFinite(frame) else { return }
        rods.orientations[root] = normalized(frame)
        rods.frameTargets[root] = rods.orientations[root]
    }

    /// Holds a segment's frame as it is now, as a clamp does; with its two particles fixed it stands still.
    ///
    /// - Parameter segment: a segment's index; another is ignored.
    public mutating func holdFrame(ofSegment segment: Int) {
        guard rods.parents.indices.contains(segment), rods.parents[segment] >= 0 else { return }
        rods.isHeld[segment] = true
        rods.spins[segment] = .zero
        isStale = true
    }

    /// The frame of a segment now, z along it, unit quaternion (x, y, z, w).
    public func segmentOrientation(_ segment: Int) -> SIMD4<Scalar> { rods.orientations[segment] }

    /// How a segment turns now, rad/s, world axes.
    public func segmentSpin(_ segment: Int) -> SIMD3<Scalar> { rods.spins[segment] }

    /// Energy of stretch, shear, bending and twist of all rods, joules.
    public var rodEnergy: Scalar {
        var sum: Scalar = 0
        for i in rods.particles.indices where rods.parents[i] >= 0 {
            let parent = Int(rods.parents[i])
            let way = particles.positions[Int(rods.particles[i])] - particles.positions[Int(rods.particles[parent])]
            let strain = rotate(conjugate(rods.orientations[i]), way) / rods.lengths[i] - SIMD3(0, 0, 1)
            sum += dot(strain, rods.stretchStiffnesses[i] * strain) * rods.lengths[i] / 2
            guard rods.holdsTurn[i] else { continue }
            let c = imaginary(
                product(conjugate(rods.rests[i]), product(conjugate(rods.orientations[parent]), rods.orientations[i])))
            sum += dot(c, rods.bendStiffnesses[i] * c) * 2 / rods.jointLengths[i]
        }
        return sum
    }

    func checkRod(_ points: [SIMD3<Scalar>], _ material: RodMaterial<Scalar>) throws(PhysicsError) {
        guard points.count >= 2 else { throw .badValue(what: "a rod of fewer than 2 points") }
        guard material.isUsable else { throw .badValue(what: "a rod's material") }
        for i in 1..<points.count {
            let l = length(points[i] - points[i - 1])
            guard l > Scalar(1e-9), l.isFinite else { throw .badValue(what: "a rod segment of length \(l)") }
        }
    }

    /// Adds segments after a node, their particles with them.
    mutating func grow(
        _ points: [SIMD3<Scalar>], from node: Int, frame: SIMD4<Scalar>, material: RodMaterial<Scalar>,
        holdsFirst: Bool, radius: Scalar
    ) throws(PhysicsError) -> Range<Int> {
        let begin = rods.particles.count
        var parent = node
        var before = particles.positions[Int(rods.particles[node])]
        var q = frame
        // A branch adds the mass of its first half-segment to the joint.
        if rods.parents[node] >= 0 {
            let joint = Int(rods.particles[node])
            let extra = material.lineDensity * length(points[0] - before) / 2
            let w = particles.inverseMasses[joint]
            if w > 0 { particles.inverseMasses[joint] = 1 / (1 / w + extra) }
        }
        for (k, point) in points.enumerated() {
            let l = length(point - before)
            let next = k + 1 < points.count ? length(points[k + 1] - point) : 0
            let mass = material.lineDensity * (l + next) / 2
            let particle = try addParticle(at: point, mass: mass, radius: radius)
            let z = rotate(q, SIMD3(0, 0, 1))
            q = normalized(product(rotation(from: z, to: direction(point - before, else: z)), q))
            let parentLength = rods.parents[parent] >= 0 ? rods.lengths[parent] : 0
            rods.appendSegment(
                particle: particle, parent: parent, frame: q, length: l, jointLength: (l + parentLength) / 2,
                material: material, holdsTurn: k > 0 || holdsFirst)
            parent = rods.particles.count - 1
            before = point
        }
        return begin..<rods.particles.count
    }
}

extension Rods {
    static func frame(x: SIMD3<Scalar>, z: SIMD3<Scalar>) -> SIMD4<Scalar> {
        let first = rotation(from: SIMD3(0, 0, 1), to: z)
        let turned = rotate(first, SIMD3(1, 0, 0))
        let angle = Scalar.atan2(y: dot(cross(turned, x), z), x: dot(turned, x))
        return normalized(product(quaternion(rotation: z * angle), first))
    }

    mutating func appendRoot(particle: Int, frame: SIMD4<Scalar>) -> Int {
        append(particle: particle, parent: -1, frame: frame)
        holdsTurn.append(false)
        lengths.append(0)
        jointLengths.append(0)
        rests.append(SIMD4(0, 0, 0, 1))
        stretchStiffnesses.append(.zero)
        bendStiffnesses.append(.zero)
        inertias.append(0)
        dampings.append(0)
        return particles.count - 1
    }

    mutating func appendSegment(
        particle: Int, parent: Int, frame: SIMD4<Scalar>, length: Scalar, jointLength: Scalar,
        material: RodMaterial<Scalar>, holdsTurn holds: Bool
    ) {
        let relation = product(conjugate(orientations[parent]), frame)
        append(particle: particle, parent: parent, frame: frame)
        holdsTurn.append(holds)
        lengths.append(length)
        jointLengths.append(jointLength)
        rests.append(normalized(relation))
        stretchStiffnesses.append(SIMD3(material.shear, material.shear, material.stretch))
        bendStiffnesses.append(SIMD3(material.bend.x, material.bend.y, material.twist))
        // Never zero: a frame without inertia could not be stepped.
        inertias.append(max(material.lineInertia * length, Scalar(1e-12)))
        dampings.append(material.damping)
    }

    private mutating func append(particle: Int, parent: Int, frame: SIMD4<Scalar>) {
        particles.append(Int32(particle))
        parents.append(Int32(parent))
        orientations.append(frame)
        isHeld.append(false)
        room.append()
        spins.append(.zero)
        spinsBefore.append(.zero)
        substepStart.append(frame)
        stepStart.append(frame)
        home.append(frame)
        frameTargets.append(frame)
    }
}
