import KairaGeometry
import KairaMotion
import RealModule

extension HumanoidSolver {
    // A rotation's n-th part.
    private func part(_ q: Quaternion, _ share: Float) -> Quaternion {
        Quaternion(rotationVector: q.rotationVector * share)
    }

    private func level(_ v: SIMD3<Float>) -> SIMD3<Float> { direction(v * [1, 0, 1], else: [1, 0, 0]) }

    /// Pelvis and spine from hips and shoulders.
    ///
    /// The two lines fix two of the three angles of pelvis and chest each; the trunk's direction fixes the pelvis's third,
    /// and the chest's third is the share of the lean that the spine takes. What is left over sideways bends the spine.
    func solveTrunk(_ step: inout Step, _ state: inout State) {
        let body = step.body
        let (hipL, hipR) = (mapping.legs[0].start, mapping.legs[1].start)
        let (shoulderL, shoulderR) = (mapping.arms[0].start, mapping.arms[1].start)
        let up: SIMD3<Float> = [0, 1, 0]
        let p = body.points
        var hips = body.seen(hipL, hipR)
        var shoulders = body.seen(shoulderL, shoulderR)
        hips = hips && distance(p[hipL], p[hipR]) > 1e-3
        shoulders = shoulders && distance(p[shoulderL], p[shoulderR]) > 1e-3

        let middle = (p[shoulderL] + p[shoulderR] - p[hipL] - p[hipR]) / 2
        let acrossShoulders = direction(p[shoulderL] - p[shoulderR], else: [1, 0, 0])
        let acrossHips = hips ? direction(p[hipL] - p[hipR], else: [1, 0, 0]) : level(acrossShoulders)
        let trunk = hips && shoulders ? direction(middle, else: up) : up
        let kind = hips && shoulders ? 1 : shoulders ? 2 : hips ? 3 : 0

        var pelvis = Quaternion.identity
        var bends: [Quaternion]?
        if kind != 0 { pelvis = Quaternion(x: acrossHips, normal: trunk) }
        if shoulders {
            let bend = bend(&pelvis, acrossHips, acrossShoulders, trunk)
            bends = spread(bend, pelvis: pelvis, trunk: hips ? trunk : nil)
        }

        let seconds = fadeSeconds
        step.pelvis = state.settle(
            .hips, kind: kind, target: kind == 0 ? step.authored[.hips] : pelvis, dt: step.dt, seconds: seconds)
        step.pose[.hips] = step.pelvis
        step.chest = step.pelvis
        for (i, bone) in rest.spine.enumerated() {
            let target = bends?[i] ?? step.authored[bone]
            let q = state.settle(bone, kind: bends == nil ? 0 : kind, target: target, dt: step.dt, seconds: seconds)
            step.pose[bone] = q
            step.chest *= q
        }
        // Shoulder blades are not measured, but their authored rotation carries the arms.
    }

    // The rotation from pelvis to chest; turns the pelvis about the hips' line until the trunk's lean is met.
    private func bend(
        _ pelvis: inout Quaternion, _ acrossHips: SIMD3<Float>, _ acrossShoulders: SIMD3<Float>, _ trunk: SIMD3<Float>
    ) -> Quaternion {
        let ahead = direction(cross(acrossHips, [0, 1, 0]), else: [0, 0, 1])
        let lean = Float.atan2(y: dot(trunk, ahead), x: trunk.y)
        let flexion = min(max(spineShare * lean, -0.25), 0.6)
        var bend = Quaternion.identity
        for _ in 0..<6 {
            let across = pelvis.conjugate.act(acrossShoulders)
            bend = Quaternion.from([1, 0, 0], to: across) * Quaternion(angle: flexion, axis: [1, 0, 0])
            bend = rest.trunkLimit.clamp(bend)
            let seen = reject(pelvis.act(trunkVector(bend)), from: acrossHips)
            let wanted = reject(trunk, from: acrossHips)
            let angle = Float.atan2(y: dot(cross(seen, wanted), acrossHips), x: dot(seen, wanted))
            guard abs(angle) > 1e-5 else { break }
            pelvis = (Quaternion(angle: angle, axis: acrossHips) * pelvis).normalized
        }
        return bend
    }

