import Foundation
import KairaGeometry
import KairaImage
import KairaRender
import KairaScene
import Testing

@Suite struct RendererTests {
    private let renderer: Renderer

    init() async throws { renderer = try await Renderer(device: .software) }

    /// A bent tube of 3 joints, as a skinned primitive.
    private func tube(_ stage: inout Stage) -> (primitive: Primitive, joints: [NodeID]) {
        var positions: [SIMD3<Float>] = []
        var normals: [SIMD3<Float>] = []
        var joints: [UInt16] = []
        var weights: [Float] = []
        var indices: [UInt32] = []
        let (rings, sides) = (24, 16)
        for ring in 0..<rings {
            let along = Float(ring) / Float(rings - 1) * 2
            for side in 0..<sides {
                let angle = Float(side) / Float(sides) * 2 * .pi
                positions.append([8 * cos(angle), along * 20 - 20, 8 * sin(angle)])
                normals.append([cos(angle), 0, sin(angle)])
                let lower = UInt16(min(Int(along), 1))
                joints += [lower, lower + 1, 0, 0]
                weights += [Float(lower) + 1 - along, along - Float(lower), 0, 0]
            }
        }
        for ring in 0..<rings - 1 {
            for side in 0..<sides {
                let (a, b) = (UInt32(ring * sides + side), UInt32(ring * sides + (side + 1) % sides))
                let (c, d) = (a + UInt32(sides), b + UInt32(sides))
                indices += [a, c, b, b, c, d]
            }
        }
        var nodes: [NodeID] = []
        for (k, y) in [Float(-20), 20, 20].enumerated() {
            let id = NodeID(stage.scene.nodes.count)
            stage.scene.nodes.append(Node(transform: Transform(translation: [0, y, 0]), parent: nodes.last))
            if let last = nodes.last { stage.scene.nodes[last.value].children.append(id) }
            if k == 0 { stage.scene.roots.append(id) }
            nodes.append(id)
        }
        stage.scene.skins = [
            Skin(
                joints: nodes,
                inverseBindMatrices: [20, 0, -20].map { Matrix4(translation: [0, $0, 0]) })
        ]
        let primitive = Primitive(
            positions: positions, indices: indices, normals: normals,
            influences: JointInfluences(perVertex: 4, joints: joints, weights: weights))
        return (primitive, nodes)
    }

    @Test(arguments: Deformer.Method.allCases)
    func skinnedDrawingEqualsDrawingOfDeformedVertices(method: Deformer.Method) async throws {
        var stage = Stage(width: 96, height: 96)
        let (primitive, joints) = tube(&stage)
        var material = Material()
        material.baseColor = [0.7, 0.5, 0.4, 1]
        material.metallic = 0
        stage.add(primitive, material, skin: SkinID(0))
        stage.addLight(cosine: 0.7, illuminance: 3)
        var state = SceneState(stage.scene)
        state.locals[joints[1].value].rotation = Quaternion(angle: 0.9, axis: [0, 0, 1])
        state.locals[joints[2].value].rotation = Quaternion(angle: 0.7, axis: normalize([1, 1, 0]))
        state.locals[joints[0].value].scale = [1.2, 0.9, 1]
        state.updateWorld()

        var geometry = DeformedGeometry()
        Deformer(method: method).deform(
            primitive, morphWeights: [], palette: SkinPalette(stage.scene.skins[0], state: state),
            worldFromMesh: .identity, into: &geometry)
        var rigid = Stage(width: 96, height: 96)
        rigid.add(
            Primitive(positions: geometry.positions, indices: primitive.indices, normals: geometry.normals), material)
        rigid.addLight(cosine: 0.7, illuminance: 3)

        let skinned = try await renderer.render(
            renderer.load(stage.scene, skinning: method), state: state, view: stage.view)
        let expected = try await renderer.render(
            renderer.load(rigid.scene), state: SceneState(rigid.scene), view: rigid.view)
        let covered = stride(from: 3, to: expected.bytes.count, by: 4).count { expected.bytes[$0] == 255 }
        #expect(covered > 500)
        // The two sum in different orders: at an edge a pixel may fall to the other side.
        let different = (0..<96 * 96).count { i in
            (0..<4).contains { c in
                abs(Int(skinned.bytes[i * 4 + c]) - Int(expected.bytes[i * 4 + c])) > 1
            }
        }
        #expect(different <= 4)
    }

