import Glibc
import KairaGeometry
import KairaScene

/// What every shader sees of a frame, in the order of the uniform block `Frame` (std140).
struct FrameUniforms {
    private(set) var floats: [Float] = []
    /// What shines on surfaces in general.
    private(set) var lighting = ProgramKey.Lighting()
    /// What shines on toon surfaces.
    private(set) var toonLighting = ProgramKey.Lighting()

    /// Lights of a scene in a state; the default rig where it has none.
    init(_ view: RenderView, scenes: [(scene: SceneLights, state: SceneState)], time: Double) {
        // Pictures are read from the bottom up: drawn upside down, the first row that is read is the top one.
        let flip = Matrix4([1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1])
        add(flip * view.clipFromView * view.viewFromWorld)
        add(view.viewFromWorld)
        let eye = view.viewFromWorld.affineInverse.translation
        add(SIMD4(eye, Float(time)))
        add(
            SIMD4(
                Float(view.width), Float(view.height), view.lines.width, Float(view.width) / Float(view.height)))
        add(SIMD4(view.ambientSky, 0))
        add(SIMD4(view.ambientGround, 0))
        var lights = scenes.flatMap { $0.scene.placed(in: $0.state) }
        var toonCount = min(lights.count, 4)
        if lights.isEmpty {
            lights = Self.rig
            // Toon shading has one border of light and shade: more lights would draw more.
            toonCount = 1
        }
        lights = Array(lights.prefix(4))
        lighting = .init(count: lights.count, isDirectional: lights.allSatisfy { $0.position.w < 0.5 })
        toonLighting = .init(
            count: toonCount, isDirectional: lights.prefix(toonCount).allSatisfy { $0.position.w < 0.5 })
        let padded = lights + Array(repeating: PlacedLight(), count: 4 - lights.count)
        for light in padded { add(light.position) }
        for light in padded { add(light.towards) }
        for light in padded { add(light.color) }
        for light in padded { add(light.spot) }
        let c = view.lines.color
        add(SIMD4(Self.linear(c.x), Self.linear(c.y), Self.linear(c.z), Float(c.w) / 255))
        add(view.section?.coefficients ?? .zero)
    }

    private mutating func add(_ v: SIMD4<Float>) { floats += [v.x, v.y, v.z, v.w] }
    private mutating func add(_ m: Matrix4) { for column in [m.x, m.y, m.z, m.w] { add(column) } }

    /// sRGB decoding (IEC 61966-2-1).
    static func linear(_ value: UInt8) -> Float {
        let c = Float(value) / 255
        return c <= 0.04045 ? c / 12.92 : powf((c + 0.055) / 1.055, 2.4)
    }

    /// Key, fill and rim for scenes without lights, for something that faces +Z.
    private static let rig = [
        PlacedLight(towards: normalize([0.45, 0.75, 0.85]), color: SIMD3(1, 0.98, 0.95) * 2.0),
        PlacedLight(towards: normalize([-0.9, 0.25, 0.6]), color: SIMD3(0.9, 0.95, 1) * 0.55),
        PlacedLight(towards: normalize([-0.3, 0.7, -0.9]), color: SIMD3(1, 1, 1) * 0.7),
    ]
}

/// A light in world space.
struct PlacedLight {
    var position = SIMD4<Float>.zero
    var towards = SIMD4<Float>(0, 0, 1, 0)
    var color = SIMD4<Float>.zero
    var spot = SIMD4<Float>.zero

    init() {}

    init(towards: SIMD3<Float>, color: SIMD3<Float>) {
        self.towards = SIMD4(towards, 0)
        self.color = SIMD4(color, 0)
    }

    init(_ light: Light, world: Matrix4) {
        let axis = direction(world.z.xyz, else: [0, 0, 1])
        towards = SIMD4(axis, light.range.map { 1 / max($0 * $0, 1e-12) } ?? 0)
        color = SIMD4(light.color * light.intensity, 0)
        switch light.kind {
        case .directional: break
        case .point: position = SIMD4(world.translation, 1)
        case .spot(let inner, let outer):
            position = SIMD4(world.translation, 1)
            color.w = 1
            let scale = 1 / max(0.001, cosf(inner) - cosf(outer))
            spot = [scale, -cosf(outer) * scale, 0, 0]
        }
    }
}

/// The lights of a scene and where they hang.
struct SceneLights: Sendable {
    private var lights: [(node: Int, light: Light)] = []

    init(_ scene: Scene) {
        for node in scene.drawnNodes {
            if let light = scene.nodes[node].light { lights.append((node.value, scene.lights[light])) }
        }
    }

    var count: Int { lights.count }

    func placed(in state: SceneState) -> [PlacedLight] {
        lights.map { PlacedLight($0.light, world: state.worlds[$0.node]) }
    }
}
