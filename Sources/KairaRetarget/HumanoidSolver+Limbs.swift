import KairaGeometry
import KairaMotion
import RealModule

extension HumanoidSolver {
    /// Upper and lower bone relative to their parents, from the directions of the two segments in the upper bone's parent.
    ///
    /// The lower bone's direction is kept whatever becomes of the twist: a bend plane that turns round faster than a limb
    /// can is followed at `twistSpeed`, and meanwhile the lower bone bends across its hinge.
    ///
    /// - Parameters:
    ///   - limb: what the avatar has.
    ///   - upper: unit direction of the upper segment.
    ///   - lower: that of the lower one, nil where only the upper segment is seen.
    ///   - dt: seconds since the last frame.
    ///   - state: the plane, kept between frames.
    /// - Returns: normalised rotations; no lower one where `lower` is nil.
    func bendLimb(
        _ limb: SolverRest.Limb, upper: SIMD3<Float>, lower: SIMD3<Float>?, dt: Float, state: inout State.Limb
    ) -> (upper: Quaternion, lower: Quaternion?) {
        // Without a bend to tell, the plane goes along with the segment by the shortest way: no twist comes in.
        let resting = Quaternion.from(limb.neutralDirection, to: upper).act(limb.neutralHinge)
        var pole = resting
        if let last = state.direction { pole = Quaternion.from(last, to: upper).act(state.pole) }
        pole = direction(reject(pole, from: upper), else: resting)
        // How far the measured plane is ahead of the shown one.
        var ahead = Float(0)
        if let lower {
            let normal = cross(upper, lower)
            let sine = length(normal)
            let folded = dot(upper, lower) < 0
            let trust = folded ? 1 : smoothstep(0.05, 0.15, sine)
            if trust > 0 {
                let n = normal / sine
                var turn = Float.atan2(y: dot(cross(pole, n), upper), x: dot(pole, n))
                // A slight bend the wrong way is an over-extended or noisy limb and not one turned round, unless it stays.
                if !folded, sine < 0.35, overextends(limb, resting, n, turn: turn, state: state) {
                    state.doubt += dt
                    if sine < 0.21 || state.doubt < 0.4 { turn = 0 }
                } else {
                    state.doubt = 0
                }
                // The less it bends, the less a frame tells, and the slower the plane follows.
                var gain = trust
                if state.direction != nil {
                    let rate = 60 * smoothstep(0.05, 0.4, sine)
                    gain = folded || sine > 0.4 ? 1 : 1 - Float.exp(-dt * rate)
                }
                let most = state.direction == nil ? .pi : twistSpeed * dt
                let step = min(max(turn * gain, -most), most)
                ahead = turn - step
                pole = Quaternion(angle: step, axis: upper).act(pole)
            }
        }
        let measured = frame(upper, pole) * frame(limb.neutralDirection, limb.neutralHinge).conjugate
        let neutral = limb.swing.clamp(measured).normalized
        let upperRotation = (neutral * limb.fromNeutral.conjugate).normalized
        state.direction = direction(neutral.act(limb.neutralDirection), else: upper)
        state.pole = neutral.act(limb.neutralHinge)
        guard let lower else { return (upperRotation, nil) }

        // Relative to the upper bone at rest, whose own direction is the straight limb.
        let seen = direction(upperRotation.conjugate.act(lower), else: limb.upperDirection)
        let hinge = Quaternion(angle: ahead, axis: limb.upperDirection).act(limb.hinge)
        let bent = limb.bend.clamp(seen, rest: limb.upperDirection, hinge: hinge)
        // The bend without twist about the lower bone: the hinge's own rotation where the bend is about the hinge.
        let swing = Quaternion.from(limb.upperDirection, to: bent)
        return (upperRotation, (frame(bent, swing.act(limb.hinge)) * limb.lowerFrame.conjugate).normalized)
    }

    // Whether a slight bend about `n` is more likely over-extension than a limb turned round by `turn`.
    private func overextends(
        _ limb: SolverRest.Limb, _ resting: SIMD3<Float>, _ n: SIMD3<Float>, turn: Float, state: State.Limb
    ) -> Bool {
        guard state.direction == nil else { return abs(turn) > 1.9 }
        return angle(resting, n) > max(-limb.swing.twist.lowerBound, limb.swing.twist.upperBound) + 0.2
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
            target = bendLimb(limb, upper: d, lower: e, dt: step.dt, state: &state.limbs[side])
        }
        let upper = state.settle(
            limb.upper, kind: upperSeen ? 1 : 0, target: target?.upper ?? step.authored[limb.upper], dt: step.dt,
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
            // The wrist bends in the axes of the rolled forearm.
            let bend = hand.limit.clamp(split.twist.conjugate * split.swing * split.twist)
            wrist = Quaternion(angle: angle - twist, axis: limb.lowerDirection) * bend
        } else {
            state.limbs[side].twist = 0
        }
        let lowerTarget = wanted.map { $0 * Quaternion(angle: twist, axis: limb.lowerDirection) }
        step.pose[limb.lower] = state.settle(
            limb.lower, kind: wanted == nil ? 0 : palm == nil ? 1 : 2, target: lowerTarget ?? step.authored[limb.lower],
            dt: step.dt, seconds: fadeSeconds)
        step.pose[limb.end] = state.settle(
            limb.end, kind: wrist == nil ? 0 : 1, target: wrist ?? step.authored[limb.end], dt: step.dt,
            seconds: fadeSeconds
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
            target = bendLimb(limb, upper: d, lower: e, dt: step.dt, state: &state.limbs[2 + side])
        }
        let upper = state.settle(
            limb.upper, kind: upperSeen ? 1 : 0, target: target?.upper ?? step.authored[limb.upper], dt: step.dt,
            seconds: fadeSeconds)
        let lower = state.settle(
            limb.lower, kind: target?.lower == nil ? 0 : 1, target: target?.lower ?? step.authored[limb.lower],
            dt: step.dt,
            seconds: fadeSeconds)
        step.pose[limb.upper] = upper
        step.pose[limb.lower] = lower
        step.thighs[side] = step.pelvis * upper
        step.shins[side] = step.thighs[side] * lower

        var kind = 0
        var world = step.shins[side] * step.authored[limb.end]
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
            kind == 0 ? step.authored[limb.end] : foot.limit.clamp((step.shins[side].conjugate * world).normalized)
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
