import CEGL
import KairaGeometry
import KairaImage
import KairaScene
import Synchronization

/// A scene that a renderer holds.
public struct SceneHandle: Sendable, Hashable {
    fileprivate let id: Int
}

/// Draws scenes into pictures without a screen, through EGL and OpenGL 4.5.
///
/// The actor runs on one OS thread of its own for life, since a GL context belongs to one. The same scene, state and view
/// give the same bytes on every run and for any number of driver threads, as long as driver and device are the same.
public actor Renderer {
    private nonisolated let thread: GLThread
    private nonisolated let stated = Mutex<RendererInformation?>(nil)
    let gl = GLState()
    /// Over all renderers: a handle of one is unknown to every other.
    private static let lastScene = Atomic<Int>(0)

    /// The GL thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// Opens a device.
    ///
    /// - Throws: `RenderError.noDevice` or `deviceUnusable`, with every device that was tried and its reason.
    public init(device: DeviceChoice = .automatic) async throws(RenderError) {
        thread = GLThread()
        try await open(device)
    }

    private func open(_ device: DeviceChoice) async throws(RenderError) {
        do {
            let context = try EGLContextOwner.open(device)
            stated.withLock { $0 = context.information }
            gl.context = context
            gl.frameBlock = GLBuffer()
        } catch {
            thread.stop()
            throw error
        }
    }

    /// What draws.
    public nonisolated var information: RendererInformation {
        stated.withLock { $0 }
            ?? RendererInformation(
                renderer: "none", vendor: "", version: "", device: "", maximumSamples: 0, maximumSize: 0,
                isSoftware: true)
    }

    /// Uploads a scene.
    ///
    /// - Parameters:
    ///   - scene: what will be drawn.
    ///   - skinning: how the influences of a vertex are averaged; of its joints the strongest 8 count.
    /// - Returns: what `render` takes.
    /// - Throws: `RenderError.failed` where the device has no room for it.
    public func load(_ scene: Scene, skinning: Deformer.Method = .linear) throws(RenderError) -> SceneHandle {
        let gpu = GPUScene(scene, skinning: skinning)
        try check()
        let id = Self.lastScene.add(1, ordering: .relaxed).newValue
        gl.scenes[id] = gpu
        return SceneHandle(id: id)
    }

    /// What of a scene could not be kept, one sentence each.
    public func notes(of handle: SceneHandle) -> [String] { gl.scenes[handle.id]?.notes ?? [] }

    /// Frees a scene.
    public func unload(_ handle: SceneHandle) { gl.scenes[handle.id] = nil }

    /// Draws a scene once into nothing, so that no shader is built in the first frame that counts.
    public func warm(_ handle: SceneHandle, state: SceneState? = nil, view: RenderView) throws(RenderError) {
        guard let gpu = gl.scenes[handle.id] else { throw .unknownScene }
        try checkSize(view.width, view.height)
        let state = state ?? gpu.restState
        var image = Image(width: view.width, height: view.height)
        try render([(handle, state)], view: view, into: &image)
    }

    /// Draws a scene; the picture is premultiplied, transparent where nothing is.
    public func render(_ handle: SceneHandle, state: SceneState, view: RenderView) throws(RenderError) -> Image {
        try render([(handle, state)], view: view)
    }

    /// Draws several scenes into one picture, in one depth.
    public func render(
        _ parts: [(handle: SceneHandle, state: SceneState)], view: RenderView
    ) throws(RenderError) -> Image {
        try checkSize(view.width, view.height)
        var image = Image(width: view.width, height: view.height)
        try render(parts, view: view, into: &image)
        return image
    }

    /// Fills a picture of the given size from a texture with trilinear filtering and waits for it: the yardstick by which
    /// `scripts/bench render` makes its figures independent of the machine.
    public func drawTrilinearPass(width: Int, height: Int) throws(RenderError) {
        try checkSize(width, height)
        if gl.trilinearPass == nil { gl.trilinearPass = try TrilinearPass() }
        try gl.trilinearPass?.draw(width: width, height: height)
        try check()
    }

    private func checkSize(_ width: Int, _ height: Int) throws(RenderError) {
        guard width > 0, height > 0, max(width, height) <= information.maximumSize else {
            throw .size(width: width, height: height, maximum: information.maximumSize)
        }
    }

    private func render(
        _ parts: [(handle: SceneHandle, state: SceneState)], view: RenderView, into image: inout Image
    ) throws(RenderError) {
        var scenes: [GPUScene] = []
        for part in parts {
            guard let scene = gl.scenes[part.handle.id] else { throw .unknownScene }
            scenes.append(scene)
        }
        try view.partModes.check(against: scenes.map(\.scene))
        let drawn = zip(scenes, parts).map { DrawnPart($0, state: $1.state, view: view) }
        var modes = Set(drawn.flatMap(\.modes))
        modes.formUnion(drawn.flatMap(\.ribbonModes))
        for part in drawn {
            part.scene.update(part.state)
            part.scene.turnRibbons(part.state, to: FeatureEdges.eye(of: view))
        }
        let box = Self.rectangle(of: drawn, modes: modes, view: view)
        guard box.width > 0, box.height > 0 else { return }
        // Lines are smooth by themselves.
        let samples = modes == [.hiddenLine] ? 0 : min(max(view.samples, 0), information.maximumSamples)
        let target = try target(width: box.width, height: box.height, samples: samples)
        glEnable(GLenum(GL_FRAMEBUFFER_SRGB))
        // Drawn upside down, front faces turn the other way.
        glEnable(GLenum(GL_CULL_FACE))
        glCullFace(GLenum(GL_BACK))
        glDepthFunc(GLenum(GL_LEQUAL))
        let uniforms = FrameUniforms(
            view, scenes: drawn.map { ($0.scene.lights, $0.state) }, time: drawn.first?.state.time ?? 0)
        gl.frameBlock?.store(uniforms.floats, usage: GL_DYNAMIC_DRAW)
        gl.lighting = uniforms.lighting
        gl.toonLighting = uniforms.toonLighting
        glBindBufferBase(GLenum(GL_UNIFORM_BUFFER), 0, gl.frameBlock?.name ?? 0)
        let cuts = modes.contains(.solid) ? view.section : nil
        let lines =
            modes.contains(.hiddenLine) || cuts != nil
            ? try drawLines(drawn, x: box.x, y: box.y, target: target, view: view) : nil
        target.begin(x: box.x, y: box.y, width: view.width, height: view.height)
        if modes.contains(.hiddenLine), modes.count > 1 { try drawDepth(drawn, .hiddenLine, view: view) }
        let blended =
            modes.contains(.surface) || modes.contains(.solid)
            ? try drawOpaqueSurfaces(drawn, view: view) : []
        if let lines, let programs = gl.linePrograms { lines.composite(programs: programs, style: view.lines) }
        if modes.contains(.wire) { try drawWires(drawn, view: view) }
        try drawBlendedSurfaces(blended, view: view)
        target.read(width: box.width, height: box.height, into: &image, x: box.x, y: box.y)
        try check()
        AlphaEncoding.correct(&image, x: box.x, y: box.y, width: box.width, height: box.height)
    }

    /// A target that holds a rectangle: the last one while it fits and is not much too large.
    private func target(width: Int, height: Int, samples: Int) throws(RenderError) -> RenderTarget {
        if let last = gl.target, last.width >= width, last.height >= height, (last.samples > 0) == (samples > 0),
            last.width * last.height <= 2 * (width + 64) * (height + 64)
        {
            return last
        }
        // Freed before the next one is made. Whole tiles of 64 pixels, so that small movements keep it.
        gl.target = nil
        let limit = information.maximumSize
        let made = try RenderTarget(
            width: min((width + 63) & ~63, limit), height: min((height + 63) & ~63, limit), samples: samples)
        gl.target = made
        return made
    }

    /// The part of the picture that anything can be in: clearing, resolving and reading cost by area.
    private static func rectangle(
        of parts: [DrawnPart], modes: Set<RenderMode>, view: RenderView
    ) -> (x: Int, y: Int, width: Int, height: Int) {
        let all = (x: 0, y: 0, width: view.width, height: view.height)
        var box = BoundingBox.empty
        // What outlines and lines add to the vertices' own place, in metres and pixels.
        let hasSurfaces = modes.contains(.surface) || modes.contains(.solid)
        var pixels: Float = modes == [.surface] ? 2 : 2 + view.lines.width * max(view.lines.silhouetteScale, 1)
        for part in parts {
            var own = part.scene.bounds.box(of: part.state)
            own.formUnion(part.scene.ribbonBox)
            guard !own.isEmpty else { continue }
            if hasSurfaces {
                let reach = part.scene.outlineReach
                own.min -= SIMD3(repeating: reach.metres)
                own.max += SIMD3(repeating: reach.metres)
                pixels = max(pixels, 2 + reach.heights * Float(view.height))
            }
            box.formUnion(own)
        }
        guard !box.isEmpty else { return (0, 0, 0, 0) }
        let clip = view.clipFromView * view.viewFromWorld
        var low = SIMD2<Float>(repeating: .infinity)
        var high = -low
        for corner in 0..<8 {
            let p = SIMD3(
                corner & 1 == 0 ? box.min.x : box.max.x, corner & 2 == 0 ? box.min.y : box.max.y,
                corner & 4 == 0 ? box.min.z : box.max.z)
            let q = clip * SIMD4(p, 1)
            // A corner behind the eye: no rectangle holds the box.
            guard q.w > 1e-6 else { return all }
            let screen = SIMD2(q.x / q.w, -q.y / q.w) * 0.5 + 0.5
            low = pointwiseMin(low, screen)
            high = pointwiseMax(high, screen)
        }
        let size = SIMD2(Float(view.width), Float(view.height))
        let margin = SIMD2<Float>(repeating: pixels)
        let from = pointwiseMax(low * size - margin, .zero)
        let to = pointwiseMin(high * size + margin, size)
        guard from.x < to.x, from.y < to.y else { return (0, 0, 0, 0) }
        // From a whole number of 8 pixels, which keeps the rasteriser's rounding the same over most movements.
        let (x, y) = (Int(from.x) & ~7, Int(from.y) & ~7)
        return (x, y, Int(to.x.rounded(.up)) - x, Int(to.y.rounded(.up)) - y)
    }

    // MARK: One item

    /// Draws an item's triangles with a program; where `isCut`, without what lies on the other side of `RenderView.section`.
    func draw(
        _ item: GPUScene.Item, of part: DrawnPart, _ material: GPUMaterial, _ wanted: ProgramKey, isCut: Bool = false
    ) throws(RenderError) {
        var key = wanted
        key.influences = item.skin == nil ? 0 : item.primitive.influences
        if key.influences > 0 { key.skinning = part.scene.skinning }
        if isCut { key.features.insert(.section) }
        let program = try program(key)
        glUseProgram(program.name)
        glBindBufferBase(GLenum(GL_UNIFORM_BUFFER), 1, material.block)
        for (unit, texture) in material.bindings { glBindTextureUnit(unit, texture.name) }
        var mirrored = false
        if let palette = part.scene.palette(item.skin) {
            glBindBufferBase(GLenum(GL_SHADER_STORAGE_BUFFER), 0, palette)
        } else {
            let world = item.isPlaced ? .identity : part.state.worlds[item.node]
            mirrored = world.linear.determinant < 0
            var columns: [Float] = []
            for c in [world.x, world.y, world.z, world.w] { columns += [c.x, c.y, c.z, c.w] }
            unsafe glUniformMatrix4fv(program.worldFromMesh, 1, GLboolean(GL_FALSE), columns)
        }
        glFrontFace(GLenum(mirrored ? GL_CCW : GL_CW))
        if isCut { glEnable(GLenum(GL_CLIP_DISTANCE0)) }
        glBindVertexArray(item.primitive.array)
        glDrawElements(item.primitive.topology, item.primitive.indexCount, GLenum(GL_UNSIGNED_INT), nil)
        if isCut { glDisable(GLenum(GL_CLIP_DISTANCE0)) }
    }

    private func program(_ key: ProgramKey) throws(RenderError) -> GLProgram {
        if let known = gl.programs[key] { return known }
        let made = try GLProgram(key)
        gl.programs[key] = made
        return made
    }

    func check() throws(RenderError) {
        let code = glGetError()
        guard code == GLenum(GL_NO_ERROR) else {
            throw .failed(
                code == GLenum(GL_OUT_OF_MEMORY) ? "the device is out of memory" : "OpenGL reports error \(code)")
        }
    }

    deinit {
        // Names are freed on the thread of their context, which goes last. Not an isolated deinit: a module that imports
        // one does not compile with Swift 6.3.1's optimiser ("circular reference").
        let state = gl
        thread.stop { state.release() }
    }
}
