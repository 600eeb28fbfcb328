import KairaGeometry
import KairaScene
import Testing

/// Oracle: VRM specification, VRMC_vrm-1.0, `expressions.md`; each table row is one sentence of it.
@Suite struct ExpressionTests {
    private func resolved(_ expressions: [Expression], _ weights: [Float]) -> ([Float], gaze: Float) {
        var scene = body()
        scene.avatar?.expressions = expressions
        var result = weights
        let gaze = ExpressionSolver(scene).resolve(&result)
        return (result, gaze)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var kind: Expression.Override
        var weight: Float
        var isBinary = false
        var left: Float
        var testDescription: String { "\(kind) at \(weight)\(isBinary ? " binary" : "") leaves \(left)" }
    }

    @Test(
        "overrides leave a share of the group",
        arguments: [
            Row(kind: .none, weight: 1, left: 1), Row(kind: .block, weight: 0, left: 1),
            Row(kind: .block, weight: 0.01, left: 0), Row(kind: .block, weight: 1, left: 0),
            Row(kind: .blend, weight: 0, left: 1), Row(kind: .blend, weight: 0.25, left: 0.75),
            Row(kind: .blend, weight: 1, left: 0),
            // A binary overrider acts through its binary output.
            Row(kind: .blend, weight: 0.3, isBinary: true, left: 1),
            Row(kind: .blend, weight: 0.7, isBinary: true, left: 0),
            Row(kind: .block, weight: 0.3, isBinary: true, left: 1),
        ])
    func overrides(row: Row) {
        let happy = Expression(
            name: "happy", isBinary: row.isBinary, overrideBlink: row.kind, overrideLookAt: row.kind,
            overrideMouth: row.kind)
        let names = [
            "blink", "blinkLeft", "blinkRight", "aa", "ih", "ou", "ee", "oh", "lookUp", "lookDown", "lookLeft",
            "lookRight",
        ]
        let (weights, gaze) = resolved(
            [happy] + names.map { Expression(name: $0) } + [
                Expression(name: "sad"), Expression(name: "aa", isPreset: false),
            ],
            [row.weight] + names.map { _ in 0.8 } + [0.8, 0.8])
        for i in 1...names.count { #expect(abs(weights[i] - 0.8 * row.left) < 1e-6, "\(names[i - 1])") }
        #expect(weights[names.count + 1] == 0.8, "emotions are not overridden")
        #expect(weights[names.count + 2] == 0.8, "a custom expression is in no group")
        #expect(abs(gaze - row.left) < 1e-6)
    }

    @Test("several blending overriders add up, to 1 at most")
    func sums() {
        let overriders = ["happy", "sad", "angry"].map { Expression(name: $0, overrideMouth: .blend) }
        let all = overriders + [Expression(name: "aa")]
        #expect(abs(resolved(all, [0.2, 0.3, 0, 1]).0[3] - 0.5) < 1e-6)
        #expect(resolved(all, [0.7, 0.6, 0.5, 1]).0[3] == 0)
    }

    @Test("an expression does not override its own kind")
    func ownKind() {
        let all = [
            Expression(name: "aa", overrideBlink: .blend, overrideMouth: .block), Expression(name: "ih"),
            Expression(name: "blink"),
        ]
        let weights = resolved(all, [0.5, 0.6, 1]).0
        #expect(weights[0] == 0.5 && weights[1] == 0.6)
        #expect(abs(weights[2] - 0.5) < 1e-6)
    }

    @Test("binary expressions are 0 or 1, and off when overridden at all")
    func binary() {
        let all = [Expression(name: "happy", overrideBlink: .blend), Expression(name: "blink", isBinary: true)]
        #expect(resolved(all, [0, 0.6]).0[1] == 1)
        #expect(resolved(all, [0, 0.4]).0[1] == 0)
        #expect(resolved(all, [0.1, 1]).0[1] == 0)
    }

    @Test("names: clamped, unknown ones passed over, NaN is 0")
    func gather() {
        var scene = body()
        scene.avatar?.expressions = [Expression(name: "aa"), Expression(name: "happy"), Expression(name: "blink")]
        var weights: [Float] = []
        ExpressionSolver(scene).gather(["aa": 3, "happy": -1, "blink": .nan, "nobody": 1], into: &weights)
        #expect(weights == [1, 0, 0])
    }

    @Test("morphs add up from 0; unbound ones keep their own weight")
    func morphs() {
        var scene = body()
        let target = MorphTarget(positions: [[0, 1, 0]])
        scene.meshes = [
            Mesh(
                primitives: [
                    Primitive(positions: [.zero], indices: [0], morphTargets: [target, target, target])
                ], defaultMorphWeights: [0.5, 0.5, 0.5])
        ]
        scene.nodes[0].mesh = MeshID(0)
        scene.avatar?.expressions = [
            Expression(
                name: "happy",
                morphs: [
                    .init(node: NodeID(0), target: 0, weight: 1), .init(node: NodeID(0), target: 1, weight: 0.5),
                    .init(node: NodeID(0), target: 9, weight: 1), .init(node: NodeID(99), target: 0, weight: 1),
                ]),
            Expression(name: "aa", morphs: [.init(node: NodeID(0), target: 0, weight: 0.4)]),
        ]
        let solver = ExpressionSolver(scene)
        var state = SceneState(scene)
        for _ in 0..<2 {
            solver.apply([0.5, 1], to: &state)
            #expect(state.morphWeights[0] == [0.9, 0.25, 0.5])
        }
        solver.apply([0, 0], to: &state)
        #expect(state.morphWeights[0] == [0, 0, 0.5])
    }

    @Test("colours and texture transforms move from the base by weight * (target - base)")
    func materials() throws {
        var scene = body()
        var material = Material(name: "face")
        material.baseColor = [0.2, 0.4, 0.6, 1]
        material.baseColorTexture = TextureSlot(texture: TextureID(0), offset: [0.1, 0.2], scale: [1, 2])
        var toon = ToonParameters()
        toon.shadeColor = [0.5, 0.5, 0.5]
        toon.matcapTexture = TextureSlot(texture: TextureID(0))
        toon.shadeTexture = TextureSlot(texture: TextureID(0))
        material.shading = .toon(toon)
        scene.materials = [material, Material(name: "plain")]
        scene.avatar?.expressions = [
            Expression(
                name: "happy",
                colors: [
                    .init(material: MaterialID(0), target: .color, value: [1, 0, 0, 0.5]),
                    .init(material: MaterialID(0), target: .shadeColor, value: [1, 0.5, 0, 1]),
                    .init(material: MaterialID(1), target: .shadeColor, value: [1, 0.5, 0, 1]),
                ], textureTransforms: [.init(material: MaterialID(0), scale: [2, 2], offset: [0.6, 0.2])]),
            Expression(name: "aa", colors: [.init(material: MaterialID(0), target: .color, value: [0.2, 0.4, 1, 1])]),
        ]
        let solver = ExpressionSolver(scene)
        var state = SceneState(scene)
        solver.apply([0.5, 0.5], to: &state)
        let changed = try #require(state.materialOverrides[MaterialID(0)])
        let expected: SIMD4<Float> = [0.6, 0.2, 0.5, 0.75]
        #expect(length(changed.baseColor - expected) < 1e-6)
        let slot = try #require(changed.baseColorTexture)
        #expect(distance(slot.scale, [1.5, 2]) < 1e-6 && distance(slot.offset, [0.35, 0.2]) < 1e-6)
        guard case .toon(let result) = changed.shading else { return #expect(Bool(false), "still toon") }
        #expect(distance(result.shadeColor, [0.75, 0.5, 0.25]) < 1e-6)
        #expect(result.shadeTexture?.scale == [1.5, 1.5])
        #expect(result.matcapTexture?.scale == [1, 1], "the matcap is not sampled by texture coordinates")
        #expect(state.materialOverrides[MaterialID(1)] == nil, "a plain material has no shade colour")
        solver.apply([0, 0], to: &state)
        #expect(state.materialOverrides.isEmpty)
    }
}
