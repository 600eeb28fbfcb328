import KairaGeometry
import KairaScene

/// A camera as the command line names it, turned into matrices.
struct CameraChoice {
    /// From world to view space.
    var viewFromWorld: Matrix4
    /// From view to clip space.
    var clipFromView: Matrix4

    /// Finds the camera.
    ///
    /// - Parameters:
    ///   - text: `front`, `back`, `left`, `right`, `top`, `iso`; `upper` or `face` for an avatar; a camera of the file by
    ///     name; or `ex,ey,ez[,tx,ty,tz[,degrees]]`. Nil for the front.
    ///   - scene: whose cameras can be named.
    ///   - state: where they are.
    ///   - box: what a named view frames, world space.
    ///   - avatar: for `upper` and `face`.
    ///   - aspect: width over height.
    /// - Throws: `KairaError.usage` for what names no camera.
    init(
        _ text: String?, scene: Scene, state: SceneState, box: BoundingBox, avatar: Avatar?, aspect: Float
    ) throws(KairaError) {
        let name = text ?? "front"
        var box = box
        if let avatar, let part = Self.part(name, of: avatar, box: box) {
            box = part
        } else if let view = Self.numbers(name) {
            self = try Self.placed(view, box: box, aspect: aspect)
            return
        } else if let node = scene.nodes.firstIndex(where: { node in
            guard let camera = node.camera else { return false }
            return node.name == name || scene.cameras[camera].name == name
        }), let camera = scene.nodes[node].camera {
            let world = Transform(state.worlds[node])
            // A camera's scale is not part of its view (glTF 2.0, section 3.10).
            viewFromWorld = Transform(translation: world.translation, rotation: world.rotation).matrix.affineInverse
            clipFromView = scene.cameras[camera].clipFromView(aspect: aspect)
            return
        }
        let viewName = name == "upper" || name == "face" ? "front" : name
        guard let view = CameraFraming.View(viewName) else {
            let cameras = scene.nodes.compactMap { $0.camera == nil ? nil : $0.name }.filter { !$0.isEmpty }
            throw .usage(
                "--camera \(name): it is none of front, back, left, right, top, iso, upper, face, nor 3, 6 or 7 numbers"
                    + (cameras.isEmpty ? "" : ", nor one of the file's: \(cameras.joined(separator: ", "))"))
        }
        let placement = CameraFraming(view, verticalFieldOfView: .pi / 7, aspect: aspect, margin: 0.04).place(box)
        viewFromWorld = placement.viewFromWorld
        clipFromView = placement.camera.clipFromView(aspect: aspect)
    }

    private init(viewFromWorld: Matrix4, clipFromView: Matrix4) {
        self.viewFromWorld = viewFromWorld
        self.clipFromView = clipFromView
    }

    /// The part of an avatar that a close view frames.
    private static func part(_ name: String, of avatar: Avatar, box: BoundingBox) -> BoundingBox? {
        let skeleton = avatar.skeleton
        guard let hips = skeleton[.hips], let head = skeleton[.head] else { return nil }
        let bottom: Float
        switch name {
        case "upper": bottom = hips.y
        case "face": bottom = head.y - 0.1 * (box.max.y - head.y)
        default: return nil
        }
        let half = (box.max.y - bottom) / 2
        return BoundingBox(min: [-half, bottom, box.min.z], max: [half, box.max.y, box.max.z])
    }

    private static func numbers(_ text: String) -> [Float]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
            Float($0.trimmingPrefix { $0 == " " })
        }
        guard [3, 6, 7].contains(parts.count) else { return nil }
        let values = parts.compactMap { $0 }.filter { $0.isFinite }
        return values.count == parts.count ? values : nil
    }

    private static func placed(
        _ v: [Float], box: BoundingBox, aspect: Float
    ) throws(KairaError) -> CameraChoice {
        let eye = SIMD3(v[0], v[1], v[2])
        let target = v.count >= 6 ? SIMD3(v[3], v[4], v[5]) : box.isEmpty ? .zero : box.center
        let degrees = v.count == 7 ? v[6] : 30
        guard degrees > 0.1, degrees < 175 else { throw .usage("--camera: the angle is between 0.1 and 175 degrees") }
        guard distance(eye, target) > 1e-6 else { throw .usage("--camera: the eye and the target are one point") }
        let reach = box.isEmpty ? 100 : distance(eye, box.center) + length(box.size) * 4
        return CameraChoice(
            viewFromWorld: Projection.lookAt(eye: eye, target: target, up: [0, 1, 0]),
            clipFromView: Projection.perspective(
                verticalFieldOfView: degrees * .pi / 180, aspect: aspect, near: max(reach * 1e-3, 1e-3),
                far: max(reach, 10)))
    }
}
