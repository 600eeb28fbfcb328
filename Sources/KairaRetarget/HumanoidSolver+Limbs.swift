import KairaGeometry
import KairaMotion
import RealModule

extension HumanoidSolver {
    /// Upper and lower bone relative to their parents, from the directions of the two segments in the upper bone's parent.
    ///
    /// - Parameter lower: nil where only the upper segment is seen.
    func bendLimb(
        _ limb: SolverRest.Limb, upper: SIMD3<Float>, lower: SIMD3<Float>?, state: inout State.Limb
    ) -> (upper: Quaternion, lower: Quaternion?) {
        // Without a bend to tell, the plane goes along with the segment by the shortest way: no twist comes in.
        let resting = Quaternion.from(limb.upperDirection, to: upper).act(limb.hinge)
        var pole = resting
        if let last = state.direction { pole = Quaternion.from(last, to: upper).act(state.pole) }
        pole = direction(reject(pole, from: upper), else: resting)
        if let lower {
            let normal = cross(upper, lower)
            let sine = length(normal)
            var trust = smoothstep(0.05, 0.15, sine)
            if trust > 0 {
                let n = normal / sine
                // A slight bend the wrong way is noise of a straight limb and not a limb turned round.
                if sine < 0.35, angle(resting, n) > limb.swing.twist.upperBound - limb.swing.twist.lowerBound {
                    trust = 0
                }
                let turn = Float.atan2(y: dot(cross(pole, n), upper), x: dot(pole, n))
                pole = Quaternion(angle: turn * trust, axis: upper).act(pole)
            }
        }
        let measured = frame(upper, pole) * limb.upperFrame.conjugate
        let upperRotation = limb.swing.clamp(measured).normalized
        state.direction = direction(upperRotation.act(limb.upperDirection), else: upper)
        state.pole = upperRotation.act(limb.hinge)
        guard let lower else { return (upperRotation, nil) }

        let seen = upperRotation.conjugate.act(lower)
        let flat = direction(reject(limb.lowerDirection, from: limb.hinge), else: limb.upperDirection)
        let bent = limb.bend.clamp(direction(seen, else: flat), rest: flat, hinge: limb.hinge)
        return (upperRotation, (frame(bent, limb.hinge) * limb.lowerFrame.conjugate).normalized)
    }

    /// Shoulder blade (authored), upper arm, forearm and hand of a side.
    func solveArm(_ side: Int, _ step: inout Step, _ state: inout State) {
        let (limb, joints, hand) = (rest.arms[side], mapping.arms[side], rest.hands[side])
        let p = step.body.points
        let blade: HumanBone = side == 0 ? .leftShoulder : .rightShoulder
        let parent = step.chest * step.pose[blade]

        let (up, low) = (p[joints.middle] - p[joints.start], p[joints.end] - p[joints.middle])
        let upperSeen = step.body.seen(joints.start, joints.middle) && length(up) > 1e-3
        let lowerSeen = step.body.seen(joints.middle, joints.end) && length(low) > 1e-3
        var target: (upper: Quaternion, lower: Quaternion?)?
        if upperSeen {
            let inverse = parent.conjugate
            let d = direction(inverse.act(up), else: limb.upperDirection)
            let e = lowerSeen ? direction(inverse.act(low), else: limb.lowerDirection) : nil
            target = bendLimb(limb, upper: d, lower: e, state: &state.limbs[side])
        }
        let upper = state.settle(
            limb.upper, kind: upperSeen ? 1 : 0, target: target?.upper ?? authored[limb.upper], dt: step.dt,
            seconds: fadeSeconds)
        step.pose[limb.upper] = upper

        // While the shoulder or the elbow is lost a hand has no arm to hang on.
        let wanted = target?.lower
        let palm = wanted == nil ? nil : palmRotation(side, step.body)
        var twist = Float(0)
        var wrist: Quaternion?
        if let palm, let wanted {
            let forearm = parent * upper * wanted
            let relative = forearm.conjugate * palm
            let split = relative.swingTwist(about: limb.lowerDirection)
            var angle = dot(split.twist.rotationVector, limb.lowerDirection)
            // Beyond half a turn the sign would flip: stay on the side it came from.
            let last = state.limbs[side].twist
            if angle - last > .pi { angle -= 2 * .pi } else if angle - last < -.pi { angle += 2 * .pi }
            angle = min(max(angle, limits.forearmTwist.lowerBound), limits.forearmTwist.upperBound)
            state.limbs[side].twist = angle
            twist = angle / 2
            let rolled = Quaternion(angle: twist, axis: limb.lowerDirection)
            let swung = hand.limit.clamp(split.swing)
            wrist = rolled.conjugate * swung * Quaternion(angle: angle, axis: limb.lowerDirection)
        } else {
            state.limbs[side].twist = 0
        }
        let lowerTarget = wanted.map { $0 * Quaternion(angle: twist, axis: limb.lowerDirection) }
        step.pose[limb.lower] = state.settle(
            limb.lower, kind: wanted == nil ? 0 : palm == nil ? 1 : 2, target: lowerTarget ?? authored[limb.lower],
            dt: step.dt, seconds: fadeSeconds)
        step.pose[limb.end] = state.settle(
            limb.end, kind: wrist == nil ? 0 : 1, target: wrist ?? authored[limb.end], dt: step.dt, seconds: fadeSeconds
        )
    }

