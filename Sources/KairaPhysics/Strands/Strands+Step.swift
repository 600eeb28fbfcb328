import KairaGeometry

extension Strands {
    mutating func step() {
        copy(positions, to: &stepStart)
        let substeps = max(settings.substeps, 1)
        let h = Float(clock.step) / Float(substeps)
        for _ in 0..<substeps {
            moveRoot()
            placeCapsules()
            for s in 0..<count {
                let range = range(of: s)
                let root = rootRotation.act(rests[range.lowerBound]) + rootPosition
                let air = settings.wind.velocity(at: root, time: time)
                Self.follow(
                    range, root: root, frame: rootRotation, settings: settings, air: air, h: h, &positions,
                    &velocities, lengths: lengths, restDirections: restDirections, capsules: capsules)
            }
            if capsules.count < colliders.count { meetOtherColliders(h) }
            time += Double(h)
        }
        mend()
    }

    private mutating func moveRoot() {
        let share = 1 / Float(max(substepsLeft, 1))
        substepsLeft = max(substepsLeft - 1, 0)
        rootPosition = share == 1 ? targetPosition : lerp(rootPosition, targetPosition, share)
        rootRotation = share == 1 ? targetRotation : Quaternion.slerp(rootRotation, targetRotation, share)
    }

    /// Capsules in world space; grows its array only when a collider was added.
    private mutating func placeCapsules() {
        var n = 0
        for collider in colliders {
            guard case .capsule(let start, let end, let radius) = collider.shape else { continue }
            if n == capsules.count { capsules.append(WorldCapsule()) }
            let a = collider.followsRoot ? rootRotation.act(start) + rootPosition : start
            let b = collider.followsRoot ? rootRotation.act(end) + rootPosition : end
            let way = b - a
            let square = dot(way, way)
            capsules[n] = WorldCapsule(
                start: a, way: way, inverseSquare: square > 1e-12 ? 1 / square : 0, radius: radius + settings.radius)
            n += 1
        }
        if n < capsules.count { capsules.removeLast(capsules.count - n) }
    }

    /// One strand, one substep.
    private static func follow(
        _ range: Range<Int>, root: SIMD3<Float>, frame: Quaternion, settings: StrandSettings, air: SIMD3<Float>,
        h: Float, _ positions: inout [SIMD3<Float>], _ velocities: inout [SIMD3<Float>], lengths: [Float],
        restDirections: [SIMD3<Float>], capsules: [WorldCapsule]
    ) {
        var x = positions.mutableSpan
        var v = velocities.mutableSpan
        let lengths = lengths.span
        let rests = restDirections.span
        let balls = capsules.span
        let c = h * settings.drag
        let keep = 1 / (1 + c)
        let push = (settings.gravity * h + air * c) * keep
        let rate = 1 / h
        let share = settings.correction * rate
        // Rates become shares of the way in a substep, the same for any substep.
        let global = settings.globalStiffness * h / (1 + settings.globalStiffness * h)
        let local = settings.localStiffness * h / (1 + settings.localStiffness * h)
        let first = range.lowerBound
        var leader = root
        var leaderDirection = SIMD3<Float>.zero
        v[first] = (root - x[first]) * rate
        x[first] = root
        for i in first + 1..<range.upperBound {
            let old = x[i]
            let u = v[i] * keep + push
            let wanted = old + u * h
            let l = lengths[i]
            var d = direction(wanted - leader, else: frame.act(rests[i]))
            let bare = leader + d * l
            if global > 0 { d += (frame.act(rests[i]) - d) * global }
            if local > 0 {
                // The rest direction turned as the segment before has turned; the first one's is the frame's.
                let rest = frame.act(rests[i])
                let target = i == first + 1 ? rest : turn(from: frame.act(rests[i - 1]), to: leaderDirection, rest)
                d += (target - d) * local
            }
            if global > 0 || local > 0 { d = direction(d, else: frame.act(rests[i])) }
            var place = leader + d * l
            // Turned about the leader until the point is on the surface: length and contact both hold exactly. A second
            // round for capsules, whose nearest point moves, and for shapes that push against each other.
            var touched = !balls.isEmpty
            var round = 0
            while touched, round < 4 {
                touched = false
                round += 1
                for k in balls.indices {
                    let from = place - balls[k].start
                    let t = min(max(dot(from, balls[k].way) * balls[k].inverseSquare, 0), 1)
                    let off = from - balls[k].way * t
                    let r = balls[k].radius
                    guard dot(off, off) < r * r else { continue }
                    place =
                        leader + clear(place - leader, l, from: place - off - leader, r, else: frame.act(rests[i])) * l
                    touched = true
                }
            }
            let made = place - leader
            leaderDirection = direction(made, else: d)
            // What following took from this point, its leader feels; contacts are not passed on.
            if i > first + 1 { v[i - 1] -= (bare - wanted) * share }
            v[i] = (place - old) * rate
            x[i] = place
            leader = place
        }
    }

