import KairaGeometry

/// Turns expression weights into morph weights and material changes.
///
/// Source: VRM specification, VRMC_vrm-1.0, `expressions.md`: overrides and `isBinary` as its "procedural override" text.
public struct ExpressionSolver: Sendable {
    /// What one expression may suppress.
    private enum Group: Int {
        case blink, lookAt, mouth
        /// Stored: `allCases` would be made anew for each expression of each frame.
        static let all: [Group] = [.blink, .lookAt, .mouth]
    }

    /// The expressions, in the order of every weight array here.
    public let expressions: [Expression]
    private let indices: [String: Int]
    private let groups: [Int?]
    /// Morph targets that some expression moves: these start from 0.
    private let boundMorphs: [(node: Int, target: Int)]
    /// Materials that some expression changes, as the scene has them.
    private let boundMaterials: [(id: MaterialID, base: Material)]

    /// A solver for a scene's avatar; binds to what the scene lacks are left out.
    public init(_ scene: Scene) {
        expressions = (scene.avatar?.expressions ?? []).map { expression in
            var expression = expression
            expression.morphs.removeAll { bind in
                guard scene.nodes.indices.contains(bind.node.value), let mesh = scene.nodes[bind.node].mesh else {
                    return true
                }
                let count = scene.nodes[bind.node].morphWeights?.count ?? scene.meshes[mesh].defaultMorphWeights.count
                return !(0..<count).contains(bind.target)
            }
            expression.colors.removeAll { !scene.materials.indices.contains($0.material.value) }
            expression.textureTransforms.removeAll { !scene.materials.indices.contains($0.material.value) }
            return expression
        }
        // Of two with one name the first counts.
        indices = Dictionary(expressions.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        groups = expressions.map { expression in
            guard expression.isPreset else { return nil }
            return switch expression.name {
            case "blink", "blinkLeft", "blinkRight": Group.blink.rawValue
            case "lookUp", "lookDown", "lookLeft", "lookRight": Group.lookAt.rawValue
            case "aa", "ih", "ou", "ee", "oh": Group.mouth.rawValue
            default: nil
            }
        }
        var morphs: Set<[Int]> = []
        var materials: Set<Int> = []
        for expression in expressions {
            for bind in expression.morphs { morphs.insert([bind.node.value, bind.target]) }
            for bind in expression.colors { materials.insert(bind.material.value) }
            for bind in expression.textureTransforms { materials.insert(bind.material.value) }
        }
        boundMorphs = morphs.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
        boundMaterials = materials.sorted().map { (MaterialID($0), scene.materials[$0]) }
    }

    /// The place of an expression in `expressions`, or nil.
    public func index(of name: String) -> Int? { indices[name] }

    /// Puts weights by name in the order of `expressions`: clamped to 0...1, names that it lacks passed over.
    public func gather(_ named: [String: Float], into weights: inout [Float]) {
        if weights.count != expressions.count { weights = Array(repeating: 0, count: expressions.count) }
        for i in weights.indices { weights[i] = 0 }
        for (name, weight) in named {
            if let index = indices[name] { weights[index] = weight.isNaN ? 0 : min(max(weight, 0), 1) }
        }
    }

    /// Applies `isBinary` and the overrides.
    ///
    /// An expression acts on others through its own weight after `isBinary`, whether or not it is overridden itself, and
    /// never on its own group. A binary expression that is overridden at all is off.
    ///
    /// - Parameter weights: one an expression, 0...1; replaced by the weights that are drawn.
    /// - Returns: what is left of the gaze, 0...1, for look-at by bones.
    @discardableResult
    public func resolve(_ weights: inout [Float]) -> Float {
        // Per group: the sum of blending overrides; a blocking one counts as wholly.
        var taken = SIMD3<Float>.zero
        for i in expressions.indices {
            if expressions[i].isBinary { weights[i] = weights[i] > 0.5 ? 1 : 0 }
            guard weights[i] > 0 else { continue }
            for group in Group.all where groups[i] != group.rawValue {
                let kind =
                    switch group {
                    case .blink: expressions[i].overrideBlink
                    case .lookAt: expressions[i].overrideLookAt
                    case .mouth: expressions[i].overrideMouth
                    }
                switch kind {
                case .none: break
                case .block: taken[group.rawValue] = 1
                case .blend: taken[group.rawValue] = min(taken[group.rawValue] + weights[i], 1)
                }
            }
        }
        for i in expressions.indices {
            guard let group = groups[i], taken[group] > 0 else { continue }
            weights[i] = expressions[i].isBinary ? 0 : weights[i] * (1 - taken[group])
        }
        return 1 - taken[Group.lookAt.rawValue]
    }

    /// Sets morph weights and material overrides.
    ///
    /// Morph targets that expressions bind are the sum of the binds, from 0; a colour or texture transform is
    /// `base + sum of weight * (target - base)`. A material that no active expression changes has no override.
    public func apply(_ weights: [Float], to state: inout SceneState) {
        for morph in boundMorphs { state.morphWeights[morph.node][morph.target] = 0 }
        for (expression, weight) in zip(expressions, weights) where weight > 0 {
            for bind in expression.morphs {
                state.morphWeights[bind.node.value][bind.target] += bind.weight * weight
            }
        }
        for (id, base) in boundMaterials {
            var changed: Material?
            for (expression, weight) in zip(expressions, weights) where weight > 0 {
                for bind in expression.colors where bind.material == id {
                    (changed ?? base).adding(weight, of: bind, base: base, to: &changed)
                }
                for bind in expression.textureTransforms where bind.material == id {
                    (changed ?? base).adding(weight, of: bind, base: base, to: &changed)
                }
            }
            state.materialOverrides[id] = changed
        }
    }
}

extension Material {
    fileprivate func adding(
        _ weight: Float, of bind: Expression.ColorBind, base: Material, to result: inout Material?
    ) {
        var material = self
        let value = SIMD3(bind.value.x, bind.value.y, bind.value.z)
        switch bind.target {
        case .color: material.baseColor += (bind.value - base.baseColor) * weight
        case .emissionColor: material.emissive += (value - base.emissive) * weight
        case .shadeColor, .matcapColor, .rimColor, .outlineColor:
            guard case .toon(var toon) = material.shading, case .toon(let own) = base.shading else { return }
            switch bind.target {
            case .shadeColor: toon.shadeColor += (value - own.shadeColor) * weight
            case .matcapColor: toon.matcapFactor += (value - own.matcapFactor) * weight
            case .rimColor: toon.rimColor += (value - own.rimColor) * weight
            default: toon.outlineColor += (value - own.outlineColor) * weight
            }
            material.shading = .toon(toon)
        }
        result = material
    }