    // The hand's world rotation from the palm's triangle, or nil where it is unseen or has no width.
    private func palmRotation(_ side: Int, _ body: Body) -> Quaternion? {
        guard mapping.palms.count == 2 else { return nil }
        let (palm, wrist) = (mapping.palms[side], mapping.arms[side].end)
        guard body.seen(wrist, palm.index, palm.pinky) else { return nil }
        let p = body.points
        let along = (p[palm.index] + p[palm.pinky]) / 2 - p[wrist]
        let reach = length(along)
        guard reach > 1e-3 else { return nil }
        let axis = along / reach
        var across = reject(p[palm.index] - p[palm.pinky], from: axis)
        // The thumb tells the index's side where the knuckles coincide.
        if length(across) < 0.15 * reach, body.seen(palm.thumb) {
            across += reject(p[palm.thumb] - p[wrist], from: axis)
        }
        guard length(across) > 0.1 * reach else { return nil }
        return (frame(axis, across) * rest.hands[side].frame.conjugate).normalized
    }

    /// Thigh, shin and foot of a side.
    func solveLeg(_ side: Int, _ step: inout Step, _ state: inout State) {
        let (limb, joints, foot) = (rest.legs[side], mapping.legs[side], rest.feet[side])
        let p = step.body.points
        let (up, low) = (p[joints.middle] - p[joints.start], p[joints.end] - p[joints.middle])
        let upperSeen = step.body.seen(joints.start, joints.middle) && length(up) > 1e-3
        let lowerSeen = step.body.seen(joints.middle, joints.end) && length(low) > 1e-3
        var target: (upper: Quaternion, lower: Quaternion?)?
        if upperSeen {
            let inverse = step.pelvis.conjugate
            let d = direction(inverse.act(up), else: limb.upperDirection)
            let e = lowerSeen ? direction(inverse.act(low), else: limb.lowerDirection) : nil
            target = bendLimb(limb, upper: d, lower: e, state: &state.limbs[2 + side])
        }
        let upper = state.settle(
            limb.upper, kind: upperSeen ? 1 : 0, target: target?.upper ?? authored[limb.upper], dt: step.dt,
            seconds: fadeSeconds)
        let lower = state.settle(
            limb.lower, kind: target?.lower == nil ? 0 : 1, target: target?.lower ?? authored[limb.lower], dt: step.dt,
            seconds: fadeSeconds)
        step.pose[limb.upper] = upper
        step.pose[limb.lower] = lower
        step.thighs[side] = step.pelvis * upper
        step.shins[side] = step.thighs[side] * lower

        var kind = 0
        var world = step.shins[side] * authored[limb.end]
        if target?.lower != nil {
            if mapping.soles.count == 2,
                let seen = soleRotation(side, step.body)
            {
                (kind, world) = (1, seen)
            } else {
                // Nobody measures the foot: a level sole under the shin, pointing where the knee does.
                let knee = step.shins[side].act(limb.hinge)
                kind = 2
                world =
                    frame(cross(knee * [1, 0, 1], [0, 1, 0]), knee * [1, 0, 1])
                    * frame([0, 0, 1], [1, 0, 0]).conjugate
            }
        }
        let relative =
            kind == 0 ? authored[limb.end] : foot.limit.clamp((step.shins[side].conjugate * world).normalized)
        let ankle = state.settle(limb.end, kind: kind, target: relative, dt: step.dt, seconds: fadeSeconds)
        step.pose[limb.end] = ankle
        step.feet[side] = step.shins[side] * ankle
        // A guessed foot is not a measured one.
        if kind == 2 { state.bones[limb.end.index].weight = 0 }
    }

    // The foot's world rotation from heel, tip and ankle, or nil.
    private func soleRotation(_ side: Int, _ body: Body) -> Quaternion? {
        let (sole, ankle) = (mapping.soles[side], mapping.legs[side].end)
        guard body.seen(ankle, sole.heel, sole.toe) else { return nil }
        let along = body.points[sole.toe] - body.points[sole.heel]
        let reach = length(along)
        guard reach > 1e-3 else { return nil }
        let across = cross(body.points[ankle] - body.points[sole.heel], along)
        guard length(across) > 0.05 * reach * reach else { return nil }
        return (frame(along, across) * rest.feet[side].frame.conjugate).normalized
    }
}
