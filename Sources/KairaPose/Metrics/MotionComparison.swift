import Glibc

/// How far one motion is from another that stands for the truth, frame by frame.
///
/// None of the measures here but PCK is a standard: each says what it is.
public struct MotionComparison: Sendable {
    /// Where the PCK curve is sampled, shares of the torso: 0, 0.02, ..., 0.5.
    public static let thresholds = (0...25).map { Double($0) / 50 }

    /// The truth.
    public let reference: MotionSamples
    /// What is judged.
    public let tested: MotionSamples

    /// A comparison, or nil where joints, frames or intervals differ.
    public init?(reference: MotionSamples, tested: MotionSamples) {
        guard reference.joints == tested.joints, reference.frames == tested.frames,
            abs(reference.interval - tested.interval) < 1e-9
        else { return nil }
        self.reference = reference
        self.tested = tested
    }

    private var frames: Int { reference.frames }
    private var joints: Int { reference.joints.count }

    /// The truth's torso in each frame, from the middle of the shoulders to that of the hips; nil where it is not seen.
    public var torsos: [Double?] {
        let names = [("left_shoulder", "left_hip"), ("right_shoulder", "right_hip")]
        let pairs = names.compactMap { a, b in
            reference.index(of: a).flatMap { i in reference.index(of: b).map { (i, $0) } }
        }
        guard pairs.count == 2 else { return Array(repeating: nil, count: frames) }
        return (0..<frames).map { frame in
            guard let a = reference[frame, pairs[0].0], let b = reference[frame, pairs[1].0],
                let c = reference[frame, pairs[0].1], let d = reference[frame, pairs[1].1]
            else { return nil }
            let length = Self.length((a + b) / 2 - (c + d) / 2)
            return length > 0 ? length : nil
        }
    }

    /// Mean distance of each joint over the frames in which both show it, in the samples' unit; nil where there are none.
    public var jointErrors: [Double?] {
        (0..<joints).map { joint in
            Self.mean((0..<frames).compactMap { distance($0, joint) })
        }
    }

    private func distance(_ frame: Int, _ joint: Int) -> Double? {
        guard let a = reference[frame, joint], let b = tested[frame, joint] else { return nil }
        return Self.length(a - b)
    }

    /// Percentage of correct keypoints of each joint: of the frames in which the truth shows the joint and a torso, the
    /// share in which the tested place is nearer than `threshold` torsos. A joint that was not found is wrong.
    ///
    /// - Parameter threshold: share of the torso; the comparison is strict.
    /// - Returns: per cent, nil for joints that the truth never shows.
    public func correct(threshold: Double) -> [Double?] {
        let torsos = torsos
        return (0..<joints).map { joint in
            var right = 0.0, all = 0.0
            for frame in 0..<frames {
                guard let torso = torsos[frame], reference[frame, joint] != nil else { continue }
                all += 1
                if let distance = distance(frame, joint), distance < threshold * torso { right += 1 }
            }
            return all > 0 ? 100 * right / all : nil
        }
    }

    /// The mean of `correct` over the joints, at each of `thresholds`, per cent; nil without a torso.
    public var curve: [Double]? {
        let curve = Self.thresholds.compactMap { Self.mean(correct(threshold: $0).compactMap { $0 }) }
        return curve.count == Self.thresholds.count ? curve : nil
    }

    /// Joints whose bend is compared, with the neighbours that it is measured between.
    public static let bends: [(joint: String, from: String, to: String)] = bends(of: "left") + bends(of: "right")

    private static func bends(of side: String) -> [(joint: String, from: String, to: String)] {
        let bends = [
            ("elbow", "shoulder", "wrist"), ("shoulder", "hip", "elbow"), ("hip", "shoulder", "knee"),
            ("knee", "hip", "ankle"),
        ]
        return bends.map { bend in
            (joint: "\(side)_\(bend.0)", from: "\(side)_\(bend.1)", to: "\(side)_\(bend.2)")
        }
    }

    /// Mean difference of the angle at a joint between two limbs, degrees, by joint.
    public var bendErrors: [(joint: String, degrees: Double)] {
        Self.bends.compactMap { bend in
            guard let joint = reference.index(of: bend.joint), let from = reference.index(of: bend.from),
                let to = reference.index(of: bend.to)
            else { return nil }
            let differences = (0..<frames).compactMap { frame -> Double? in
                guard let a = Self.angle(reference, frame, joint, from, to),
                    let b = Self.angle(tested, frame, joint, from, to)
                else { return nil }
                return abs(a - b) * 180 / .pi
            }
            return Self.mean(differences).map { (bend.joint, $0) }
        }
    }

