import Foundation
import KairaGeometry
import KairaImage
import KairaRender
import KairaScene

/// Small scenes made in code, looked at along -Z without perspective: one world unit is one pixel.
struct Stage {
    var scene = Scene()
    let width: Int
    let height: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The camera stands at z = 10 and sees z from 9 down to -90.
    var view: RenderView {
        var view = RenderView(
            viewFromWorld: Matrix4(translation: [0, 0, -10]),
            clipFromView: Projection.orthographic(
                halfWidth: Float(width) / 2, halfHeight: Float(height) / 2, near: 1, far: 100),
            width: width, height: height, samples: 0)
        view.ambientSky = .zero
        view.ambientGround = .zero
        return view
    }

    /// A place in the world from pixels right and down of the picture's top left corner.
    func place(_ x: Double, _ y: Double, z: Double = 0) -> SIMD3<Float> {
        [Float(x - Double(width) / 2), Float(Double(height) / 2 - y), Float(z)]
    }

    @discardableResult
    mutating func add(_ primitive: Primitive, _ material: Material, skin: SkinID? = nil) -> NodeID {
        var primitive = primitive
        primitive.material = MaterialID(scene.materials.count)
        scene.materials.append(material)
        let mesh = MeshID(scene.meshes.count)
        scene.meshes.append(Mesh(primitives: [primitive]))
        return add(Node(mesh: mesh, skin: skin))
    }

    @discardableResult
    mutating func add(_ node: Node) -> NodeID {
        let id = NodeID(scene.nodes.count)
        scene.nodes.append(node)
        scene.roots.append(id)
        return id
    }

    /// A rectangle that faces the camera and covers pixels from a corner to another.
    func rectangle(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, z: Double = 0) -> Primitive {
        Primitive(
            positions: [place(x0, y1, z: z), place(x1, y1, z: z), place(x1, y0, z: z), place(x0, y0, z: z)],
            indices: [0, 1, 2, 0, 2, 3], normals: Array(repeating: [0, 0, 1], count: 4))
    }

    /// A light from a direction in the plane x = 0, `cosine` towards the camera and the rest from above.
    mutating func addLight(cosine: Double, illuminance: Double) {
        scene.lights.append(Light(kind: .directional, intensity: Float(illuminance)))
        let up = (1 - cosine * cosine).squareRoot()
        // Turned about x, the node's +Z comes to point from the scene to the light.
        let axes = Matrix3([1, 0, 0], [0, Float(cosine), Float(-up)], [0, Float(up), Float(cosine)])
        add(Node(matrix: Matrix4(linear: axes, translation: .zero), light: LightID(scene.lights.count - 1)))
    }

    static func unlit(_ color: SIMD4<Float>, alpha: Material.AlphaMode = .opaque) -> Material {
        var material = Material()
        material.shading = .unlit
        material.baseColor = color
        material.alphaMode = alpha
        return material
    }

    /// IEC 61966-2-1, to a byte.
    static func encoded(_ linear: Double) -> Double {
        let c = min(max(linear, 0), 1)
        return 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055)
    }
}

/// Numbers that are the same on every run (Numerical Recipes' generator).
struct FixedNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) | (state << 32)
    }
}