    /// The unit direction nearest to `way` in which a segment of length `l` ends on the surface of a ball of radius `r`
    /// at `centre` (all relative to the leader), by the law of cosines; straight away from it if the leader is so deep
    /// inside that none does.
    @inline(__always)
    private static func clear(
        _ way: SIMD3<Float>, _ l: Float, from centre: SIMD3<Float>, _ r: Float, else fallback: SIMD3<Float>
    ) -> SIMD3<Float> {
        let distance = length(centre)
        guard distance > 1e-9 else { return fallback }
        let u = centre / distance
        // A hair's breadth more, so that rounding does not leave it inside.
        let out = r * 1.00001
        let cosine = (distance * distance + l * l - out * out) / (2 * distance * l)
        guard cosine > -1 else { return -u }
        let side = direction(way - u * dot(way, u), else: perpendicular(to: u))
        return u * min(cosine, 1) + side * max(0, 1 - cosine * cosine).squareRoot()
    }

    /// `v` turned by the shortest rotation from unit vector `a` to unit vector `b`.
    @inline(__always)
    private static func turn(from a: SIMD3<Float>, to b: SIMD3<Float>, _ v: SIMD3<Float>) -> SIMD3<Float> {
        let cosine = dot(a, b)
        // Opposite directions have no shortest rotation: keep the vector.
        guard cosine > -0.9999 else { return v }
        let w = cross(a, b)
        return v * cosine + cross(w, v) + w * (dot(w, v) / (1 + cosine))
    }

    /// Planes and fields, after all strands moved: push out and back to length from the root outward.
    private mutating func meetOtherColliders(_ h: Float) {
        for s in 0..<count {
            let range = range(of: s)
            for i in range.dropFirst() {
                var place = positions[i]
                for collider in colliders {
                    for _ in 0..<6 {
                        guard let away = escape(from: collider, place) else { break }
                        let leader = positions[i - 1]
                        place = leader + direction(place + away * 1.25 - leader, else: [0, 1, 0]) * lengths[i]
                    }
                }
                // A leader that moved takes its followers along, whether they touch or not.
                let leader = positions[i - 1]
                place = leader + direction(place - leader, else: [0, -1, 0]) * lengths[i]
                guard place != positions[i] else { continue }
                velocities[i] += (place - positions[i]) / h
                positions[i] = place
            }
        }
    }

    /// The way out of a plane or field, if a point is inside.
    private func escape(from collider: StrandCollider, _ place: SIMD3<Float>) -> SIMD3<Float>? {
        let follows = collider.followsRoot
        switch collider.shape {
        case .capsule: return nil
        case .plane(let point, let normal):
            let n = direction(follows ? rootRotation.act(normal) : normal, else: [0, 1, 0])
            let p = follows ? rootRotation.act(point) + rootPosition : point
            let d = dot(place - p, n) - settings.radius
            return d < 0 ? n * -d : nil
        case .field(let field):
            let local = follows ? rootRotation.conjugate.act(place - rootPosition) : place
            let (d, n) = field.sample(local)
            guard d < settings.radius else { return nil }
            return (follows ? rootRotation.act(n) : n) * (settings.radius - d)
        }
    }

    /// Strands that are not finite take up their rest shape.
    private mutating func mend() {
        for s in 0..<count {
            let range = range(of: s)
            guard range.contains(where: { !positions[$0].isFinite || !velocities[$0].isFinite }) else { continue }
            for i in range {
                positions[i] = rootRotation.act(rests[i]) + rootPosition
                stepStart[i] = positions[i]
                velocities[i] = .zero
            }
            resets += 1
        }
    }
}
