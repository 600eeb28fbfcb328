import KairaGeometry
import KairaMotion

/// Arms, gloves, legs and shoes. The left ones are built and mirrored.
struct MascotLimbs {
    /// The joints.
    let rig: MascotRig
    /// How finely they are cut.
    let detail: MascotDetail

    /// A piece and its mirror image.
    private func both(_ left: BodyPart) -> BodyPart {
        var part = left
        part.append(left.mirrored { rig.mirrored($0) })
        return part
    }

    /// Both arms: from inside the body to the wrist, bending over loops at the elbow.
    func arms() -> BodyPart {
        let y = rig.position(.leftUpperArm).y
        let elbow = rig.position(.leftLowerArm).x, wrist = rig.position(.leftHand).x
        let shoulder = rig.position(.leftUpperArm).x
        var stops: [(x: Float, radius: Float)] = [
            (0.29, 0.062), (0.33, 0.062), (shoulder - 0.055, 0.061), (shoulder - 0.03, 0.060), (shoulder, 0.0585),
            (shoulder + 0.03, 0.057), (shoulder + 0.06, 0.055), (shoulder + 0.11, 0.052),
        ]
        for d: Float in [-0.06, -0.04, -0.02, 0, 0.02, 0.04, 0.06] { stops.append((elbow + d, 0.0485 - d * 0.03)) }
        stops += [
            (lerp(elbow, wrist, 0.6), 0.0445), (wrist - 0.03, 0.0425), (wrist - 0.005, 0.042), (wrist + 0.02, 0.040),
        ]
        let tube = TubeSweep(
            path: stops.map { [$0.x, y, 0] }, radii: stops.map(\.radius), sides: detail.sides(11), capRings: 1)
        let chain: [(bone: HumanBone, from: Float, halfWidth: Float)] = [
            (.leftShoulder, 0, 0), (.leftUpperArm, shoulder - 0.012, 0.052), (.leftLowerArm, elbow, 0.050),
            (.leftHand, wrist, 0.02),
        ]
        return both(
            tube.build(
                uv: { MascotPalette.Ramp.limb.at(($0.center.x - 0.38) / 0.2) },
                influence: { rig.influence(chain: chain, at: $0.center.x) }))
    }

    /// Both legs.
    func legs() -> BodyPart {
        let hip = rig.position(.leftUpperLeg), knee = rig.position(.leftLowerLeg), ankle = rig.position(.leftFoot)
        var stops: [(y: Float, radius: Float)] = [
            (hip.y, 0.078), (hip.y - 0.03, 0.077), (hip.y - 0.06, 0.074), (hip.y - 0.09, 0.070),
            (hip.y - 0.12, 0.065),
        ]
        for d: Float in [0.06, 0.04, 0.02, 0, -0.02, -0.04, -0.06] { stops.append((knee.y + d, 0.0575 + d * 0.06)) }
        stops += [
            (lerp(knee.y, ankle.y, 0.6), 0.052), (ankle.y + 0.03, 0.050), (ankle.y, 0.050), (ankle.y - 0.03, 0.046),
        ]
        let tube = TubeSweep(
            path: stops.map { [hip.x, $0.y, 0] }, radii: stops.map(\.radius), sides: detail.sides(11), capRings: 1,
            up: [0, 0, 1])
        let chain: [(bone: HumanBone, from: Float, halfWidth: Float)] = [
            (.leftUpperLeg, -9, 0), (.leftLowerLeg, -knee.y, 0.052), (.leftFoot, -ankle.y, 0.03),
        ]
        return both(
            tube.build(
                uv: { MascotPalette.Ramp.limb.at((hip.y - 0.02 - $0.center.y) / 0.2) },
                influence: { rig.influence(chain: chain, at: -$0.center.y) }))
    }

    // MARK: Gloves

    /// A mascot's hands are large: its gestures must read from afar.
    private static let scale: Float = 1.22

    private static let fingers: [(bones: [HumanBone], z: Float, length: Float)] = [
        ([.leftIndexProximal, .leftIndexIntermediate, .leftIndexDistal], 0.043, 0.072),
        ([.leftMiddleProximal, .leftMiddleIntermediate, .leftMiddleDistal], 0, 0.080),
        ([.leftLittleProximal, .leftLittleIntermediate, .leftLittleDistal], -0.042, 0.066),
    ]
    private static let thumb: [HumanBone] = [.leftThumbMetacarpal, .leftThumbProximal, .leftThumbDistal]

    /// Where the left hand's joints are, given the wrist.
    static func handJoints(wrist: SIMD3<Float>) -> [(bone: HumanBone, place: SIMD3<Float>)] {
        var joints: [(bone: HumanBone, place: SIMD3<Float>)] = []
        for (k, bone) in thumb.enumerated() {
            let d = 0.022 + 0.030 * Float(k)
            joints.append((bone, wrist + SIMD3(0.012 + d * 0.7071, -0.004, 0.018 + d * 0.7071) * scale))
        }
        for finger in fingers {
            for (k, bone) in finger.bones.enumerated() {
                joints.append((bone, wrist + SIMD3(0.080 + finger.length * Float(k) / 3, 0, finger.z) * scale))
            }
        }
        return joints
    }