    fileprivate func adding(
        _ weight: Float, of bind: Expression.TextureTransformBind, base: Material, to result: inout Material?
    ) {
        var material = self
        func add(_ slot: inout TextureSlot?, _ own: TextureSlot?) {
            guard let own, slot != nil else { return }
            slot?.scale += (bind.scale - own.scale) * weight
            slot?.offset += (bind.offset - own.offset) * weight
        }
        add(&material.baseColorTexture, base.baseColorTexture)
        add(&material.metallicRoughnessTexture, base.metallicRoughnessTexture)
        add(&material.normalTexture, base.normalTexture)
        add(&material.occlusionTexture, base.occlusionTexture)
        add(&material.emissiveTexture, base.emissiveTexture)
        if case .toon(var toon) = material.shading, case .toon(let own) = base.shading {
            // The matcap is not sampled by texture coordinates.
            add(&toon.shadeTexture, own.shadeTexture)
            add(&toon.shadingShiftTexture, own.shadingShiftTexture)
            add(&toon.rimMultiplyTexture, own.rimMultiplyTexture)
            add(&toon.outlineWidthTexture, own.outlineWidthTexture)
            add(&toon.uvAnimationMaskTexture, own.uvAnimationMaskTexture)
            material.shading = .toon(toon)
        }
        result = material
    }
}
