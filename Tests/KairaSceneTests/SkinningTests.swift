import Foundation
import KairaGeometry
import KairaScene
import Testing

@Suite struct SkinningTests {
    /// A cloud of points with random influences on some joints.
    static func cloud(_ count: Int, joints: Int, perVertex: Int = 4, seed: UInt64 = 3) -> Primitive {
        var numbers = SeededNumbers(seed)
        var (indices, weights) = ([UInt16](), [Float]())
        for _ in 0..<count {
            let w = (0..<perVertex).map { _ in numbers.float(0...1) }
            let sum = w.reduce(0, +)
            weights += w.map { $0 / sum }
            for _ in 0..<perVertex { indices.append(UInt16.random(in: 0..<UInt16(joints), using: &numbers)) }
        }
        return Primitive(
            positions: (0..<count).map { _ in numbers.vector() }, indices: [0, 1, 2],
            normals: (0..<count).map { _ in direction(numbers.vector(), else: [0, 0, 1]) },
            tangents: (0..<count).map { _ in SIMD4(direction(numbers.vector(), else: [1, 0, 0]), 1) },
            influences: JointInfluences(perVertex: perVertex, joints: indices, weights: weights))
    }

    static func deformed(
        _ primitive: Primitive, _ palette: [Matrix4], method: Deformer.Method = .linear, threads: Int = 1
    ) -> DeformedGeometry {
        var geometry = DeformedGeometry()
        Deformer(method: method, threads: threads).deform(
            primitive, morphWeights: [], palette: SkinPalette(matrices: palette), worldFromMesh: .identity,
            into: &geometry)
        return geometry
    }

    static func rigid(_ numbers: inout SeededNumbers) -> Matrix4 {
        Transform(translation: numbers.vector(), rotation: numbers.rotation()).matrix
    }

    /// Oracle: the definition in double, v' = sum w M v; normals by the inverse transpose of the summed matrix.
    @Test("linear blend is the weighted sum of matrices", arguments: [1, 3, 4, 8])
    func linearBlend(perVertex: Int) {
        var numbers = SeededNumbers(11)
        let palette = (0..<9).map { _ in
            Transform(translation: numbers.vector(), rotation: numbers.rotation(), scale: numbers.vector(0.5...2))
                .matrix
        }
        let primitive = Self.cloud(257, joints: 9, perVertex: perVertex)
        let result = Self.deformed(primitive, palette)
        guard let influences = primitive.influences else { return }
        for v in 0..<257 {
            var columns = [SIMD4<Double>](repeating: .zero, count: 4)
            for at in v * perVertex..<(v + 1) * perVertex {
                let m = palette[Int(influences.joints[at])]
                for (c, column) in [m.x, m.y, m.z, m.w].enumerated() {
                    columns[c] += SIMD4<Double>(column) * Double(influences.weights[at])
                }
            }
            let p = SIMD3<Double>(primitive.positions[v])
            let moved = columns[0] * p.x + columns[1] * p.y + columns[2] * p.z + columns[3]
            #expect(distance(result.positions[v], [Float(moved.x), Float(moved.y), Float(moved.z)]) < 2e-6)
            let blended = Matrix4(
                SIMD4<Float>(columns[0]), SIMD4<Float>(columns[1]), SIMD4<Float>(columns[2]), SIMD4<Float>(columns[3]))
            guard abs(blended.linear.determinant) > 0.05 else { continue }  // ill-conditioned in float
            let normal = normalize(blended.linear.inverse.transpose * primitive.normals[v])
            #expect(distance(result.normals[v], normal) < 1e-4)
            let tangent = normalize(blended.linear * primitive.tangents[v].xyz)
            #expect(distance(result.tangents[v].xyz, tangent) < 1e-4)
            #expect(result.tangents[v].w == (blended.linear.determinant < 0 ? -1 : 1))
        }
    }

    /// Oracle: where all joints move alike, any average is that motion.
    @Test("both methods agree on one rigid motion, also scaled or mirrored", arguments: Deformer.Method.allCases)
    func rigidMotion(method: Deformer.Method) {
        var numbers = SeededNumbers(5)
        let primitive = Self.cloud(100, joints: 5)
        for scale in [[1, 1, 1], [2, 2, 2], [0.5, 2, 1.5], [-1, 1, 1]] as [SIMD3<Float>] {
            let transform = Transform(translation: numbers.vector(), rotation: numbers.rotation(), scale: scale)
            let m = transform.matrix
            let result = Self.deformed(primitive, Array(repeating: m, count: 5), method: method)
            let expected = primitive.positions.map { m.transform(point: $0) }
            #expect(largestDifference(result.positions, expected) < 3e-6)
            let normals = primitive.normals.map { normalize(m.linear.inverse.transpose * $0) }
            #expect(largestDifference(result.normals, normals) < 3e-6)
            #expect(result.tangents.allSatisfy { $0.w == (scale.x < 0 ? -1 : 1) })
        }
    }

