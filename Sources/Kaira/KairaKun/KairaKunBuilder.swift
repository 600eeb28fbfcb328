import KairaGeometry
import KairaImage
import KairaMotion
import KairaScene

/// Builds KairaKun, the mascot: a brain with a face, arms, legs, and flagella that branch like a neural network.
///
/// The same numbers come out on every run: the folds grow from a fixed seed, nothing depends on time, threads or hashing.
/// T-pose, facing +Z, soles at y = 0, metres; about 1.4 m high.
public struct KairaKunBuilder: Sendable {
    /// How finely it is cut.
    public var detail = MascotDetail.medium
    /// What its surfaces are.
    public var look = MascotLook.toon
    /// Pixels along a side of the body's texture.
    public var textureSize = 1024

    /// A builder of the mascot as it is shipped.
    public init() {}

    /// Builds the avatar.
    ///
    /// - Complexity: some seconds on one core; the folds are simulated.
    public func build() -> Scene {
        var rig = Self.skeleton()
        let flagella = MascotFlagella(rig: &rig, detail: detail)
        let antennae = MascotAntennae(rig: &rig, detail: detail)
        let cortex = Cortex()
        let trunk: [(bone: HumanBone, from: Float, halfWidth: Float)] = [
            (.hips, 0, 0), (.spine, 0.56, 0.035), (.chest, 0.615, 0.035), (.neck, 0.66, 0.035), (.head, 0.70, 0.04),
        ]
        let influence: (SIMD3<Float>) -> Influence = { [rig] p in rig.influence(chain: trunk, at: p.y) }

        let face = MascotFace(rig: rig, detail: detail)
        let limbs = MascotLimbs(rig: rig, detail: detail)
        let lids = face.lids()
        var small = limbs.arms()
        small.append(limbs.legs())
        small.append(limbs.gloves(triangles: detail.share(570)))
        small.append(limbs.cuffs())
        small.append(limbs.shoes(triangles: detail.share(360)))
        small.append(limbs.soles(triangles: detail.share(210)))
        small.append(Cerebellum.build(detail: detail, influence: influence))

        let drawn = (eyes: face.eyes(), lines: face.eyeLines(), brows: face.brows(), mouth: face.mouth())
        var strands = flagella.strands
        strands.append(antennae.stalks)
        var beads = flagella.beads
        beads.append(antennae.bulbs)
        // The folds take what the other parts leave.
        let others = [small, strands, beads, drawn.eyes, drawn.lines, lids.skin, lids.line, drawn.brows, drawn.mouth]
        let folds = max(detail.triangles - others.reduce(0) { $0 + $1.triangleCount }, detail.triangles / 5)

        var assembly = Assembly(
            rig: rig, look: look, textureSize: textureSize, cortexTexture: cortex.texture(size: textureSize))
        assembly.add("Body", [(cortex.mesh(triangles: folds, influence: influence), .cortex), (small, .paint)])
        assembly.add("Flagella", [(strands, .paint), (beads, .bead)])
        assembly.add("Eyes", [(drawn.eyes, .eye)], morphs: ["wide", "lookUp", "lookDown", "lookLeft", "lookRight"])
        assembly.add("EyeLines", [(drawn.lines, .line)], morphs: ["wide"])
        assembly.add(
            "Lids", [(lids.skin, .flat), (lids.line, .line)],
            morphs: ["blinkLeft", "blinkRight", "lidHappy", "lidAngry", "lidSad", "lidRelaxed"])
        assembly.add(
            "Brows", [(drawn.brows, .line)], morphs: ["browUp", "browAngry", "browSad", "browHappy"])
        assembly.add("Mouth", [(drawn.mouth, .flat)], morphs: MascotFace.mouths.dropFirst().map(\.name))
        return assembly.scene(flagella: flagella.chains, antennae: antennae.chains, mouth: drawn.mouth)
    }

    /// The bones in the T-pose.
    static func skeleton() -> MascotRig {
        var rig = MascotRig()
        rig.add(.hips, at: [0, 0.52, 0])
        rig.add(.spine, at: [0, 0.575, 0])
        rig.add(.chest, at: [0, 0.63, 0])
        rig.add(.neck, at: [0, 0.685, 0])
        rig.add(.head, at: [0, 0.735, 0])
        let eye = MascotFace.eye().center
        rig.add(.leftEye, at: eye)
        rig.add(.rightEye, at: eye * SIMD3(-1, 1, 1))
        rig.add(.jaw, at: [0, MascotFace.mouthHeight + 0.01, 0.16])
        let flip = SIMD3<Float>(-1, 1, 1)
        let wrist = SIMD3<Float>(0.845, 0.80, 0)
        var left: [(bone: HumanBone, place: SIMD3<Float>)] = [
            (.leftUpperLeg, [0.128, 0.50, 0]), (.leftLowerLeg, [0.128, 0.295, 0]), (.leftFoot, [0.128, 0.09, 0]),
            (.leftToes, [0.128, 0.03, 0.085]),
            (.leftShoulder, [0.16, 0.80, 0]), (.leftUpperArm, [0.43, 0.80, 0]), (.leftLowerArm, [0.645, 0.80, 0]),
            (.leftHand, wrist),
        ]
        left += MascotLimbs.handJoints(wrist: wrist)
        for (bone, place) in left {
            rig.add(bone, at: place)
        }
        for (bone, place) in left { rig.add(bone.mirrored, at: place * flip) }
        return rig
    }
}
