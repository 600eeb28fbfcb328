import Kaira
import KairaGeometry
import KairaMotion
import KairaScene
import Testing

/// The mouth on its cage while it speaks. Rules: lips close at p, b and m, never cross, the flesh keeps its volume to 2 %.
@Suite struct KairaKunMouthTests {
    private static let scene = KairaKunBuilderTests.scene

    /// Seconds and weights: "mama, oh wee, papa", as fast as people speak, then rest.
    private static let speech: [(seconds: Double, weights: [String: Float])] = [
        (0.10, [:]), (0.10, ["closed": 1]), (0.14, ["aa": 1]), (0.09, ["closed": 1]), (0.14, ["aa": 1]),
        (0.12, ["oh": 1]), (0.12, ["ou": 1]), (0.12, ["ee": 1]), (0.10, ["ih": 1]), (0.08, ["closed": 1]),
        (0.14, ["aa": 0.7, "oh": 0.3]), (0.08, ["closed": 1]), (0.14, ["aa": 1, "ee": 1]), (0.3, [:]),
    ]

    private struct Frame {
        var time: Double
        var weights: [String: Float]
        var state: SceneState
        /// Upper and lower lip from corner to corner, model space.
        var upper: [SIMD3<Float>]
        var lower: [SIMD3<Float>]
    }

    /// What is drawn, frame by frame, at 60 Hz; weights change within 40 ms, as tracks of visemes do.
    private static func speak() throws -> [Frame] {
        var avatar = try Avatar(scene: scene)
        avatar.secondaryMotion = ScenePhysics(scene)
        let baker = GeometryBaker(scene)
        let node = try #require(scene.nodes.firstIndex { $0.name == "Mouth" })
        var frames: [Frame] = []
        var (time, last) = (0.0, [String: Float]())
        for part in speech {
            let count = Int((part.seconds * 60).rounded())
            for k in 0..<count {
                let t = min(Float(k + 1) / 60 / 0.04, 1)
                var pose = HumanoidPose(time: time, restHipsHeight: avatar.skeleton.hipsHeight)
                pose.hipsTranslation = avatar.skeleton[.hips] ?? .zero
                for name in Set(last.keys).union(part.weights.keys) {
                    pose.expressions[name] = lerp(last[name] ?? 0, part.weights[name] ?? 0, t)
                }
                avatar.evaluate(pose, deltaTime: 1.0 / 60)
                time += 1.0 / 60
                let mesh = try #require(baker.bake(avatar.state).first { $0.node.value == node })
                // The first sheet is five rows of 19 from the upper lip to the lower one.
                let places = mesh.geometry.positions
                frames.append(
                    Frame(
                        time: time, weights: pose.expressions, state: avatar.state, upper: Array(places[0..<19]),
                        lower: Array(places[76..<95])))
            }
            last = part.weights
        }
        return frames
    }

    @Test("lips open for vowels, close for p, b, m, and never cross")
    func lips() throws {
        var widest: Float = 0
        var shut: [Float] = []
        var lowest = Float.infinity
        let frames = try Self.speak()
        for (i, frame) in frames.enumerated() {
            let gaps = zip(frame.upper, frame.lower).map { $0.y - $1.y }
            lowest = min(lowest, gaps.min() ?? 0)
            widest = max(widest, gaps.max() ?? 0)
            // The last frame of a closure.
            let next = i + 1 < frames.count ? frames[i + 1].weights["closed"] ?? 0 : 0
            if frame.weights["closed"] == 1, next < 1 { shut.append(gaps.max() ?? 0) }
        }
        print("figure: mouth: widest gap \(widest) m, at closures \(shut) m, least \(lowest) m")
        #expect(widest > 0.045)
        #expect(shut.count == 4)
        // The line round the lips is 9 mm thick: at 3 mm between its middles there is no gap to be seen.
        #expect(shut.allSatisfy { $0 < 0.003 })
        #expect(lowest > -1e-4)
    }

