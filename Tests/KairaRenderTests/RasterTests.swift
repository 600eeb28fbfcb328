import KairaGeometry
import KairaImage
import KairaRender
import KairaScene
import Testing

/// Coverage, depth, winding and blending against `ReferenceRasterizer`; corners lie on quarters of pixels, which drivers
/// hold exactly.
@Suite struct RasterTests {
    private let renderer: Renderer

    init() async throws { renderer = try await Renderer(device: .software) }

    private func draw(_ stage: Stage, view: RenderView? = nil) async throws -> Image {
        let handle = try await renderer.load(stage.scene)
        return try await renderer.render(handle, state: SceneState(stage.scene), view: view ?? stage.view)
    }

    /// How many bytes differ by more than a tolerance, for the better of the two fill rules.
    private func differences(
        _ image: Image, _ triangles: [ReferenceRasterizer.Triangle], tolerance: Double
    ) -> Int {
        let counts = [true, false].map { rule -> Int in
            var reference = ReferenceRasterizer(width: image.width, height: image.height, ownsTopEdges: rule)
            for triangle in triangles { reference.draw(triangle) }
            var count = 0
            for (i, color) in reference.colors.enumerated() where !reference.uncertain.contains(i) {
                let alpha = max(color.w, 1e-9)
                for c in 0..<4 {
                    // Pictures are encoded first and multiplied by alpha then.
                    let expected = c == 3 ? color.w * 255 : Stage.encoded(color[c] / alpha) * color.w
                    if abs(Double(image.bytes[i * 4 + c]) - expected) > tolerance { count += 1 }
                }
            }
            return count
        }
        return min(counts[0], counts[1])
    }