    /// Signed distance to the left hand.
    private func hand(_ place: SIMD3<Float>) -> Float {
        let p = (place - rig.position(.leftHand)) / Self.scale
        var d = SignedDistance.ellipsoid(p, center: [0.056, 0, 0], radii: [0.060, 0.036, 0.064])
        d = SignedDistance.union(
            d, SignedDistance.capsule(p, .zero, [0.03, 0, 0], 0.036, 0.036), rounded: 0.03)
        let (a, b) = (SIMD3<Float>(0.030, -0.004, 0.034), SIMD3<Float>(0.0813, -0.004, 0.0953))
        d = SignedDistance.union(d, SignedDistance.capsule(p, a, b, 0.024, 0.0215), rounded: 0.022)
        for finger in Self.fingers {
            let a = SIMD3(0.070, 0, finger.z * 0.9)
            let b = SIMD3(0.080 + finger.length, -0.002, finger.z * 1.12)
            d = SignedDistance.union(d, SignedDistance.capsule(p, a, b, 0.0225, 0.0205), rounded: 0.016)
        }
        return d * Self.scale
    }

    /// Both gloves: a palm, three fingers and a thumb, and a cuff.
    func gloves(triangles: Int) -> BodyPart {
        let wrist = rig.position(.leftHand)
        let net = SurfaceNet(
            bounds: BoundingBox(
                min: wrist + SIMD3(-0.05, -0.055, -0.085) * Self.scale,
                max: wrist + SIMD3(0.19, 0.055, 0.125) * Self.scale), cell: 0.0062 * Self.scale)
        let part = solid(net, triangles: triangles, ramp: .glove, field: hand) { p in
            handInfluence((p - wrist) / Self.scale)
        }
        return both(part)
    }

    /// Weights on the hand's bones at a place relative to the wrist.
    private func handInfluence(_ q: SIMD3<Float>) -> Influence {
        var parts: [(joint: UInt16, weight: Float)] = []
        var palm: Float = 1
        // How far out along the thumb, and how much nearer to it than to the palm.
        let thumbAxis = normalize(SIMD3<Float>(1, 0, 1))
        let base = SIMD3<Float>(0.012, -0.004, 0.018)
        let along = dot(q - base, thumbAxis)
        let aside = length(reject(q - base, from: thumbAxis))
        let onThumb = (1 - smoothstep(0.022, 0.038, aside)) * smoothstep(0.012, 0.050, along)
        if onThumb > 0 {
            let first = smoothstep(0.040, 0.064, along), second = smoothstep(0.070, 0.094, along)
            parts.append((rig[.leftThumbDistal], onThumb * second))
            parts.append((rig[.leftThumbProximal], onThumb * first * (1 - second)))
            parts.append((rig[.leftThumbMetacarpal], onThumb * (1 - first)))
            palm -= onThumb
        }
        let onFingers = palm * smoothstep(0.062, 0.094, q.x)
        if onFingers > 0 {
            // Fingers apart from one another, their share by nearness across.
            let shares = Self.fingers.map {
                1 / (0.00004 + (q.z - $0.z) * (q.z - $0.z) * (q.z - $0.z) * (q.z - $0.z) * 400)
            }
            let sum = shares.reduce(0, +)
            for (finger, share) in zip(Self.fingers, shares) {
                let x = (q.x - 0.080) / finger.length * 3
                let first = smoothstep(0.70, 1.30, x), second = smoothstep(1.70, 2.30, x)
                let w = onFingers * share / sum
                parts.append((rig[finger.bones[2]], w * second))
                parts.append((rig[finger.bones[1]], w * first * (1 - second)))
                parts.append((rig[finger.bones[0]], w * (1 - first)))
            }
            palm -= onFingers
        }
        parts.append((rig[.leftHand], palm))
        return Influence(parts)
    }

    /// Both cuffs, a roll round each wrist.
    func cuffs() -> BodyPart {
        let wrist = rig.position(.leftHand)
        return both(
            ring(
                center: wrist + [-0.006, 0, 0], axis: [1, 0, 0], radius: 0.040, tube: 0.022, ramp: .cuff,
                influence: Influence(rig[.leftHand])))
    }

    private func ring(
        center: SIMD3<Float>, axis: SIMD3<Float>, radius: Float, tube: Float, ramp: MascotPalette.Ramp,
        influence: Influence
    ) -> BodyPart {
        let (segments, sides) = (detail.sides(16), detail.sides(5))
        let u = perpendicular(to: axis), v = cross(axis, u)
        var part = BodyPart()
        for i in 0..<segments {
            let a = Float(i) / Float(segments)
            let out = u * Turn.cosine(a) + v * Turn.sine(a)
            for s in 0..<sides {
                let b = (Float(s) + 0.5) / Float(sides)
                let n = out * Turn.cosine(b) + axis * Turn.sine(b)
                part.add(center + out * radius + n * tube, normal: n, uv: ramp.at(0.5), influence: influence)
            }
        }
        for i in 0..<segments {
            for s in 0..<sides {
                let a = UInt32(i * sides + s), b = UInt32(i * sides + (s + 1) % sides)
                let c = UInt32((i + 1) % segments * sides + s), d = UInt32((i + 1) % segments * sides + (s + 1) % sides)
                part.indices += [a, c, d, a, d, b]
            }
        }
        return part
    }

