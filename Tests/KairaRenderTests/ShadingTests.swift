import Foundation
import KairaGeometry
import KairaImage
import KairaRender
import KairaScene
import Testing

/// The shading models at the middle of a plane that faces the camera, against their closed forms in double precision.
@Suite struct ShadingTests {
    private let renderer: Renderer

    init() async throws { renderer = try await Renderer(device: .software) }

    private func middle(_ stage: Stage, view: RenderView? = nil) async throws -> SIMD4<UInt8> {
        let handle = try await renderer.load(stage.scene)
        let image = try await renderer.render(handle, state: SceneState(stage.scene), view: view ?? stage.view)
        return image[stage.width / 2, stage.height / 2]
    }

    /// Khronos PBR Neutral Tone Mapper, specification 1.0, written from its formulas.
    private func neutral(_ color: [Double]) -> [Double] {
        let x = color.min() ?? 0
        let f90 = 0.04
        let offset = x <= 2 * f90 ? x - x * x / (4 * f90) : f90
        let c = color.map { $0 - offset }
        let p = c.max() ?? 0
        let start = 0.8 - f90
        guard p > start else { return c }
        let new = 1 - (1 - start) * (1 - start) / (p + 1 - 2 * start)
        let g = 1 / (0.15 * (p - new) + 1)
        return c.map { $0 * new / p * g + new * (1 - g) }
    }

    /// Light, camera and normal along one line: D = 1 / (pi a^2), V = 1 / 4, F = F0 (glTF 2.0, appendix B).
    @Test(arguments: [
        (1.0, 0.0, 1.0), (1.0, 0.0, 3.0), (1.0, 0.0, 12.0), (0.5, 0.0, 2.0), (0.5, 1.0, 1.0), (0.8, 1.0, 4.0),
        (0.3, 0.5, 0.5),
    ])
    func metallicRoughnessHeadOn(roughness: Double, metallic: Double, illuminance: Double) async throws {
        var stage = Stage(width: 9, height: 9)
        var material = Material()
        let base = [0.8, 0.4, 0.1]
        material.baseColor = [0.8, 0.4, 0.1, 1]
        material.roughness = Float(roughness)
        material.metallic = Float(metallic)
        stage.add(stage.rectangle(0, 0, 9, 9), material)
        stage.addLight(cosine: 1, illuminance: illuminance)
        let pixel = try await middle(stage)
        let a2 = pow(roughness, 4)
        let linear = base.map { b -> Double in
            let f0 = 0.04 * (1 - metallic) + b * metallic
            let diffuse = (1 - f0) * b * (1 - metallic) / .pi
            return illuminance * (diffuse + f0 / (.pi * a2) / 4)
        }
        for (c, value) in neutral(linear).enumerated() {
            #expect(abs(Double(pixel[c]) - Stage.encoded(value)) <= 1, "channel \(c) of \(pixel)")
        }
        var cut = stage.view
        cut.toneMapping = .none
        let plain = try await middle(stage, view: cut)
        for (c, value) in linear.enumerated() {
            #expect(abs(Double(plain[c]) - Stage.encoded(value)) <= 1, "channel \(c) of \(plain), no tone mapping")
        }
    }

    /// `linearstep(-1 + toony, 1 - toony, N.L + shift)` between shade and base colour (VRMC_materials_mtoon 1.0), light of
    /// illuminance pi making a white surface white.
    @Test(arguments: [
        (0.05, 0.8, 0.0), (1.0, 0.9, 0.0), (0.2, 0.9, -0.5), (0.1, 0.5, -0.1), (0.3, 0.0, 0.2), (0.6, 0.5, -0.4),
    ])
    func toonRamp(cosine: Double, toony: Double, shift: Double) async throws {
        var stage = Stage(width: 9, height: 9)
        var toon = ToonParameters()
        toon.shadeColor = [0.1, 0.2, 0.6]
        toon.shadingToony = Float(toony)
        toon.shadingShift = Float(shift)
        var material = Material()
        material.baseColor = [0.9, 0.5, 0.3, 1]
        material.shading = .toon(toon)
        stage.add(stage.rectangle(0, 0, 9, 9), material)
        stage.addLight(cosine: cosine, illuminance: .pi)
        let pixel = try await middle(stage)
        let (low, high) = (-1 + toony, 1 - toony)
        let t = min(max((cosine + shift - low) / (high - low), 0), 1)
        for (c, pair) in [(0.1, 0.9), (0.2, 0.5), (0.6, 0.3)].enumerated() {
            let expected = Stage.encoded(pair.0 + (pair.1 - pair.0) * t)
            #expect(abs(Double(pixel[c]) - expected) <= 1, "channel \(c) of \(pixel)")
        }
    }

    @Test func worldOutlineSurroundsShapeByItsWidth() async throws {
        // A slab 20 pixels wide whose normals point outwards: the hull reaches 12 pixels further on every side.
        var stage = Stage(width: 64, height: 64)
        var toon = ToonParameters()
        toon.outlineMode = .worldCoordinates
        toon.outlineWidth = 12
        toon.outlineColor = [0, 0, 1]
        toon.outlineLightingMix = 0
        var material = Material()
        material.shading = .toon(toon)
        stage.add(Self.cube(half: 10), material)
        let handle = try await renderer.load(stage.scene)
        let image = try await renderer.render(handle, state: SceneState(stage.scene), view: stage.view)
        // The cube's corner normals are (1, 1, 1) / sqrt(3): 12 / sqrt(3) = 6.9 pixels along each axis.
        for x in [16, 18, 21, 42, 45, 47] { #expect(image[x, 32] == SIMD4(0, 0, 255, 255), "column \(x)") }
        for x in [12, 14, 49, 52] { #expect(image[x, 32].w == 0, "column \(x)") }
    }

    @Test func screenOutlineIsNotCutOff() async throws {
        // A tenth of the height: 6.4 pixels, where the silhouette's normals lie in the picture's plane.
        var stage = Stage(width: 64, height: 64)
        var toon = ToonParameters()
        toon.outlineMode = .screenCoordinates
        toon.outlineWidth = 0.1
        toon.outlineColor = [0, 1, 0]
        toon.outlineLightingMix = 0
        var material = Material()
        material.shading = .toon(toon)
        var flat = Self.cube(half: 10)
        flat.normals = flat.positions.map { normalize([$0.x, $0.y, 0]) }
        stage.add(flat, material)
        let handle = try await renderer.load(stage.scene)
        let image = try await renderer.render(handle, state: SceneState(stage.scene), view: stage.view)
        // Corner normals are diagonal: 6.4 / sqrt(2) = 4.5 pixels along each axis.
        for x in [18, 20, 43, 45] { #expect(image[x, 32] == SIMD4(0, 255, 0, 255), "column \(x)") }
        for x in [15, 16, 48, 50] { #expect(image[x, 32].w == 0, "column \(x)") }
    }

    /// A cube with shared corners.
    static func cube(half: Float) -> Primitive {
        let corners = (0..<8).map { k in
            SIMD3<Float>(k & 1 == 0 ? -half : half, k & 2 == 0 ? -half : half, k & 4 == 0 ? -half : half)
        }
        let faces: [[UInt32]] = [
            [4, 5, 7, 6], [1, 0, 2, 3], [5, 1, 3, 7], [0, 4, 6, 2], [6, 7, 3, 2], [0, 1, 5, 4],
        ]
        return Primitive(
            positions: corners, indices: faces.flatMap { [$0[0], $0[1], $0[2], $0[0], $0[2], $0[3]] },
            normals: corners.map { normalize($0) })
    }
}
