import KairaGeometry
import KairaMotion
import RealModule

extension HumanoidSolver {
    /// Places the hips in the room and plants the feet.
    func solveRoot(_ pose: KeypointPose, _ step: inout Step, _ state: inout State) {
        let dt = step.dt
        let legsSeen = mapping.legs.allSatisfy { step.body.seen($0.start, $0.middle, $0.end) }
        let scale = trackPath(pose, step.body, legsSeen: legsSeen, dt: dt, root: &state.root)

        // Ankles and soles relative to the middle of the hip joints. A foot that is nearly level stands level: the noise of
        // its short keypoints would otherwise rock the body.
        var ankles = [SIMD3<Float>](repeating: .zero, count: 2)
        let offset = step.pelvis.act(rest.hipsOffset)
        for side in 0...1 {
            let limb = rest.legs[side]
            ankles[side] =
                offset + step.pelvis.act(rest.hipJoints[side])
                + step.thighs[side].act(limb.upperDirection * limb.lengths.x)
                + step.shins[side].act(limb.lowerDirection * limb.lengths.y)
        }
        let lowestAnkle = min(ankles[0].y, ankles[1].y)
        if footLock != nil {
            for side in 0...1 {
                let near = 1 - smoothstep(0.03, 0.12, (ankles[side].y - lowestAnkle) / rest.legLength)
                flatten(side, by: near, dt: dt, &step, &state)
            }
        }
        let soles = (0...1).map { ankles[$0].y + lowest($0, step.feet[$0]) }
        let standing = -min(soles[0], soles[1])

        // Height: the lower sole is on the ground, or as far above as the person jumps.
        var height = standing + state.root.jump * scale
        ease(&height, legsSeen: legsSeen, dt: dt, started: state.started, root: &state.root)
        var middle = state.root.place
        middle.y = height
        let lift = height - standing

        if let footLock {
            let k = rest.legLength / 0.85
            var targets = [SIMD3<Float>](repeating: .zero, count: 2)
            for side in 0...1 {
                targets[side] = plant(
                    side, ankle: middle + ankles[side], sole: lowest(side, step.feet[side]), jumping: lift > 0.02 * k,
                    scale: k, footLock, dt: dt, started: state.started, foot: &state.feet[side])
            }
            // The pelvis goes down until both legs reach.
            var drop = Float(0)
            for side in 0...1 {
                let hip = middle + offset + step.pelvis.act(rest.hipJoints[side])
                let reach = rest.legs[side].lengths.sum() * footLock.reach
                let level = (targets[side] - hip) * [1, 0, 1]
                let square = reach * reach - dot(level, level)
                // A foot too far off even so lets go of its lock by its distance.
                guard square > 0 else { continue }
                let needed = (hip.y - targets[side].y) - square.squareRoot()
                drop = max(drop, needed * state.feet[side].contact)
            }
            middle.y -= min(max(drop, 0), 0.3 * rest.legLength)
            for side in 0...1 {
                reachFoot(side, target: targets[side], middle: middle, offset: offset, footLock, &step)
            }
        }
        step.pose.hipsTranslation = middle + offset
        if !step.pose.hipsTranslation.isFinite { step.pose.hipsTranslation = [0, skeleton.hipsHeight, 0] }
        state.started = true
    }

    // The lowest point of a sole relative to its ankle.
    private func lowest(_ side: Int, _ rotation: Quaternion) -> Float {
        min(rotation.act(rest.feet[side].heel).y, rotation.act(rest.feet[side].toe).y)
    }

    // Turns a foot towards its level self where it is low and nearly level.
    private func flatten(_ side: Int, by near: Float, dt: Float, _ step: inout Step, _ state: inout State) {
        let world = step.feet[side]
        let forward = rest.feet[side].forward
        let toward = world.act(forward) * [1, 0, 1]
        let tilt = angle(world.act([0, 1, 0]), [0, 1, 0])
        let amount = near * (1 - smoothstep(0.30, 0.55, tilt))
        var result = world
        if amount > 0, length(toward) > 0.2 {
            let axis = direction(toward, else: forward)
            let flat = frame(axis, cross([0, 1, 0], axis)) * rest.feet[side].frame.conjugate
            result = .slerp(world, flat, amount)
        }
        // A standing foot does not turn with the noise of its points either.
        if let last = state.feet[side].rotation, dt > 0 {
            let held = state.feet[side].contact
            result = .slerp(last, result, lerp(1, 1 - Float.exp(-dt / 0.3), held))
        }
        state.feet[side].rotation = result
        step.feet[side] = result
        let limb = rest.legs[side]
        step.pose[limb.end] = (step.shins[side].conjugate * result).normalized
    }

