import KairaGeometry
import KairaScene
import Testing

@Suite struct LatticeMotionTests {
    private static func settled(
        _ scene: Scene, weights: [Float], seconds: Double = 2
    ) throws -> (motion: LatticeMotion, state: SceneState) {
        var warnings: [String] = []
        var motion = try #require(
            LatticeMotion(scene.physics.lattices[0], index: 0, scene: scene, warnings: &warnings))
        #expect(warnings.isEmpty)
        var state = SceneState(scene)
        state.expressionWeights = [0, 0, 0]
        motion.update(&state, deltaTime: 1.0 / 60)
        state.expressionWeights = weights
        for _ in 0..<Int(seconds * 60) { motion.update(&state, deltaTime: 1.0 / 60) }
        return (motion, state)
    }

    /// Oracle: the description: a driven corner goes where its poses say; together weights count at most 1.
    @Test("driven corners reach their poses, fixed ones stay")
    func poses() throws {
        let scene = PhysicsScene.scene()
        let one = try Self.settled(scene, weights: [1, 0, 0]).state.latticeOffsets[0]
        #expect(distance(one[16], [0, 0.03, 0.01]) < 1e-5)
        #expect(one[13] == .zero, "a corner of another pose stays with the frame")
        for corner in scene.physics.lattices[0].fixed { #expect(one[corner] == .zero) }
        let half = try Self.settled(scene, weights: [0, 0.5, 0]).state.latticeOffsets[0]
        #expect(distance(half[16], [0, -0.01, 0]) < 1e-5 && distance(half[13], [0.005, 0, 0]) < 1e-5)
        let both = try Self.settled(scene, weights: [1, 1, 0]).state.latticeOffsets[0]
        #expect(distance(both[16], [0, 0.005, 0.005]) < 1e-5)
        #expect(length(one[17]) > 1e-4, "springs carry the rest")
    }

    /// Oracle: a first-order lag twice: 63 % after about the time constant, no overshoot.
    @Test("a pose is eased in and does not overshoot")
    func easing() throws {
        var scene = PhysicsScene.scene()
        scene.physics.lattices[0].easing = 0.1
        var warnings: [String] = []
        var motion = try #require(
            LatticeMotion(scene.physics.lattices[0], index: 0, scene: scene, warnings: &warnings))
        var state = SceneState(scene)
        state.expressionWeights = [0, 0, 0]
        motion.update(&state, deltaTime: 1.0 / 60)
        state.expressionWeights = [1, 0, 0]
        var last: Float = 0
        for k in 1...60 {
            motion.update(&state, deltaTime: 1.0 / 60)
            let y = state.latticeOffsets[0][16].y
            #expect(y >= last - 1e-7 && y <= 0.03 + 1e-6)
            if k == 6 { #expect((0.4...0.75).contains(y / 0.03)) }
            last = y
        }
        #expect(last > 0.0299)
    }

    /// Oracle: closed form: trilinear weights carry any affine motion exactly; normals go by the inverse transpose.
    @Test("an affine motion of all corners moves vertices and normals by it")
    func affine() throws {
        var scene = PhysicsScene.scene()
        let a = Matrix3([1.1, 0.2, -0.1], [0.05, 0.8, 0.3], [-0.2, 0.1, 1.3])
        let t = SIMD3<Float>(0.02, -0.03, 0.05)
        var cage = scene.physics.lattices[0]
        let corners = (0..<27).map { i -> SIMD3<Float> in
            let place = SIMD3<Float>(Float(i % 3), Float(i / 3 % 3), Float(i / 9))
            return place * 0.1 - SIMD3<Float>(repeating: 0.1)
        }
        cage.fixed = []
        let offsets = corners.map { (p: SIMD3<Float>) -> SIMD3<Float> in a * p + t - p }
        cage.poses = [.init(expression: "aa", corners: Array(0..<27), offsets: offsets)]
        scene.physics.lattices = [cage]
        let state = try Self.settled(scene, weights: [1, 0, 0]).state
        let skin = LatticeSkin(scene)
        let rest = scene.meshes[0].primitives[0]
        var (positions, normals) = (rest.positions, rest.normals)
        skin.apply(
            positions: &positions, normals: &normals, node: PhysicsScene.cube.value, primitive: 0,
            offsets: state.latticeOffsets)
        let turned = a.inverse.transpose
        for v in positions.indices {
            #expect(distance(positions[v], a * rest.positions[v] + t) < 2e-6)
            #expect(distance(normals[v], normalize(turned * rest.normals[v])) < 1e-5)
        }
        // The baker goes the same way.
        let baked = try #require(GeometryBaker(scene).bake(state).first { $0.node == PhysicsScene.cube })
        for v in positions.indices {
            #expect(distance(baked.geometry.positions[v], positions[v] + [0, 1, 0]) < 2e-6)
        }
    }

    @Test("vertices outside the box stay where they are")
    func outside() throws {
        var scene = PhysicsScene.scene()
        scene.physics.lattices[0].size = [0.2, 0.2, 0.1]
        scene.physics.lattices[0].cells = [2, 2, 1]
        scene.physics.lattices[0].fixed = []
        scene.physics.lattices[0].poses = [
            .init(expression: "aa", corners: [4], offsets: [[0, 0, 0.05]])
        ]
        let state = try Self.settled(scene, weights: [1, 0, 0]).state
        let rest = scene.meshes[0].primitives[0]
        var (positions, normals) = (rest.positions, rest.normals)
        LatticeSkin(scene).apply(
            positions: &positions, normals: &normals, node: PhysicsScene.cube.value, primitive: 0,
            offsets: state.latticeOffsets)
        for (p, q) in zip(positions, rest.positions) where q.z > 0.001 { #expect(p == q) }
        #expect(positions != rest.positions)
    }

    /// Oracle: the description: morph targets of the poses' expressions are for programs without the cage.
    @Test("a cage takes back the morph targets of its own expressions, and no others")
    func fallback() throws {
        var scene = PhysicsScene.scene()
        scene.meshes[0].defaultMorphWeights = [0, 0]
        scene.meshes[0].morphNames = ["aa", "smile"]
        scene.meshes[0].primitives[0].morphTargets = [
            MorphTarget(positions: [SIMD3<Float>](repeating: [1, 0, 0], count: 125)),
            MorphTarget(positions: [SIMD3<Float>](repeating: [0, 1, 0], count: 125)),
        ]
        scene.avatar?.expressions = [
            Expression(name: "aa", morphs: [.init(node: PhysicsScene.cube, target: 0, weight: 1)]),
            Expression(name: "oh", morphs: [.init(node: PhysicsScene.cube, target: 1, weight: 0.5)]),
            Expression(name: "happy", morphs: [.init(node: PhysicsScene.cube, target: 1, weight: 1)]),
        ]
        var warnings: [String] = []
        var motion = try #require(
            LatticeMotion(scene.physics.lattices[0], index: 0, scene: scene, warnings: &warnings))
        var state = SceneState(scene)
        let solver = ExpressionSolver(scene)
        let weights: [Float] = [0.75, 0.5, 0.25]
        solver.apply(weights, to: &state)
        state.expressionWeights = weights
        #expect(state.morphWeights[PhysicsScene.cube.value] == [0.75, 0.5])
        motion.update(&state, deltaTime: 1.0 / 60)
        #expect(state.morphWeights[PhysicsScene.cube.value] == [0, 0.25])
    }

    /// Oracle: the volume of a polyhedron by the divergence theorem, over the faces of the cells.
    @Test("the flesh keeps its volume when a driven corner is pushed in", arguments: [[], [0, 4]] as [[Int]])
    func volume(hollow: [Int]) throws {
        var scene = PhysicsScene.scene()
        scene.physics.lattices[0].hollow = hollow
        scene.physics.lattices[0].poses = [.init(expression: "aa", corners: [16], offsets: [[0, -0.03, 0]])]
        let state = try Self.settled(scene, weights: [1, 0, 0]).state
        func volume(_ p: [SIMD3<Float>]) -> Float {
            func corner(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Float> { p[(z * 3 + y) * 3 + x] }
            var sum: Float = 0
            for cell in 0..<8 where !hollow.contains(cell) {
                let (i, j, k) = (cell % 2, cell / 2 % 2, cell / 4)
                // Each face of the cell as two triangles, outwards; faces between cells cancel as both cut them alike.
                func at(_ c: Int) -> SIMD3<Float> { corner(i + (c & 1), j + (c >> 1 & 1), k + (c >> 2)) }
                for f in [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]] {
                    sum += dot(at(f[0]), cross(at(f[1]), at(f[2]))) / 6
                    sum += dot(at(f[0]), cross(at(f[2]), at(f[3]))) / 6
                }
            }
            return sum
        }
        let rest = (0..<27).map { i -> SIMD3<Float> in
            let place = SIMD3(i % 3, i / 3 % 3, i / 9)
            return SIMD3<Float>(place) * 0.1
        }
        let moved = zip(rest, state.latticeOffsets[0]).map { $0 + $1 }
        #expect(abs(volume(rest) - 0.001 * Float(8 - hollow.count)) < 1e-6)
        let drift = abs(volume(moved) / volume(rest) - 1)
        // Pushed in by 3 cm over a quarter of the top the box would lose about 4 %; diagonals of faces differ a little.
        #expect(drift < 0.01, "\(drift)")
        #expect(state.latticeOffsets[0].allSatisfy { length($0) < 0.06 })
    }
}