    /// Oracle: closed form. A ring of radius 1 half way between a joint at rest and one twisted by `angle` about the ring's
    /// axis turns by half the angle and keeps its radius; linear blending shrinks it to cos(angle / 2).
    @Test("a twist keeps its radius with dual quaternions", arguments: [90, 150, 179, 181, 270] as [Float])
    func twist(degrees: Float) {
        let angle = degrees * .pi / 180
        let ring = (0..<16).map { i -> SIMD3<Float> in
            let a = Float(i) * .pi / 8
            return [0.5, sin(a), cos(a)]
        }
        let primitive = Primitive(
            positions: ring, indices: [],
            influences: JointInfluences(
                perVertex: 2, joints: Array(repeating: [0, 1], count: 16).flatMap { $0 },
                weights: Array(repeating: 0.5, count: 32)))
        let palette = [Matrix4.identity, Transform(rotation: Quaternion(angle: angle, axis: [1, 0, 0])).matrix]
        let dual = Self.deformed(primitive, palette, method: .dualQuaternion).positions
        let linear = Self.deformed(primitive, palette).positions
        let shorter = angle > .pi ? angle - 2 * .pi : angle
        let half = Quaternion(angle: shorter / 2, axis: [1, 0, 0])
        for i in 0..<16 {
            #expect(distance(dual[i], half.act(ring[i])) < 1e-5)
            #expect(abs(length(SIMD2(linear[i].y, linear[i].z)) - abs(cos(angle / 2))) < 1e-5)
        }
    }

    /// Oracle: q and -q are one rotation, so that a palette of either sign must give the same mesh.
    @Test("dual quaternions: turning all joints by a full turn in small steps comes back to the start")
    func antipodal() {
        let primitive = Self.cloud(60, joints: 3)
        let rest = Self.deformed(primitive, Array(repeating: .identity, count: 3), method: .dualQuaternion)
        let turned = (0..<3).map { _ in Transform(rotation: Quaternion(angle: 2 * .pi, axis: [0, 1, 0])).matrix }
        let again = Self.deformed(primitive, turned, method: .dualQuaternion)
        #expect(largestDifference(rest.positions, again.positions) < 1e-5)
        // Joints just this and that side of half a turn: neighbours in truth, opposite as quaternions.
        let near = [179.0, 181.0, 180.0].map {
            Transform(rotation: Quaternion(angle: Float($0) * .pi / 180, axis: [0, 1, 0])).matrix
        }
        let half = Transform(rotation: Quaternion(angle: .pi, axis: [0, 1, 0])).matrix
        let result = Self.deformed(primitive, near, method: .dualQuaternion)
        #expect(largestDifference(result.positions, primitive.positions.map { half.transform(point: $0) }) < 0.04)
    }

    @Test("the result is the same for any number of threads", arguments: Deformer.Method.allCases)
    func threads(method: Deformer.Method) {
        var numbers = SeededNumbers(2)
        let palette = (0..<20).map { _ in Self.rigid(&numbers) }
        let primitive = Self.cloud(30_001, joints: 20)
        let one = Self.deformed(primitive, palette, method: method)
        for threads in [2, 7] {
            let many = Self.deformed(primitive, palette, method: method, threads: threads)
            #expect(one.positions == many.positions)
            #expect(one.normals == many.normals)
            #expect(one.tangents == many.tangents)
        }
    }

