import Glibc
import KairaGeometry

/// Reads an animation clip at a time: glTF's STEP, LINEAR and CUBICSPLINE, held outside the keys.
///
/// Source: glTF 2.0, section 3.11 and appendix C. Interpolation is computed in double.
public struct ClipSampler: Sendable {
    /// Where in the keys the last sample was taken, one a channel; owned by the caller.
    ///
    /// Playing forwards finds the next keys in O(1), a jump in O(log keys).
    public struct Cache: Sendable {
        fileprivate var cursors: [Int] = []

        /// A cache that remembers nothing.
        public init() {}
    }

    /// The clip.
    public let clip: AnimationClip
    /// Channels whose arrays fit together; the others are passed over.
    private let usable: [Bool]

    /// A sampler of a clip.
    public init(_ clip: AnimationClip) {
        self.clip = clip
        usable = clip.channels.map { channel in
            let keys = channel.times.count
            let stride = channel.interpolation == .cubicSpline ? 3 : 1
            guard keys > 0, channel.values.count % (keys * stride) == 0 else { return false }
            switch channel.path {
            case .translation, .scale: return channel.componentCount == 3
            case .rotation: return channel.componentCount == 4
            case .weights: return channel.componentCount > 0
            }
        }
    }

    /// Sets what the clip animates; everything else stays as it is. World matrices are not updated.
    ///
    /// - Parameters:
    ///   - time: seconds on the clip's clock; held at the first and last key of each channel.
    ///   - state: of the scene that the clip belongs to.
    ///   - cache: what the last call left; any cache gives the same result.
    /// - Complexity: O(channels) when played forwards; no allocation after the first call.
    public func sample(at time: Double, into state: inout SceneState, cache: inout Cache) {
        visit(at: time, cache: &cache) { index, key, fraction in
            let channel = clip.channels[index]
            let node = channel.node.value
            guard state.locals.indices.contains(node) else { return }
            switch channel.path {
            case .translation:
                state.locals[node].translation = Self.vector(channel, key, fraction).xyz
                state.localMatrices[node] = nil
            case .scale:
                state.locals[node].scale = Self.vector(channel, key, fraction).xyz
                state.localMatrices[node] = nil
            case .rotation:
                state.locals[node].rotation = Quaternion(Self.vector(channel, key, fraction))
                state.localMatrices[node] = nil
            case .weights:
                for i in 0..<min(channel.componentCount, state.morphWeights[node].count) {
                    state.morphWeights[node][i] = Float(Self.scalar(channel, key, fraction, component: i))
                }
            }
        }
    }

    /// Calls `body` with each usable channel, the key at or before the time, and the fraction of the way to the next.
    func visit(at time: Double, cache: inout Cache, _ body: (_ channel: Int, _ key: Int, _ fraction: Double) -> Void) {
        if cache.cursors.count != clip.channels.count {
            cache.cursors = Array(repeating: 0, count: clip.channels.count)
        }
        for index in clip.channels.indices where usable[index] {
            let (key, fraction) = Self.locate(time, in: clip.channels[index].times, cursor: &cache.cursors[index])
            body(index, key, fraction)
        }
    }

    /// The key at or before a time and the fraction 0..<1 of the way to the next; held at the ends.
    private static func locate(_ time: Double, in times: [Float], cursor: inout Int) -> (Int, Double) {
        let last = times.count - 1
        if !(time > Double(times[0])) { return (0, 0) }
        if time >= Double(times[last]) { return (last, 0) }
        if !(cursor < last && Double(times[cursor]) <= time && time < Double(times[cursor + 1])) {
            if cursor + 1 < last, Double(times[cursor + 1]) <= time, time < Double(times[cursor + 2]) {
                cursor += 1
            } else {
                var (low, high) = (0, last)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if Double(times[middle]) <= time { low = middle } else { high = middle }
                }
                cursor = low
            }
        }
        let (start, end) = (Double(times[cursor]), Double(times[cursor + 1]))
        return (cursor, (time - start) / (end - start))
    }

    /// The value of a translation, scale (w = 0) or rotation channel.
    static func vector(_ channel: AnimationClip.Channel, _ key: Int, _ fraction: Double) -> SIMD4<Float> {
        if channel.path == .rotation {
            if channel.interpolation == .linear, fraction > 0 {
                return SIMD4<Float>(slerp(stored(channel, key, part: 0), stored(channel, key + 1, part: 0), fraction))
            }
            return Quaternion(
                SIMD4(
                    Float(scalar(channel, key, fraction, component: 0)),
                    Float(scalar(channel, key, fraction, component: 1)),
                    Float(scalar(channel, key, fraction, component: 2)),
                    Float(scalar(channel, key, fraction, component: 3)))
            ).normalized.vector
        }
        return SIMD4(
            Float(scalar(channel, key, fraction, component: 0)), Float(scalar(channel, key, fraction, component: 1)),
            Float(scalar(channel, key, fraction, component: 2)), 0)
    }

    /// One component of a channel, interpolated as a plain number.
    static func scalar(
        _ channel: AnimationClip.Channel, _ key: Int, _ u: Double, component: Int
    ) -> Double {
        let count = channel.componentCount
        switch channel.interpolation {
        case .step:
            return Double(channel.values[key * count + component])
        case .linear:
            let a = Double(channel.values[key * count + component])
            guard u > 0 else { return a }
            return a + (Double(channel.values[(key + 1) * count + component]) - a) * u
        case .cubicSpline:
            let at = key * 3 * count + component
            let p0 = Double(channel.values[at + count])
            guard u > 0 else { return p0 }
            let span = Double(channel.times[key + 1]) - Double(channel.times[key])
            let out = Double(channel.values[at + 2 * count]) * span
            let into = Double(channel.values[at + 3 * count]) * span
            let p1 = Double(channel.values[at + 4 * count])
            let (u2, u3) = (u * u, u * u * u)
            return (2 * u3 - 3 * u2 + 1) * p0 + (u3 - 2 * u2 + u) * out + (3 * u2 - 2 * u3) * p1 + (u3 - u2) * into
        }
    }

    private static func stored(_ channel: AnimationClip.Channel, _ key: Int, part: Int) -> SIMD4<Double> {
        let at = (key + part) * 4
        return SIMD4(
            Double(channel.values[at]), Double(channel.values[at + 1]), Double(channel.values[at + 2]),
            Double(channel.values[at + 3]))
    }

    /// glTF 2.0 appendix C.4: the shorter arc at even speed.
    private static func slerp(_ a: SIMD4<Double>, _ b: SIMD4<Double>, _ u: Double) -> SIMD4<Double> {
        let d = (a * b).sum()
        let angle = acos(min(abs(d), 1))
        let sign: Double = d < 0 ? -1 : 1
        // Below this the arc is the chord to double's precision, and the sine would divide by zero.
        let mixed: SIMD4<Double>
        if angle < 1e-7 {
            mixed = a * (1 - u) + b * (u * sign)
        } else {
            mixed = (a * sin(angle * (1 - u)) + b * (sign * sin(angle * u))) / sin(angle)
        }
        let squared = (mixed * mixed).sum()
        return squared > 0 ? mixed / squared.squareRoot() : SIMD4(0, 0, 0, 1)
    }
}
