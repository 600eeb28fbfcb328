import KairaGeometry

extension SpringBoneRig {
    /// One step of the specification's algorithm, root joints first.
    mutating func step() {
        let h = Float(clock.step)
        copy(newer, to: &older)
        for i in joints.indices {
            let joint = joints[i]
            let parent = parentMatrix(i)
            let atRest = parent * joint.rest.matrix
            let origin = atRest.translation
            let long = length(atRest.transform(point: joint.tail) - origin)
            guard long > 1e-9, long < .infinity else {
                // A joint of no length has no direction to swing in.
                world[i] = atRest
                tails[i] = origin
                newer[i] = joint.rest.rotation
                continue
            }
            let restDirection = (parent.linear.rotation * joint.rest.rotation).act(axes[i])
            let centre = center(i)
            let tail = centre.transform(point: current[i])
            let inertia = centre.transform(vector: current[i] - previous[i]) * (1 - joint.drag)
            let pull = restDirection * (h * joint.stiffness) + joint.gravityDirection * (h * joint.gravityPower)
            var next = origin + direction(tail + inertia + pull - origin, else: restDirection) * long
            let hitRadius = joint.hitRadius * scale(of: atRest)
            for c in joint.colliders {
                let (d, normal) = distance(of: next, to: colliders[c], radius: hitRadius)
                if d < 0 { next = origin + direction(next - normal * d - origin, else: restDirection) * long }
            }
            if let limit = joint.angleLimit { next = origin + within(limit, restDirection, next - origin) * long }
            if !next.isFinite {
                next = origin + restDirection * long
                current[i] = inverseCenter(i).transform(point: next)
                resets += 1
            }
            previous[i] = current[i]
            current[i] = inverseCenter(i).transform(point: next)
            tails[i] = next
            let local = atRest.affineInverse.transform(point: next)
            newer[i] = joint.rest.rotation * Quaternion.from(axes[i], to: direction(local, else: axes[i]))
            world[i] =
                parent
                * Transform(
                    translation: joint.rest.translation, rotation: newer[i], scale: joint.rest.scale
                ).matrix
        }
    }

    /// A direction turned back to within an angle of another.
    private func within(_ limit: Float, _ axis: SIMD3<Float>, _ v: SIMD3<Float>) -> SIMD3<Float> {
        let d = direction(v, else: axis)
        guard angle(axis, d) > limit else { return d }
        let side = direction(reject(d, from: axis), else: perpendicular(to: axis))
        let turn = Quaternion(angle: max(limit, 0), axis: cross(axis, side))
        return turn.act(axis)
    }

    /// Signed distance of a ball to a collider, < 0 where they meet wrongly, and the way out.
    private func distance(
        of point: SIMD3<Float>, to collider: SpringCollider, radius: Float
    ) -> (Float, SIMD3<Float>) {
        let m = matrix(of: collider.frame)
        let size = scale(of: m)
        switch collider.shape {
        case .sphere(let offset, let r, let inside):
            return round(point - m.transform(point: offset), r * size, radius, inside)
        case .capsule(let offset, let tail, let r, let inside):
            let start = m.transform(point: offset)
            let way = m.transform(point: tail) - start
            let d = point - start
            let along = dot(d, way)
            let whole = dot(way, way)
            if along <= 0 || whole <= 0 { return round(d, r * size, radius, inside) }
            return round(d - way * min(along / whole, 1), r * size, radius, inside)
        case .plane(let offset, let normal):
            let n = direction(m.transform(vector: normal), else: [0, 0, 1])
            return (dot(point - m.transform(point: offset), n) - radius, n)
        }
    }

    private func round(_ d: SIMD3<Float>, _ r: Float, _ radius: Float, _ inside: Bool) -> (Float, SIMD3<Float>) {
        let long = length(d)
        let n = direction(d, else: [0, 1, 0])
        return inside ? (r - radius - long, -n) : (long - radius - r, n)
    }

    /// Mean scale of a matrix.
    private func scale(of m: Matrix4) -> Float {
        let size = (length(m.x.xyz) + length(m.y.xyz) + length(m.z.xyz)) / 3
        // Rounding in a rotation must not shift radii.
        return abs(size - 1) < 1e-5 ? 1 : size
    }

    func matrix(of frame: SpringFrame) -> Matrix4 {
        switch frame {
        case .anchor(let a): between[a]
        case .joint(let j): world[j]
        }
    }

    func parentMatrix(_ i: Int) -> Matrix4 { matrix(of: joints[i].parent) * joints[i].link }

    func center(_ i: Int) -> Matrix4 { joints[i].center.map { matrix(of: $0) } ?? .identity }

    func inverseCenter(_ i: Int) -> Matrix4 { joints[i].center.map { matrix(of: $0).affineInverse } ?? .identity }
}
