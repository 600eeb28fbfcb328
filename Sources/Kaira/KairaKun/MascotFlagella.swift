import KairaGeometry
import KairaMotion
import KairaScene

/// The flagella behind the mascot: rods that branch as a neural network does, with a bead at every branch and end. Where
/// rods are not known they swing as spring bones.
struct MascotFlagella {
    /// The tubes.
    private(set) var strands = BodyPart()
    /// The beads.
    private(set) var beads = BodyPart()
    /// The chains, by the rig's joints: root first, the last one a tail.
    private(set) var chains: [(name: String, joints: [UInt16], level: Int)] = []

    /// Angles of the four strands of a side above the horizontal, in turns, and their lengths in metres.
    private static let fan: [(angle: Float, length: Float, bend: Float, back: Float)] = [
        (0.152, 0.78, 1, 0.9), (0.072, 0.78, -1, 1.4), (-0.006, 0.74, 1, 1.0), (-0.090, 0.64, -1, 1.5),
    ]

    /// Segments of a main flagellum.
    private static let joints = 8

    /// Grows the strands and adds their joints to the rig.
    init(rig: inout MascotRig, detail: MascotDetail) {
        for side: Float in [1, -1] {
            for (k, strand) in Self.fan.enumerated() {
                let name = "flagellum" + (side > 0 ? "Left" : "Right") + String(k + 1)
                grow(
                    name: name, side: side, angle: strand.angle, length: strand.length, bend: strand.bend,
                    back: strand.back, rig: &rig, detail: detail)
            }
        }
    }

    private mutating func grow(
        name: String, side: Float, angle: Float, length: Float, bend: Float, back depth: Float, rig: inout MascotRig,
        detail: MascotDetail
    ) {
        let perJoint = detail == .low ? 1 : detail == .medium ? 2 : 4
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
            ], segments: Self.joints * perJoint)
        let main = add(
            name: name, path: path, segments: Self.joints, parent: rig[.head], radii: (0.021, 0.0085),
            colors: (0, 0.72),
            sides: detail.sides(5), level: 0, rig: &rig)
        bead(at: path[path.count - 1], radius: 0.0265, joint: main[main.count - 2], along: length, detail: detail)

        // Branches at the fifth and seventh joints, to alternate sides.
        for (number, joint, sign, size) in [(1, 5, Float(1), Float(0.245)), (2, 7, -1, 0.175)]
            as [(Int, Int, Float, Float)]
        {
            let at = joint * perJoint
            let tangent = normalize(path[at + 1] - path[at - 1])
            let turn = sign * bend * 0.115 * side
            let aim = Turn.rotate(tangent, about: [0, 0, 1], by: turn)
            let bent = Turn.rotate(aim, about: [0, 0, 1], by: -turn * 0.75)
            let branch = TubeSweep.spline(
                [
                    path[at], path[at] + aim * (size * 0.5) + [0, 0, -0.012],
                    path[at] + aim * (size * 0.62) + bent * (size * 0.42) + [0, 0, 0.012],
                ], segments: 3 * perJoint)
            let joints = add(
                name: name + "Branch" + String(number), path: branch, segments: 3, parent: main[joint],
                radii: (0.0115, 0.0065), colors: (0.55, 1), sides: detail.sides(5), level: 1,
                rig: &rig)
            let way = length * Float(joint) / Float(Self.joints)
            bead(at: path[at], radius: 0.0245, joint: main[joint], along: way, detail: detail)
            bead(
                at: branch[branch.count - 1], radius: 0.0205, joint: joints[joints.count - 2], along: way + size,
                detail: detail)
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
                influence: { MascotAntennae.influence($0.along, joints) }))
        return joints
    }

    /// A bead `along` metres from the body; the light takes a metre for a texture.
    private mutating func bead(
        at center: SIMD3<Float>, radius: Float, joint: UInt16, along: Float, detail: MascotDetail
    ) {
        beads.append(
            MascotBead.build(
                at: center, radius: radius, influence: Influence(joint), along: along, detail: detail))
    }
}
