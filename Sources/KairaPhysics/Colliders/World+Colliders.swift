extension World {
    /// Adds a shape that particles cannot enter (or leave).
    ///
    /// - Returns: its index.
    @discardableResult
    public mutating func addCollider(_ collider: Collider<Scalar>) throws(PhysicsError) -> Int {
        var collider = collider
        guard isFinite(collider.position), isFinite(collider.orientation) else {
            throw .badValue(what: "a collider's place")
        }
        try check(collider.friction, "friction")
        switch collider.shape {
        case .plane(let normal):
            let squared = dot(normal, normal)
            guard squared > 0, squared.isFinite else { throw .badValue(what: "a plane's normal") }
            collider.shape = .plane(normal: direction(normal, else: SIMD3(0, 1, 0)))
        case .sphere(let radius): try check(radius, "radius")
        case .capsule(let tail, let radius):
            guard isFinite(tail) else { throw .badValue(what: "a capsule's tail") }
            try check(radius, "radius")
        case .field(let index):
            guard fields.indices.contains(index) else {
                throw .noSuchElement(what: "distance field", index: index, count: fields.count)
            }
        }
        colliders.append(collider)
        return colliders.count - 1
    }

    /// Adds a sampled distance field for colliders to name.
    ///
    /// - Returns: its index.
    @discardableResult
    public mutating func addField(_ field: SignedDistanceField<Scalar>) -> Int {
        fields.append(field)
        return fields.count - 1
    }

    /// Says where a collider is to be at the end of the next `advance`; it moves evenly over its substeps. What is not
    /// finite is ignored.
    public mutating func moveCollider(
        _ index: Int, to position: SIMD3<Scalar>, orientation: SIMD4<Scalar> = SIMD4(0, 0, 0, 1)
    ) {
        guard colliders.indices.contains(index), isFinite(position), isFinite(orientation) else { return }
        colliders[index].targetPosition = position
        colliders[index].targetOrientation = normalized(orientation)
    }

    /// Puts a collider somewhere at once, sweeping nothing along. What is not finite is ignored.
    public mutating func placeCollider(
        _ index: Int, at position: SIMD3<Scalar>, orientation: SIMD4<Scalar> = SIMD4(0, 0, 0, 1)
    ) {
        guard colliders.indices.contains(index), isFinite(position), isFinite(orientation) else { return }
        let old = colliders[index]
        colliders[index] = Collider(
            old.shape, at: position, orientation: orientation, keepsInside: old.keepsInside, friction: old.friction)
    }

    /// Signed distance of a point to the nearest collider, metres: < 0 is inside; infinite where there are none.
    public func clearance(of point: SIMD3<Scalar>) -> Scalar {
        var least = Scalar.infinity
        for collider in colliders { least = min(least, collider.distance(to: point, fields: fields).distance) }
        return least
    }

    /// Pushes particles out of colliders, with Coulomb friction.
    ///
    /// Continuous: a particle whose way in the substep is longer than its distance to a surface at the start is traced
    /// along that way by the distance (which no straight way can cross unseen), and only slides from where it hits.
    mutating func solveContacts(_ h: Scalar, changesVelocities: Bool) {
        for i in particles.positions.indices where particles.inverseMasses[i] > 0 {
            let before = particles.positions[i]
            let after = resolveContacts(
                before, start: particles.substepStart[i], radius: particles.radii[i], colliders: colliders,
                fields: fields, friction: settings.friction)
            guard after != before else { continue }
            particles.positions[i] = after
            if changesVelocities { particles.velocities[i] += (after - before) / h }
        }
    }
}

/// Where a particle may be that wants to go from `start` to `wanted`.
@inline(__always)
func resolveContacts<S: PhysicsScalar>(
    _ wanted: SIMD3<S>, start: SIMD3<S>, radius: S, colliders: [Collider<S>], fields: [SignedDistanceField<S>],
    friction: Bool
) -> SIMD3<S> {
    var x = wanted
    for c in colliders.indices {
        let from = colliders[c].carried(start)
        let way = x - from
        let long = length(way)
        let first = colliders[c].distance(to: from, fields: fields)
        // No straight way shorter than the distance can reach the surface.
        if first.distance - radius > long { continue }
        let mu = friction ? colliders[c].friction : 0
        if long > 0 {
            x = slide(x, from: from, way: way, long: long, first: first, radius: radius, mu: mu, colliders[c], fields)
        }
        // What is still inside (it began there, or the surface is curved) comes out along the normal.
        let last = colliders[c].distance(to: x, fields: fields)
        let depth = radius - last.distance
        if depth > 0 {
            x += last.normal * depth
            if first.distance - radius < 0 { x = rub(x, from: from, normal: last.normal, depth: depth, mu: mu) }
        }
    }
    return x
}

/// Traces a way to its first contact and lets the rest slide along the surface there; one that begins inside may not
/// lead deeper, so nothing crosses a thin shape from a contact.
func slide<S: PhysicsScalar>(
    _ wanted: SIMD3<S>, from: SIMD3<S>, way: SIMD3<S>, long: S, first: (distance: S, normal: SIMD3<S>), radius: S,
    mu: S, _ collider: Collider<S>, _ fields: [SignedDistanceField<S>]
) -> SIMD3<S> {
    let heading = way / long
    var travelled: S = 0
    var near = (distance: first.distance - radius, normal: first.normal)
    let close = max(S(1e-6), S.ulpOfOne * 16)
    var point = from
    for _ in 0..<64 {
        let approach = dot(near.normal, heading)
        if near.distance <= close && approach < 0 {
            let rest = wanted - point
            let depth = -dot(rest, near.normal)
            guard depth > 0 else { return wanted }
            return rub(wanted + near.normal * depth, from: from, normal: near.normal, depth: depth, mu: mu)
        }
        // Along or away from a surface the distance says nothing of how far the way is free; some samples do.
        travelled += max(near.distance, approach < 0 ? close : long / 16)
        guard travelled < long else { return wanted }
        point = from + heading * travelled
        let next = collider.distance(to: point, fields: fields)
        near = (next.distance - radius, next.normal)
    }
    // So slanting that the distances did not sum up to the contact: it slides, as at the contact.
    let depth = -dot(wanted - point, near.normal)
    guard depth > 0 else { return wanted }
    return rub(wanted + near.normal * depth, from: from, normal: near.normal, depth: depth, mu: mu)
}

/// Takes away motion along a surface: all where it is below mu times the depth, else that much.
@inline(__always)
func rub<S: PhysicsScalar>(_ x: SIMD3<S>, from: SIMD3<S>, normal: SIMD3<S>, depth: S, mu: S) -> SIMD3<S> {
    guard mu > 0 else { return x }
    let way = x - from
    let along = way - normal * dot(way, normal)
    let long = length(along)
    guard long > 0 else { return x }
    return long <= mu * depth ? x - along : x - along * (mu * depth / long)
}
