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
    private let gl = GLState()
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
        var drawn: [Part] = []
        for part in parts {
            guard let scene = gl.scenes[part.handle.id] else { throw .unknownScene }
            drawn.append((scene, part.state))
        }
        for part in drawn { part.scene.update(part.state) }
        let box = Self.rectangle(of: drawn, view: view)
        guard box.width > 0, box.height > 0 else { return }
        let samples = min(max(view.samples, 0), information.maximumSamples)
        let target = try target(width: box.width, height: box.height, samples: samples)
        target.begin(x: box.x, y: box.y, width: view.width, height: view.height)
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
        switch view.mode {
        case .surface: try drawSurfaces(drawn, view: view)
        case .wire: try drawWires(drawn)
        case .hiddenLine: try drawHiddenLines(drawn, view: view)
        }
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
        of parts: [(scene: GPUScene, state: SceneState)], view: RenderView
    ) -> (x: Int, y: Int, width: Int, height: Int) {
        var box = BoundingBox.empty
        // What outlines and lines add to the vertices' own place, in metres and pixels.
        var pixels: Float = view.mode == .surface ? 2 : 2 + view.lineWidth
        for part in parts {
            var own = part.scene.bounds.box(of: part.state)
            guard !own.isEmpty else { continue }
            if view.mode == .surface {
                let reach = part.scene.outlineReach
                own.min -= SIMD3(repeating: reach.metres)
                own.max += SIMD3(repeating: reach.metres)
                pixels = max(pixels, 2 + reach.heights * Float(view.height))
            }
            box.formUnion(own)
        }
        let all = (x: 0, y: 0, width: view.width, height: view.height)
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

    // MARK: Passes

    private typealias Part = (scene: GPUScene, state: SceneState)

    private func drawSurfaces(_ parts: [Part], view: RenderView) throws(RenderError) {
        let toneMaps = view.toneMapping == .automatic
        glEnable(GLenum(GL_DEPTH_TEST))
        glDepthMask(GLboolean(GL_TRUE))
        glDisable(GLenum(GL_BLEND))
        var blended: [(part: Part, item: GPUScene.Item, material: GPUMaterial, depth: Float, place: Int)] = []
        for part in parts {
            for item in part.scene.items {
                let material = part.scene.materials[item.material]
                if material.isBlended {
                    let place = view.viewFromWorld.transform(point: part.scene.center(of: item, in: part.state))
                    blended.append((part, item, material, place.z, blended.count))
                } else {
                    try drawSurface(item, of: part, material, toneMaps: toneMaps)
                }
            }
        }
        for part in parts {
            for item in part.scene.items where part.scene.materials[item.material].hasOutline {
                try drawOutline(item, of: part, part.scene.materials[item.material])
            }
        }
        guard !blended.isEmpty else { return }
        glEnable(GLenum(GL_BLEND))
        glBlendFunc(GLenum(GL_ONE), GLenum(GL_ONE_MINUS_SRC_ALPHA))
        // Those that write depth first, then by the order the material asks for, then from far to near.
        blended.sort { a, b in
            if a.material.writesDepth != b.material.writesDepth { return a.material.writesDepth }
            if a.material.renderOrder != b.material.renderOrder {
                return a.material.renderOrder < b.material.renderOrder
            }
            return a.depth != b.depth ? a.depth < b.depth : a.place < b.place
        }
        for entry in blended {
            glDepthMask(GLboolean(entry.material.writesDepth ? GL_TRUE : GL_FALSE))
            try drawSurface(entry.item, of: entry.part, entry.material, toneMaps: toneMaps)
        }
        glDepthMask(GLboolean(GL_TRUE))
        glDisable(GLenum(GL_BLEND))
    }

    private func drawSurface(
        _ item: GPUScene.Item, of part: Part, _ material: GPUMaterial, toneMaps: Bool
    ) throws(RenderError) {
        var features = material.features
        if item.primitive.hasVertexColor, material.kind != .toon { features.insert(.vertexColor) }
        if toneMaps, material.kind == .metallicRoughness { features.insert(.toneMap) }
        setCulling(material.isDoubleSided)
        let lighting: ProgramKey.Lighting =
            switch material.kind {
            case .toon: gl.toonLighting
            case .metallicRoughness: gl.lighting
            default: .init()
            }
        try draw(item, of: part, material, ProgramKey(kind: material.kind, features: features, lighting: lighting))
    }

    private func drawOutline(_ item: GPUScene.Item, of part: Part, _ material: GPUMaterial) throws(RenderError) {
        glEnable(GLenum(GL_CULL_FACE))
        glCullFace(GLenum(GL_FRONT))
        defer { glCullFace(GLenum(GL_BACK)) }
        try draw(
            item, of: part, material,
            ProgramKey(
                kind: .outline, features: material.outlineFeatures,
                lighting: material.outlineFeatures.contains(.litOutline) ? gl.toonLighting : .init()))
    }

    private func drawWires(_ parts: [Part]) throws(RenderError) {
        glDisable(GLenum(GL_DEPTH_TEST))
        glDisable(GLenum(GL_CULL_FACE))
        glEnable(GLenum(GL_BLEND))
        glBlendFunc(GLenum(GL_ONE), GLenum(GL_ONE_MINUS_SRC_ALPHA))
        defer { glDisable(GLenum(GL_BLEND)) }
        for part in parts {
            for item in part.scene.items where item.primitive.topology == GLenum(GL_TRIANGLES) {
                try draw(
                    item, of: part, part.scene.materials[item.material],
                    ProgramKey(kind: .wire, features: []))
            }
        }
    }

    private func drawHiddenLines(_ parts: [Part], view: RenderView) throws(RenderError) {
        glEnable(GLenum(GL_DEPTH_TEST))
        glDepthMask(GLboolean(GL_TRUE))
        glDisable(GLenum(GL_BLEND))
        // The fill is pushed back: an offset does not act on lines.
        glEnable(GLenum(GL_POLYGON_OFFSET_FILL))
        glPolygonOffset(1, 2)
        let no = GLboolean(GL_FALSE)
        glColorMask(no, no, no, no)
        for part in parts {
            for item in part.scene.items where item.primitive.topology == GLenum(GL_TRIANGLES) {
                let material = part.scene.materials[item.material]
                let features =
                    material.features.contains(.mask)
                    ? material.features.intersection([.mask, .baseColorTexture, .transform, .secondUV]) : []
                setCulling(true)
                try draw(item, of: part, material, ProgramKey(kind: .depth, features: features))
            }
        }
        let yes = GLboolean(GL_TRUE)
        glColorMask(yes, yes, yes, yes)
        glDisable(GLenum(GL_POLYGON_OFFSET_FILL))
        glEnable(GLenum(GL_BLEND))
        glBlendFunc(GLenum(GL_ONE), GLenum(GL_ONE_MINUS_SRC_ALPHA))
        glDepthMask(GLboolean(GL_FALSE))
        glDisable(GLenum(GL_CULL_FACE))
        defer {
            glDepthMask(GLboolean(GL_TRUE))
            glDisable(GLenum(GL_BLEND))
        }
        for part in parts {
            for item in part.scene.items where item.primitive.topology == GLenum(GL_TRIANGLES) {
                try draw(
                    item, of: part, part.scene.materials[item.material],
                    ProgramKey(kind: .edge, features: []), crease: view.creaseAngle)
            }
        }
    }

    private func setCulling(_ isDoubleSided: Bool) {
        if isDoubleSided { glDisable(GLenum(GL_CULL_FACE)) } else { glEnable(GLenum(GL_CULL_FACE)) }
    }

    private func draw(
        _ item: GPUScene.Item, of part: Part, _ material: GPUMaterial, _ wanted: ProgramKey, crease: Float? = nil
    ) throws(RenderError) {
        var key = wanted
        key.influences = item.skin == nil ? 0 : item.primitive.influences
        if key.influences > 0 { key.skinning = part.scene.skinning }
        let program = try program(key)
        glUseProgram(program.name)
        glBindBufferBase(GLenum(GL_UNIFORM_BUFFER), 1, material.block)
        for (unit, texture) in material.bindings { glBindTextureUnit(unit, texture.name) }
        var mirrored = false
        if let palette = part.scene.palette(item.skin) {
            glBindBufferBase(GLenum(GL_SHADER_STORAGE_BUFFER), 0, palette)
        } else {
            let world = part.state.worlds[item.node]
            mirrored = world.linear.determinant < 0
            var columns: [Float] = []
            for c in [world.x, world.y, world.z, world.w] { columns += [c.x, c.y, c.z, c.w] }
            unsafe glUniformMatrix4fv(program.worldFromMesh, 1, GLboolean(GL_FALSE), columns)
        }
        glFrontFace(GLenum(mirrored ? GL_CCW : GL_CW))
        if let crease {
            glUniform1f(program.creaseCosine, Float(cosine(crease)))
            let edges = item.primitive.edgeArray()
            glBindVertexArray(edges.array)
            glDrawElements(GLenum(GL_LINES_ADJACENCY), edges.count, GLenum(GL_UNSIGNED_INT), nil)
        } else {
            glBindVertexArray(item.primitive.array)
            glDrawElements(item.primitive.topology, item.primitive.indexCount, GLenum(GL_UNSIGNED_INT), nil)
        }
    }

    private func cosine(_ angle: Float) -> Float { Quaternion(angle: 2 * angle, axis: [1, 0, 0]).real }

    private func program(_ key: ProgramKey) throws(RenderError) -> GLProgram {
        if let known = gl.programs[key] { return known }
        let made = try GLProgram(key)
        gl.programs[key] = made
        return made
    }

    private func check() throws(RenderError) {
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
