import KairaGeometry

/// Plays several clips at once: blends the ordinary ones, then adds the additive ones on top.
///
/// Each property (a node's translation, rotation, scale or weights) is the mean of the blended layers that animate it,
/// by their weights over the sum of those weights; a property that no layer animates is at rest. Rotations are averaged
/// by slerp, one layer after the other in their order: exact for two layers.
public struct ClipMixer: Sendable {
    /// How a layer joins the others.
    public enum Mode: Sendable, Hashable {
        /// Shares each property with the other blended layers.
        case blend
        /// Adds its difference to the scene's rest pose.
        case additiveToRest
        /// Adds its difference to its own pose at a time, seconds.
        case additive(reference: Double)
    }

    /// One clip, playing.
    public struct Layer: Sendable {
        /// What is played.
        public var sampler: ClipSampler
        /// Where, seconds.
        public var time: Double
        /// How strongly; 0 or less does nothing.
        public var weight: Float
        /// How it joins the others.
        public var mode: Mode
        /// Multiplies the weight by node; nil for all nodes.
        public var mask: NodeMask?

        /// A layer from its parts.
        public init(
            _ sampler: ClipSampler, time: Double = 0, weight: Float = 1, mode: Mode = .blend, mask: NodeMask? = nil
        ) {
            self.sampler = sampler
            self.time = time
            self.weight = weight
            self.mode = mode
            self.mask = mask
        }
    }

    /// What is remembered between frames; owned by the caller.
    public struct State: Sendable {
        fileprivate var caches: [ClipSampler.Cache] = []
        fileprivate var references: [ClipSampler.Cache] = []
        /// Sums of weights a node: translation, rotation, scale, morph weights.
        fileprivate var sums: [SIMD4<Float>] = []
        fileprivate var reference: SceneState

        /// Nothing remembered yet.
        public init(_ scene: Scene) { reference = SceneState(scene) }
    }

    /// What plays; the order matters to additive layers and to rotations of three or more blended ones.
    public var layers: [Layer]
    /// The pose of properties that nothing animates.
    public let rest: SceneState

    /// A mixer for a scene's clips.
    public init(_ scene: Scene, layers: [Layer] = []) {
        self.layers = layers
        rest = SceneState(scene)
    }

    /// Sets every node's local transform and morph weights. World matrices are not updated.
    ///
    /// - Complexity: O(nodes + channels); no allocation after the first call.
    public func evaluate(into target: inout SceneState, state: inout State) {
        if state.caches.count != layers.count {
            state.caches = Array(repeating: ClipSampler.Cache(), count: layers.count)
            state.references = state.caches
        }
        if state.sums.count != rest.locals.count {
            state.sums = Array(repeating: .zero, count: rest.locals.count)
        }
        for i in rest.locals.indices {
            state.sums[i] = .zero
            target.locals[i] = rest.locals[i]
            target.localMatrices[i] = rest.localMatrices[i]
            for k in rest.morphWeights[i].indices { target.morphWeights[i][k] = rest.morphWeights[i][k] }
        }
        for (index, layer) in layers.enumerated() where layer.weight > 0 && layer.mode == .blend {
            blend(layer, into: &target, sums: &state.sums, cache: &state.caches[index])
        }
        for (index, layer) in layers.enumerated() where layer.weight > 0 && layer.mode != .blend {
            add(layer, to: &target, state: &state, index: index)
        }
    }

    private func blend(
        _ layer: Layer, into target: inout SceneState, sums: inout [SIMD4<Float>], cache: inout ClipSampler.Cache
    ) {
        layer.sampler.visit(at: layer.time, cache: &cache) { index, key, fraction in
            let channel = layer.sampler.clip.channels[index]
            let node = channel.node.value
            guard target.locals.indices.contains(node) else { return }
            let weight = layer.weight * (layer.mask?[channel.node] ?? 1)
            guard weight > 0 else { return }
            let lane = channel.path.lane
            sums[node][lane] += weight
            let share = weight / sums[node][lane]
            let value = channel.path == .weights ? .zero : ClipSampler.vector(channel, key, fraction)
            switch channel.path {
            case .translation:
                target.locals[node].translation = mix(target.locals[node].translation, value.xyz, share)
            case .scale:
                target.locals[node].scale = mix(target.locals[node].scale, value.xyz, share)
            case .rotation:
                let next = Quaternion(value)
                target.locals[node].rotation =
                    share == 1 ? next : .slerp(target.locals[node].rotation, next, share)
            case .weights:
                for i in 0..<min(channel.componentCount, target.morphWeights[node].count) {
                    let next = Float(ClipSampler.scalar(channel, key, fraction, component: i))
                    target.morphWeights[node][i] =
                        share == 1 ? next : lerp(target.morphWeights[node][i], next, share)
                }
                return
            }
            target.localMatrices[node] = nil
        }
    }

    private func add(_ layer: Layer, to target: inout SceneState, state: inout State, index: Int) {
        // The reference pose of the nodes that this clip animates.
        for channel in layer.sampler.clip.channels where rest.locals.indices.contains(channel.node.value) {
            let node = channel.node.value
            state.reference.locals[node] = rest.locals[node]
            for k in rest.morphWeights[node].indices {
                state.reference.morphWeights[node][k] = rest.morphWeights[node][k]
            }
        }
        if case .additive(let time) = layer.mode {
            layer.sampler.sample(at: time, into: &state.reference, cache: &state.references[index])
        }
        let reference = state.reference
        layer.sampler.visit(at: layer.time, cache: &state.caches[index]) { index, key, fraction in
            let channel = layer.sampler.clip.channels[index]
            let node = channel.node.value
            guard target.locals.indices.contains(node) else { return }
            let weight = layer.weight * (layer.mask?[channel.node] ?? 1)
            guard weight > 0 else { return }
            let base = reference.locals[node]
            let value = channel.path == .weights ? .zero : ClipSampler.vector(channel, key, fraction)
            switch channel.path {
            case .translation:
                target.locals[node].translation += (value.xyz - base.translation) * weight
            case .scale:
                // Scales multiply; a reference of zero has no ratio and is left alone.
                let ratio = (value.xyz / base.scale).replacing(with: 1, where: base.scale .== 0)
                target.locals[node].scale *= mix(.one, ratio, weight)
            case .rotation:
                let delta = base.rotation.conjugate * Quaternion(value)
                target.locals[node].rotation =
                    (target.locals[node].rotation * .slerp(.identity, delta, weight)).normalized
            case .weights:
                for i in 0..<min(channel.componentCount, target.morphWeights[node].count) {
                    let next = Float(ClipSampler.scalar(channel, key, fraction, component: i))
                    target.morphWeights[node][i] += (next - reference.morphWeights[node][i]) * weight
                }
                return
            }
            target.localMatrices[node] = nil
        }
    }

    /// `b` itself at 1: rounding must not move a clip that plays alone.
    private func mix(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ t: Float) -> SIMD3<Float> {
        t == 1 ? b : lerp(a, b, t)
    }
}

extension AnimationClip.Channel.Path {
    fileprivate var lane: Int {
        switch self {
        case .translation: 0
        case .rotation: 1
        case .scale: 2
        case .weights: 3
        }
    }
}