    /// From a corner: three faces, nine of the twelve edges.
    @Test(arguments: [0, 4]) func hiddenLineCubeShowsNineEdges(samples: Int) async throws {
        for isPerspective in [false, true] {
            var stage = Stage(width: 200, height: 200)
            let half: Float = 40
            stage.add(ShadingTests.cube(half: half), Material())
            let eye: SIMD3<Float> = [130, 160, 210]
            let clip =
                isPerspective
                ? Projection.perspective(verticalFieldOfView: 0.6, aspect: 1, near: 10, far: 1000)
                : Projection.orthographic(halfWidth: 100, halfHeight: 100, near: 10, far: 1000)
            var view = stage.view
            view.viewFromWorld = Projection.lookAt(eye: eye, target: .zero, up: [0, 1, 0])
            view.clipFromView = clip
            view.mode = .hiddenLine
            view.lines.hiddenOpacity = 0
            view.samples = samples
            let image = try await renderer.render(
                renderer.load(stage.scene), state: SceneState(stage.scene), view: view)
            var visible = 0
            for axis in 0..<3 {
                for a in [-half, half] {
                    for b in [-half, half] {
                        // At a third of the edge: the hidden ones' middles may lie behind another edge.
                        var p = SIMD3<Float>(repeating: -half / 3)
                        p[(axis + 1) % 3] = a
                        p[(axis + 2) % 3] = b
                        let q = clip * view.viewFromWorld * SIMD4(p, 1)
                        let x = Int((q.x / q.w * 0.5 + 0.5) * 200)
                        let y = Int((0.5 - q.y / q.w * 0.5) * 200)
                        let alpha = image[x, y].w
                        // Hidden are the three edges at the corner opposite to the eye.
                        if a < 0, b < 0 {
                            #expect(alpha == 0, "edge \(axis) \(a) \(b), perspective \(isPerspective)")
                        } else {
                            #expect(alpha > 100, "edge \(axis) \(a) \(b), perspective \(isPerspective)")
                            visible += 1
                        }
                    }
                }
            }
            #expect(visible == 9)
            // The faces' diagonals are no edges.
            let q = clip * view.viewFromWorld * SIMD4(half, half * 0.4, half * 0.4, 1)
            #expect(image[Int((q.x / q.w * 0.5 + 0.5) * 200), Int((0.5 - q.y / q.w * 0.5) * 200)].w == 0)
        }
    }

    @Test(arguments: RenderMode.allCases) func sameBytesFromTwoRenderers(mode: RenderMode) async throws {
        var stage = Stage(width: 96, height: 96)
        let (primitive, _) = tube(&stage)
        var toon = ToonParameters()
        toon.outlineMode = .worldCoordinates
        toon.outlineWidth = 1
        var material = Material()
        material.shading = .toon(toon)
        stage.add(primitive, material, skin: SkinID(0))
        let state = SceneState(stage.scene)
        var view = stage.view
        view.samples = 4
        view.mode = mode
        let first = try await renderer.render(renderer.load(stage.scene), state: state, view: view)
        let other = try await Renderer(device: .software)
        // Another size before, so that the other renderer's buffers differ.
        var large = view
        (large.width, large.height) = (300, 200)
        let handle = try await other.load(stage.scene)
        _ = try await other.render(handle, state: state, view: large)
        let second = try await other.render(handle, state: state, view: view)
        #expect(first == second)
        #expect(first.bytes.contains { $0 != 0 })
    }

