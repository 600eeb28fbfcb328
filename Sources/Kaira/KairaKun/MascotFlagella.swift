import KairaGeometry
import KairaMotion
import KairaScene

/// The strands behind the mascot: they branch as a neural network does, with a bead at every branch and end, and swing
/// as spring bones.
struct MascotFlagella {
    /// The tubes.
    private(set) var strands = BodyPart()
    /// The beads.
    private(set) var beads = BodyPart()
    /// The chains, by the rig's joints: root first, the last one a tail.
    private(set) var chains: [(name: String, joints: [UInt16], level: Int)] = []

    /// Angles of the four strands of a side above the horizontal, in turns, and their lengths in metres.
    private static let fan: [(angle: Float, length: Float, bend: Float, back: Float)] = [
        (0.186, 0.74, 1, 0.7), (0.098, 0.76, -1, 1.35), (0.012, 0.74, 1, 0.9), (-0.082, 0.64, -1, 1.5),
    ]

    /// Grows the strands and adds their joints to the rig.
    init(rig: inout MascotRig) {
        for side: Float in [1, -1] {
            for (k, strand) in Self.fan.enumerated() {
                let name = "flagellum" + (side > 0 ? "Left" : "Right") + String(k + 1)
                grow(
                    name: name, side: side, angle: strand.angle, length: strand.length, bend: strand.bend,
                    back: strand.back, rig: &rig)
            }
        }
    }

    private mutating func grow(
        name: String, side: Float, angle: Float, length: Float, bend: Float, back depth: Float, rig: inout MascotRig
    ) {
        let out = SIMD3<Float>(side * Turn.cosine(angle), Turn.sine(angle), 0)
        let across = SIMD3<Float>(-side * Turn.sine(angle), Turn.cosine(angle), 0)
        let start = SIMD2(out.x * 0.15, 0.86 + out.y * 0.13)
        // The root lies under the skin of the back.
        let mirror = MascotShape.front(start.x, start.y, raised: -0.02)
        var (near, far): (Float, Float) = (0, 0.7)
        for _ in 0..<24 {
            let z = (near + far) / 2
            if MascotShape.body([start.x, start.y, -z]) < -0.055 { near = z } else { far = z }
        }
        let root = SIMD3(mirror.x, mirror.y, -near)
        func place(_ back: Float, _ along: Float, _ aside: Float) -> SIMD3<Float> {
            root + SIMD3(0, 0, -back * depth) + out * (along * length) + across * (aside * bend)
        }
        let path = TubeSweep.spline(
            [
                place(0, 0, 0), place(0.10, 0.05, 0), place(0.175, 0.25, 0.012), place(0.19, 0.50, 0.030),
                place(0.175, 0.76, -0.012), place(0.15, 1.0, 0.030),
            ], segments: 15)
        let main = add(
            name: name, path: path, segments: 5, parent: rig[.head], radii: (0.021, 0.0085), colors: (0, 0.72),
            sides: 5,
            level: 0, rig: &rig)
        bead(at: path[path.count - 1], radius: 0.0265, joint: main[main.count - 2], glow: 0.5)

        // Branches at the third and fourth joints, to alternate sides.
        for (level, joint, sign, size) in [(1, 3, Float(1), Float(0.235)), (1, 4, -1, 0.165)]
            as [(Int, Int, Float, Float)]
        {
            let at = joint * 3
            let tangent = normalize(path[at + 1] - path[at - 1])
            let turn = sign * bend * 0.115 * side
            let aim = Turn.rotate(tangent, about: [0, 0, 1], by: turn)
            let bent = Turn.rotate(aim, about: [0, 0, 1], by: -turn * 0.75)
            let branch = TubeSweep.spline(
                [
                    path[at], path[at] + aim * (size * 0.5) + [0, 0, -0.012],
                    path[at] + aim * (size * 0.62) + bent * (size * 0.42) + [0, 0, 0.012],
                ], segments: 6)
            let joints = add(
                name: name + "Branch" + String(joint - 2), path: branch, segments: 2, parent: main[joint],
                radii: (0.0115, 0.0065), colors: (0.55, 1), sides: 5, level: level, rig: &rig)
            bead(at: path[at], radius: 0.0245, joint: main[joint], glow: 0.15)
            bead(at: branch[branch.count - 1], radius: 0.0205, joint: joints[joints.count - 2], glow: 0.8)
        }
    }

    /// Adds a tube with its joints and chain; returns the joints, root first.
    private mutating func add(
        name: String, path: [SIMD3<Float>], segments: Int, parent: UInt16, radii: (Float, Float),
        colors: (Float, Float), sides: Int, level: Int, rig: inout MascotRig
    ) -> [UInt16] {
        var joints: [UInt16] = []
        var above = parent
        let step = (path.count - 1) / segments
        for k in 0...segments {
            above = rig.add(name + "_" + String(k), under: above, at: path[k * step])
            joints.append(above)
        }
        chains.append((name, joints, level))
        let count = Float(path.count - 1)
        let tube = TubeSweep(
            path: path,
            radii: path.indices.map { i in
                let t = Float(i) / count
                let flare = max(0, 1 - t * 5)
                return lerp(radii.0, radii.1, t * (1.6 - 0.6 * t)) * (1 + (level == 0 ? 0.7 : 0) * flare * flare)
            }, sides: sides, startBulge: 0, endBulge: 0.8, capRings: 1, up: [0, 0, 1])
        strands.append(
            tube.build(
                uv: { MascotPalette.Ramp.flagellum.at(lerp(colors.0, colors.1, $0.along)) },
                influence: { station in
                    // Each joint moves the piece up to the next; they share the rings near a joint.
                    let x = station.along * Float(segments)
                    var parts: [(joint: UInt16, weight: Float)] = []
                    for k in 0..<segments {
                        let rise = k == 0 ? 1 : smoothstep(Float(k) - 0.45, Float(k) + 0.45, x)
                        let fall = k == segments - 1 ? 0 : smoothstep(Float(k) + 0.55, Float(k) + 1.45, x)
                        parts.append((joints[k], rise * (1 - fall)))
                    }
                    return Influence(parts)
                }))
        return joints
    }

    private mutating func bead(at center: SIMD3<Float>, radius: Float, joint: UInt16, glow: Float) {
        let (rings, sides) = (4, 6)
        var part = BodyPart()
        let influence = Influence(joint)
        let uv = MascotPalette.Ramp.bead.at(glow)
        part.add(center + [0, radius, 0], normal: [0, 1, 0], uv: uv, influence: influence)
        for r in 1..<rings {
            for s in 0..<sides {
                let polar = Float(r) / Float(rings) / 2, turn = Float(s) / Float(sides)
                let n = SIMD3(
                    Turn.sine(polar) * Turn.cosine(turn), Turn.cosine(polar), -Turn.sine(polar) * Turn.sine(turn))
                part.add(center + n * radius, normal: n, uv: uv, influence: influence)
            }
        }
        part.add(center - [0, radius, 0], normal: [0, -1, 0], uv: uv, influence: influence)
        let n = UInt32(sides)
        let last = UInt32(part.positions.count - 1)
        for s in 0..<n {
            let t = (s + 1) % n
            part.indices += [0, 1 + s, 1 + t]
            for r in 0..<UInt32(rings - 2) {
                let (a, b) = (1 + r * n + s, 1 + r * n + t)
                part.indices += [a, a + n, b + n, a, b + n, b]
            }
            part.indices += [1 + UInt32(rings - 2) * n + s, last, 1 + UInt32(rings - 2) * n + t]
        }
        beads.append(part)
    }
}