    // MARK: Shoes

    private static let shoeScale: Float = 1.12

    /// A place in the shoes' design, which is drawn larger about the point of the ground below the ankle.
    private func grown(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let foot = SIMD3(rig.position(.leftFoot).x, 0, 0)
        return (p - foot) / Self.shoeScale + foot
    }

    /// Signed distance to the left shoe.
    private func shoe(_ place: SIMD3<Float>) -> Float {
        let a = rig.position(.leftFoot)
        let p = grown(place)
        var d = SignedDistance.ellipsoid(p, center: [a.x, 0.050, 0.080], radii: [0.082, 0.062, 0.096])
        d = SignedDistance.union(
            d, SignedDistance.ellipsoid(p, center: [a.x, 0.055, -0.018], radii: [0.066, 0.062, 0.070]), rounded: 0.05)
        d = SignedDistance.union(
            d, SignedDistance.capsule(p, [a.x, 0.06, -0.004], [a.x, 0.100, -0.004], 0.060, 0.060), rounded: 0.03)
        // Flat below, where the sole is.
        return max(d, 0.016 - p.y) * Self.shoeScale
    }

    /// Signed distance to the left sole: a slab 34 mm high with rounded edges.
    private func sole(_ place: SIMD3<Float>) -> Float {
        let a = rig.position(.leftFoot)
        let p = grown(place)
        let q = SIMD3(p.x, 0.04, p.z)
        var d = SignedDistance.ellipsoid(q, center: [a.x, 0.04, 0.080], radii: [0.089, 0.08, 0.104])
        d = SignedDistance.union(
            d, SignedDistance.ellipsoid(q, center: [a.x, 0.04, -0.018], radii: [0.072, 0.08, 0.076]), rounded: 0.05)
        let (h, r): (Float, Float) = (0.017, 0.011)
        let v = SIMD2(d + r, abs(p.y - h) - h + r)
        return (length(SIMD2(max(v.x, 0), max(v.y, 0))) + min(max(v.x, v.y), 0) - r) * Self.shoeScale
    }

    private func footInfluence(_ p: SIMD3<Float>) -> Influence {
        let toes = rig.position(.leftToes).z
        let w = smoothstep(toes - 0.03, toes + 0.03, p.z)
        return Influence([(rig[.leftToes], w), (rig[.leftFoot], 1 - w)])
    }

    /// Both shoes without their soles.
    func shoes(triangles: Int) -> BodyPart {
        let x = rig.position(.leftFoot).x
        let net = SurfaceNet(
            bounds: BoundingBox(min: [x - 0.12, -0.01, -0.13], max: [x + 0.12, 0.21, 0.23]), cell: 0.009)
        return both(solid(net, triangles: triangles, ramp: .shoe, field: shoe) { footInfluence($0) })
    }

    /// Both soles and the rolls round the ankles.
    func soles(triangles: Int) -> BodyPart {
        let ankle = rig.position(.leftFoot)
        let net = SurfaceNet(
            bounds: BoundingBox(min: [ankle.x - 0.12, -0.02, -0.13], max: [ankle.x + 0.12, 0.07, 0.23]), cell: 0.009)
        var part = solid(net, triangles: triangles, ramp: .sole, field: sole) { footInfluence($0) }
        for i in part.positions.indices { part.positions[i].y = max(part.positions[i].y, 0) }
        part.append(
            ring(
                center: [ankle.x, 0.152, -0.004], axis: [0, -1, 0], radius: 0.052, tube: 0.017, ramp: .sole,
                influence: rig.influence(
                    chain: [(.leftLowerLeg, -9, 0), (.leftFoot, -0.17, 0.06)], at: -0.152)))
        return both(part)
    }

    /// Meshes a field, thins it out and gives it one colour; normals are the field's.
    private func solid(
        _ net: SurfaceNet, triangles: Int, ramp: MascotPalette.Ramp, field: (SIMD3<Float>) -> Float,
        influence: (SIMD3<Float>) -> Influence
    ) -> BodyPart {
        let dense = net.mesh(field)
        let thin = MeshSimplifier(positions: dense.positions, indices: dense.indices).simplified(to: triangles)
        var part = BodyPart()
        for p in thin.positions {
            part.add(
                p, normal: SignedDistance.gradient(at: p, step: 0.003, of: field), uv: ramp.at(0.5),
                influence: influence(p))
        }
        part.indices = thin.indices
        return part
    }
}