    @Test func unknownScenesAreRefused() async throws {
        var stage = Stage(width: 8, height: 8)
        stage.add(stage.rectangle(0, 0, 8, 8), Stage.unlit([1, 1, 1, 1]))
        let (scene, view) = (stage.scene, stage.view)
        let state = SceneState(scene)
        let handle = try await renderer.load(scene)
        let other = try await Renderer(device: .software)
        await #expect(throws: RenderError.unknownScene) {
            try await other.render(handle, state: state, view: view)
        }
        await renderer.unload(handle)
        await #expect(throws: RenderError.unknownScene) {
            try await renderer.render(handle, state: state, view: view)
        }
        await #expect(throws: RenderError.unknownScene) { try await renderer.warm(handle, view: view) }
    }

    @Test(arguments: [(0, 8), (8, -1), (1 << 20, 8)]) func impossibleSizesAreRefused(width: Int, height: Int)
        async throws
    {
        var stage = Stage(width: 8, height: 8)
        stage.add(stage.rectangle(0, 0, 8, 8), Stage.unlit([1, 1, 1, 1]))
        var view = stage.view
        (view.width, view.height) = (width, height)
        let (scene, asked) = (stage.scene, view)
        let handle = try await renderer.load(scene)
        let maximum = renderer.information.maximumSize
        await #expect(throws: RenderError.size(width: width, height: height, maximum: maximum)) {
            try await renderer.render(handle, state: SceneState(scene), view: asked)
        }
        await #expect(throws: RenderError.size(width: width, height: height, maximum: maximum)) {
            try await renderer.warm(handle, view: asked)
        }
    }

    /// Oracle: closed form. One world unit is one pixel: a band 12 wide at the root and 6 at the tip, 60 long, covers 540 pixels
    /// wherever it is seen from at right angles, and nothing is drawn without `ribbons`.
    @Test("strands are drawn as ribbons that face the camera", arguments: [Float(0), 0.9, -2.2])
    func ribbons(turn: Float) async throws {
        var stage = Stage(width: 96, height: 96)
        stage.scene.materials.append(Stage.unlit([1, 1, 1, 1]))
        var chain: [NodeID] = []
        for (k, y) in [Float(30), -20, -20, -20].enumerated() {
            let id = NodeID(stage.scene.nodes.count)
            stage.scene.nodes.append(Node(transform: Transform(translation: [0, y, 0]), parent: chain.last))
            if let last = chain.last { stage.scene.nodes[last.value].children.append(id) }
            if k == 0 { stage.scene.roots.append(id) }
            chain.append(id)
        }
        var strands = PhysicsDescription.Strands(node: chain[0], chains: [chain])
        let bare = try await renderer.load(stage.scene)
        strands.ribbons = .init(material: MaterialID(0), width: 12, taper: 0.5)
        stage.scene.physics.strands = [strands]
        let handle = try await renderer.load(stage.scene)
        var view = stage.view
        view.viewFromWorld =
            view.viewFromWorld
            * Matrix4(
                linear: Matrix3(Quaternion(angle: turn, axis: [0, 1, 0])), translation: .zero)
        let state = SceneState(stage.scene)
        func covered(_ handle: SceneHandle) async throws -> Int {
            let image = try await renderer.render(handle, state: state, view: view)
            return (0..<96 * 96).count { image[$0 % 96, $0 / 96] == [255, 255, 255, 255] }
        }
        // The sides are slanted: at each row their rounding is worth a pixel at most, half of the rows each way.
        #expect(abs(try await covered(handle) - 540) <= 30)
        #expect(try await covered(bare) == 0)
        // Bent to the side by a quarter turn at the second node, it is as long and stays in sight.
        var bent = state
        bent.locals[chain[1].value].rotation = Quaternion(angle: .pi / 2, axis: [0, 0, 1])
        bent.updateWorld()
        let image = try await renderer.render(handle, state: bent, view: stage.view)
        // A quarter of the way before the bend, the rest to the right of it.
        #expect(image[48 + 30, 48 - 10] == [255, 255, 255, 255], "the tip's third")
        #expect(image[48, 48 + 20] == [0, 0, 0, 0], "nothing where it hung")
    }
}
