import KairaGeometry
import KairaImage
import KairaRender
import KairaScene

/// A scene in front of a camera: everything about a picture that does not change from frame to frame.
struct Stage: Sendable {
    let renderer: Renderer
    private let handle: SceneHandle
    private let view: RenderView
    private let backdrop: Image?

    /// Opens the device, loads the scene and warms every shader that it needs.
    ///
    /// - Parameters:
    ///   - scene: what is drawn.
    ///   - avatar: for views of a part of it.
    ///   - state: at the time that is framed; nil for the scene at rest.
    ///   - drawing: what the user asked for.
    ///   - size: of the picture.
    ///   - output: its name decides the default background.
    ///   - leavesRoom: whether the avatar will move: the frame is then wider than its rest pose.
    /// - Throws: `KairaError`, `RenderError`.
    init(
        scene: Scene, avatar: Avatar?, state: SceneState? = nil, drawing: DrawingChoice, size: PixelSize,
        output: String, leavesRoom: Bool
    ) async throws {
        try drawing.check()
        try drawing.partModes.check(against: [scene])
        guard let device = DeviceChoice(drawing.device) else {
            throw KairaError.usage("--device \(drawing.device): it is none of auto, software, a number, a path")
        }
        let background = drawing.background ?? Self.defaultBackground(output)
        backdrop = try Self.backdrop(background, size: size)
        view = try Self.view(
            of: scene, avatar: avatar, state: state, drawing: drawing, size: size, leavesRoom: leavesRoom)
        renderer = try await Renderer(device: device)
        handle = try await renderer.load(scene, skinning: drawing.skinning)
        try await renderer.warm(handle, view: view)
    }

    /// The camera and the way of drawing.
    ///
    /// - Throws: `KairaError.usage` for what names no camera.
    static func view(
        of scene: Scene, avatar: Avatar?, state: SceneState?, drawing: DrawingChoice, size: PixelSize, leavesRoom: Bool
    ) throws -> RenderView {
        let start = state ?? avatar?.state ?? SceneState(scene)
        var box = SceneBounds(scene).box(of: start)
        if leavesRoom, !box.isEmpty {
            // A person's reach: arms overhead, a step to each side, arms towards the camera.
            let height = box.size.y
            box.max.y += 0.22 * height
            box.min.y -= 0.03 * height
            let reach = max(0.62 * height, box.size.x / 2)
            box.min.x = box.center.x - reach
            box.max.x = box.center.x + reach
        }
        let camera = try CameraChoice(
            drawing.camera, scene: scene, state: start, box: box, avatar: avatar,
            aspect: Float(size.width) / Float(size.height))
        var view = RenderView(
            viewFromWorld: camera.viewFromWorld, clipFromView: camera.clipFromView, width: size.width,
            height: size.height, samples: drawing.samples, mode: drawing.mode)
        view.partModes = drawing.partModes
        view.section = drawing.section
        view.lines = drawing.lines
        return view
    }

    /// Draws a state.
    func draw(_ state: SceneState) async throws -> Image { try finished(try await render(state)) }

    /// Draws a state over nothing.
    func render(_ state: SceneState) async throws -> Image {
        try await renderer.render(handle, state: state, view: view)
    }

    /// What was drawn over nothing, over the background.
    func finished(_ image: Image) throws -> Image { try backdrop.map { try image.composited(over: $0) } ?? image }

    /// What of the scene could not be drawn as it is.
    func notes() async -> [String] { await renderer.notes(of: handle) }

    /// Alpha where the file can hold it, a light backdrop elsewhere.
    private static func defaultBackground(_ output: String) -> BackgroundChoice {
        let kind = OutputPath.kind(output)
        return ["png", "webm"].contains(kind) || output == "-" ? .none : .color([0xE9, 0xEE, 0xF4])
    }

    private static func backdrop(_ choice: BackgroundChoice, size: PixelSize) throws -> Image? {
        switch choice {
        case .none: return nil
        case .color(let color):
            return Image(
                width: size.width, height: size.height, filledWith: SIMD4(color.x, color.y, color.z, 255))
        case .image(let path):
            let bytes = try OutputPath.read(path)
            do { return try Image.decode(bytes).filling(width: size.width, height: size.height) } catch {
                throw KairaError.badData(path: path, reason: "\(error)")
            }
        }
    }
}
