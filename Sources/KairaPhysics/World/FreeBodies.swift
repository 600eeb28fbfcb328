/// Bodies that nothing outside holds: particles that constraints or rods join, none of them fixed.
///
/// A constraint solved at the positions of a substep's end pushes along a line that is not the one at its start, so its
/// two equal forces have a small torque about the places that velocities are measured from. For bodies that hang on
/// something this does not matter; a free one would slowly gain or lose spin. Here each body's false torque is taken
/// back by the small rigid turn that has the opposite one: angular momentum is kept to rounding, whatever the
/// constraints, and linear momentum is not touched. In a rod forces and turns trade angular momentum, and one Newton step
/// leaves a little of it out of balance: bodies with rods get back the difference in velocities and spins only.
struct FreeBodies<Scalar: PhysicsScalar>: Sendable {
    /// Particles of all bodies, those of one behind each other, rising.
    var particles: [Int32] = []
    /// Particles of each body, a range of `particles`.
    var ranges: [Range<Int>] = []
    /// Rod segments of all bodies, those of one behind each other, rising.
    var segments: [Int32] = []
    /// Segments of each body, a range of `segments`.
    var segmentRanges: [Range<Int>] = []

    /// Turns each body back.
    ///
    /// - Parameters:
    ///   - positions: after the constraints, before anything from outside (contacts, attachments).
    ///   - start: when the substep began.
    ///   - velocities: those that predicted the positions: what constraints did is `x - (start + h v)`.
    ///   - inverseMasses: of all particles; > 0 in bodies.
    ///   - h: the substep, seconds.
    func turnBack(
        _ positions: inout [SIMD3<Scalar>], start: [SIMD3<Scalar>], velocities: [SIMD3<Scalar>],
        inverseMasses: [Scalar], h: Scalar
    ) {
        var x = positions.mutableSpan
        let old = start.span
        let v = velocities.span
        let w = inverseMasses.span
        let members = particles.span
        for (body, range) in ranges.enumerated() where segmentRanges[body].isEmpty {
            var total: Scalar = 0
            var centre = SIMD3<Scalar>.zero
            for k in range {
                let i = Int(members[k])
                total += 1 / w[i]
                centre += old[i] / w[i]
            }
            centre /= total
            var torque = SIMD3<Scalar>.zero
            // The inertia about the centre: xx, yy, zz and xy, xz, yz.
            var (squares, products) = (SIMD3<Scalar>.zero, SIMD3<Scalar>.zero)
            for k in range {
                let i = Int(members[k])
                let r = old[i] - centre
                let m = 1 / w[i]
                torque += cross(r, x[i] - (old[i] + h * v[i])) * m
                squares += r * r * m
                products += SIMD3(r.x * r.y, r.x * r.z, r.y * r.z) * m
            }
            guard torque != .zero, let turn = Self.solve(squares, products, torque) else { continue }
            for k in range {
                let i = Int(members[k])
                x[i] -= cross(turn, old[i] - centre)
            }
        }
    }

    /// Gives each body the momentum back that rounding took: positions have far coarser last digits than velocities, and
    /// velocities were read off them.
    ///
    /// - Parameters:
    ///   - velocities: read off the substep's way; changed in their last digits.
    ///   - rods: whose spins were read off the substep's turns and change as the velocities do.
    ///   - before: velocities that predicted the positions, which have the momentum to keep.
    ///   - positions: now.
    ///   - start: when the substep began.
    ///   - inverseMasses: of all particles; > 0 in bodies.
    func keepMomentum(
        _ velocities: inout [SIMD3<Scalar>], _ rods: inout Rods<Scalar>, before: [SIMD3<Scalar>],
        positions: [SIMD3<Scalar>], start: [SIMD3<Scalar>], inverseMasses: [Scalar]
    ) {
        var v = velocities.mutableSpan
        let u = before.span
        let x = positions.span
        let old = start.span
        let w = inverseMasses.span
        let members = particles.span
        for (body, range) in ranges.enumerated() {
            var total: Scalar = 0
            var (centre, oldCentre, gain) = (SIMD3<Scalar>.zero, SIMD3<Scalar>.zero, SIMD3<Scalar>.zero)
            for k in range {
                let i = Int(members[k])
                let m = 1 / w[i]
                total += m
                centre += m * x[i]
                oldCentre += m * old[i]
                gain += m * (v[i] - u[i])
            }
            centre /= total
            oldCentre /= total
            gain /= total
            var spin = SIMD3<Scalar>.zero
            var (squares, products) = (SIMD3<Scalar>.zero, SIMD3<Scalar>.zero)
            for k in range {
                let i = Int(members[k])
                let m = 1 / w[i]
                v[i] -= gain
                let r = x[i] - centre
                spin += m * (cross(x[i] - oldCentre, v[i]) - cross(old[i] - oldCentre, u[i]))
                squares += r * r * m
                products += SIMD3(r.x * r.y, r.x * r.z, r.y * r.z) * m
            }
            var inertia: Scalar = 0
            for k in segmentRanges[body] {
                let i = Int(segments[k])
                inertia += rods.inertias[i]
                spin += (rods.spins[i] - rods.spinsBefore[i]) * rods.inertias[i]
            }
            // A segment's own inertia is the same about all axes: half of it in each square gives it to each of them.
            squares += inertia / 2
            guard let turn = Self.solve(squares, products, spin) else { continue }
            for k in range {
                let i = Int(members[k])
                v[i] -= cross(turn, x[i] - centre)
            }
            for k in segmentRanges[body] { rods.spins[Int(segments[k])] -= turn }
        }
    }

