import KairaGeometry
import KairaMotion
import KairaScene

/// Two antennae on the crown, strands with a glowing bulb each.
struct MascotAntennae {
    /// The stalks.
    private(set) var stalks = BodyPart()
    /// The bulbs.
    private(set) var bulbs = BodyPart()
    /// The chains, by the rig's joints, from root to tip.
    private(set) var chains: [(name: String, joints: [UInt16])] = []

    /// Joints of an antenna.
    private static let joints = 6

    /// Grows the antennae and adds their joints to the rig.
    init(rig: inout MascotRig, detail: MascotDetail) {
        for side: Float in [1, -1] {
            let name = "antenna" + (side > 0 ? "Left" : "Right")
            // Out of the crest beside the fissure, up, and in a curl to the outside.
            let turns: [SIMD3<Float>] = [
                [0.100, 1.300, 0.090], [0.108, 1.385, 0.125], [0.126, 1.468, 0.155], [0.160, 1.540, 0.172],
                [0.208, 1.588, 0.180], [0.262, 1.592, 0.182],
            ]
            let perJoint = detail == .low ? 1 : detail == .medium ? 3 : 6
            let path = TubeSweep.spline(
                turns.map { $0 * SIMD3(side, 1, 1) }, segments: (Self.joints - 1) * perJoint)
            var joints: [UInt16] = []
            var above = rig[.head]
            for k in 0..<Self.joints {
                above = rig.add(name + "_" + String(k), under: above, at: path[k * perJoint])
                joints.append(above)
            }
            chains.append((name, joints))
            let count = Float(path.count - 1)
            let tube = TubeSweep(
                path: path,
                radii: path.indices.map { i in
                    let t = Float(i) / count
                    let flare = max(0, 1 - t * 4)
                    return lerp(0.0135, 0.0085, t) * (1 + 0.9 * flare * flare)
                }, sides: detail.sides(7), startBulge: 0, endBulge: 0.5, capRings: 1, up: [0, 0, 1])
            stalks.append(
                tube.build(
                    uv: { MascotPalette.Ramp.flagellum.at(0.95 * $0.along) },
                    influence: { Self.influence($0.along, joints) }))
            bulbs.append(
                MascotBead.build(
                    at: path[path.count - 1], radius: 0.034, influence: Influence(joints[Self.joints - 2]),
                    along: 0.92, detail: detail))
        }
    }

    /// Each joint moves the piece up to the next; they share the rings near a joint.
    static func influence(_ along: Float, _ joints: [UInt16]) -> Influence {
        let segments = joints.count - 1
        let x = along * Float(segments)
        var parts: [(joint: UInt16, weight: Float)] = []
        for k in 0..<segments {
            let rise = k == 0 ? 1 : smoothstep(Float(k) - 0.45, Float(k) + 0.45, x)
            let fall = k == segments - 1 ? 0 : smoothstep(Float(k) + 0.55, Float(k) + 1.45, x)
            parts.append((joints[k], rise * (1 - fall)))
        }
        return Influence(parts)
    }
}

/// A glowing ball. Its u says how far from the body it is: light that runs along u passes it at its own time.
enum MascotBead {
    static func build(
        at center: SIMD3<Float>, radius: Float, influence: Influence, along: Float, detail: MascotDetail
    ) -> BodyPart {
        let (rings, sides) = detail == .low ? (2, 4) : (detail.steps(4), detail.sides(7))
        var part = BodyPart()
        let uv = SIMD2(min(max(along, 0), 1), 0.5)
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
        return part
    }
}