    /// Oracle: glTF 2.0, 3.7.2.2: targets add before the skin.
    @Test("morph targets add before skinning")
    func morphs() {
        var numbers = SeededNumbers(8)
        var primitive = Self.cloud(50, joints: 1, perVertex: 1)
        let deltas = (0..<2).map { _ in (0..<50).map { _ in numbers.vector() } }
        primitive.morphTargets = [
            MorphTarget(positions: deltas[0], normals: deltas[1]), MorphTarget(positions: deltas[1]),
        ]
        let m = Transform(
            translation: [1, 2, 3], rotation: Quaternion(angle: 1, axis: [0, 1, 0]), scale: [1, 2, 1]
        ).matrix
        var geometry = DeformedGeometry()
        for palette in [SkinPalette(matrices: [m]), nil] {
            Deformer().deform(
                primitive, morphWeights: [0.25, -2], palette: palette, worldFromMesh: m, into: &geometry)
            for i in 0..<50 {
                let p = primitive.positions[i] + 0.25 * deltas[0][i] - 2 * deltas[1][i]
                #expect(distance(geometry.positions[i], m.transform(point: p)) < 5e-6)
                let n = m.linear.inverse.transpose * (primitive.normals[i] + 0.25 * deltas[1][i])
                #expect(distance(geometry.normals[i], normalize(n)) < 5e-6)
            }
        }
        Deformer().deform(primitive, morphWeights: [], palette: nil, worldFromMesh: .identity, into: &geometry)
        #expect(geometry.positions == primitive.positions, "no weight leaves no trace of the frame before")
    }

    /// Oracle: the joint's own definition, checked against the matrix.
    @Test("palette rows and dual quaternions say the same as the matrices")
    func paletteForms() {
        var numbers = SeededNumbers(21)
        let matrices = (0..<40).map { i in
            Transform(
                translation: numbers.vector(), rotation: numbers.rotation(),
                scale: i % 2 == 0 ? .one : numbers.vector(0.3...3) * (i % 3 == 0 ? -1 : 1)
            ).matrix
        }
        let palette = SkinPalette(matrices: matrices)
        var rows: [SIMD4<Float>] = []
        palette.writeRows(into: &rows)
        var joints: [SkinPalette.DualQuaternionJoint] = []
        #expect(palette.writeDualQuaternions(into: &joints))
        for (i, m) in matrices.enumerated() {
            let p = numbers.vector()
            let expected = m.transform(point: p)
            let byRows = SIMD3(
                dot(rows[3 * i], SIMD4(p, 1)), dot(rows[3 * i + 1], SIMD4(p, 1)), dot(rows[3 * i + 2], SIMD4(p, 1)))
            #expect(distance(byRows, expected) < 2e-6)
            let byDual = joints[i].rigid.rotation.act(joints[i].stretch * p) + joints[i].rigid.translation
            #expect(distance(byDual, expected) < 1e-5)
            #expect(abs(dot(joints[i].rigid.real, joints[i].rigid.dual)) < 1e-6, "a unit dual quaternion")
            let s = joints[i].stretch
            #expect(abs(s.x.y - s.y.x) + abs(s.x.z - s.z.x) + abs(s.y.z - s.z.y) < 1e-4, "a stretch is symmetric")
        }
        #expect(!SkinPalette(matrices: [.identity]).writeDualQuaternions(into: &joints))
    }

    /// Oracle: sorting by hand.
    @Test("the strongest influences are kept, renormalised, and what is lost is said")
    func reduction() {
        let influences = JointInfluences(
            perVertex: 12, joints: (0..<24).map { UInt16($0 % 12) },
            weights: [0.01, 0.2, 0.02, 0.1, 0.03, 0.15, 0.04, 0.12, 0.05, 0.13, 0.06, 0.09]
                + [0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5])
        let (kept, dropped) = influences.reduced()
        #expect(kept.perVertex == 8)
        #expect(dropped == 1)
        #expect(Array(kept.joints[..<8]) == [1, 5, 9, 7, 3, 11, 10, 8])
        #expect(abs(kept.weights[..<8].reduce(0, +) - 1) < 1e-6)
        #expect(abs(kept.weights[0] - 0.2 / 0.9) < 1e-6)
        #expect(kept.joints[8] == 0 && kept.joints[9] == 11)
        #expect(kept.weights[8] == 0.5 && kept.weights[9] == 0.5)
        let few = Self.cloud(5, joints: 3).influences
        #expect(few?.reduced().droppedVertices == 0)
        #expect(few?.reduced().influences.perVertex == 4)
    }

    /// Oracle: a product of matrices written out.
    @Test("world transforms of a chain")
    func worlds() {
        var numbers = SeededNumbers(4)
        let transforms = (0..<6).map { _ in
            Transform(translation: numbers.vector(), rotation: numbers.rotation(), scale: numbers.vector(0.5...1.5))
        }
        let state = SceneState(chain(transforms))
        var p = SIMD3<Float>(0.3, -0.2, 0.9)
        let inWorld = state.worlds[5].transform(point: p)
        for transform in transforms.reversed() { p = transform.transform(point: p) }
        #expect(distance(inWorld, p) < 1e-5)
    }

