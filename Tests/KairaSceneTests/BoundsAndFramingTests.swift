import KairaGeometry
import KairaScene
import Testing

@Suite struct SceneBoundsTests {
    private func scene() -> Scene {
        var numbers = SeededNumbers(9)
        var scene = forest([
            ("mesh", nil, Transform(translation: [9, 9, 9])), ("a", nil, .identity),
            ("b", "a", Transform(translation: [0, 1, 0])), ("rigid", nil, Transform(translation: [-3, 0, 0])),
        ])
        var primitive = SkinningTests.cloud(400, joints: 2, perVertex: 2)
        primitive.indices = Array(0..<400)
        primitive.morphTargets = [MorphTarget(positions: (0..<400).map { _ in numbers.vector(-0.2...0.2) })]
        scene.meshes = [
            Mesh(primitives: [primitive], defaultMorphWeights: [0]),
            Mesh(primitives: [Primitive(positions: [[0, 0, 0], [1, 2, 3], [50, 0, 0]], indices: [0, 1])]),
        ]
        scene.skins = [
            Skin(joints: [NodeID(1), NodeID(2)], inverseBindMatrices: [.identity, Matrix4(translation: [0, -1, 0])])
        ]
        (scene.nodes[0].mesh, scene.nodes[0].skin) = (MeshID(0), SkinID(0))
        scene.nodes[3].mesh = MeshID(1)
        return scene
    }

    /// Oracle: every vertex, moved one by one.
    @Test("the quick box holds the exact one, which holds every drawn vertex", arguments: 0..<8)
    func holds(seed: Int) {
        let scene = scene()
        var numbers = SeededNumbers(UInt64(seed))
        var state = SceneState(scene)
        for i in 1...2 { state.locals[i].rotation = numbers.rotation() }
        state.morphWeights[0] = [numbers.float()]
        state.updateWorld()
        let bounds = SceneBounds(scene)
        let (quick, exact) = (bounds.box(of: state), bounds.exactBox(of: state))
        let tolerance = SIMD3<Float>(repeating: 1e-5)
        #expect(all((quick.min - tolerance) .<= exact.min) && all((quick.max + tolerance) .>= exact.max))
        var expected = BoundingBox.empty
        for item in GeometryBaker(scene).bake(state) where item.node == NodeID(0) {
            for p in item.geometry.positions { expected.formUnion(p) }
        }
        for p in [[-3, 0, 0], [-2, 2, 3]] as [SIMD3<Float>] { expected.formUnion(p) }  // [50, 0, 0] is not drawn
        #expect(exact == expected)
    }

    @Test("a scene that draws nothing has no box")
    func empty() {
        let scene = chain([.identity])
        #expect(SceneBounds(scene).box(of: SceneState(scene)).isEmpty)
        #expect(SceneBounds(scene).exactBox(of: SceneState(scene)).isEmpty)
    }
}

@Suite struct CameraFramingTests {
    static let box = BoundingBox(min: [-0.7, 0, -0.2], max: [0.7, 1.7, 0.3])

    /// Oracle: the projection itself; a tight frame touches the margin on at least one side and crosses it nowhere.
    @Test(
        "the box fills the picture and nothing sticks out",
        arguments: ["front", "back", "left", "right", "top", "iso", "1,0.2,3", "0,-1,0"], [0.5, 1, 16 / 9] as [Float])
    func fills(view: String, aspect: Float) throws {
        let view = try #require(CameraFraming.View(view))
        let placed = CameraFraming(view, aspect: aspect, margin: 0.1).place(Self.box)
        let clip = placed.camera.clipFromView(aspect: aspect) * placed.viewFromWorld
        var largest: Float = 0
        for i in 0..<8 {
            let corner = SIMD3(
                i & 1 == 0 ? Self.box.min.x : Self.box.max.x, i & 2 == 0 ? Self.box.min.y : Self.box.max.y,
                i & 4 == 0 ? Self.box.min.z : Self.box.max.z)
            let p = clip.project(corner)
            #expect(abs(p.z) < 1)
            largest = max(largest, max(abs(p.x), abs(p.y)))
        }
        #expect(abs(largest - 0.8) < 1e-3)
        #expect(distance(clip.project(Self.box.center) * [1, 1, 0], .zero) < 1e-5)
        #expect(abs(placed.worldFromCamera.linear.determinant - 1) < 1e-5)
    }

    /// Oracle: an avatar faces +Z with its left at +X; seen from the front its left hand is on the picture's right.
    @Test("front sees the avatar's left hand on the picture's right, back on its left; up is up")
    func sides() throws {
        func x(_ view: CameraFraming.View) -> SIMD3<Float> {
            let placed = CameraFraming(view).place(Self.box)
            return placed.viewFromWorld.transform(vector: [1, 0, 0])
        }
        #expect(x(.front).x > 0.9)
        #expect(x(.back).x < -0.9)
        #expect(CameraFraming(.left).place(Self.box).eye.x > 1)
        #expect(CameraFraming(.right).place(Self.box).eye.x < -1)
        #expect(CameraFraming(.top).place(Self.box).eye.y > 2)
        for view in [.front, .back, .left, .right, .isometric] as [CameraFraming.View] {
            let up = CameraFraming(view).place(Self.box).viewFromWorld.transform(vector: [0, 1, 0])
            #expect(up.y > 0.7 && abs(up.x) < 1e-6)
        }
    }

    /// Oracle: geometry; a point straight ahead lands in the middle, one at half the angle above it on the upper edge.
    @Test("an eye and a target place the camera exactly")
    func eye() throws {
        let view = try #require(CameraFraming.View("0,1.5,3,0,1.5,0,40"))
        let placed = CameraFraming(view).place(Self.box)
        #expect(placed.eye == [0, 1.5, 3] && placed.target == [0, 1.5, 0])
        let clip = placed.camera.clipFromView(aspect: 1) * placed.viewFromWorld
        #expect(distance(clip.project([0, 1.5, 0.2]) * [1, 1, 0], .zero) < 1e-6)
        #expect(abs(clip.project([0, 1.5 + 3 * 0.36397023, 0]).y - 1) < 1e-5)  // tan 20 degrees
        #expect(CameraFraming.View("0,1.5,3,0,1.5,0") == .eye([0, 1.5, 3], target: [0, 1.5, 0]))
    }

    @Test("degenerate boxes get a camera all the same")
    func degenerate() {
        for box in [
            .empty, BoundingBox(min: [1, 2, 3], max: [1, 2, 3]), BoundingBox(min: [0, 0, 0], max: [0, 5, 0]),
        ] {
            let placed = CameraFraming().place(box)
            #expect(placed.worldFromCamera.isFinite)
            guard case .perspective(_, _, let near, let far) = placed.camera.lens else { continue }
            #expect(near > 0 && far > near)
        }
    }

    @Test(
        "views that are none are refused",
        arguments: [
            "", "sideways", "1,2", "1,2,x", "0,0,0", "nan,0,1", "1,2,3,4", "inf,0,0", "1,2,3,1,2,3",
            "0,0,1,0,0,0,180",
        ])
    func refused(text: String) { #expect(CameraFraming.View(text) == nil) }
}
