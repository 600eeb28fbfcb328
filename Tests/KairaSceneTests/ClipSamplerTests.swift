import Foundation
import KairaGeometry
import KairaScene
import Testing

@Suite struct ClipSamplerTests {
    private func sampled(_ channel: AnimationClip.Channel, at time: Double) -> SceneState {
        var state = SceneState(chain([.identity]))
        var cache = ClipSampler.Cache()
        ClipSampler(AnimationClip(channels: [channel])).sample(at: time, into: &state, cache: &cache)
        return state
    }

    /// Oracle: closed form; a turn about one axis by slerp is that axis with the angle in proportion.
    @Test("linear rotations turn at even speed", arguments: [0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
    func slerp(u: Double) {
        let axis = normalize(SIMD3<Float>(1, -2, 3))
        let (a, b) = (Quaternion(angle: 0.3, axis: axis), Quaternion(angle: 2.7, axis: axis))
        for sign in [Float(1), -1] {  // -q is the same rotation: the shorter arc must be taken for both
            let channel = AnimationClip.Channel(
                node: NodeID(0), path: .rotation, interpolation: .linear, times: [2, 4],
                values: [a, Quaternion(b.vector * sign)].flatMap {
                    [$0.vector.x, $0.vector.y, $0.vector.z, $0.vector.w]
                })
            let q = sampled(channel, at: 2 + 2 * u).locals[0].rotation
            let expected = Quaternion(angle: 0.3 + 2.4 * Float(u), axis: axis)
            #expect(q.angle(to: expected) < 1e-6)
        }
    }

    /// Oracle: a cubic polynomial is its own Hermite interpolant, whatever the keys (any text on numerical analysis).
    @Test("a cubic spline reproduces a cubic polynomial", arguments: [0.0, 0.3, 0.75, 1.0, 1.4, 2.9, 3.0])
    func cubic(time: Double) {
        func p(_ t: Double) -> [Double] { [t * t * t - 2 * t + 1, -0.5 * t * t * t + t * t, 3 - t] }
        func d(_ t: Double) -> [Double] { [3 * t * t - 2, -1.5 * t * t + 2 * t, -1] }
        let times: [Double] = [0, 0.75, 1.25, 3]
        let channel = AnimationClip.Channel(
            node: NodeID(0), path: .translation, interpolation: .cubicSpline, times: times.map(Float.init),
            values: times.flatMap { d($0) + p($0) + d($0) }.map(Float.init))
        let value = sampled(channel, at: time).locals[0].translation
        for axis in 0..<3 { #expect(abs(Double(value[axis]) - p(time)[axis]) < 1e-5) }
    }

    /// Oracle: glTF 2.0, 3.11: outside the keys the nearest key's value holds.
    @Test(
        "clamps outside the keys", arguments: [.step, .linear, .cubicSpline] as [AnimationClip.Channel.Interpolation])
    func clamps(interpolation: AnimationClip.Channel.Interpolation) {
        let keys: [[Float]] = [[1, 2, 3], [4, 5, 6]]
        let tangent: [Float] = interpolation == .cubicSpline ? [9, 9, 9] : []
        let values = keys.flatMap { key -> [Float] in tangent + key + tangent }
        let channel = AnimationClip.Channel(
            node: NodeID(0), path: .scale, interpolation: interpolation, times: [1, 2], values: values)
        for time in [-5, 0, 1, Double.nan] { #expect(sampled(channel, at: time).locals[0].scale == [1, 2, 3]) }
        for time in [2, 2.5, 1e30] { #expect(sampled(channel, at: time).locals[0].scale == [4, 5, 6]) }
        let middle = sampled(channel, at: 1.5).locals[0].scale
        if interpolation == .step { #expect(middle == [1, 2, 3]) }
        if interpolation == .linear { #expect(middle == [2.5, 3.5, 4.5]) }
    }

    /// Oracle: the same sampling with a fresh cache each time.
    @Test("the cache changes no result")
    func cache() {
        var numbers = SeededNumbers(1)
        let times = (0..<50).map { Float($0) * 0.1 + Float.random(in: 0..<0.09, using: &numbers) }
        let channel = AnimationClip.Channel(
            node: NodeID(0), path: .translation, interpolation: .linear, times: times,
            values: (0..<150).map { _ in numbers.float() })
        let sampler = ClipSampler(AnimationClip(channels: [channel]))
        var state = SceneState(chain([.identity]))
        var kept = ClipSampler.Cache()
        let forward = (0..<200).map { Double($0) * 0.026 }
        let jumps = (0..<200).map { _ in Double(numbers.float(-1...6)) }
        for time in forward + jumps {
            sampler.sample(at: time, into: &state, cache: &kept)
            #expect(state.locals[0].translation == sampled(channel, at: time).locals[0].translation)
        }
    }

    /// Oracle: what the parts of a channel mean; a clip from a broken program must not trap.
    @Test("channels whose arrays do not fit are passed over")
    func broken() {
        let channel = AnimationClip.Channel(
            node: NodeID(0), path: .rotation, interpolation: .cubicSpline, times: [0, 1], values: [1, 2, 3])
        #expect(sampled(channel, at: 0.5).locals[0] == .identity)
        let beyond = AnimationClip.Channel(
            node: NodeID(7), path: .translation, interpolation: .step, times: [0], values: [1, 2, 3])
        #expect(sampled(beyond, at: 0.5).locals[0] == .identity)
    }

    @Test("clips are found by name, then by index")
    func names() throws {
        var scene = chain([.identity])
        scene.animations = [AnimationClip(name: "1", channels: []), AnimationClip(name: "walk", channels: [])]
        #expect(try scene.clip("walk").name == "walk")
        #expect(try scene.clip("1").name == "1", "a name wins over an index")
        #expect(try scene.clip("0").name == "1")
        #expect(throws: SceneError.noClip("run", available: ["1", "walk"])) { try scene.clip("run") }
        #expect(throws: SceneError.noClip("-1", available: ["1", "walk"])) { try scene.clip("-1") }
    }
}

@Suite struct ClipMixerTests {
    private static let scene = chain([
        Transform(translation: [0, 1, 0], rotation: Quaternion(angle: 0.4, axis: [1, 0, 0])),
        Transform(translation: [0, 0.5, 0]),
    ])

    private static func clip(_ seed: UInt64, nodes: [Int] = [0, 1]) -> ClipSampler {
        var numbers = SeededNumbers(seed)
        var channels: [AnimationClip.Channel] = []
        for node in nodes {
            let turns = (0..<3).flatMap { _ -> [Float] in
                let q = numbers.rotation().vector
                return [q.x, q.y, q.z, q.w]
            }
            channels.append(
                .init(node: NodeID(node), path: .rotation, interpolation: .linear, times: [0, 1, 2], values: turns))
            channels.append(
                .init(
                    node: NodeID(node), path: .translation, interpolation: .linear, times: [0, 2],
                    values: (0..<6).map { _ in numbers.float() }))
        }
        return ClipSampler(AnimationClip(channels: channels))
    }

    private func mixed(_ layers: [ClipMixer.Layer]) -> [Transform] {
        let mixer = ClipMixer(Self.scene, layers: layers)
        var memory = ClipMixer.State(Self.scene)
        var state = SceneState(Self.scene)
        mixer.evaluate(into: &state, state: &memory)
        let once = state.locals
        mixer.evaluate(into: &state, state: &memory)
        #expect(state.locals == once, "what is remembered must not leak into the next frame")
        return once
    }

    private func alone(_ sampler: ClipSampler, _ time: Double) -> [Transform] {
        var state = SceneState(Self.scene)
        var cache = ClipSampler.Cache()
        sampler.sample(at: time, into: &state, cache: &cache)
        return state.locals
    }

    private func close(_ a: [Transform], _ b: [Transform], _ tolerance: Float = 1e-6) -> Bool {
        zip(a, b).allSatisfy {
            distance($0.translation, $1.translation) < tolerance && $0.rotation.angle(to: $1.rotation) < tolerance
                && distance($0.scale, $1.scale) < tolerance
        }
    }

    /// Oracle: identities of a weighted mean.
    @Test("blending: alone, with itself, with weight 0, weights scaled")
    func identities() {
        let (a, b) = (Self.clip(1), Self.clip(2))
        #expect(mixed([]) == SceneState(Self.scene).locals)
        #expect(mixed([.init(a, time: 0.7, weight: 0.3)]) == alone(a, 0.7), "weights are normalised")
        #expect(close(mixed([.init(a, time: 0.7), .init(a, time: 0.7, weight: 3)]), alone(a, 0.7)))
        #expect(mixed([.init(a, time: 0.7), .init(b, time: 1, weight: 0)]) == alone(a, 0.7))
        #expect(
            close(
                mixed([.init(a, time: 0.7, weight: 1), .init(b, time: 1, weight: 3)]),
                mixed([.init(a, time: 0.7, weight: 2), .init(b, time: 1, weight: 6)])))
    }

    /// Oracle: closed form, lerp and slerp at w2 / (w1 + w2).
    @Test("two clips mix by lerp and slerp", arguments: [(1, 1), (3, 1), (0.2, 0.6)] as [(Float, Float)])
    func two(w1: Float, w2: Float) {
        let (a, b) = (alone(Self.clip(1), 0.4), alone(Self.clip(2), 1.3))
        let result = mixed([
            .init(Self.clip(1), time: 0.4, weight: w1), .init(Self.clip(2), time: 1.3, weight: w2),
        ])
        let t = w2 / (w1 + w2)
        for i in 0..<2 {
            #expect(distance(result[i].translation, lerp(a[i].translation, b[i].translation, t)) < 1e-6)
            #expect(result[i].rotation.angle(to: .slerp(a[i].rotation, b[i].rotation, t)) < 1e-6)
        }
    }

    /// Oracle: identities; reference + (pose - reference) = pose.
    @Test("additive layers: nothing at the reference, the pose itself on top of the reference")
    func additive() {
        let (a, b) = (Self.clip(1), Self.clip(2))
        let base = ClipMixer.Layer(a, time: 0.7)
        #expect(close(mixed([base, .init(b, time: 1.5, mode: .additive(reference: 1.5))]), alone(a, 0.7)))
        #expect(close(mixed([.init(b, time: 1.5, mode: .additiveToRest)]), alone(b, 1.5)))
        let onTop: [ClipMixer.Layer] = [.init(b, time: 0.2), .init(b, time: 1.5, mode: .additive(reference: 0.2))]
        #expect(close(mixed(onTop), alone(b, 1.5), 2e-6))
        #expect(!close(mixed([base, .init(b, time: 1.5, mode: .additiveToRest)]), alone(a, 0.7), 0.1))
    }

    @Test("masks keep a layer to some nodes, blended or additive")
    func masks() {
        let (a, b) = (Self.clip(1), Self.clip(2))
        let mask = NodeMask(Self.scene, below: [NodeID(1)])
        let blended = mixed([.init(a, time: 0.7), .init(b, time: 1, weight: 1e6, mask: mask)])
        #expect(blended[0] == alone(a, 0.7)[0])
        #expect(close([blended[1]], [alone(b, 1)[1]], 1e-5))
        let added = mixed([.init(a, time: 0.7), .init(b, time: 1, mode: .additiveToRest, mask: mask)])
        #expect(added[0] == alone(a, 0.7)[0])
        #expect(!close([added[1]], [alone(a, 0.7)[1]], 0.1))
    }
}