    /// Oracle: glTF 2.0, 3.7.3.3: a skinned mesh does not move with its node; a rigid one does.
    @Test("baking: skinned meshes ignore their node")
    func baking() throws {
        var scene = forest([
            ("skinned", nil, Transform(translation: [100, 0, 0])), ("joint", nil, Transform(translation: [0, 1, 0])),
            ("rigid", nil, Transform(translation: [5, 0, 0])),
        ])
        let triangle: [SIMD3<Float>] = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
        var primitive = Primitive(positions: triangle, indices: [0, 1, 2])
        scene.meshes = [Mesh(primitives: [primitive])]
        primitive.influences = JointInfluences(
            perVertex: 4, joints: Array(repeating: 0, count: 12),
            weights: [
                1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
            ])
        scene.meshes.append(Mesh(primitives: [primitive, primitive]))
        scene.skins = [Skin(joints: [NodeID(1)], inverseBindMatrices: [.identity])]
        (scene.nodes[0].mesh, scene.nodes[0].skin) = (MeshID(1), SkinID(0))
        scene.nodes[2].mesh = MeshID(0)
        scene.animations = [
            AnimationClip(
                name: "up",
                channels: [
                    .init(
                        node: NodeID(1), path: .translation, interpolation: .linear, times: [0, 1],
                        values: [0, 1, 0, 0, 3, 0])
                ])
        ]
        let baker = GeometryBaker(scene)
        let items = try baker.bake(clip: nil, time: 9)
        #expect(items.map(\.positionsName) == ["positions_0_0", "positions_0_1", "positions_2_0"])
        #expect(items[0].geometry.positions == triangle.map { $0 + [0, 1, 0] })
        #expect(items[2].geometry.positions == triangle.map { $0 + [5, 0, 0] })
        #expect(try baker.bake(clip: "up", time: 0.5)[1].geometry.positions == triangle.map { $0 + [0, 2, 0] })
        #expect(try baker.bake(clip: "0", time: 99)[1].geometry.positions == triangle.map { $0 + [0, 3, 0] })
        #expect(throws: SceneError.self) { try baker.bake(clip: "down", time: 0) }
    }

    /// Prints the time of 50,000 vertices; asserts nothing about it.
    @Test("morph speed")
    func morphSpeed() {
        var numbers = SeededNumbers(2)
        var primitive = Self.cloud(50_000, joints: 1)
        primitive.tangents = []
        primitive.influences = nil
        primitive.morphTargets = (0..<5).map { _ in
            MorphTarget(positions: primitive.positions, normals: primitive.normals)
        }
        let m = Self.rigid(&numbers)
        var geometry = DeformedGeometry()
        for weights in [[], [1, 1, 1, 1, 1]] as [[Float]] {
            var best = Duration.seconds(1)
            for _ in 0..<15 {
                let time = ContinuousClock().measure {
                    Deformer().deform(
                        primitive, morphWeights: weights, palette: nil, worldFromMesh: m, into: &geometry)
                }
                best = min(best, time)
            }
            print("rigid 50k with normals, \(weights.count) morph targets, 1 thread: \(best)")
        }
        #expect(geometry.positions.count == 50_000)
    }

    /// Prints the time of 50,000 vertices; asserts nothing about it.
    @Test("skinning speed", arguments: Deformer.Method.allCases)
    func speed(method: Deformer.Method) {
        var numbers = SeededNumbers(2)
        let palette = SkinPalette(matrices: (0..<60).map { _ in Self.rigid(&numbers) })
        var primitive = Self.cloud(50_000, joints: 60)
        primitive.tangents = []
        var geometry = DeformedGeometry()
        for normals in [true, false] {
            if !normals { primitive.normals = [] }
            var best = Duration.seconds(1)
            for _ in 0..<15 {
                let time = ContinuousClock().measure {
                    Deformer(method: method).deform(
                        primitive, morphWeights: [], palette: palette, worldFromMesh: .identity, into: &geometry)
                }
                best = min(best, time)
            }
            print("skinning 50k x4 \(method)\(normals ? " with normals" : ""), 1 thread: \(best)")
        }
        #expect(geometry.positions.count == 50_000)
    }
}