    // From the middle of the hips to the middle of the shoulders in the pelvis's frame.
    private func trunkVector(_ bend: Quaternion) -> SIMD3<Float> {
        let each = part(bend, 1 / Float(rest.spine.count))
        var turned = Quaternion.identity
        var sum = rest.pelvisStep
        for v in rest.spineSteps {
            turned *= each
            sum += turned.act(v)
        }
        return sum
    }

    // One rotation a bone of the spine; the last one undoes what the first one adds to meet the trunk's direction.
    private func spread(_ bend: Quaternion, pelvis: Quaternion, trunk: SIMD3<Float>?) -> [Quaternion] {
        let count = rest.spine.count
        let each = part(bend, 1 / Float(count))
        var result = [Quaternion](repeating: each, count: count)
        guard count > 1, let trunk, let last = rest.spineSteps.last else { return result }
        let wanted = pelvis.conjugate.act(trunk)
        var lower = SIMD3<Float>.zero
        var turned = Quaternion.identity
        for v in rest.spineSteps.dropLast() {
            turned *= each
            lower += turned.act(v)
        }
        // |wanted * k - fixed| = |lower|: the part of the spine between pelvis and chest turns, the rest stays.
        let fixed = rest.pelvisStep + bend.act(last)
        let along = dot(wanted, fixed)
        let square = along * along - dot(fixed, fixed) + dot(lower, lower)
        guard square > 0 else { return result }
        let target = wanted * (along + square.squareRoot()) - fixed
        let turn = Quaternion.from(lower, to: target).rotationVector
        let most: Float = 0.8
        let amount = length(turn)
        let extra = Quaternion(rotationVector: amount > most ? turn * (most / amount) : turn)
        // World (pelvis) rotations are extra * each^k up to the last bone, whose own stays `bend`.
        result[0] = extra * each
        var above = result[0]
        for k in 1..<(count - 1) where k < count - 1 { above *= result[k] }
        result[count - 1] = above.conjugate * bend
        return result
    }

    /// Head and neck from the points of the face, by least squares.
    func solveHead(_ step: inout Step, _ state: inout State) {
        var fit = RigidAlignment()
        var (count, weights) = (0, Float(0))
        var (from, to) = (SIMD3<Float>.zero, SIMD3<Float>.zero)
        for point in mapping.face where step.body.seen[point.joint] {
            count += 1
            weights += point.weight
            from += point.place * point.weight
            to += step.body.points[point.joint] * point.weight
        }
        var bend: Quaternion?
        if count >= 3, weights > 0 {
            from /= weights
            to /= weights
            for point in mapping.face where step.body.seen[point.joint] {
                fit.add(point.place - from, to: step.body.points[point.joint] - to, weight: point.weight)
            }
            if let head = fit.solve() { bend = rest.headLimit.clamp(step.chest.conjugate * head) }
        }
        let kind = bend == nil ? 0 : 1
        let neck = skeleton.has(.neck)
        let share: Float = neck ? 0.4 : 0
        if neck {
            let target = bend.map { part($0, share) } ?? step.authored[.neck]
            step.pose[.neck] = state.settle(.neck, kind: kind, target: target, dt: step.dt, seconds: fadeSeconds)
        }
        let target = bend.map { part($0, 1 - share) } ?? step.authored[.head]
        step.pose[.head] = state.settle(.head, kind: kind, target: target, dt: step.dt, seconds: fadeSeconds)
    }
}

extension Quaternion {
    /// The rotation that turns +X to `x` and +Y as near as may be to `normal`.
    init(x: SIMD3<Float>, normal: SIMD3<Float>) {
        let y = direction(reject(normal, from: x), else: perpendicular(to: x))
        self.init(x: x, y: y, z: cross(x, y))
    }
}