    // The height eases from measured to authored legs and back.
    private func ease(_ height: inout Float, legsSeen: Bool, dt: Float, started: Bool, root: inout State.Root) {
        if legsSeen != root.legsMeasured {
            root.legsMeasured = legsSeen
            if started, let last = root.hipsY {
                root.blend = last - height
                root.elapsed = 0
            }
        }
        root.elapsed += dt
        height += root.blend * (1 - smoothstep(0, 1, min(root.elapsed / max(fadeSeconds, 1e-3), 1)))
        root.hipsY = height
    }

    /// Follows the person through the camera's space; gives the ratio of the avatar's leg to the person's.
    ///
    /// World points are hip-centred: where the hips are follows from where the picture shows the points. With a pinhole of
    /// focal length f, `u (z + Z) = f (x + X)` and the same for v are linear in the unknown place (X, Y, Z).
    private func trackPath(
        _ pose: KeypointPose, _ body: Body, legsSeen: Bool, dt: Float, root: inout State.Root
    ) -> Float {
        // The person's leg, by the mean of the first second or so of frames that show one.
        if legsSeen, root.legWeight < 30 {
            for limb in mapping.legs {
                let p = body.points
                root.legSum += distance(p[limb.start], p[limb.middle]) + distance(p[limb.middle], p[limb.end])
                root.legWeight += 1
            }
        }
        let person = root.legWeight > 0 ? max(root.legSum / root.legWeight, 0.05) : 0.85
        let scale = rest.legLength / person

        guard legsSeen, let raw = place(pose, body) else {
            // Upper body only: the root stays where it is, and takes up its path again from there.
            root.last = nil
            root.ground = nil
            root.airborne = nil
            root.rayX = .init()
            root.rayY = .init()
            root.depth = .init()
            root.jump *= dt > 0 ? Float.exp(-dt / 0.08) : 1
            return scale
        }
        let depth = depthFilter.filter(raw.z, dt: dt, state: &root.depth)
        // Across the picture the ray is good and the depth is not: filter them apart.
        let x = acrossFilter.filter(raw.x / raw.z, dt: dt, state: &root.rayX) * depth
        let y = raw.y / raw.z * depth
        let now = SIMD3(x, -y, -depth)
        if rootMotion == .full, let last = root.last {
            root.place += (now - last) * [1, 0, 1] * scale
        }
        root.last = now
        trackJump(body, up: now.y, dt: dt, root: &root)
        return scale
    }

    // Where the hip-centred origin of the points is: camera space, x right, y down, z away, metres.
    private func place(_ pose: KeypointPose, _ body: Body) -> SIMD3<Float>? {
        let size = SIMD2<Float>(Float(pose.frameSize.x), Float(pose.frameSize.y))
        guard size.x > 0, size.y > 0 else { return nil }
        let f = Double(focalLength ?? 0.9 * size.max())
        guard f > 0, f.isFinite else { return nil }
        // Normal equations of rows (f, 0, -u | u z - f x) and (0, f, -v | v z - f y).
        var (n, su, sv, suu, bu, bv, bz) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for i in body.points.indices where body.seen[i] {
            let q = pose.points[i]
            guard q.x.isFinite, q.y.isFinite else { continue }
            let w = Double(pose.confidence[i])
            let u = Double(q.x - size.x / 2) / f
            let v = Double(q.y - size.y / 2) / f
            let (x, y, z) = (Double(body.points[i].x), -Double(body.points[i].y), -Double(body.points[i].z))
            let (ru, rv) = (u * z - x, v * z - y)
            n += w
            su += w * u
            sv += w * v
            suu += w * (u * u + v * v)
            bu += w * ru
            bv += w * rv
            bz -= w * (u * ru + v * rv)
        }
        guard n > 1 else { return nil }
        let spread = suu - (su * su + sv * sv) / n
        guard spread > 1e-9 else { return nil }
        let depth = (bz + (su * bu + sv * bv) / n) / spread
        guard depth > 0.2, depth < 200 else { return nil }
        let result = SIMD3<Float>(Float((bu + su * depth) / n), Float((bv + sv * depth) / n), Float(depth))
        return result.isFinite ? result : nil
    }