    private func random(_ count: Int, stage: inout Stage, seed: UInt64, alpha: Bool) -> [ReferenceRasterizer.Triangle] {
        var numbers = FixedNumbers(seed: seed)
        var triangles: [ReferenceRasterizer.Triangle] = []
        for index in 0..<count {
            var corners: [ReferenceRasterizer.Corner] = []
            for _ in 0..<3 {
                let x = Double(Int.random(in: 0...stage.width * 4, using: &numbers)) / 4
                let y = Double(Int.random(in: 0...stage.height * 4, using: &numbers)) / 4
                // Blended ones are drawn from far to near: parallel layers, so that the order is beyond doubt.
                let z = alpha ? Double(index) * 0.25 : Double.random(in: -40...5, using: &numbers)
                corners.append([x, y, z])
            }
            let opacity: Float = alpha && index > 0 ? Float.random(in: 0.2...0.8, using: &numbers) : 1
            let color = SIMD4<Float>(
                Float.random(in: 0...1, using: &numbers), Float.random(in: 0...1, using: &numbers),
                Float.random(in: 0...1, using: &numbers), opacity)
            stage.add(
                Primitive(positions: corners.map { stage.place($0.x, $0.y, z: $0.z) }, indices: [0, 1, 2]),
                Stage.unlit(color, alpha: opacity < 1 ? .blend(writesDepth: false) : .opaque))
            let premultiplied = SIMD4<Double>(color) * SIMD4(Double(opacity), Double(opacity), Double(opacity), 1)
            triangles.append(
                .init(
                    corners: corners.map { [$0.x, $0.y, 10 - $0.z] }, color: premultiplied, blends: opacity < 1))
        }
        return triangles
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func opaqueTrianglesMatchReference(seed: UInt64) async throws {
        var stage = Stage(width: 61, height: 47)
        let triangles = random(40, stage: &stage, seed: seed, alpha: false)
        let image = try await draw(stage)
        #expect(differences(image, triangles, tolerance: 1) == 0)
        #expect(Set(stride(from: 3, to: image.bytes.count, by: 4).map { image.bytes[$0] }) == [0, 255])
    }

    @Test(arguments: [5, 6, 7] as [UInt64]) func blendedTrianglesMatchReference(seed: UInt64) async throws {
        var stage = Stage(width: 61, height: 47)
        var triangles: [ReferenceRasterizer.Triangle] = []
        stage.add(stage.rectangle(0, 0, 61, 47, z: -5), Stage.unlit([0.2, 0.4, 0.1, 1]))
        for corners: [ReferenceRasterizer.Corner] in [
            [[0, 47, 15], [61, 47, 15], [61, 0, 15]], [[0, 47, 15], [61, 0, 15], [0, 0, 15]],
        ] { triangles.append(.init(corners: corners, color: [0.2, 0.4, 0.1, 1])) }
        triangles += random(12, stage: &stage, seed: seed, alpha: true)
        let image = try await draw(stage)
        // Each layer is rounded to a byte: up to half a step each, made smaller by those above.
        #expect(differences(image, triangles, tolerance: 3) == 0)
    }

    @Test func blendedOverNothingIsPremultipliedAfterEncoding() async throws {
        var stage = Stage(width: 8, height: 8)
        stage.add(stage.rectangle(0, 0, 8, 8), Stage.unlit([0.5, 0.1, 1, 0.5], alpha: .blend(writesDepth: false)))
        let pixel = try await draw(stage)[4, 4]
        let expected = [0.5, 0.1, 1].map { Stage.encoded($0) * 0.5 } + [127.5]
        for c in 0..<4 { #expect(abs(Double(pixel[c]) - expected[c]) <= 1) }
    }

    @Test func sharedEdgesAreDrawnOnce() async throws {
        // A fan about a pixel's centre: every pixel of the square is blended exactly once.
        var stage = Stage(width: 32, height: 32)
        let rim: [(Double, Double)] = [
            (2, 2), (9.25, 2), (16.5, 2), (30, 2), (30, 16.5), (30, 30), (16.5, 30), (7.75, 30), (2, 30), (2, 16.5),
        ]
        var positions = [stage.place(16.5, 16.5)]
        positions += rim.map { stage.place($0.0, $0.1) }
        var indices: [UInt32] = []
        for k in 0..<rim.count { indices += [0, UInt32((k + 1) % rim.count + 1), UInt32(k + 1)] }
        stage.add(
            Primitive(positions: positions, indices: indices),
            Stage.unlit([1, 1, 1, 0.5], alpha: .blend(writesDepth: false)))
        let image = try await draw(stage)
        for y in 0..<32 {
            for x in 0..<32 {
                let inside = (2..<30).contains(x) && (2..<30).contains(y)
                #expect(abs(Int(image[x, y].w) - (inside ? 128 : 0)) <= (inside ? 1 : 0), "\(x), \(y)")
            }
        }
    }

    @Test func doubleSidedDrawsBothWindings() async throws {
        for (isDoubleSided, expected) in [(false, UInt8(0)), (true, 255)] {
            var stage = Stage(width: 8, height: 8)
            var back = stage.rectangle(0, 0, 8, 8)
            back.indices.reverse()
            var material = Stage.unlit([1, 1, 1, 1])
            material.isDoubleSided = isDoubleSided
            stage.add(back, material)
            #expect(try await draw(stage)[3, 3].w == expected)
        }
    }

    @Test func mirroringNodeKeepsFrontFaces() async throws {
        var stage = Stage(width: 8, height: 8)
        let node = stage.add(stage.rectangle(0, 0, 8, 8), Stage.unlit([1, 1, 1, 1]))
        stage.scene.nodes[node.value].transform.scale = [-1, 1, 1]
        #expect(try await draw(stage)[3, 3].w == 255)
    }

    /// Bytes before rounding by IEC 61966-2-1, worked out by hand; drivers encode to 0.6 of a step (Direct3D 11.3 functional
    /// specification, conversion from float to sRGB, which Mesa follows).
    @Test(
        arguments: [
            (0, 0), (0.0031308, 10.315), (0.01, 25.462), (0.1, 89.044), (0.18, 117.646), (0.5, 187.516), (1, 255),
        ] as [(Float, Double)]
    )
    func linearColorsAreEncoded(linear: Float, byte: Double) async throws {
        var stage = Stage(width: 4, height: 4)
        stage.add(stage.rectangle(0, 0, 4, 4), Stage.unlit([linear, linear, linear, 1]))
        let pixel = try await draw(stage)[2, 2]
        #expect(abs(Double(pixel.x) - byte) <= 0.6 && pixel == SIMD4(pixel.x, pixel.x, pixel.x, 255))
    }

    @Test func blendedSkinnedPartsAreSortedByWhereTheyAre() async throws {
        // Both nodes stand at the origin; the joint carries the first one, red, in front of the second.
        var stage = Stage(width: 8, height: 8)
        let joint = stage.add(Node(transform: Transform(translation: [0, 0, 5])))
        stage.scene.skins = [Skin(joints: [joint], inverseBindMatrices: [.identity])]
        var red = stage.rectangle(0, 0, 8, 8)
        red.influences = JointInfluences(
            perVertex: 4, joints: Array(repeating: 0, count: 16),
            weights: (0..<16).map { $0 % 4 == 0 ? 1 : 0 })
        stage.add(red, Stage.unlit([1, 0, 0, 0.9], alpha: .blend(writesDepth: false)), skin: SkinID(0))
        stage.add(stage.rectangle(0, 0, 8, 8), Stage.unlit([0, 1, 0, 0.9], alpha: .blend(writesDepth: false)))
        let pixel = try await draw(stage)[4, 4]
        #expect(pixel.x > pixel.y)
    }
}