    /// Oracle: volume of a polyhedron, the sum of five tetrahedra a cell.
    @Test("the flesh keeps its volume to 2 %")
    func volume() throws {
        let lattice = try #require(Self.scene.physics.lattices.first)
        let n = lattice.cells
        let step = lattice.size / SIMD3<Float>(Float(n.x), Float(n.y), Float(n.z))
        var tetrahedra: [[Int]] = []
        var rest: [SIMD3<Float>] = []
        for k in 0...n.z {
            for j in 0...n.y {
                for i in 0...n.x { rest.append(lattice.origin + step * SIMD3<Float>(Float(i), Float(j), Float(k))) }
            }
        }
        for k in 0..<n.z {
            for j in 0..<n.y {
                for i in 0..<n.x where !lattice.hollow.contains((k * n.y + j) * n.x + i) {
                    let flip = (i + j + k) & 1
                    for t in [[0, 1, 2, 4], [3, 2, 1, 7], [5, 4, 7, 1], [6, 7, 4, 2], [1, 2, 4, 7]] {
                        let corners = t.map { c -> Int in
                            let x = i + ((c & 1) ^ flip)
                            return ((k + (c >> 2)) * (n.y + 1) + j + (c >> 1 & 1)) * (n.x + 1) + x
                        }
                        tetrahedra.append(corners)
                    }
                }
            }
        }
        func volumes(_ p: [SIMD3<Float>]) -> [Float] {
            tetrahedra.map { t in
                let (a, b, c, d) = (p[t[0]], p[t[1]], p[t[2]], p[t[3]])
                return dot(cross(b - a, c - a), d - a) / 6
            }
        }
        func sum(_ volumes: [Float]) -> Float { volumes.reduce(0) { $0 + abs($1) } }
        let start = volumes(rest)
        let whole = sum(start)
        var (worst, least): (Float, Float) = (0, 1)
        for frame in try Self.speak() {
            let offsets = frame.state.latticeOffsets[0]
            let now = volumes(zip(rest, offsets).map { $0 + $1 })
            worst = max(worst, abs(sum(now) / whole - 1))
            least = min(least, zip(now, start).map { $0 / $1 }.min() ?? 0)
        }
        print("figure: mouth: greatest drift of the flesh's volume \(worst * 100) %")
        #expect(worst < 0.02)
        // The same in parts: a cell that turns over would hide a loss elsewhere.
        print("figure: mouth: least part of its volume that a tetrahedron keeps \(least)")
        #expect(least > 0)
    }

    /// Oracle: the morph targets, which say what a vowel looks like.
    @Test("held vowels look as their morph targets do", arguments: ["aa", "ih", "ou", "ee", "oh"])
    func vowels(name: String) throws {
        let scene = Self.scene
        var avatar = try Avatar(scene: scene)
        let baker = GeometryBaker(scene)
        var pose = HumanoidPose(restHipsHeight: avatar.skeleton.hipsHeight)
        pose.hipsTranslation = avatar.skeleton[.hips] ?? .zero
        pose.expressions = [name: 1]
        func mouth() throws -> [SIMD3<Float>] {
            let node = try #require(scene.nodes.firstIndex { $0.name == "Mouth" })
            return try #require(baker.bake(avatar.state).first { $0.node.value == node }).geometry.positions
        }
        avatar.evaluate(pose)
        let morphed = try mouth()
        avatar.secondaryMotion = ScenePhysics(scene)
        for _ in 0..<90 { avatar.evaluate(pose, deltaTime: 1.0 / 60) }
        let caged = try mouth()
        let errors = zip(morphed, caged).map { distance($0, $1) }
        let mean = errors.reduce(0, +) / Float(errors.count)
        print("figure: mouth: \(name) by the cage is \(mean) m from its morph, at most \(errors.max() ?? 0) m")
        #expect(mean < 0.004)
    }
}
