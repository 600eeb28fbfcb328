import KairaGeometry
import RealModule

/// What a living body does when it does nothing: it blinks, breathes, glances about and sways.
///
/// A function of seed and time alone: the same at any frame rate and in any order, nothing to remember. It yields to what
/// was measured: bones by their confidence, eyes and lids where the pose has a gaze or a blink of its own. Feet stay where
/// they are.
///
/// Figures: a blink every 2 to 6 s that closes within 80 ms and opens within 150 ms, 15 breaths a minute, fixations of 0.4
/// to 2 s (Leigh and Zee, "The Neurology of Eye Movements", 2015, for saccades; Bentivoglio et al. 1997 for blinks).
public struct IdleMotion: Sendable, Hashable {
    /// Which blinks and glances.
    public var seed: UInt64
    /// How much of all motion, 0...1 and above.
    public var amount: Float

    /// The idle motion of a seed.
    public init(seed: UInt64 = 1, amount: Float = 1) {
        self.seed = seed
        self.amount = amount
    }

    /// Adds idle motion to a pose, at the pose's time.
    public func apply(to pose: inout HumanoidPose) {
        let t = pose.time
        guard t.isFinite, amount > 0 else { return }
        if pose.expressions["blink"] == nil, pose.expressions["blinkLeft"] == nil, pose.expressions["blinkRight"] == nil
        {
            let weight = blink(at: t)
            if weight > 0 { pose.expressions["blink"] = weight }
        }
        if pose.gaze == nil { pose.gaze = gaze(at: t) * amount }
        breathe(&pose, t)
        sway(&pose, t)
    }

    /// How far the lids are shut, 0...1.
    public func blink(at time: Double) -> Float {
        var weight: Float = 0
        // One blink in each 4 s, sometimes a second one right after it; neighbours may reach over.
        let slot = (time / 4).rounded(.down)
        for s in [slot - 1, slot] {
            let start = s * 4 + 0.3 + 3.2 * number(1, s)
            weight = max(weight, Self.lid(time - start))
            if number(2, s) < 0.15 { weight = max(weight, Self.lid(time - start - 0.32)) }
        }
        return weight
    }

    /// A blink: shut within 80 ms, held 40 ms, open within 150 ms.
    private static func lid(_ t: Double) -> Float {
        guard t > 0, t < 0.27 else { return 0 }
        if t < 0.08 { return smoothstep(0, 0.08, Float(t)) }
        if t < 0.12 { return 1 }
        return 1 - smoothstep(0.12, 0.27, Float(t))
    }

    /// Where the eyes look, yaw and pitch in radians: fixations with quick moves between them.
    public func gaze(at time: Double) -> SIMD2<Float> {
        let slot = (time / 1.2).rounded(.down)
        func target(_ s: Double) -> SIMD2<Float> {
            // Two of five fixations look straight at the viewer.
            if number(3, s) < 0.4 { return .zero }
            return [Float(number(4, s) - 0.5) * 0.22, Float(number(5, s) - 0.5) * 0.12]
        }
        let change = slot * 1.2 + 0.8 * number(6, slot)
        // Saccades of some degrees last about 40 ms.
        let share = smoothstep(0, 0.04, Float(time - change))
        return lerp(target(slot - 1), target(slot), share)
    }

    /// Chest and shoulders rise and fall; in is a little quicker than out.
    private func breathe(_ pose: inout HumanoidPose, _ time: Double) {
        let phase = 2 * Double.pi * (time / 4 + number(7, 0))
        let air = Float(Double.sin(phase + 0.35 * Double.sin(phase)))
        turn(.chest, [-0.014 * air, 0, 0], &pose)
        turn(.neck, [0.010 * air, 0, 0], &pose)
        turn(.leftShoulder, [0, 0, 0.018 * air], &pose)
        turn(.rightShoulder, [0, 0, -0.018 * air], &pose)
        turn(.leftUpperArm, [0, 0, -0.010 * air], &pose)
        turn(.rightUpperArm, [0, 0, 0.010 * air], &pose)
    }

    /// Slow turns of the trunk and head, sums of sines that never meet.
    private func sway(_ pose: inout HumanoidPose, _ time: Double) {
        func wave(_ k: Double, _ frequency: Double) -> Float {
            let a = Double.sin(2 * .pi * (frequency * time + number(8, k)))
            let b = Double.sin(2 * .pi * (frequency * 1.618 * time + number(9, k)))
            return Float(0.62 * a + 0.38 * b)
        }
        let roll = 0.016 * wave(1, 0.11)
        turn(.spine, [0.008 * wave(2, 0.13), 0.020 * wave(3, 0.09), roll], &pose)
        turn(.chest, [0, 0.012 * wave(4, 0.12), -roll * 0.5], &pose)
        turn(.head, [0.022 * wave(5, 0.17), 0.035 * wave(6, 0.10), 0.018 * wave(7, 0.14) - roll * 0.4], &pose)
        turn(.leftLowerArm, [0, 0.03 * wave(8, 0.15), 0], &pose)
        turn(.rightLowerArm, [0, 0.03 * wave(9, 0.16), 0], &pose)
    }

    /// Turns a bone as far as it was not measured; rotation vector in radians.
    private func turn(_ bone: HumanBone, _ vector: SIMD3<Float>, _ pose: inout HumanoidPose) {
        let i = bone.index
        let left = amount * (1 - min(max(pose.confidence[i], 0), 1))
        guard left > 0 else { return }
        pose.rotations[i] = (pose.rotations[i] * Quaternion(rotationVector: vector * left)).normalized
    }

    /// A number 0..<1 of a stream and a slot: SplitMix64's mixer (Steele, Lea, Flood, 2014).
    private func number(_ stream: UInt64, _ slot: Double) -> Double {
        let step = UInt64(bitPattern: Int64(max(min(slot, 1e15), -1e15)))
        var z = seed &* 0x9E37_79B9_7F4A_7C15 &+ stream &* 0xD1B5_4A32_D192_ED03 &+ step &* 0xA24B_AED4_963E_E407
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }
}