    /// The turn whose momentum is `torque`, by Cramer's rule; nil where it is not a number.
    ///
    /// A body in a line has no inertia about it: a little is added, so that the turn about it is none.
    private static func solve(
        _ squares: SIMD3<Scalar>, _ products: SIMD3<Scalar>, _ torque: SIMD3<Scalar>
    ) -> SIMD3<Scalar>? {
        let sum = squares.x + squares.y + squares.z
        let extra = sum * Scalar.ulpOfOne * 64
        let a = SIMD3(sum - squares.x + extra, -products.x, -products.y)
        let b = SIMD3(-products.x, sum - squares.y + extra, -products.z)
        let c = SIMD3(-products.y, -products.z, sum - squares.z + extra)
        let determinant = dot(a, cross(b, c))
        guard determinant > Scalar.leastNormalMagnitude else { return nil }
        let turn = (cross(b, c) * torque.x + cross(c, a) * torque.y + cross(a, b) * torque.z) / determinant
        return isFinite(turn) ? turn : nil
    }
}

extension World {
    /// Finds the free bodies: the connected components without a fixed particle or frame.
    mutating func findFreeBodies() {
        var parents = particles.positions.indices.map { Int32($0) }
        func root(_ i: Int32) -> Int32 {
            var i = i
            while parents[Int(i)] != i {
                parents[Int(i)] = parents[Int(parents[Int(i)])]
                i = parents[Int(i)]
            }
            return i
        }
        func join(_ a: Int32, _ b: Int32) {
            let (p, q) = (root(a), root(b))
            parents[Int(max(p, q))] = min(p, q)
        }
        for e in distances.ends + chains.links.ends + limits.ends { join(e.x, e.y) }
        for c in bendings.corners + volumes.corners { for k in 1..<4 { join(c[0], c[k]) } }
        for t in enclosed.triangles { for k in 1..<3 { join(t[0], t[k]) } }
        for range in shapes.ranges { for k in range { join(shapes.particles[range.lowerBound], shapes.particles[k]) } }
        for i in rods.particles.indices where rods.parents[i] >= 0 {
            join(rods.particles[Int(rods.parents[i])], rods.particles[i])
        }
        var held: Set<Int32> = []
        var sizes: [Int32: Int] = [:]
        for i in particles.positions.indices {
            sizes[root(Int32(i)), default: 0] += 1
            if particles.inverseMasses[i] == 0 { held.insert(root(Int32(i))) }
        }
        for i in rods.particles.indices where rods.isHeld[i] { held.insert(root(rods.particles[i])) }
        var members: [Int32: [Int32]] = [:]
        for i in particles.positions.indices {
            let r = root(Int32(i))
            if sizes[r, default: 0] > 1, !held.contains(r) { members[r, default: []].append(Int32(i)) }
        }
        bodies.particles.removeAll()
        bodies.ranges.removeAll()
        bodies.segments.removeAll()
        bodies.segmentRanges.removeAll()
        var segments: [Int32: [Int32]] = [:]
        for i in rods.particles.indices where rods.parents[i] >= 0 {
            segments[root(rods.particles[i]), default: []].append(Int32(i))
        }
        for (first, body) in members.sorted(by: { $0.key < $1.key }) {
            bodies.ranges.append(bodies.particles.count..<bodies.particles.count + body.count)
            bodies.particles += body
            let own = segments[first] ?? []
            bodies.segmentRanges.append(bodies.segments.count..<bodies.segments.count + own.count)
            bodies.segments += own
        }
    }
}