    // A jump starts when the lower foot leaves the ground fast, and ends when it is back. The ground is the lowest place of
    // the feet and follows them up slowly, so that a tilted camera makes no one float.
    private func trackJump(_ body: Body, up: Float, dt: Float, root: inout State.Root) {
        var low = Float.infinity
        for limb in mapping.legs { low = min(low, body.points[limb.end].y) }
        for sole in mapping.soles where body.seen(sole.heel, sole.toe) {
            low = min(low, body.points[sole.heel].y, body.points[sole.toe].y)
        }
        let y = up + low
        guard let ground = root.ground, dt > 0 else {
            if root.ground == nil { (root.ground, root.height, root.rise) = (y, y, 0) }
            return
        }
        root.rise += ((y - root.height) / dt - root.rise) * (1 - Float.exp(-dt / 0.05))
        root.height = y
        let above = y - ground
        if let since = root.airborne {
            root.airborne = above < 0.03 || since + dt > 0.9 ? nil : since + dt
        } else if above > 0.05, root.rise > 0.6 {
            root.airborne = 0
        }
        if root.airborne == nil { root.ground = min(y, ground + min(max(above, 0), 0.4 * dt)) }
        let wanted = root.airborne == nil ? 0 : max(0, above - 0.02)
        root.jump += (wanted - root.jump) * (1 - Float.exp(-dt / 0.03))
    }

    // Where an ankle goes: locked, on its way back, or as measured; never with its sole below the ground.
    private func plant(
        _ side: Int, ankle: SIMD3<Float>, sole: Float, jumping: Bool, scale: Float, _ constants: FootLock, dt: Float,
        started: Bool, foot: inout State.Foot
    ) -> SIMD3<Float> {
        if let smooth = foot.smooth, dt > 0 {
            let next = smooth + (ankle - smooth) * (1 - Float.exp(-dt / 0.08))
            let speed = distance(next, smooth) / dt
            foot.speed += (speed - foot.speed) * (1 - Float.exp(-dt / 0.06))
            foot.smooth = next
        } else if foot.smooth == nil {
            foot.smooth = ankle
        }
        let height = ankle.y + sole
        if let lock = foot.lock {
            let off = distance(lock * [1, 0, 1], ankle * [1, 0, 1])
            if foot.speed > constants.releaseSpeed * scale || height > constants.releaseHeight * scale
                || off > constants.releaseDistance * scale || jumping
            {
                foot.lock = nil
                foot.offset = (foot.shown ?? ankle) - ankle
                foot.elapsed = 0
            }
        } else if foot.speed < constants.lockSpeed * scale, height < constants.lockHeight * scale, !jumping {
            // At the place it is shown at, so that nothing jumps.
            foot.lock = started ? foot.shown ?? ankle : ankle
        }
        let wanted: Float = foot.lock == nil ? 0 : 1
        foot.contact += min(max(wanted - foot.contact, -dt / 0.12), dt / 0.12)
        var target = ankle
        if let lock = foot.lock {
            target = SIMD3(lock.x, ankle.y, lock.z)
        } else {
            foot.elapsed += dt
            let t = min(foot.elapsed / max(constants.releaseSeconds, 1e-3), 1)
            target += foot.offset * [1, 0, 1] * (1 - smoothstep(0, 1, t))
        }
        // Standing, the sole is on the ground; else at most down to it.
        target.y = lerp(max(target.y, -sole), -sole, foot.contact)
        foot.shown = target
        return target
    }

    // Bends a leg so that its ankle is at the target, the knee in the plane it is in, the foot's world rotation kept.
    private func reachFoot(
        _ side: Int, target: SIMD3<Float>, middle: SIMD3<Float>, offset: SIMD3<Float>, _ constants: FootLock,
        _ step: inout Step
    ) {
        let limb = rest.legs[side]
        let hip = middle + offset + step.pelvis.act(rest.hipJoints[side])
        let knee = hip + step.thighs[side].act(limb.upperDirection * limb.lengths.x)
        let ankle = knee + step.shins[side].act(limb.lowerDirection * limb.lengths.y)
        guard distance(ankle, target) > 1e-5 else { return }
        let axis = direction(target - hip, else: [0, -1, 0])
        // The knee leans to the front of its hinge; its measured place would be no pole for a straight leg.
        let hinge = step.thighs[side].act(limb.hinge)
        let pole = hip + cross(axis, hinge)
        let far = limb.lengths.sum() * 0.9995
        let aim = distance(target, hip) > far ? hip + axis * far : target
        guard let bent = try? TwoBoneIK(root: hip, target: aim, pole: pole, lengths: limb.lengths).solve() else {
            return
        }
        let plane = direction(cross(bent.mid - hip, bent.end - bent.mid), else: hinge)
        let normal = dot(plane, hinge) < 0 ? hinge : plane
        let thigh = (frame(bent.mid - hip, normal) * limb.upperFrame.conjugate).normalized
        let shin = (frame(bent.end - bent.mid, normal) * limb.lowerFrame.conjugate).normalized
        step.thighs[side] = thigh
        step.shins[side] = shin
        step.pose[limb.upper] = (step.pelvis.conjugate * thigh).normalized
        step.pose[limb.lower] = (thigh.conjugate * shin).normalized
        step.pose[limb.end] = (shin.conjugate * step.feet[side]).normalized
    }
}