    private static func angle(_ samples: MotionSamples, _ frame: Int, _ joint: Int, _ from: Int, _ to: Int) -> Double? {
        guard let center = samples[frame, joint], let a = samples[frame, from], let b = samples[frame, to] else {
            return nil
        }
        let (u, v) = (a - center, b - center)
        guard length(u) > 0, length(v) > 0 else { return nil }
        let cross = SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
        return atan2(length(cross), (u * v).sum())
    }

    /// Root mean square of each joint's second difference, in the samples' unit a frame squared: what trembles is large.
    public static func jitter(_ samples: MotionSamples) -> [Double?] {
        samples.joints.indices.map { joint in
            let squares = stride(from: 2, to: samples.frames, by: 1).compactMap { frame -> Double? in
                guard let a = samples[frame - 2, joint], let b = samples[frame - 1, joint],
                    let c = samples[frame, joint]
                else { return nil }
                let d = a - 2 * b + c
                return (d * d).sum()
            }
            return mean(squares)?.squareRoot()
        }
    }

    /// How far the tested motion is behind the truth, seconds: the shift, within a second either way, at which the joints'
    /// velocities correlate best, refined by a parabola. Nil where nothing moves.
    public var lag: Double? {
        let truth = Self.velocities(reference), guess = Self.velocities(tested)
        let steps = truth.count / max(joints, 1)
        let reach = min(Int((1 / reference.interval).rounded()), steps / 2)
        guard reach >= 1 else { return nil }
        let scores = (-reach...reach).map { shift -> Double in
            var product = 0.0, a = 0.0, b = 0.0
            for step in max(0, -shift)..<min(steps, steps - shift) {
                for joint in 0..<joints {
                    guard let u = truth[step * joints + joint], let v = guess[(step + shift) * joints + joint] else {
                        continue
                    }
                    product += (u * v).sum()
                    a += (u * u).sum()
                    b += (v * v).sum()
                }
            }
            return a > 0 && b > 0 ? product / (a * b).squareRoot() : 0
        }
        guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[best] > 0 else { return nil }
        var shift = Double(best - reach)
        if best > 0, best + 1 < scores.count {
            let (before, at, after) = (scores[best - 1], scores[best], scores[best + 1])
            let curvature = before - 2 * at + after
            // At a match that is exact there is nothing to refine.
            if curvature < 0, at < 1 - 1e-12 { shift += (before - after) / (2 * curvature) }
        }
        return shift * reference.interval
    }

    private static func velocities(_ samples: MotionSamples) -> [SIMD3<Double>?] {
        stride(from: 1, to: samples.frames, by: 1).flatMap { frame in
            samples.joints.indices.map { joint in
                guard let a = samples[frame - 1, joint], let b = samples[frame, joint] else { return nil }
                return b - a
            }
        }
    }

    /// Mean speed of the feet, in the samples' unit a second, while the truth's stand: slower than a fifth of a torso a
    /// second, smoothed over three frames. Nil where no foot ever stands.
    ///
    /// - Parameter samples: the truth or the tested motion.
    /// - Returns: the speed in the ground plane: of x and z for motions in metres, of x and y for pixels.
    public func footSlide(of samples: MotionSamples) -> Double? {
        let feet = ["left_ankle", "right_ankle"].compactMap(reference.index(of:))
        let torsos = torsos
        let isFlat = reference.points.allSatisfy { $0.z == 0 }
        var speeds: [Double] = []
        for foot in feet {
            for frame in stride(from: 1, to: frames - 1, by: 1) {
                guard let torso = torsos[frame], let before = reference[frame - 1, foot],
                    let after = reference[frame + 1, foot],
                    Self.length(after - before) / (2 * reference.interval) < torso / 5,
                    let a = samples[frame - 1, foot], let b = samples[frame + 1, foot]
                else { continue }
                var d = b - a
                if isFlat { d.z = 0 } else { d.y = 0 }
                speeds.append(Self.length(d) / (2 * samples.interval))
            }
        }
        return Self.mean(speeds)
    }

    private static func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
