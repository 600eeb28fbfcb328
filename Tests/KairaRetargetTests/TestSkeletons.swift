import KairaGeometry
import KairaMotion

/// Seeded random numbers (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func between(_ a: Float, _ b: Float) -> Float { Float.random(in: a...b, using: &self) }
}

/// Rigs for the tests, metres, T-pose, facing +Z.
enum Rig {
    static func make(_ table: [(HumanBone, SIMD3<Float>)]) -> HumanoidSkeleton {
        var rest = [SIMD3<Float>?](repeating: nil, count: HumanBone.count)
        for (bone, p) in table {
            rest[bone.index] = p
            if bone.mirrored != bone { rest[bone.mirrored.index] = p * [-1, 1, 1] }
        }
        return HumanoidSkeleton(restPositions: rest)
    }

    static let human = make([
        (.hips, [0, 0.95, 0]), (.spine, [0, 1.05, 0]), (.chest, [0, 1.2, 0]), (.neck, [0, 1.48, 0]),
        (.head, [0, 1.56, 0]), (.leftUpperLeg, [0.09, 0.92, 0]), (.leftLowerLeg, [0.09, 0.5, 0]),
        (.leftFoot, [0.09, 0.08, 0]), (.leftToes, [0.09, 0.02, 0.14]), (.leftUpperArm, [0.18, 1.42, 0]),
        (.leftLowerArm, [0.46, 1.42, 0]), (.leftHand, [0.71, 1.42, 0]), (.leftIndexProximal, [0.8, 1.42, 0.03]),
        (.leftLittleProximal, [0.79, 1.42, -0.04]),
    ])

    /// A big body on short limbs, the fifteen required bones only.
    static let mascot = make([
        (.hips, [0, 0.3, 0]), (.spine, [0, 0.4, 0]), (.head, [0, 0.9, 0]), (.leftUpperLeg, [0.15, 0.28, 0]),
        (.leftLowerLeg, [0.15, 0.17, 0]), (.leftFoot, [0.15, 0.04, 0]), (.leftUpperArm, [0.4, 0.7, 0]),
        (.leftLowerArm, [0.55, 0.7, 0]), (.leftHand, [0.72, 0.7, 0]),
    ])
}

extension Rig {
    /// All the bones that a solver looks at; a palm as wide at the index as at the little finger.
    static let full = make([
        (.hips, [0, 0.98, 0.01]), (.spine, [0, 1.06, 0]), (.chest, [0, 1.18, 0]), (.upperChest, [0, 1.3, -0.01]),
        (.neck, [0, 1.47, -0.01]), (.head, [0, 1.56, 0.01]), (.leftUpperLeg, [0.095, 0.93, 0]),
        (.leftLowerLeg, [0.095, 0.5, 0]), (.leftFoot, [0.095, 0.08, 0]), (.leftToes, [0.095, 0.02, 0.13]),
        (.leftShoulder, [0.03, 1.42, 0]), (.leftUpperArm, [0.16, 1.42, 0]), (.leftLowerArm, [0.42, 1.42, 0]),
        (.leftHand, [0.66, 1.42, 0]), (.leftIndexProximal, [0.75, 1.42, 0.03]), (.leftMiddleProximal, [0.75, 1.42, 0]),
        (.leftLittleProximal, [0.75, 1.42, -0.03]),
    ])
}
